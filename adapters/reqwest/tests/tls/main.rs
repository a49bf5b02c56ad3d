//! Real handshakes on this machine: trusted authorities, client certificates, and the errors about certificates.

#[cfg(test)]
mod authorities;
#[cfg(test)]
mod client_certificate;
#[cfg(test)]
mod page;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod server;
