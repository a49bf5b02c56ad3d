#![doc = include_str!("../README.md")]

mod builder;
mod error;
mod holder;
mod key;
mod login;
mod mechanism;
mod module;
mod object;
mod pin;
mod pool;
mod public_key;
mod token;
mod uri;

pub use builder::Builder;
pub use error::{Answer, Error, ModuleProblem, PinProblem};
pub use key::Pkcs11Key;
pub use pin::Pin;
pub use uri::{KeyUri, UriError};
