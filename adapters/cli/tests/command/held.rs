//! A server whose answers to messages come when a test says so.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// A server on a free port of the loopback interface, until the test's process ends.
pub(crate) struct Held {
    pub(crate) url: String,
    messages: Receiver<Message>,
    under_way: Arc<UnderWay>,
}

#[derive(Default)]
struct UnderWay {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A message that waits for its answer.
pub(crate) struct Message {
    pub(crate) body: String,
    answer: Sender<Answer>,
}

/// The head of an answer, and its body.
type Answer = (&'static str, &'static str);

impl Message {
    pub(crate) fn answer(self) {
        let body = r#"{"Meta":{"Logs":[{"ID":"a-log"}]}}"#;
        self.answer.send((DONE, body)).unwrap();
    }

    /// Answers that there are too many, and asks for a pause of an hour.
    pub(crate) fn put_off(self) {
        let head = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600";
        self.answer.send((head, "{}")).unwrap();
    }
}

impl Held {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, messages) = channel();
        let under_way = Arc::<UnderWay>::default();
        let shared = Arc::clone(&under_way);
        std::thread::spawn(move || {
            let sender = Mutex::new(sender);
            for stream in listener.incoming().flatten() {
                let (sender, shared) = (sender.lock().unwrap().clone(), Arc::clone(&shared));
                // A client that hangs up is no failure here.
                std::thread::spawn(move || serve(stream, &sender, &shared));
            }
        });
        Self {
            url,
            messages,
            under_way,
        }
    }

    /// The next message, which is held.
    pub(crate) fn message(&self) -> Message {
        self.messages.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// The number of held messages that the test has not taken.
    pub(crate) fn left(&self) -> usize {
        self.messages.try_iter().count()
    }

    /// The most messages that ever waited at the same time.
    pub(crate) fn most_under_way(&self) -> usize {
        self.under_way.most.load(Ordering::SeqCst)
    }
}

fn serve(stream: TcpStream, messages: &Sender<Message>, under_way: &UnderWay) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (path, body) = request(&mut reader)?;
        let (head, answer) = if path == "/endpoint" {
            let now = under_way
                .now
                .fetch_add(1, Ordering::SeqCst)
                .saturating_add(1);
            under_way.most.fetch_max(now, Ordering::SeqCst);
            let (answer, answered) = channel();
            messages.send(Message { body, answer }).ok()?;
            let answer = answered.recv().ok()?;
            under_way.now.fetch_sub(1, Ordering::SeqCst);
            answer
        } else {
            let token = r#"{"access_token":"an-access-token-to-hide","expires_in":300}"#;
            (DONE, token)
        };
        let len = answer.len();
        let answer = format!(
            "{head}\r\ncontent-type: application/json\r\ncontent-length: {len}\r\n\r\n{answer}"
        );
        reader.get_mut().write_all(answer.as_bytes()).ok()?;
    }
}

/// The path and the body of the next request, if there is one.
fn request(reader: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_lowercase()),
        }
    }
    let len = head
        .iter()
        .find_map(|it| it.strip_prefix("content-length: "));
    let mut body = vec![0; len.unwrap_or("0").parse().unwrap()];
    reader.read_exact(&mut body).ok()?;
    let path = head[0].split(' ').nth(1).unwrap().to_owned();
    Some((path, String::from_utf8(body).unwrap()))
}

const DONE: &str = "HTTP/1.1 200 OK";
