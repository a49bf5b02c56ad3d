//! The dashboard over HTTP, as programs and browsers use it.

#[cfg(test)]
mod access;
#[cfg(test)]
mod escaping;
#[cfg(test)]
mod events;
#[cfg(test)]
mod export;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod incoming;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod mischief;
#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod server;
#[cfg(test)]
mod support;
#[cfg(test)]
mod traffic;
