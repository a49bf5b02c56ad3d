//! Against a `redis-server` of this machine, started by each test for itself and killed by some.

#[cfg(test)]
mod cluster;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod damaged;
#[cfg(test)]
mod example;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod records;
#[cfg(test)]
mod sealed;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod turns;
