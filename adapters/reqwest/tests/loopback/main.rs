//! The client over real sockets, none of which leaves this machine: the sandbox does what Redox does, and a server of
//! canned answers does what no server should.

#[cfg(test)]
mod back_off;
#[cfg(test)]
mod bad_answers;
#[cfg(test)]
#[cfg(feature = "batch")]
mod batch;
#[cfg(test)]
#[cfg(feature = "blocking")]
mod blocking;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod configuration;
#[cfg(test)]
mod connections;
#[cfg(test)]
mod credentials;
#[cfg(test)]
mod crowds;
#[cfg(test)]
mod dialect;
#[cfg(test)]
mod discovery;
#[cfg(test)]
mod dpop;
#[cfg(test)]
mod environment;
#[cfg(test)]
mod error_words;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fleet;
#[cfg(test)]
mod kept_alive;
#[cfg(test)]
mod key_files;
#[cfg(test)]
mod logs;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod memory;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod onlookers;
#[cfg(test)]
mod own_connections;
#[cfg(test)]
mod own_host;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod rejected;
#[cfg(test)]
mod remote_signer;
#[cfg(test)]
mod renewal;
#[cfg(test)]
mod request;
#[cfg(test)]
mod retries;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod signer;
#[cfg(test)]
mod statuses;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod watched;
#[cfg(test)]
mod words;
mod wrong_clock;
