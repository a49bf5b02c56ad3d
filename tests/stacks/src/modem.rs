use core::error::Error;
use core::fmt;
use std::cell::RefCell;
use std::io;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use embedded_io::{ErrorKind, ErrorType, Read, Write};
use redox_auth_core::{Channel, Method};
use redox_auth_gateway::{Connect, Connector, Endpoint};

use crate::{Answered, HttpPost};

/// A modem on a serial line, with the AT commands of SIMCom's A76xx and SIM76xx. In transparent mode the bytes of the line
/// are those of one TCP connection.
#[derive(Clone)]
pub struct Modem(Rc<RefCell<Line>>);

/// The serial line: its bytes, and the wire DTR.
struct Line {
    bytes: UnixStream,
    dtr: UnixStream,
    /// A byte that came when nobody read.
    early: Option<u8>,
    is_transparent: bool,
}

impl Modem {
    /// On this line. A byte on `dtr` is a pulse on the wire of that name.
    ///
    /// # Errors
    /// When the line is none.
    pub fn new(bytes: UnixStream, dtr: UnixStream) -> io::Result<Self> {
        // A modem that says nothing must not hold up the device for ever.
        bytes.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self(Rc::new(RefCell::new(Line {
            bytes,
            dtr,
            early: None,
            is_transparent: false,
        }))))
    }

    /// Whether the connection is there and nothing came that nobody has read: the word `CLOSED` among it.
    pub fn is_quiet(&mut self) -> bool {
        self.0.borrow_mut().is_quiet()
    }
}

impl Connector for Modem {
    type Connection = ModemStream;
    type Error = LineError;

    fn is_alive(&mut self, _: &mut ModemStream, _: Endpoint<'_>) -> bool {
        self.is_quiet()
    }
}

impl Connect for Modem {
    fn connect(&mut self, to: Endpoint<'_>) -> Result<(ModemStream, Channel), LineError> {
        if to.is_tls {
            return Err(LineError::NoTls);
        }
        let mut line = self.0.borrow_mut();
        line.hang_up()?;
        // No echo; DTR ends a connection; transparent mode.
        for command in ["ATE0", "AT&D2", "AT+CIPMODE=1", "AT+NETOPEN"] {
            line.command(command)?;
        }
        line.send(&format!("AT+CIPOPEN=0,\"TCP\",\"{}\",{}", to.host, to.port))?;
        loop {
            let answer = line.answer()?;
            if answer.starts_with("CONNECT") {
                break;
            }
            if answer == "ERROR" || answer.starts_with("+CIPOPEN:") {
                return Err(LineError::Refused);
            }
        }
        line.is_transparent = true;
        // The modem's operator and everybody behind it can read along.
        Ok((ModemStream(Rc::clone(&self.0)), Channel::Unauthenticated))
    }
}

impl Line {
    /// Sends a command and waits for its `OK`.
    fn command(&mut self, command: &str) -> Result<(), LineError> {
        self.send(command)?;
        self.wait_for("OK")
    }

    fn send(&mut self, command: &str) -> Result<(), LineError> {
        io::Write::write_all(&mut self.bytes, format!("{command}\r").as_bytes())?;
        Ok(())
    }

    fn wait_for(&mut self, wanted: &str) -> Result<(), LineError> {
        loop {
            match self.answer()?.as_str() {
                "ERROR" => return Err(LineError::Refused),
                answer if answer == wanted => return Ok(()),
                _ => {}
            }
        }
    }

    /// The next line that is not empty.
    fn answer(&mut self) -> Result<String, LineError> {
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            self.read_exact(&mut byte)?;
            match byte {
                [b'\n'] if !line.is_empty() => {
                    return Ok(String::from_utf8_lossy(&line).into_owned());
                }
                [b'\r' | b'\n'] => {}
                [byte] => line.push(byte),
            }
        }
    }

    fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineError> {
        if let Some(first) = buf.first_mut()
            && let Some(early) = self.early.take()
        {
            *first = early;
            return Ok(1);
        }
        Ok(io::Read::read(&mut self.bytes, buf)?)
    }

    fn read_exact(&mut self, mut buf: &mut [u8]) -> Result<(), LineError> {
        while !buf.is_empty() {
            match self.read(buf)? {
                0 => return Err(LineError::Lost(ErrorKind::NotConnected)),
                read => buf = &mut buf[read..],
            }
        }
        Ok(())
    }

    fn is_quiet(&mut self) -> bool {
        let mut byte = [0];
        let read = self
            .bytes
            .set_nonblocking(true)
            .and_then(|()| io::Read::read(&mut self.bytes, &mut byte));
        if let Ok(1) = read {
            self.early = Some(byte[0]);
        }
        let waits = read.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock);
        self.bytes.set_nonblocking(false).is_ok() && self.is_transparent && waits
    }

    /// Ends the connection that there is. Bytes of it may still be on the line.
    fn hang_up(&mut self) -> Result<(), LineError> {
        if !self.is_transparent {
            return Ok(());
        }
        self.is_transparent = false;
        io::Write::write_all(&mut self.dtr, &[0])?;
        self.wait_for("NO CARRIER")
    }
}

