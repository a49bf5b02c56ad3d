use core::mem;

use aws_lc_rs::digest::{Context, SHA256};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use memchr::memchr2;
use redox_auth_mllp::{Header, HeaderError, Segments};

/// Finds the messages of a file, piece by piece: each begins with a segment MSH. The headers and trailers of batches and files
/// (FHS, BHS, BTS and FTS) are left out.
pub(super) struct Scan {
    /// The beginning of a digest, if the results need digests.
    digest: Option<Context>,
    found: Vec<Found>,
    current: Option<Current>,
    /// Bytes that the current message has not processed. One long piece costs less than a piece for each line.
    pending: Vec<u8>,
    /// The beginning of the line, while it may be the name of a segment.
    name: Vec<u8>,
    is_named: bool,
    line_start: u64,
    /// Behind a header or a trailer of a batch.
    is_outside: bool,
    /// The number of bytes that were taken.
    at: u64,
    /// The number of the line, from 1 on; CR LF ends one.
    line: u64,
    is_after_cr: bool,
}

/// A message, or other text in its place.
pub(super) struct Found {
    pub(super) start: u64,
    pub(super) len: u64,
    pub(super) line: u64,
    pub(super) digest: Option<String>,
    /// Its control ID, or its problem.
    pub(super) checked: Result<Vec<u8>, String>,
}

impl Scan {
    /// Without digests. Only the results need them, and they cost more than the rest of the scan.
    pub(super) const fn new() -> Self {
        Self {
            digest: None,
            found: Vec::new(),
            current: None,
            pending: Vec::new(),
            name: Vec::new(),
            is_named: false,
            line_start: 0,
            is_outside: false,
            at: 0,
            line: 1,
            is_after_cr: false,
        }
    }

    /// With the digest of each message, for the results.
    pub(super) fn with_digests() -> Self {
        Self {
            digest: Some(Context::new(&SHA256)),
            ..Self::new()
        }
    }

    /// Takes the next piece.
    pub(super) fn take(&mut self, mut piece: &[u8]) {
        while let Some(&byte) = piece.first() {
            let run = if is_line_end(byte) {
                self.end_line(byte);
                1
            } else if self.is_named {
                let run = memchr2(b'\r', b'\n', piece).unwrap_or(piece.len());
                self.put(piece.get(..run).unwrap_or(&[]));
                run
            } else {
                if self.name.is_empty() {
                    self.line_start = self.at;
                }
                self.name.push(byte);
                if self.name.len() == NAME {
                    self.begin_line();
                }
                1
            };
            self.is_after_cr = byte == b'\r';
            self.at = self.at.saturating_add(to_u64(run));
            piece = piece.get(run..).unwrap_or(&[]);
        }
        self.look();
    }

    /// The complete messages so far, for a file that cannot be read to its end.
    pub(super) fn whole(self) -> Vec<Found> {
        self.found
    }

    /// All messages, once there are no more pieces.
    pub(super) fn end(mut self) -> Vec<Found> {
        if !self.name.is_empty() {
            self.begin_line();
        }
        self.end_message(self.at);
        if self.found.is_empty() && !self.is_outside {
            self.begin_message(0);
            self.end_message(0);
        }
        self.found
    }

    /// The name of a segment is there, or a line that is shorter.
    fn begin_line(&mut self) {
        let mut name = mem::take(&mut self.name);
        let start = self.line_start;
        match name.as_slice() {
            b"MSH" => {
                self.end_message(start);
                self.begin_message(start);
                self.is_outside = false;
            }
            b"FHS" | b"BHS" | b"BTS" | b"FTS" => {
                self.end_message(start);
                self.is_outside = true;
            }
            // Text outside a message gets an outcome of its own, an error.
            _ if self.current.is_none() && !self.is_outside => self.begin_message(start),
            _ => {}
        }
        self.is_named = true;
        self.put(&name);
        // Its memory serves the next line.
        name.clear();
        self.name = name;
    }

    fn end_line(&mut self, byte: u8) {
        if !self.name.is_empty() {
            self.begin_line();
        }
        self.is_named = false;
        self.put(&[byte]);
        if !(byte == b'\n' && self.is_after_cr) {
            self.line = self.line.saturating_add(1);
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        let Some(current) = &self.current else {
            return;
        };
        let is_header = matches!(current.body, Body::Header(_));
        self.pending.extend_from_slice(bytes);
        if is_header {
            self.look();
        }
    }

    /// Passes the pending bytes to the current message.
    fn look(&mut self) {
        if let Some(current) = &mut self.current {
            current.take(&mut self.pending);
        }
        self.pending.clear();
    }

    fn begin_message(&mut self, start: u64) {
        self.current = Some(Current {
            start,
            line: self.line,
            digest: self.digest.clone(),
            body: Body::Header(Vec::new()),
        });
    }

    fn end_message(&mut self, end: u64) {
        self.look();
        self.found
            .extend(self.current.take().map(|current| current.end(end)));
    }
}

/// The message that is being read.
struct Current {
    start: u64,
    line: u64,
    digest: Option<Context>,
    body: Body,
}

enum Body {
    Header(Vec<u8>),
    /// Its control ID, and the check of its segments.
    Segments(Vec<u8>, Segments),
    Wrong(String),
}

impl Current {
    fn take(&mut self, bytes: &mut [u8]) {
        if let Some(digest) = &mut self.digest {
            digest.update(bytes);
        }
        match &mut self.body {
            Body::Wrong(_) => {}
            Body::Segments(_, segments) => {
                if let Err(error) = segments.take(bytes) {
                    self.body = Body::Wrong(error.to_string());
                }
            }
            Body::Header(header) => {
                header.extend_from_slice(bytes);
                if header.len() > MAX_HEADER || header.last().copied().is_some_and(is_line_end) {
                    self.read_header();
                }
            }
        }
    }

