//! The crate from outside: exchanges and senders against scripted receivers, frames in every split, and damage.
#![cfg(test)]

mod acknowledgments;
mod bad_input;
mod damage;
mod frames;
mod sender;
mod sending;
mod support;
mod time;
