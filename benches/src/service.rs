//! What a service sees of its tokens, and of those of its tenants.

mod cores;
mod dead_endpoint;
mod dead_host;
mod obtain;
mod percentiles;
mod renewals;
mod steady_load;
mod tenants_table;

pub use dead_endpoint::{DeadEndpoint, dead_endpoint};
pub use dead_host::{OneDeadHost, dead_host};
pub use renewals::{Renewals, renewals};
pub use steady_load::{SteadyLoad, steady_load};
pub use tenants_table::{TenantsTable, tenants_table};
