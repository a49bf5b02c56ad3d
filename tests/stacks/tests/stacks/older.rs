//! Streams of embedded-io 0.6.

use std::io;
use std::net::TcpStream;

use embedded_io::Error as _;
use embedded_io_adapters_06::std::FromStd;
use redox_auth_core::Channel;
use redox_auth_gateway::{Connect, Connector, Endpoint};
use redox_auth_stacks::{Older, deliver};
use usb_device::bus::UsbBus;
use usbd_serial::SerialPort;

use crate::plain_sandbox;

/// TCP whose streams are those of the adapters of before.
struct OlderTcp;

impl Connector for OlderTcp {
    type Connection = Older<FromStd<TcpStream>>;
    type Error = io::Error;
}

impl Connect for OlderTcp {
    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<(Self::Connection, Channel)> {
        let stream = TcpStream::connect((to.host, to.port))?;
        Ok((Older(FromStd::new(stream)), Channel::Authenticated))
    }
}

#[test]
fn a_stream_of_embedded_io_0_6_delivers() {
    deliver(&plain_sandbox(), OlderTcp);
}

#[test]
fn errors_of_embedded_io_0_6_keep_their_kind() {
    struct Failing(embedded_io_06::ErrorKind);
    impl embedded_io_06::ErrorType for Failing {
        type Error = embedded_io_06::ErrorKind;
    }
    impl embedded_io_06::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> Result<usize, Self::Error> {
            Err(self.0)
        }
    }
    for (old, new) in [
        (
            embedded_io_06::ErrorKind::ConnectionReset,
            embedded_io::ErrorKind::ConnectionReset,
        ),
        (
            embedded_io_06::ErrorKind::TimedOut,
            embedded_io::ErrorKind::TimedOut,
        ),
        (
            embedded_io_06::ErrorKind::Other,
            embedded_io::ErrorKind::Other,
        ),
    ] {
        let read = embedded_io::Read::read(&mut Older(Failing(old)), &mut [0]);
        assert_eq!(read.unwrap_err().kind(), new);
    }
}

/// The USB serial port of devices fits: this compiles.
fn _a_usb_serial_port_is_a_stream<'a, B: UsbBus>(
    port: SerialPort<'a, B>,
) -> impl embedded_io::Read + embedded_io::Write + use<'a, B> {
    Older(port)
}
