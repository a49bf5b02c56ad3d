use core::ffi::CStr;
use core::fmt::{self, Write as _};

use embedded_io::{Read as _, Write as _};
use redox_auth_core::{Client, KeyError, Signer};
use redox_auth_gateway::{Error, Gateway};
use redox_auth_mllp::{Code, Header, HeaderError, Part, Reader, Reply};
use semihosting::{println, process};
use smoltcp::iface::SocketStorage;
use static_cell::ConstStaticCell;

use crate::admission::{NotMapped, write_admission};
use crate::course::{Board, Course, TOKEN_LEN, give_up, request};
use crate::{Dialer, TcpBuffers, TcpError, TcpStream, stack};

/// Takes ADT messages over MLLP on one side, and sends each as a Data Model message on the other, with a token. Ends the
/// emulator when the sender closes its connection.
///
/// The sender gets AA once Redox has accepted its message, and AE with the reason otherwise: so it keeps the message, and
/// nothing is lost between the two. This gateway repeats nothing that Redox may have accepted.
pub fn relay<S: Signer>(key_file: &CStr, parse: fn(&[u8]) -> Result<S, KeyError>) -> ! {
    let course = Course::with_sockets(SOCKETS.take());
    let signer = course.signer(key_file, parse);
    let keys = [course.key(&signer)];
    let session = course.session(&keys);
    let gateway = Gateway::new(session, course.board(), course.dialer(), course.buffers());
    let mut listener = course.network().listen(PORT, TCP.take());
    let mut relay = Relay {
        gateway,
        course,
        message: MESSAGE.take(),
        out: OUT.take(),
        replies: 0,
    };
    relay.begin();
    let opened = listener.open();
    opened.expect("the port is one");
    println!("takes MLLP at port {PORT}");
    let stream = listener.accept();
    let served = stream.and_then(|stream| relay.serve(stream));
    served.expect("the sender closes its connection when it has sent everything");
    println!("relay: {} messages answered", relay.replies);
    println!("peak stack {}", stack::peak());
    process::exit(0)
}

struct Relay<'k, S: Signer> {
    gateway: Gateway<'static, Client<'k, S>, Board, Dialer, [u8; TOKEN_LEN]>,
    course: Course,
    message: &'static mut [u8; MESSAGE_LEN],
    out: &'static mut [u8; OUT_LEN],
    replies: u32,
}

impl<S: Signer> Relay<'_, S> {
    /// Learns the time and gets a token, for the first message not to wait for them.
    fn begin(&mut self) {
        let begun = self.gateway.learn_time();
        if let Err(error) = begun.and_then(|()| self.gateway.authorize()) {
            give_up(error);
        }
    }

    /// Answers one message after the other, until the sender closes the connection.
    fn serve(&mut self, mut stream: TcpStream) -> Result<(), TcpError> {
        let limit = u32::try_from(MESSAGE_LEN).unwrap_or(u32::MAX);
        let mut reader = Reader::new(limit);
        let mut piece = [0; PIECE_LEN];
        let mut len = 0;
        loop {
            let read = stream.read(&mut piece)?;
            if read == 0 {
                return Ok(());
            }
            let mut rest = &piece[..read];
            while let Some(part) = reader.read(&mut rest) {
                match part {
                    Part::Start => len = 0,
                    Part::Body(bytes) => {
                        // The reader's limit is as long.
                        self.message[len..len + bytes.len()].copy_from_slice(bytes);
                        len += bytes.len();
                    }
                    Part::End => self.answer(len, &mut stream)?,
                    Part::Broken(error) => println!("  no frame: {error}"),
                }
            }
        }
    }

    /// Sends the message of this length, and tells its sender what became of it.
    fn answer(&mut self, len: usize, stream: &mut TcpStream) -> Result<(), TcpError> {
        let before = self.course.clock().executed();
        let Self {
            gateway,
            course,
            message,
            out,
            replies,
        } = self;
        let message = &message[..len];
        let header_len = message
            .iter()
            .position(|byte| matches!(byte, b'\r' | b'\n'));
        let checked = match Header::parse(message) {
            Ok(_) if header_len.unwrap_or(len) > HEADER_LEN => {
                Err(HeaderError::TooLong { limit: HEADER_LEN })
            }
            checked => checked,
        };
        let header = match checked {
            Ok(header) => header,
            Err(error) => {
                // No acknowledgment could name it. Its sender waits in vain, and has no reason to believe that it arrived.
                println!("  no message: {error}");
                return Ok(());
            }
        };
        let written = write_admission(&header, message, course.parties(), &mut out[..]);
        let accepted = match written {
            Ok(json) => {
                // For the host to compare. A device shows nobody's data.
                println!("  {}", str::from_utf8(json).unwrap_or(""));
                post(gateway, json)
            }
            Err(error) => Err(Refusal::NotMapped(error)),
        };
        let mut reason = Reason::new();
        let code = match accepted {
            Ok(()) => Code::Aa,
            Err(refusal) => {
                // What does not fit is cut off: it is for a person.
                let _ = write!(reason, "{refusal}");
                Code::Ae
            }
        };
        *replies += 1;
        let mut number = Reason::new();
        let _ = write!(number, "{replies}");
        let reply = Reply::new(&header, code).text(reason.text());
        // The board writes no dates: its answer has the time of the message. Its control IDs are counted.
        let time = str::from_utf8(header.time()).unwrap_or("");
        let reply = reply.write(time, number.text(), &mut out[..]);
        let reply = reply.expect("it has fields of the message, and there is room for all of them");
        stream.write_all(reply)?;
        stream.flush()?;
        course.print_cost(
            match code {
                Code::Aa => "relayed: MLLP in, HTTPS out, acknowledged",
                _ => "refused, and its sender told",
            },
            before,
        );
        Ok(())
    }
}

