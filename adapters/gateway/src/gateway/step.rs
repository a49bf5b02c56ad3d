use embedded_io::ErrorKind;
use redox_auth_core::{Body, Channel, Unsigned, WriteError};

use crate::{Connector, Endpoint, MaybeDpop};

/// The next step of a driver.
pub(super) enum Step<'s, I, C: Connector, P: MaybeDpop> {
    /// Sign, and report the length of the signed body.
    Sign { body: Body<'s>, identity: &'s I },
    /// Sign a proof of possession, and report its length.
    Prove {
        unsigned: Unsigned<'s>,
        signer: &'s P::Signer,
    },
    /// Connect.
    Connect {
        connector: &'s mut C,
        to: Endpoint<'s>,
    },
    /// Read the next bytes of the application's body.
    Fill(&'s mut [u8]),
    /// Write some of these bytes.
    Write {
        io: &'s mut C::Connection,
        bytes: &'s [u8],
    },
    /// Flush.
    Flush(&'s mut C::Connection),
    /// Read some bytes.
    Read {
        io: &'s mut C::Connection,
        room: &'s mut [u8],
    },
    /// Nothing is left to do.
    Done,
}

/// The result of a step.
pub(super) enum Event<T> {
    Signed(Result<usize, WriteError>),
    Connected(Result<(T, Channel), ErrorKind>),
    Filled(Result<usize, ErrorKind>),
    Written(Result<usize, ErrorKind>),
    Flushed(Result<(), ErrorKind>),
    Read(Result<usize, ErrorKind>),
}