/// The TCP connection through the modem.
pub struct ModemStream(Rc<RefCell<Line>>);

impl Drop for ModemStream {
    fn drop(&mut self) {
        // Where that fails, so does the next command.
        let _ = self.0.borrow_mut().hang_up();
    }
}

impl ErrorType for ModemStream {
    type Error = LineError;
}

impl Read for ModemStream {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, LineError> {
        self.0.borrow_mut().read(buf)
    }
}

impl Write for ModemStream {
    fn write(&mut self, buf: &[u8]) -> Result<usize, LineError> {
        Ok(io::Write::write(&mut self.0.borrow_mut().bytes, buf)?)
    }

    fn flush(&mut self) -> Result<(), LineError> {
        Ok(())
    }
}

/// The HTTP of the modem itself: `AT+HTTP…`. TLS, too, would be the modem's.
pub struct ModemHttp(Modem);

impl ModemHttp {
    /// By this modem.
    #[must_use]
    pub const fn new(modem: Modem) -> Self {
        Self(modem)
    }
}

impl HttpPost for ModemHttp {
    async fn exchange(
        &mut self,
        method: Method,
        url: &str,
        content_type: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Result<Answered, Box<dyn Error>> {
        let mut line = self.0.0.borrow_mut();
        line.command("ATE0")?;
        line.command("AT+HTTPINIT")?;
        let answered = line.http(method, url, content_type, authorization, body);
        line.command("AT+HTTPTERM")?;
        Ok(answered?)
    }
}

impl Line {
    fn http(
        &mut self,
        method: Method,
        url: &str,
        content_type: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Result<Answered, LineError> {
        self.command(&format!("AT+HTTPPARA=\"URL\",\"{url}\""))?;
        if !content_type.is_empty() {
            self.command(&format!("AT+HTTPPARA=\"CONTENT\",\"{content_type}\""))?;
        }
        if let Some(authorization) = authorization {
            self.command(&format!(
                "AT+HTTPPARA=\"USERDATA\",\"Authorization: {authorization}\""
            ))?;
        }
        let action = match method {
            Method::Get => 0,
            Method::Post => {
                self.send(&format!("AT+HTTPDATA={},10000", body.len()))?;
                self.wait_for("DOWNLOAD")?;
                io::Write::write_all(&mut self.bytes, body)?;
                self.wait_for("OK")?;
                1
            }
        };
        self.command(&format!("AT+HTTPACTION={action}"))?;
        let (status, len) = loop {
            if let Some(done) = self.answer()?.strip_prefix("+HTTPACTION: ") {
                let mut numbers = done.split(',').skip(1).map(str::parse::<u16>);
                let (Some(Ok(status)), Some(Ok(len))) = (numbers.next(), numbers.next()) else {
                    return Err(LineError::Lost(ErrorKind::InvalidData));
                };
                break (status, len);
            }
        };
        let head = self.block("AT+HTTPHEAD", "+HTTPHEAD: ")?;
        let head = String::from_utf8_lossy(&head).into_owned();
        let header = |name: &str| {
            let lines = head.lines().filter_map(|line| line.split_once(':'));
            let mut found = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.trim().into())
        };
        let body = if len == 0 {
            Vec::new()
        } else {
            self.block(&format!("AT+HTTPREAD=0,{len}"), "+HTTPREAD: ")?
        };
        Ok(Answered {
            // The modem has numbers of its own above 600 where it got no answer.
            status,
            date: header("date"),
            retry_after: header("retry-after"),
            body,
        })
    }

    /// A command whose answer announces a number of bytes.
    fn block(&mut self, command: &str, prefix: &str) -> Result<Vec<u8>, LineError> {
        self.send(command)?;
        let len = loop {
            let answer = self.answer()?;
            if answer == "ERROR" {
                return Err(LineError::Refused);
            }
            if let Some(len) = answer.strip_prefix(prefix) {
                break len
                    .parse::<u32>()
                    .map_err(|_| LineError::Lost(ErrorKind::InvalidData))?;
            }
        };
        let mut block = vec![0; len as usize];
        self.read_exact(&mut block)?;
        self.wait_for("OK")?;
        Ok(block)
    }
}

/// Why the modem did not do it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LineError {
    /// The URL starts with https, and this connector has no TLS.
    NoTls,
    /// The modem answered `ERROR`.
    Refused,
    /// The line failed, or the modem's answer is none.
    Lost(ErrorKind),
}

impl From<io::Error> for LineError {
    fn from(error: io::Error) -> Self {
        Self::Lost(match error.kind() {
            // As a read that took too long ends.
            io::ErrorKind::WouldBlock => ErrorKind::TimedOut,
            kind => kind.into(),
        })
    }
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTls => f.write_str("this connector has no TLS: put one with TLS around it"),
            Self::Refused => f.write_str("the modem answered ERROR"),
            Self::Lost(kind) => write!(f, "the line to the modem failed: {kind}"),
        }
    }
}

impl core::error::Error for LineError {}

impl embedded_io::Error for LineError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTls => ErrorKind::Unsupported,
            Self::Refused => ErrorKind::ConnectionRefused,
            Self::Lost(kind) => *kind,
        }
    }
}