/// Sends a message once.
fn post<S: Signer>(
    gateway: &mut Gateway<'static, Client<'_, S>, Board, Dialer, [u8; TOKEN_LEN]>,
    json: &[u8],
) -> Result<(), Refusal> {
    let mut answer = gateway.send(request(json)).map_err(Refusal::Failed)?;
    let status = answer.status();
    let mut part = [0; 64];
    while answer.read(&mut part).map_err(Refusal::Failed)? > 0 {}
    match status {
        200..=299 => Ok(()),
        _ => Err(Refusal::Status(status)),
    }
}

/// Why Redox does not have a message, as far as is known.
enum Refusal {
    NotMapped(NotMapped),
    /// What it answered.
    Status(u16),
    Failed(Error),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMapped(error) => error.fmt(f),
            Self::Status(status) => write!(f, "Redox answered {status}"),
            Self::Failed(error) => write!(f, "no answer of Redox: {error}"),
        }
    }
}

/// A short text.
struct Reason {
    bytes: [u8; REASON_LEN],
    len: usize,
}

impl Reason {
    const fn new() -> Self {
        Self {
            bytes: [0; REASON_LEN],
            len: 0,
        }
    }

    fn text(&self) -> &str {
        str::from_utf8(&self.bytes[..self.len]).unwrap_or("")
    }
}

impl fmt::Write for Reason {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let end = self.len + character.len_utf8();
            let room = self.bytes.get_mut(self.len..end).ok_or(fmt::Error)?;
            character.encode_utf8(room);
            self.len = end;
        }
        Ok(())
    }
}

static SOCKETS: ConstStaticCell<[SocketStorage<'_>; 2]> =
    ConstStaticCell::new([SocketStorage::EMPTY; 2]);
static TCP: ConstStaticCell<TcpBuffers<512, 256>> = ConstStaticCell::new(TcpBuffers::EMPTY);
static MESSAGE: ConstStaticCell<[u8; MESSAGE_LEN]> = ConstStaticCell::new([0; MESSAGE_LEN]);
static OUT: ConstStaticCell<[u8; OUT_LEN]> = ConstStaticCell::new([0; OUT_LEN]);

/// IANA's port for HL7.
const PORT: u16 = 2575;

/// The longest message that is taken, in bytes.
const MESSAGE_LEN: usize = 2048;

/// As much as is read at once.
const PIECE_LEN: usize = 256;

const REASON_LEN: usize = 128;

/// The longest segment MSH.
const HEADER_LEN: usize = 1024;

/// For what is sent, and then for the acknowledgment: fields of a header, a reason, and what stands around them.
const OUT_LEN: usize = HEADER_LEN + 512;
