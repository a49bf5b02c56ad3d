//! The layer over other people's clients, which speak to the sandbox on sockets of this machine.

#[cfg(test)]
mod errors;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod support;
