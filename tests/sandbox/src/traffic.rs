use core::fmt;
use core::time::Duration;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::{Fault, Request, Response, Rules, token};

/// The latest exchanges with clients: at most [`MOST`] of them, and at most [`MOST_BYTES`] bytes.
///
/// Recording moves what the server has read anyway and copies the small answer. Everything that has to be decoded is
/// decoded when somebody looks at it.
pub(crate) struct Traffic {
    ring: Mutex<Ring>,
    newest: watch::Sender<u64>,
}

/// One request and its answer.
pub(crate) struct Exchange {
    /// Counts from 1; never used twice.
    pub(crate) number: u64,
    /// The sandbox's time at which it was answered.
    pub(crate) at: Timestamp,
    /// How long the sandbox took, without the delivery.
    pub(crate) took: Duration,
    /// Its body may be cut: see [`request_len`](Self::request_len).
    pub(crate) request: Request,
    /// The length of the whole request body, in bytes.
    pub(crate) request_len: usize,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// It may be cut: see [`response_len`](Self::response_len).
    pub(crate) body: Vec<u8>,
    /// The length of the whole response body, in bytes.
    pub(crate) response_len: usize,
    /// The fault that replaced or changed the answer.
    pub(crate) struck: Option<Fault>,
    /// The rules that the token endpoint had then, where they were those of another server than Redox.
    pub(crate) rules: Option<Rules>,
    /// About how many bytes it takes in memory.
    size: usize,
}

/// What was kept at one moment.
pub(crate) struct Latest {
    /// The number of the newest exchange at that moment, kept or not: none of the list is newer.
    pub(crate) newest: u64,
    /// The newest first.
    pub(crate) exchanges: Vec<Arc<Exchange>>,
}

#[derive(Default)]
struct Ring {
    exchanges: VecDeque<Arc<Exchange>>,
    bytes: usize,
    newest: u64,
}

impl Traffic {
    pub(crate) fn new() -> Self {
        Self {
            ring: Mutex::default(),
            newest: watch::Sender::new(0),
        }
    }

    /// Keeps one more exchange, and lets the oldest go where there are too many.
    pub(crate) fn record(&self, mut exchange: Exchange) {
        let mut ring = self.ring();
        ring.newest = ring.newest.saturating_add(1);
        exchange.number = ring.newest;
        let newest = ring.newest;
        ring.bytes = ring.bytes.saturating_add(exchange.size);
        ring.exchanges.push_back(Arc::new(exchange));
        while ring.exchanges.len() > MOST || ring.bytes > MOST_BYTES {
            let Some(oldest) = ring.exchanges.pop_front() else {
                break;
            };
            ring.bytes = ring.bytes.saturating_sub(oldest.size);
        }
        drop(ring);
        if self.newest.receiver_count() > 0 {
            // CLOSED is the greatest number, so it stays.
            self.newest.send_if_modified(|told| {
                let is_newer = *told < newest;
                *told = newest.max(*told);
                is_newer
            });
        }
    }

    /// All that are kept, the newest first.
    pub(crate) fn all(&self) -> Vec<Arc<Exchange>> {
        self.after(0).exchanges
    }

    /// Those after the exchange of this number, the newest first, as of one moment.
    pub(crate) fn after(&self, number: u64) -> Latest {
        let ring = self.ring();
        let exchanges = ring.exchanges.iter().rev();
        let exchanges = exchanges.take_while(|it| it.number > number);
        Latest {
            newest: ring.newest,
            exchanges: exchanges.cloned().collect(),
        }
    }

    /// The exchange of this number, if it is still kept.
    pub(crate) fn find(&self, number: u64) -> Option<Arc<Exchange>> {
        let ring = self.ring();
        let first = ring.exchanges.front()?.number;
        let at = usize::try_from(number.checked_sub(first)?).ok()?;
        ring.exchanges.get(at).cloned()
    }

