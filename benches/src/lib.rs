//! The costs of redox-auth, call by call. `cargo xtask bench` measures these contenders beside others.
//!
//! The modules from top to bottom, each of which names only those below it: `driver` starts contenders and measures them,
//! `render` makes tables and charts, `service` and `contenders` are what is measured, `inputs` is what those are made of,
//! and `results` is what a run found.

mod contenders;
mod driver;
mod inputs;
mod render;
mod results;
mod service;

pub use contenders::{
    SESSION_COUNTS, batches, cached_token, calls, exchanges, many_sessions, session_group,
    sessions, signing,
};
pub use driver::{Plan, measure, print};
pub use inputs::offer::offer;
pub use inputs::task::new_task;
pub use render::{RenderError, check, readme_part, render, write};
pub use results::{Absent, Group, Kind, Machine, Results, Row, Spread, Target};
pub use service::{
    DeadEndpoint, OneDeadHost, Renewals, SteadyLoad, TenantsTable, dead_endpoint, dead_host,
    renewals, steady_load, tenants_table,
};
