//! Certificates in the header of assertions: published ones, and some of authorities that live as long as a test.

// The server and the keys that the client's other tests use; not every function is needed here.
#[cfg(test)]
#[allow(dead_code, reason = "shared with the other tests of the client")]
#[path = "../loopback/support/canned.rs"]
mod canned;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod header;
#[cfg(test)]
mod issuers;
#[cfg(test)]
#[allow(dead_code, reason = "shared with the other tests of the client")]
#[path = "../loopback/support/keys.rs"]
mod keys;
#[cfg(test)]
mod own_key;
#[cfg(test)]
mod support;
#[cfg(test)]
mod vectors;
