#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

mod acknowledgment;
mod exchange;
mod header;
mod limits;
mod outcome;
mod reader;
mod scan;
mod segments;
mod sender;
mod text;

pub use acknowledgment::{Ack, AckError, Code, Reply, ReplyError};
pub use exchange::{Exchange, Step};
pub use header::{Found, Header, HeaderError};
pub use limits::Limits;
pub use outcome::{Cause, NotSent, Outcome, Unknown};
pub use reader::{FrameError, Part, Reader};
pub use segments::{BodyError, Segments};
pub use sender::Sender;
pub use text::Text;
