mod error;
mod options;

pub use error::ParseFaultError;

use core::str::FromStr;
use core::time::Duration;

use http::{StatusCode, Uri};
use jiff::SignedDuration;

use super::order::What;
use super::{Disconnect, Fault, FaultOrder, Junk, Mix, Place, RetryAfter, Times};
use options::Options;

impl FaultOrder {
    /// The text form of an order, for people.
    pub const GRAMMAR: &'static str = "\
PLACE:FAULT[:OPTION]..., for example token:429:retry-after=3:times=2

Places:
  token, legacy, api, upload, platform, jwks

Faults in place of an answer:
  429                   too many requests
  500 to 599            this status, with a page of HTML
  blank                 a refusal without a reason
  unknown-key           the refusal of an unregistered key
  redirect=URL          302 to a URL or a path
  html, empty           200 with a page of HTML, or with an empty body
  wrong-types           200 with JSON whose members have wrong types
  long-token=BYTES      200 with a token of this length
  oversized=BYTES       200 with a body of this length
  endless               200 with a body without an end
  drop=unanswered       the connection ends

Changes of the true answer:
  drop=before           the connection ends before the body
  drop=within           the connection ends in the middle of the body
  drop=after            the connection ends after the answer, without notice
  latency=TIME          the answer is late by this time: 500ms, 3s, 2m
  slow=BYTES/TIME       the answer comes in pieces, each after a pause: 16/100ms
  truncated             half of the body is missing
  revoked               the token of the request is revoked
  undated               the answer has no Date
  date=TIME             Date is wrong by this time: 1h, -1h
  garbled-date          Date is not a date
  age=SECONDS           the answer passed a cache; an answer to GET was stored there

Sequences:
  none                  no fault, to leave answers before the next fault unchanged
  mix=SEED              a random usual fault, or none; SEED is a number

Options:
  times=N               for this many answers [default: for every answer]
  retry-after=SECONDS   with 429 and 5xx; also date+SECONDS and garbled
  status=STATUS         with redirect: 301, 302, 303, 307 or 308
  spared=N              with mix: no fault is as likely as N faults together";
}

type Parsed<T> = Result<T, ParseFaultError>;

/// # Errors
/// [`ParseFaultError`] for the first part of the text that is wrong.
impl FromStr for FaultOrder {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Parsed<Self> {
        let (place, rest) = text
            .split_once(':')
            .ok_or_else(|| ParseFaultError::new(text, "PLACE:FAULT, like token:429"))?;
        let place = place_of(place)?;
        let (fault, mut options) = Options::split_off(rest)?;
        let what = what_of(fault, &mut options)?;
        let times = match options.take("times") {
            Some(number) => Times::Next(parse(number, "times=N, a number")?),
            None => Times::UntilCleared,
        };
        options.nothing_left()?;
        Ok(Self::new(place, what, times))
    }
}

fn place_of(name: &str) -> Parsed<Place> {
    Ok(match name {
        "token" => Place::Token,
        "legacy" => Place::Legacy,
        "api" => Place::Api,
        "upload" => Place::Upload,
        "platform" => Place::Platform,
        "jwks" => Place::Jwks,
        _ => {
            let expected = "a place: token, legacy, api, upload, platform or jwks";
            return Err(ParseFaultError::new(name, expected));
        }
    })
}

