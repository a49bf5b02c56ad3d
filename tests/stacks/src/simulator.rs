use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};

use async_io::Async;
use embassy_futures::select::{Either, Either3, select, select3};

/// A modem: AT commands on a line, real TCP connections and real HTTP behind it.
///
/// It knows the commands of [`Modem`](crate::Modem) and [`ModemHttp`](crate::ModemHttp), and answers the others with `ERROR`.
#[derive(Debug)]
pub struct Simulator(JoinHandle<io::Result<u32>>);

impl Simulator {
    /// Starts one. Gives back the device's ends of its line and of its wire DTR.
    ///
    /// # Panics
    /// When the machine has no sockets left.
    #[must_use]
    pub fn start() -> (Self, UnixStream, UnixStream) {
        let (device, modem) = UnixStream::pair().expect("there are sockets");
        let (device_dtr, modem_dtr) = UnixStream::pair().expect("there are sockets");
        let thread = thread::spawn(move || {
            let mut firmware = Firmware {
                line: Async::new(modem)?,
                dtr: Async::new(modem_dtr)?,
                connections: 0,
                http: Http::default(),
            };
            async_io::block_on(firmware.run())?;
            Ok(firmware.connections)
        });
        (Self(thread), device, device_dtr)
    }

    /// Waits until the device has let go of its line. Gives back how many TCP connections there were, those of HTTP among
    /// them.
    ///
    /// # Panics
    /// When the modem failed.
    #[must_use]
    pub fn connections(self) -> u32 {
        let ended = self.0.join().expect("the modem's thread ends");
        ended.expect("the modem's line holds")
    }
}

struct Firmware {
    line: Async<UnixStream>,
    dtr: Async<UnixStream>,
    connections: u32,
    http: Http,
}

impl Firmware {
    /// Answers commands until the line ends.
    async fn run(&mut self) -> io::Result<()> {
        let mut command = Vec::new();
        loop {
            let (mut byte, mut pulse) = ([0], [0]);
            let line = read(&self.line, &mut byte);
            match select(line, read(&self.dtr, &mut pulse)).await {
                Either::First(Ok(0)) | Either::Second(Ok(0)) => return Ok(()),
                Either::First(Err(error)) | Either::Second(Err(error)) => return Err(error),
                Either::First(_) if byte == *b"\r" => {
                    let text = String::from_utf8_lossy(&command).into_owned();
                    command.clear();
                    self.obey(&text).await?;
                }
                Either::First(_) => command.extend(byte),
                Either::Second(_) => self.say("NO CARRIER").await?,
            }
        }
    }

    async fn obey(&mut self, command: &str) -> io::Result<()> {
        match command {
            "ATE0" | "AT&D2" | "AT+CIPMODE=1" => self.say("OK").await,
            "AT+NETOPEN" => {
                self.say("OK").await?;
                self.say("+NETOPEN: 0").await
            }
            _ => match command.strip_prefix("AT+CIPOPEN=0,\"TCP\",") {
                Some(address) => self.open(address).await,
                None => self.obey_http(command).await,
            },
        }
    }

    async fn open(&mut self, address: &str) -> io::Result<()> {
        let parsed = address
            .rsplit_once(',')
            .and_then(|(host, port)| Some((host.trim_matches('"'), port.parse::<u16>().ok()?)));
        let connected = parsed.map(TcpStream::connect);
        let Some(Ok(stream)) = connected else {
            return self.say("+CIPOPEN: 0,4").await;
        };
        self.connections += 1;
        self.say("CONNECT 115200").await?;
        self.pass_on(&Async::new(stream)?).await
    }

    /// Transparent mode: until DTR drops, or the server closes the connection.
    async fn pass_on(&self, server: &Async<TcpStream>) -> io::Result<()> {
        let (mut up, mut down, mut pulse) = ([0; 512], [0; 512], [0]);
        loop {
            let next = select3(
                read(&self.line, &mut up),
                read(server, &mut down),
                read(&self.dtr, &mut pulse),
            );
            match next.await {
                Either3::First(read) => match read? {
                    0 => return Ok(()),
                    len => write_all(server, &up[..len]).await?,
                },
                Either3::Second(Ok(len)) if len > 0 => {
                    write_all(&self.line, &down[..len]).await?;
                }
                // The end of the connection, with or without an error.
                Either3::Second(_) => return self.say("CLOSED").await,
                Either3::Third(_) => return self.say("NO CARRIER").await,
            }
        }
    }

