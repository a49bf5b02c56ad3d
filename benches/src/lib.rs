//! What redox-auth costs, call by call, as contenders that `cargo xtask bench` measures beside others.

mod calls;
mod inputs;
mod null_signer;
mod render;
mod results;
mod sessions;
mod signing;

pub use calls::calls;
pub use inputs::new_task;
pub use render::{RenderError, check, readme_part, render, write};
pub use results::{Group, Kind, Machine, Results, Row, Spread, Target};
pub use signing::signing;
