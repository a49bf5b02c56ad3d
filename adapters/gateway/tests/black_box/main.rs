//! Black-box tests of the gateway: against scripts of bytes in memory, and against the sandbox over TCP.
#![cfg(test)]

mod answers;
mod bad_input;
mod cancel;
mod discovery;
mod dpop;
mod heads;
mod keep_alive;
mod outgoing;
mod pace;
mod rejected;
mod requests;
mod sandbox;
mod secrets;
mod support;
mod tokens;
