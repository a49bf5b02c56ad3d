use redox_auth_core::{Instant, Url};
use redox_auth_gateway::{Exchange, HttpError, Limits, Method, Outgoing};

/// An answer to a request, as it comes over the wire: a byte that says how it is read, then the answer.
///
/// # Panics
/// When it reads differently in parts than as a whole, when more comes out than went in or than the limits allow, or when
/// an answer that is wrong once is right the next time.
pub fn http_response(input: &[u8]) {
    let Some((&how, answer)) = input.split_first() else {
        return;
    };
    let method = if how & 1 == 0 {
        Method::Get
    } else {
        Method::Head
    };
    let whole = read(method, answer, usize::MAX, usize::MAX, 4096);
    assert!(whole.body.len() <= answer.len());
    assert!(whole.body.len() <= BODY_MAX);
    // A head that does not fit beside it, or comes in two parts at any place, or byte by byte.
    for split in 0..=answer.len() {
        assert_eq!(
            read(method, answer, split, usize::MAX, 4096),
            whole,
            "split at {split}"
        );
    }
    let room = usize::from(how >> 1).saturating_add(1);
    for step in [1, 2, 3, 7, 64] {
        assert_eq!(
            read(method, answer, 0, step, room),
            whole,
            "in steps of {step}"
        );
    }
}

/// The outcome of an answer.
#[derive(Debug, Eq, PartialEq)]
struct Read {
    status: Option<u16>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    error: Option<HttpError>,
}

/// Reads an answer that comes in one part of `first` bytes and then in parts of `step` bytes, and then ends; its body goes
/// to a buffer of `room` bytes.
fn read(method: Method, input: &[u8], first: usize, step: usize, room: usize) -> Read {
    let mut wire = [0; 512];
    let mut exchange = Exchange::new(&mut wire, LIMITS);
    let mut found = Read {
        status: None,
        headers: Vec::new(),
        body: Vec::new(),
        error: None,
    };
    send(&mut exchange, method);
    let (mut parts, now) = ((input, first), Instant::from_millis(0));
    let mut feed = |exchange: &mut Exchange<'_>| {
        let into = exchange.room();
        assert!(!into.is_empty(), "there is room");
        let (rest, next) = parts;
        let next = if next == 0 { step } else { next };
        let len = rest.len().min(into.len()).min(next);
        let (part, rest) = rest.split_at(len);
        into.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
        parts = (rest, next.saturating_sub(len));
        if step != usize::MAX {
            parts.1 = 0;
        }
        exchange.received(len, now).expect("no time passes");
    };
    let result = loop {
        match exchange.head() {
            Ok(Some(status)) => {
                found.status = Some(status);
                break Ok(());
            }
            Ok(None) => feed(&mut exchange),
            Err(error) => break Err(error),
        }
    };
    found.headers = exchange
        .headers()
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_vec()))
        .collect();
    let mut part = vec![0; room];
    found.error = result.err();
    while found.error.is_none() {
        match exchange.body(&mut part) {
            Ok(Some(0)) => break,
            Ok(Some(len)) => found.body.extend(part.iter().take(len)),
            Ok(None) => feed(&mut exchange),
            Err(error) => found.error = Some(error),
        }
    }
    match found.error {
        Some(error) => {
            assert_eq!(exchange.body(&mut part), Err(error), "wrong stays wrong");
            assert!(!exchange.leaves_connection());
        }
        None => assert_eq!(
            exchange.body(&mut part),
            Ok(Some(0)),
            "the end stays the end"
        ),
    }
    found
}

fn send(exchange: &mut Exchange<'_>, method: Method) {
    let now = Instant::from_millis(0);
    let url = Url::parse("https://api.example/").expect("a URL");
    let head = exchange.request(method, url, "", now);
    head.send(Some(0)).expect("it fits");
    while let Outgoing::Write(bytes) = exchange.outgoing() {
        let len = bytes.len();
        exchange.written(len, now).expect("no time passes");
    }
    exchange.flushed();
}

const BODY_MAX: usize = 300;

const LIMITS: Limits = {
    let mut limits = Limits::DEFAULT;
    limits.head_bytes = 400;
    limits.headers = 8;
    limits.body_bytes = 300;
    limits.interim_answers = 2;
    limits.exchange_ms = 1_000;
    limits.idle_ms = 1_000;
    limits
};
