//! What redox-auth costs, call by call, as contenders that `cargo xtask bench` measures beside others.

mod batch;
mod calls;
mod dead_endpoint;
mod driver;
mod exchanges;
mod inputs;
mod null_signer;
mod offer;
mod render;
mod results;
mod sessions;
mod signing;
mod steady_load;

pub use batch::batches;
pub use calls::calls;
pub use dead_endpoint::{DeadEndpoint, dead_endpoint};
pub use driver::{Plan, measure, print};
pub use exchanges::{cached_token, exchanges};
pub use inputs::new_task;
pub use offer::offer;
pub use render::{RenderError, check, readme_part, render, write};
pub use results::{Group, Kind, Machine, Results, Row, Spread, Target};
pub use sessions::{SESSION_COUNTS, many_sessions, session_group, sessions};
pub use signing::signing;
pub use steady_load::{SteadyLoad, steady_load};
