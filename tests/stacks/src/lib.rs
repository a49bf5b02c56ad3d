//! What a gateway needs on each of the network stacks that teams use. `tests/stacks` runs it against the command
//! `redox-auth sandbox`, and `adapters/gateway/STACKS.md` lists what was run.
//!
//! A module here is meant to be copied and changed. The other modules are what the tests have in common.

mod course;
mod host;
mod modem;
mod older;
mod provider;
mod sandbox;
mod session_alone;
mod simulator;
mod smoltcp_stack;
mod std_streams;
mod tap;

pub use course::{Credential, deliver, deliver_async, deliver_async_at, deliver_at};
pub use host::Host;
pub use modem::{LineError, Modem, ModemHttp, ModemStream};
pub use older::{Older, OlderError};
pub use provider::{Provider, SessionTime};
pub use sandbox::Sandbox;
pub use session_alone::{Answered, HttpPost, post_message};
pub use simulator::Simulator;
pub use smoltcp_stack::{Smoltcp, SmoltcpError, SmoltcpStream};
pub use std_streams::StdTcp;
pub use tap::{DnsServer, raise};
