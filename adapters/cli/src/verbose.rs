//! The output of `-v` and `-vv`: each request and each answer, on standard error.

mod explanation;

pub(crate) use explanation::explanation;

use core::fmt::Write as _;
use std::sync::OnceLock;

use redox_auth_reqwest::{Observer, Seen, StatusCode, Watch};

use crate::args::Verbosity;
use crate::terminal::{say_as_it_is, shown, shown_lines};

/// Starts to show requests and answers.
pub(crate) fn start(verbosity: Verbosity, explains: Explains) {
    if verbosity == Verbosity::Quiet {
        return;
    }
    let shows_everything = verbosity == Verbosity::Everything;
    let _ = WATCH.set(Watch::new(Person {
        shows_everything,
        explains,
    }));
}

/// The layer that shows the requests of a client, if the options ask for it.
pub(crate) fn watch() -> Option<Watch> {
    WATCH.get().cloned()
}

/// Whether to explain assertions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Explains {
    Assertions,
    Nothing,
}

/// A person who looks at a terminal.
struct Person {
    /// Heads and bodies.
    shows_everything: bool,
    explains: Explains,
}

impl Observer for Person {
    fn see(&self, seen: &Seen<'_>) {
        // In one piece, because answers to several requests arrive at the same time.
        say_as_it_is(&self.text(seen));
    }

    fn wants_bodies(&self) -> bool {
        self.shows_everything
    }
}

impl Person {
    fn text(&self, seen: &Seen<'_>) -> String {
        let mut text = String::new();
        match seen {
            Seen::Request {
                number,
                method,
                url,
                headers,
                body,
            } => {
                let _ = writeln!(text, "> #{number} {method} {}", shown(url));
                self.head(&mut text, '>', headers);
                if let Some(body) = body {
                    text.push_str(">\n");
                    part(&mut text, '>', body);
                }
            }
            Seen::Assertion { header, claims, .. } if self.explains == Explains::Assertions => {
                text.push_str(&explanation(header, claims));
            }
            Seen::Answer {
                number,
                status,
                took,
                headers,
            } => {
                let (status, took) = (named(*status), took.as_millis());
                let _ = write!(text, "< #{number} {status} in {took} ms");
                if !self.shows_everything {
                    summary(&mut text, headers);
                }
                text.push('\n');
                self.head(&mut text, '<', headers);
            }
            Seen::Body { number, text: body } => {
                let _ = writeln!(text, "< #{number} body");
                part(&mut text, '<', body);
            }
            Seen::Failure {
                number,
                took,
                error,
            } => {
                let (took, error) = (took.as_millis(), shown(error));
                let _ = writeln!(text, "< #{number} no answer after {took} ms: {error}");
            }
            _ => {}
        }
        text
    }

    fn head(&self, text: &mut String, side: char, headers: &[(String, String)]) {
        if self.shows_everything {
            for (name, value) in headers {
                let _ = writeln!(text, "{side} {name}: {}", shown(value));
            }
        }
    }
}

/// A part of several lines.
fn part(text: &mut String, side: char, content: &str) {
    for line in shown_lines(content) {
        let _ = writeln!(text, "{side} {line}");
    }
}

fn named(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// The most important parts of an answer's head.
fn summary(text: &mut String, headers: &[(String, String)]) {
    let find = |wanted: &str| {
        let found = headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| shown(value))
    };
    for (name, label) in SUMMARY {
        if let Some(value) = find(name) {
            let _ = write!(text, ", {label}: {value}");
        }
    }
    let request_id = REQUEST_IDS
        .iter()
        .find_map(|name| Some((*name, find(name)?)));
    if let Some((name, value)) = request_id {
        let _ = write!(text, ", {name}: {value}");
    }
    if let Some(location) = find("location") {
        let _ = write!(text, ", Location: {location}");
    }
    if let Some(reason) = find("sandbox-reason") {
        let _ = write!(text, "\n  the sandbox's reason: {reason}");
    }
}

static WATCH: OnceLock<Watch> = OnceLock::new();

const SUMMARY: [(&str, &str); 2] = [("date", "Date"), ("retry-after", "Retry-After")];

/// Names of the request ID at servers, gateways and clouds, for their support.
const REQUEST_IDS: [&str; 12] = [
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "correlation-id",
    "x-amzn-requestid",
    "x-amzn-trace-id",
    "x-ms-request-id",
    "x-okta-request-id",
    "x-cloud-trace-context",
    "cf-ray",
    "traceparent",
    "x-trace-id",
];