    fn read_header(&mut self) {
        let Body::Header(header) = &mut self.body else {
            return;
        };
        let checked = match Header::parse(header) {
            Ok(_) if header.len() > MAX_HEADER => Err(HeaderError::TooLong { limit: MAX_HEADER }),
            Ok(header) => Ok((header.control_id().to_vec(), header.separator())),
            Err(error) => Err(error),
        };
        self.body = match checked {
            Err(error) => Body::Wrong(error.to_string()),
            Ok((control_id, separator)) => {
                let mut segments = Segments::new(separator);
                match segments.take(header) {
                    Ok(_) => Body::Segments(control_id, segments),
                    Err(error) => Body::Wrong(error.to_string()),
                }
            }
        };
    }

    fn end(mut self, end: u64) -> Found {
        self.read_header();
        let checked = match self.body {
            Body::Segments(control_id, segments) => match segments.end() {
                Ok(_) => Ok(control_id),
                Err(error) => Err(error.to_string()),
            },
            Body::Wrong(error) => Err(error),
            Body::Header(_) => Err(String::new()),
        };
        let digest = self.digest.map(Context::finish);
        Found {
            start: self.start,
            len: end.saturating_sub(self.start),
            line: self.line,
            digest: digest.map(|it| Base64UrlUnpadded::encode_string(it.as_ref())),
            checked,
        }
    }
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// How many bytes the name of a segment has.
const NAME: usize = 3;

/// The longest segment MSH, in bytes.
const MAX_HEADER: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, content and what was found, of a file that is read in pieces of every size.
    fn found(file: &str) -> Vec<(u64, String, Result<String, String>)> {
        let read = |step| {
            let mut scan = Scan::with_digests();
            for piece in file.as_bytes().chunks(step) {
                scan.take(piece);
            }
            let found = scan.end().into_iter().map(|it| {
                let start = usize::try_from(it.start).unwrap();
                let len = usize::try_from(it.len).unwrap();
                let content = file.get(start..).and_then(|it| it.get(..len)).unwrap();
                let checked = it.checked.map(|id| String::from_utf8(id).unwrap());
                (it.line, content.to_owned(), checked, it.digest)
            });
            found.collect::<Vec<_>>()
        };
        let whole = read(file.len().max(1));
        for step in 1..file.len() {
            assert_eq!(read(step), whole, "{file:?} in steps of {step}");
        }
        whole
            .into_iter()
            .map(|(line, content, checked, _)| (line, content, checked))
            .collect()
    }

    fn message(id: &str) -> String {
        format!("MSH|^~\\&|A|B|C|D|2026||ADT^A01|{id}|P|2.3\r")
    }

    #[test]
    fn of_a_file_that_breaks_off_only_whole_messages_count() {
        let mut scan = Scan::new();
        assert!(scan.whole().is_empty());
        scan = Scan::new();
        scan.take(
            b"MSH|^~\\&|A|B|C|D|||ADT^A01|1|P|2.5\rPID|1\rMSH|^~\\&|A|B|C|D|||ADT^A01|2|P|2.5\rPI",
        );
        let ids: Vec<_> = scan.whole().into_iter().map(|it| it.checked).collect();
        assert_eq!(ids, [Ok(b"1".to_vec())]);
    }

    #[test]
    fn messages_begin_at_msh_whatever_ends_their_lines() {
        let [one, two] = ["1", "2"].map(message);
        for end in ["\r", "\n", "\r\n"] {
            let with = |text: &str| text.replace('\r', end);
            let first = with(&format!("{one}PID|1|MSH\rZ\r"));
            let first = first.replace("Z", "ZZ1");
            let second = with(&two);
            let all = [
                &*with("FHS|^~\\&|\rBHS|^~\\&|\r"),
                &*first,
                &*second,
                &*with("BTS|2\rFTS|1\r"),
            ]
            .concat();
            let expected = [
                (3, first.clone(), Ok("1".to_owned())),
                (6, second.clone(), Ok("2".to_owned())),
            ];
            assert_eq!(found(&all), expected, "{end:?}");
        }
        let unended = one.trim_end();
        assert_eq!(
            found(unended),
            [(1, unended.to_owned(), Ok("1".to_owned()))]
        );
    }

    #[test]
    fn what_is_no_message_is_shown_in_its_place() {
        for (file, expected) in [
            ("", "a message must begin with MSH: this is empty"),
            ("{}", "a message must begin with MSH: this is JSON"),
            (
                "id,name\r\n1,x\r\n",
                "a message must begin with MSH: this is something else",
            ),
            (
                "\u{b}MSH|^~\\&|\r\u{1c}\r",
                "a message must begin with MSH: this is a message with its frame",
            ),
        ] {
            let [(_, _, Err(error))] = &*found(file) else {
                panic!("{file:?}: {:?}", found(file));
            };
            assert!(error.starts_with(expected), "{error}");
        }
        let torn = format!("{}NTE|1||one\ntwo lines\n{}", message("1"), message("2"));
        let all = found(&torn);
        assert!(
            all[0]
                .2
                .as_ref()
                .is_err_and(|error| error.starts_with("segment 3 ")),
            "{all:?}"
        );
        assert_eq!(all[1].2, Ok("2".to_owned()));
        assert_eq!(found("FHS|^~\\&|\rFTS|0\r"), []);
    }
}
