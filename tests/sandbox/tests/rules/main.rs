//! The rules, called without a socket and with a time that each test chooses; and the server.

#[cfg(test)]
mod algorithms;
#[cfg(test)]
mod customers;
#[cfg(test)]
mod determinism;
#[cfg(test)]
mod disconnects;
#[cfg(test)]
mod endpoint;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fhir;
#[cfg(test)]
mod kept;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod legacy;
#[cfg(test)]
mod like;
#[cfg(test)]
mod manage;
#[cfg(test)]
mod mixes;
#[cfg(test)]
mod patience;
#[cfg(test)]
mod platform;
#[cfg(test)]
mod server;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod token;
#[cfg(test)]
mod upload;
#[cfg(test)]
mod windows;
