//! Real handshakes on this machine: what is trusted, what is shown, and what is said when a certificate is refused.

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
