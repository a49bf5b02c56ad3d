//! The client over real sockets, none of which leaves this machine: the sandbox does what Redox does, and a server of
//! canned answers does what no server should.

#[cfg(test)]
mod bad_answers;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod own_host;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod request;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod signer;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tokens;
