//! Keys in real tokens, each in a process of its own.
#![cfg(unix)]

#[cfg(test)]
mod crowds;
#[cfg(test)]
mod daemon;
#[cfg(test)]
mod example;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod making;
#[cfg(test)]
mod modules;
#[cfg(test)]
mod namespace;
#[cfg(test)]
mod nss;
#[cfg(test)]
mod opencryptoki;
#[cfg(test)]
mod remote;
#[cfg(test)]
mod signing;
#[cfg(test)]
mod softhsm;
#[cfg(test)]
mod support;
#[cfg(test)]
mod swtpm;
#[cfg(test)]
mod tpm;
#[cfg(test)]
mod traffic;
