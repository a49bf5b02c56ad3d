use core::mem;
use core::ops::ControlFlow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use aws_lc_rs::digest::{SHA256, digest};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use redox_auth_reqwest::Redox;
use tokio::sync::mpsc::{Receiver, channel};

use super::neighbour::Neighbour;
use super::outcome::Place;
use super::{Kind, MAX_MESSAGE, Parcel};
use crate::args::SendArgs;
use crate::failure::Failure;
use crate::input;

/// An item to send, or why it cannot be sent.
pub(super) struct Item<P> {
    pub(super) place: Place,
    /// No content, because reading failed.
    pub(super) digest: Option<String>,
    pub(super) parcel: Result<P, String>,
}

/// Reads the files in a thread, one item ahead of the sender.
pub(super) fn start(args: Arc<SendArgs>, redox: Redox) -> Result<Receiver<Item<Parcel>>, Failure> {
    let (sender, receiver) = channel(1);
    let mut give = move |item| match sender.blocking_send(item) {
        Ok(()) => ControlFlow::Continue(()),
        // The sender has stopped.
        Err(_) => ControlFlow::Break(()),
    };
    thread::Builder::new()
        .spawn(move || read(&args, &redox, &mut give))
        .map_err(|error| {
            Failure::usage(format!("cannot start a thread that reads files: {error}"))
        })?;
    Ok(receiver)
}

fn read(
    args: &SendArgs,
    redox: &Redox,
    give: &mut impl FnMut(Item<Parcel>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    for file in &args.files {
        if args.has_lines(file) {
            lines(file, redox, give)?;
        } else {
            give(whole(file, args, redox))?;
        }
    }
    ControlFlow::Continue(())
}

fn whole(file: &Path, args: &SendArgs, redox: &Redox) -> Item<Parcel> {
    let place = place(file, None);
    if args.upload {
        return match Parcel::file(file) {
            Ok(parcel) => Item {
                digest: Some(digest_of(Kind::File, &parcel.content)),
                place,
                parcel: Ok(parcel),
            },
            Err(failure) => unreadable(place, failure.to_string()),
        };
    }
    match input::read(file, "message", MAX_MESSAGE) {
        Ok(mut content) => message(place, mem::take(&mut *content), redox, Neighbour::of),
        Err(failure) => unreadable(place, failure.to_string()),
    }
}

fn lines(
    file: &Path,
    redox: &Redox,
    give: &mut impl FnMut(Item<Parcel>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let cannot_read = |error: io::Error| format!("cannot read it: {error}");
    let mut source: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        match File::open(file) {
            Ok(file) => Box::new(BufReader::new(file)),
            Err(error) => return give(unreadable(place(file, None), cannot_read(error))),
        }
    };
    for number in 1.. {
        let place = place(file, Some(number));
        let item = match next_line(&mut source, MAX_MESSAGE) {
            Ok(Some(Line::Whole(line))) if line.trim_ascii().is_empty() => continue,
            Ok(Some(Line::Whole(line))) => message(place, line, redox, Neighbour::of_line),
            Ok(Some(Line::TooLong)) => {
                let problem = format!("expected at most {MAX_MESSAGE} bytes, found more");
                unreadable(place, problem)
            }
            Ok(None) => break,
            Err(error) => return give(unreadable(place, cannot_read(error))),
        };
        give(item)?;
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
    redox: &Redox,
    neighbour: impl Fn(&[u8]) -> Option<Neighbour>,
) -> Item<Parcel> {
    Item {
        place,
        digest: Some(digest_of(Kind::Message, &content)),
        parcel: super::parcel(content, redox, neighbour),
    }
}

/// The identity of a message or a file in the results, whatever its place.
fn digest_of(kind: Kind, content: &[u8]) -> String {
    let digest = Base64UrlUnpadded::encode_string(digest(&SHA256, content).as_ref());
    format!("{kind}:{digest}")
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
