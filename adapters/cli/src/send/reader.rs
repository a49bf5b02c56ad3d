use core::mem;
use core::ops::ControlFlow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::vec;

use aws_lc_rs::digest::{SHA256, digest};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use redox_auth_reqwest::Redox;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::neighbour::Neighbour;
use super::outcome::Place;
use super::{Kind, MAX_MESSAGE, Parcel};
use crate::args::SendArgs;
use crate::failure::Failure;
use crate::input;

/// An item to send, or why it cannot be sent.
pub(super) struct Item<P> {
    pub(super) place: Place,
    /// The identity of the content for the results. None without results, and none if reading failed.
    pub(super) digest: Option<String>,
    pub(super) parcel: Result<P, String>,
}

/// The items of the files, which a thread reads.
pub(super) struct Items {
    batches: Receiver<Vec<Item<Parcel>>>,
    batch: vec::IntoIter<Item<Parcel>>,
}

impl Items {
    /// The next item; `None` at the end. Losing this future loses no item.
    pub(super) async fn next(&mut self) -> Option<Item<Parcel>> {
        loop {
            match self.batch.next() {
                Some(item) => return Some(item),
                None => self.batch = self.batches.recv().await?.into_iter(),
            }
        }
    }
}

/// Reads the files in a thread, at most one batch ahead of the sender.
pub(super) fn start(args: Arc<SendArgs>, redox: Redox) -> Result<Items, Failure> {
    let (sender, batches) = channel(1);
    let mut batch = Batch {
        items: Vec::new(),
        sender,
    };
    thread::Builder::new()
        .spawn(move || {
            let read = read(&args, &redox, &mut batch);
            read.is_continue().then(|| batch.send())
        })
        .map_err(|error| {
            Failure::usage(format!("cannot start a thread that reads files: {error}"))
        })?;
    Ok(Items {
        batches,
        batch: Vec::new().into_iter(),
    })
}

/// Items that were read and not handed over. A switch of threads for each would take longer than reading it.
struct Batch {
    items: Vec<Item<Parcel>>,
    sender: Sender<Vec<Item<Parcel>>>,
}

impl Batch {
    /// Hands all over. Breaks when the sender has stopped.
    fn send(&mut self) -> ControlFlow<()> {
        if self.items.is_empty() {
            return ControlFlow::Continue(());
        }
        match self.sender.blocking_send(mem::take(&mut self.items)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }

    /// Hands over this item and those before it.
    fn end_with(&mut self, item: Item<Parcel>) -> ControlFlow<()> {
        self.items.push(item);
        self.send()
    }
}

fn read(args: &SendArgs, redox: &Redox, batch: &mut Batch) -> ControlFlow<()> {
    for file in &args.files {
        if args.has_lines(file) {
            lines(file, args, redox, batch)?;
        } else {
            batch.end_with(whole(file, args, redox))?;
        }
    }
    ControlFlow::Continue(())
}

fn whole(file: &Path, args: &SendArgs, redox: &Redox) -> Item<Parcel> {
    let place = place(file, None);
    if args.upload {
        return match Parcel::file(file) {
            Ok(parcel) => Item {
                digest: digest_of(args, Kind::File, &parcel.content),
                place,
                parcel: Ok(parcel),
            },
            Err(failure) => unreadable(place, failure.to_string()),
        };
    }
    match input::read(file, "message", MAX_MESSAGE) {
        Ok(mut content) => message(place, mem::take(&mut *content), args, redox, Neighbour::of),
        Err(failure) => unreadable(place, failure.to_string()),
    }
}

fn lines(file: &Path, args: &SendArgs, redox: &Redox, batch: &mut Batch) -> ControlFlow<()> {
    let cannot_read = |error: io::Error| format!("cannot read it: {error}");
    let source: Box<dyn Read> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        match File::open(file) {
            Ok(file) => Box::new(file),
            Err(error) => return batch.end_with(unreadable(place(file, None), cannot_read(error))),
        }
    };
    let mut source = BufReader::new(source);
    for number in 1.. {
        // The rest of a line may take its time, and so may the next.
        if !source.buffer().contains(&b'\n') {
            batch.send()?;
        }
        let place = place(file, Some(number));
        let item = match next_line(&mut source, MAX_MESSAGE) {
            Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => continue,
            Ok(Some(Line::Whole(line))) => message(place, line, args, redox, Neighbour::of_line),
            Ok(Some(Line::TooLong)) => {
                let problem = format!("expected at most {MAX_MESSAGE} bytes, found more");
                unreadable(place, problem)
            }
            Ok(None) => break,
            Err(error) => return batch.end_with(unreadable(place, cannot_read(error))),
        };
        batch.items.push(item);
    }
    ControlFlow::Continue(())
}

#[derive(Debug, Eq, PartialEq)]
enum Line {
    Whole(Vec<u8>),
    TooLong,
}

/// The next line without its end; keeps at most `limit` bytes.
fn next_line(source: &mut impl BufRead, limit: u64) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    // With `\r\n`.
    let mut part = source.take(limit.saturating_add(2));
    if part.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let is_ended = line.pop_if(|last| *last == b'\n').is_some();
    line.pop_if(|last| is_ended && *last == b'\r');
    if u64::try_from(line.len()).is_ok_and(|len| len <= limit) {
        return Ok(Some(Line::Whole(line)));
    }
    if !is_ended {
        source.skip_until(b'\n')?;
    }
    Ok(Some(Line::TooLong))
}

fn message(
    place: Place,
    content: Vec<u8>,
    args: &SendArgs,
    redox: &Redox,
    neighbour: impl Fn(&[u8]) -> Option<Neighbour>,
) -> Item<Parcel> {
    Item {
        place,
        digest: digest_of(args, Kind::Message, &content),
        parcel: super::parcel(content, redox, neighbour),
    }
}

/// The identity of a message or a file in the results, whatever its place.
fn digest_of(args: &SendArgs, kind: Kind, content: &[u8]) -> Option<String> {
    let _results = args.results.as_ref()?;
    let digest = Base64UrlUnpadded::encode_string(digest(&SHA256, content).as_ref());
    Some(format!("{kind}:{digest}"))
}

fn unreadable(place: Place, problem: String) -> Item<Parcel> {
    Item {
        place,
        digest: None,
        parcel: Err(problem),
    }
}

fn place(file: &Path, line: Option<u64>) -> Place {
    let file = file.display().to_string();
    Place { file, line }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::{Line, next_line};

    #[test]
    fn lines_are_found_whatever_ends_them_and_none_is_kept_beyond_the_limit() {
        let text = "12345\n12345\r\n\n123456\n123456\r\n1234567890\r\n1234567\n\r\n12345";
        let mut source = Cursor::new(text);
        let mut found = Vec::new();
        while let Some(line) = next_line(&mut source, 5).unwrap() {
            found.push(match line {
                Line::Whole(line) => String::from_utf8(line).unwrap(),
                Line::TooLong => "too long".to_owned(),
            });
        }
        let long = "too long";
        let expected = ["12345", "12345", "", long, long, long, long, "", "12345"];
        assert_eq!(found, expected);
        for (text, expected) in [
            ("123456", Line::TooLong),
            ("1234567", Line::TooLong),
            ("1234567890", Line::TooLong),
            ("1234\r", Line::Whole(b"1234\r".to_vec())),
        ] {
            let mut source = Cursor::new(text);
            assert_eq!(next_line(&mut source, 5).unwrap(), Some(expected), "{text}");
            assert_eq!(next_line(&mut source, 5).unwrap(), None, "{text}");
        }
    }
}
