//! A client for each tenant.

mod book;
mod builder;
mod clients;
mod making;
mod settings;
mod table;

pub use builder::TenantsBuilder;
pub use table::Tenants;