    async fn obey_http(&mut self, command: &str) -> io::Result<()> {
        let parameter = |command: &str| {
            let rest = command.strip_prefix("AT+HTTPPARA=\"")?;
            let (name, value) = rest.split_once("\",\"")?;
            Some((name.to_owned(), value.strip_suffix('"')?.to_owned()))
        };
        if let Some((name, value)) = parameter(command) {
            self.http.parameters.insert(name, value);
            return self.say("OK").await;
        }
        if let Some(len) = command.strip_prefix("AT+HTTPDATA=") {
            let len = len.split(',').next().and_then(|len| len.parse().ok());
            self.http.data = vec![0; len.unwrap_or_default()];
            self.say("DOWNLOAD").await?;
            read_exact(&self.line, &mut self.http.data).await?;
            return self.say("OK").await;
        }
        match command {
            "AT+HTTPINIT" | "AT+HTTPTERM" => {
                self.http = Http::default();
                self.say("OK").await
            }
            "AT+HTTPACTION=0" | "AT+HTTPACTION=1" => {
                self.connections += 1;
                self.say("OK").await?;
                let done = match self.http.act(command.ends_with('1')) {
                    Ok(status) => format!("{status},{}", self.http.body.len()),
                    Err(_) => String::from("706,0"),
                };
                self.say(&format!("+HTTPACTION: 1,{done}")).await
            }
            "AT+HTTPHEAD" => self.block("+HTTPHEAD", &self.http.head).await,
            _ if command.starts_with("AT+HTTPREAD=0,") => {
                self.block("+HTTPREAD", &self.http.body).await
            }
            _ => self.say("ERROR").await,
        }
    }

    async fn block(&self, name: &str, block: &[u8]) -> io::Result<()> {
        self.say(&format!("{name}: {}", block.len())).await?;
        write_all(&self.line, block).await?;
        self.say("OK").await
    }

    async fn say(&self, line: &str) -> io::Result<()> {
        write_all(&self.line, format!("\r\n{line}\r\n").as_bytes()).await
    }
}

/// What the commands for HTTP have set up, and what came of it.
#[derive(Default)]
struct Http {
    parameters: HashMap<String, String>,
    data: Vec<u8>,
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Http {
    /// A request on a connection of its own.
    fn act(&mut self, is_post: bool) -> io::Result<u16> {
        let invalid = || io::Error::from(io::ErrorKind::InvalidInput);
        let url = self.parameters.get("URL").ok_or_else(invalid)?;
        let rest = url.strip_prefix("http://").ok_or_else(invalid)?;
        let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut stream = TcpStream::connect(address)?;
        let method = if is_post { "POST" } else { "GET" };
        let mut request =
            format!("{method} /{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
        if let Some(content) = self.parameters.get("CONTENT") {
            request += &format!("Content-Type: {content}\r\n");
        }
        if let Some(header) = self.parameters.get("USERDATA") {
            request += &format!("{header}\r\n");
        }
        request += &format!("Content-Length: {}\r\n\r\n", self.data.len());
        stream.write_all(request.as_bytes())?;
        stream.write_all(&self.data)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.ok_or_else(invalid)? + 4;
        self.body = answer.split_off(end);
        self.head = answer;
        let status = self
            .head
            .get(9..12)
            .and_then(|status| str::from_utf8(status).ok());
        status
            .and_then(|status| status.parse().ok())
            .ok_or_else(invalid)
    }
}

async fn read<T>(stream: &Async<T>, buf: &mut [u8]) -> io::Result<usize>
where
    for<'s> &'s T: Read,
{
    stream.read_with(|mut stream| stream.read(buf)).await
}

async fn read_exact<T>(stream: &Async<T>, mut buf: &mut [u8]) -> io::Result<()>
where
    for<'s> &'s T: Read,
{
    while !buf.is_empty() {
        match read(stream, buf).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            len => buf = &mut buf[len..],
        }
    }
    Ok(())
}

async fn write_all<T>(stream: &Async<T>, mut bytes: &[u8]) -> io::Result<()>
where
    for<'s> &'s T: Write,
{
    while !bytes.is_empty() {
        let len = stream.write_with(|mut stream| stream.write(bytes)).await?;
        bytes = &bytes[len..];
    }
    Ok(())
}
