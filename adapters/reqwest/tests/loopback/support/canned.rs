//! A server that answers by a list and keeps what it is sent. It knows just enough HTTP to find the end of a request.

use core::net::SocketAddr;
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a request is answered with.
#[derive(Clone)]
pub(crate) enum Answer {
    /// These bytes, and then the connection ends.
    Once(Vec<u8>),
    /// These bytes, and the connection stays.
    Kept(Vec<u8>),
    /// The first of these, and then the second again and again for as long as anybody reads.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing, until the client goes away.
    Silence,
}

impl Answer {
    /// A whole answer with a JSON body, on a connection that stays.
    pub(crate) fn json(status: &str, body: &str) -> Self {
        Self::with(status, "content-type: application/json", body)
    }

    /// A whole answer with this header and body, on a connection that stays.
    pub(crate) fn with(status: &str, header: &str, body: &str) -> Self {
        let len = body.len();
        let head = format!("HTTP/1.1 {status}\r\n{header}\r\ncontent-length: {len}\r\n\r\n");
        Self::Kept((head + body).into_bytes())
    }

    /// These bytes, whatever they are, and then the connection ends.
    pub(crate) fn raw(bytes: &str) -> Self {
        Self::Once(bytes.as_bytes().to_owned())
    }

    /// A head, and a body of this part without end.
    pub(crate) fn endless(head: &str, part: &str) -> Self {
        Self::Endless(head.as_bytes().to_owned(), part.as_bytes().to_owned())
    }
}

/// A server on a free port of the loopback interface, until the test's process ends.
pub(crate) struct Canned {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    /// The number of the connection on which each request came.
    connections: Arc<Mutex<Vec<usize>>>,
}

impl Canned {
    /// Gives this answer to every request.
    pub(crate) fn always(answer: Answer) -> Self {
        Self::start(vec![answer])
    }

    /// Gives these answers in turn, and the last one from then on.
    pub(crate) fn start(answers: Vec<Answer>) -> Self {
        Self::choosing(|_| move |index, _| answers.get(index).or(answers.last()).cloned())
    }

    /// Gives the answer of a path, which `routes` makes from the server's URL, and 404 elsewhere.
    pub(crate) fn by_path(routes: impl FnOnce(&str) -> Vec<(&'static str, Answer)>) -> Self {
        Self::choosing(|url| {
            let routes = routes(url);
            move |_, request| {
                let path = request.split(' ').nth(1);
                let found = routes.iter().find(|(route, _)| Some(*route) == path);
                let not_found = || Answer::json("404 Not Found", "{}");
                Some(found.map_or_else(not_found, |(_, answer)| answer.clone()))
            }
        })
    }

    /// `choose` gives the answer to a request by its index and its text; it is made from the server's URL.
    pub(crate) fn choosing<C>(choose: impl FnOnce(&str) -> C) -> Self
    where
        C: Fn(usize, &str) -> Option<Answer> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            connections: Arc::default(),
        };
        let requests = Arc::clone(&server.requests);
        let connections = Arc::clone(&server.connections);
        let choose = Arc::new(choose(&server.url()));
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let (choose, requests) = (Arc::clone(&choose), Arc::clone(&requests));
                let connections = Arc::clone(&connections);
                let begun = move || connections.lock().unwrap().push(number);
                // A client that hangs up is no failure here: many a test has it do so.
                std::thread::spawn(move || serve(stream, &*choose, &requests, &begun));
            }
        });
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, head and body. A request is here before its answer is sent.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The number of the connection on which each of them came, counted from 0.
    pub(crate) fn connections(&self) -> Vec<usize> {
        self.connections.lock().unwrap().clone()
    }

    /// The one request that there was.
    pub(crate) fn only_request(&self) -> String {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.remove(0)
    }
}

fn serve(
    mut stream: TcpStream,
    choose: &impl Fn(usize, &str) -> Option<Answer>,
    requests: &Mutex<Vec<String>>,
    begun: &impl Fn(),
) -> Result<()> {
    loop {
        let request = read_request(&mut stream)?;
        let index = {
            let mut requests = requests.lock().unwrap();
            begun();
            requests.push(request.clone());
            requests.len().saturating_sub(1)
        };
        match choose(index, &request) {
            Some(Answer::Once(bytes)) => return stream.write_all(&bytes),
            Some(Answer::Kept(bytes)) => stream.write_all(&bytes)?,
            Some(Answer::Endless(head, part)) => {
                stream.write_all(&head)?;
                loop {
                    stream.write_all(&part)?;
                }
            }
            Some(Answer::Silence) | None => {
                stream.read_to_end(&mut Vec::new())?;
                return Ok(());
            }
        }
    }
}

/// A head, and as much body as it announces.
fn read_request(stream: &mut TcpStream) -> Result<String> {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let read = stream.read(&mut part)?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n")
            && body.len() >= content_length(head)
        {
            return Ok(text.into_owned());
        }
    }
}

fn content_length(head: &str) -> usize {
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, value)| value.trim().parse().unwrap())
}
