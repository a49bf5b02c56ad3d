//! The layer in servers on sockets of this machine, of axum and of hyper, which are sent bytes as they are.

#[cfg(test)]
mod challenges;
#[cfg(unix)]
#[cfg(test)]
mod example;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod read_on;
#[cfg(test)]
mod readiness;
#[cfg(test)]
mod support;
#[cfg(test)]
mod telemetry;