    /// The number of the newest exchange; 0 before the first.
    pub(crate) fn newest(&self) -> u64 {
        self.ring().newest
    }

    /// Lets all of them go; their numbers are not used again.
    pub(crate) fn clear(&self) {
        let mut ring = self.ring();
        ring.exchanges.clear();
        ring.bytes = 0;
    }

    /// Tells the number of the newest exchange, whenever there is one, and [`CLOSED`] at the end, even if the end came
    /// before.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        let mut watching = self.newest.subscribe();
        if *watching.borrow() == CLOSED {
            watching.mark_changed();
        }
        watching
    }

    /// Says to all who watch that nothing more will come.
    pub(crate) fn close(&self) {
        self.newest.send_replace(CLOSED);
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ring = self.ring();
        f.debug_struct("Traffic")
            .field("exchanges", &ring.exchanges.len())
            .field("bytes", &ring.bytes)
            .finish_non_exhaustive()
    }
}

impl Exchange {
    /// An exchange that has no number yet. A body beyond [`MOST_OF_BODY`] is cut.
    pub(crate) fn new(
        at: Timestamp,
        took: Duration,
        mut request: Request,
        response: &Response,
        struck: Option<Fault>,
        rules: Option<Rules>,
    ) -> Self {
        let request_len = request.body.len();
        if request_len > MOST_OF_BODY {
            request.body = start(&request.body);
        }
        let mut size = size_of::<Self>();
        request.headers = detached(&request.headers, &mut size);
        // Its values are the sandbox's own.
        let headers = response.headers.clone();
        for (name, value) in &headers {
            let len = name.as_str().len().saturating_add(value.len());
            size = size.saturating_add(len).saturating_add(OVERHEAD_OF_HEADER);
        }
        let body = start(&response.body);
        let query = request.query.as_ref().map_or(0, String::len);
        for len in [request.body.len(), body.len(), request.path.len(), query] {
            size = size.saturating_add(len);
        }
        Self {
            number: 0,
            at,
            took,
            request,
            request_len,
            status: response.status,
            headers,
            body,
            response_len: response.body.len(),
            struck,
            rules,
            size,
        }
    }

    /// A header of the response, if it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Why the sandbox answered as it did, where it says so.
    pub(crate) fn reason(&self) -> Option<&str> {
        self.header("sandbox-reason")
    }

    /// Where the token endpoint was when this was answered.
    pub(crate) fn token_path(&self) -> &str {
        self.rules.as_ref().map_or(token::PATH, Rules::token_path)
    }

    /// The request body, unless it was cut.
    pub(crate) fn whole_request(&self) -> Option<&[u8]> {
        (self.request.body.len() == self.request_len).then_some(self.request.body.as_slice())
    }

    /// The response body, unless it was cut.
    pub(crate) fn whole_response(&self) -> Option<&[u8]> {
        (self.body.len() == self.response_len).then_some(self.body.as_slice())
    }
}

/// A copy whose values share no memory with the original, but one piece of their own: the HTTP library gives parts of its
/// read buffers, and one kept header would keep a whole buffer. Adds the size of the copy to `size`.
fn detached(headers: &HeaderMap, size: &mut usize) -> HeaderMap {
    let values = headers.values().map(HeaderValue::as_bytes);
    let mut values = Bytes::from(values.collect::<Vec<_>>().concat());
    let mut own = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let len = name.as_str().len().saturating_add(value.len());
        *size = size.saturating_add(len).saturating_add(OVERHEAD_OF_HEADER);
        // A value that was read can be made again. Names are copies already.
        if let Ok(mut copy) = HeaderValue::from_maybe_shared(values.split_to(value.len())) {
            copy.set_sensitive(value.is_sensitive());
            own.append(name.clone(), copy);
        }
    }
    own
}

fn start(body: &[u8]) -> Vec<u8> {
    let cut = body.get(..MOST_OF_BODY).unwrap_or(body);
    cut.to_vec()
}

/// How many exchanges are kept.
pub(crate) const MOST: usize = 2_000;