fn what_of(text: &str, options: &mut Options<'_>) -> Parsed<What> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (text, None),
    };
    let fault = match (name, value) {
        ("none", None) => return Ok(What::Nothing),
        ("mix", Some(seed)) => {
            let mix = Mix::new(parse(seed, "mix=SEED, a number")?);
            return Ok(What::Mix(match options.take("spared") {
                Some(weight) => mix.spared(parse(weight, "spared=N, a number")?),
                None => mix,
            }));
        }
        ("429", None) => Fault::TooManyRequests(retry_after(options)?),
        ("blank", None) => Fault::BlankRefusal,
        ("unknown-key", None) => Fault::UnknownKey,
        ("redirect", Some(to)) => redirect(to, options)?,
        ("html", None) => Fault::Junk(Junk::Html),
        ("empty", None) => Fault::Junk(Junk::Empty),
        ("wrong-types", None) => Fault::Junk(Junk::WrongTypes),
        ("truncated", None) => Fault::Junk(Junk::Truncated),
        ("long-token", Some(len)) => Fault::Junk(Junk::LongToken(parse(len, "a number of bytes")?)),
        ("oversized", Some(len)) => Fault::Oversized(parse(len, "a number of bytes")?),
        ("endless", None) => Fault::Endless,
        ("drop", Some("unanswered")) => Fault::Disconnect(Disconnect::Unanswered),
        ("drop", Some("before")) => Fault::Disconnect(Disconnect::BeforeBody),
        ("drop", Some("within")) => Fault::Disconnect(Disconnect::WithinBody),
        ("drop", Some("after")) => Fault::Disconnect(Disconnect::AfterAnswer),
        ("drop", Some(when)) => {
            return Err(ParseFaultError::new(
                when,
                "unanswered, before, within or after",
            ));
        }
        ("latency", Some(time)) => Fault::Late(duration(time)?),
        ("slow", Some(pace)) => slow(pace)?,
        ("revoked", None) => Fault::Revoked,
        ("undated", None) => Fault::Undated,
        ("date", Some(by)) => Fault::Misdated(parse(by, "a time, like 1h or -1h")?),
        ("garbled-date", None) => Fault::GarbledDate,
        ("age", Some(secs)) => Fault::Aged(parse(secs, "a number of seconds")?),
        _ => match status(text) {
            Some(status) if status.is_server_error() => {
                Fault::Unavailable(status, retry_after(options)?)
            }
            _ => {
                return Err(ParseFaultError::new(
                    text,
                    "a fault, like 429, 503, html or latency=500ms",
                ));
            }
        },
    };
    Ok(What::Fault(fault))
}

fn retry_after(options: &mut Options<'_>) -> Parsed<RetryAfter> {
    let expected = "retry-after=SECONDS, date+SECONDS or garbled";
    Ok(match options.take("retry-after") {
        None => RetryAfter::Absent,
        Some("garbled") => RetryAfter::Garbled,
        Some(value) => match value.strip_prefix("date+") {
            Some(secs) => RetryAfter::Date(parse(secs, expected)?),
            None => RetryAfter::Secs(parse(value, expected)?),
        },
    })
}

fn redirect(to: &str, options: &mut Options<'_>) -> Parsed<Fault> {
    let to: Uri = parse(to, "a URL or a path, like https://elsewhere.example/")?;
    let status = match options.take("status") {
        None => StatusCode::FOUND,
        Some(text) => status(text)
            .filter(|status| matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308))
            .ok_or_else(|| {
                ParseFaultError::new(text, "status=STATUS: 301, 302, 303, 307 or 308")
            })?,
    };
    Ok(Fault::Redirect(status, to))
}

fn slow(pace: &str) -> Parsed<Fault> {
    let expected = "BYTES/TIME, like 16/100ms";
    let (piece, pause) = pace
        .split_once('/')
        .ok_or_else(|| ParseFaultError::new(pace, expected))?;
    Ok(Fault::Slow {
        piece: parse(piece, expected)?,
        pause: duration(pause)?,
    })
}

pub(crate) fn duration(text: &str) -> Parsed<Duration> {
    let expected = "a time that is not negative, like 500ms, 3s or 2m";
    let time: SignedDuration = parse(text, expected)?;
    Duration::try_from(time).map_err(|_| ParseFaultError::new(text, expected))
}

fn status(text: &str) -> Option<StatusCode> {
    text.parse().ok()
}

fn parse<T: FromStr>(text: &str, expected: &'static str) -> Parsed<T> {
    text.parse()
        .map_err(|_| ParseFaultError::new(text, expected))
}

#[cfg(test)]
mod tests;
