//! What a service sees of its tokens.

mod dead_endpoint;
mod steady_load;

pub use dead_endpoint::{DeadEndpoint, dead_endpoint};
pub use steady_load::{SteadyLoad, steady_load};
