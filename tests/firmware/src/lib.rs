//! What the images share: how the emulated board measures a call, what it does when a program panics, inputs that the
//! optimizer does not know; and its clock, its network, TLS, and what a gateway on it lives through.
#![no_std]

mod admission;
mod awaiting;
mod clock;
mod cost;
mod course;
mod dialer;
mod element;
mod executor;
mod fault;
mod kept;
mod lan9118;
mod message;
mod network;
mod opaque;
mod random;
mod relay;
mod room;
mod settings;
/// The stack as memory: painted before a call, looked at afterwards.
pub mod stack;
mod tls;
mod waiting;

pub use awaiting::await_through;
pub use clock::Clock;
pub use cost::{Cost, Meter};
pub use dialer::{AwaitedDialer, DialError, Dialer};
pub use element::{Element, SlowElement};
pub use fault::fault;
pub use kept::{Counts, Kept};
pub use lan9118::{Frames, Lan9118};
pub use message::write_message;
pub use network::{MAC_ADDRESS, Network, TcpBuffers, TcpError, TcpListener, TcpStream};
pub use opaque::{ok, show, text};
pub use random::HostRandom;
pub use relay::relay;
pub use settings::{Settings, read_file};
pub use tls::{AwaitedTlsStream, TlsStream};
pub use waiting::wait_through;

// Its panic handler tells the host and ends the emulator with code 101.
use semihosting as _;