/// How many bytes are kept of all exchanges, 16 MiB.
pub(crate) const MOST_BYTES: usize = 16 << 20;

/// How many bytes are kept of one body, 64 KiB.
pub(crate) const MOST_OF_BODY: usize = 64 << 10;

/// Sent in place of a number when the server stops.
pub(crate) const CLOSED: u64 = u64::MAX;

/// What a header takes beyond its name and value, about.
const OVERHEAD_OF_HEADER: usize = 64;

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn exchange(body: usize) -> Exchange {
        let mut request = Request::new(Method::POST, "/endpoint");
        request.body = vec![b' '; body];
        let response = Response::json(StatusCode::OK, &serde_json::json!({}));
        Exchange::new(
            Timestamp::UNIX_EPOCH,
            Duration::ZERO,
            request,
            &response,
            None,
            None,
        )
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many() {
        let traffic = Traffic::new();
        for _ in 0..MOST + 5 {
            traffic.record(exchange(0));
        }
        let all = traffic.all();
        assert_eq!(all.len(), MOST);
        let numbers = all.iter().map(|it| it.number);
        let expected = (6..=u64::try_from(MOST).unwrap() + 5).rev();
        assert!(numbers.eq(expected));
        assert!(traffic.find(5).is_none(), "it is gone");
        assert_eq!(traffic.find(6).unwrap().number, 6);
        traffic.clear();
        assert!(traffic.all().is_empty() && traffic.find(6).is_none());
        traffic.record(exchange(0));
        assert_eq!(traffic.newest(), u64::try_from(MOST).unwrap() + 6);
    }

    #[test]
    fn the_oldest_go_when_there_are_too_many_bytes() {
        let traffic = Traffic::new();
        for _ in 0..MOST_BYTES / MOST_OF_BODY + 9 {
            traffic.record(exchange(MOST_OF_BODY));
        }
        let kept: usize = traffic.all().iter().map(|it| it.size).sum();
        assert!(kept <= MOST_BYTES, "{kept}");
        assert!(kept > MOST_BYTES - 2 * MOST_OF_BODY, "{kept}");
    }

    #[test]
    fn a_list_that_is_continued_has_each_exchange_once() {
        const ALL: u64 = 20_000;
        let traffic = Traffic::new();
        std::thread::scope(|scope| {
            scope.spawn(|| (0..ALL).for_each(|_| traffic.record(exchange(0))));
            let mut seen = 0;
            while seen < ALL {
                let latest = traffic.after(seen);
                let newest = latest.exchanges.first().map_or(seen, |it| it.number);
                assert_eq!(newest, latest.newest, "after {seen}");
                assert!(latest.exchanges.iter().all(|it| it.number > seen));
                seen = latest.newest;
            }
        });
    }

    #[test]
    fn a_long_body_is_cut_and_its_length_kept() {
        for (len, kept) in [
            (MOST_OF_BODY, MOST_OF_BODY),
            (MOST_OF_BODY + 1, MOST_OF_BODY),
        ] {
            let exchange = exchange(len);
            assert_eq!(
                (exchange.request_len, exchange.request.body.len()),
                (len, kept)
            );
            assert_eq!(exchange.whole_request().is_some(), len == kept);
        }
    }

    #[test]
    fn who_watches_is_told_of_each_exchange_and_of_the_end() {
        let traffic = Traffic::new();
        let mut watching = traffic.watch();
        assert!(!watching.has_changed().unwrap());
        traffic.record(exchange(0));
        assert_eq!(*watching.borrow_and_update(), 1);
        traffic.close();
        assert_eq!(*watching.borrow_and_update(), CLOSED);
        traffic.record(exchange(0));
        assert!(!watching.has_changed().unwrap());
        assert_eq!(*watching.borrow(), CLOSED, "the end is final");
        let late = traffic.watch();
        assert!(late.has_changed().unwrap() && *late.borrow() == CLOSED);
    }
}
