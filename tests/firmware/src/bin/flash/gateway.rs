use core::hint::black_box;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use redox_auth_core::{Algorithm, Api, Channel, Identity, Instant, Now, SignError, Signer};
use redox_auth_gateway::{Connect, Connector, Device, Endpoint, Gateway, MaybeDpop, Request};

/// Sends messages for ever. What comes from outside, the optimizer knows nothing of.
pub(crate) fn run<I, P>(mut gateway: Gateway<'_, I, Board, Tls, [u8; 1024], P>) -> !
where
    I: Identity<Signer: Signer>,
    P: MaybeDpop<Signer: Signer>,
{
    loop {
        let request = Request::post(Api::DataModel, black_box("/endpoint")).body(black_box(b"{}"));
        if let Ok(mut answer) = gateway.send(request) {
            black_box(answer.status());
            black_box(answer.read_all(black_box(&mut [0; 512])).is_ok());
        }
    }
}

/// Two clocks and a random source.
pub(crate) struct Board;

impl Device for Board {
    fn now(&mut self) -> Now {
        Now {
            instant: black_box(Instant::from_millis(0)),
            unix: black_box(None),
        }
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        black_box(Some([7; 16]))
    }
}

/// Connections from somewhere else.
pub(crate) struct Tls;

impl Connector for Tls {
    type Connection = Wire;
    type Error = ErrorKind;
}

impl Connect for Tls {
    fn connect(&mut self, to: Endpoint<'_>) -> Result<(Wire, Channel), ErrorKind> {
        black_box(to);
        black_box(Ok((Wire, Channel::Authenticated)))
    }
}

pub(crate) struct Wire;

impl ErrorType for Wire {
    type Error = ErrorKind;
}

impl Read for Wire {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, ErrorKind> {
        black_box(buf);
        black_box(Ok(1))
    }
}

impl Write for Wire {
    fn write(&mut self, buf: &[u8]) -> Result<usize, ErrorKind> {
        black_box(buf);
        black_box(Ok(1))
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        black_box(Ok(()))
    }
}

/// Somewhere else.
pub(crate) struct Element;

impl Signer for Element {
    fn algorithm(&self) -> Algorithm {
        black_box(Algorithm::Es256)
    }

    fn signature_len(&self) -> usize {
        black_box(64)
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        black_box((message, signature));
        black_box(Ok(()))
    }
}
