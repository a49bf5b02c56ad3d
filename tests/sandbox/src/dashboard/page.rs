//! The pages: HTML from the answers of the API, so that they show nothing that the API does not.
//!
//! A table without a link or a button can have the focus: on a narrow screen it is wider than the page, and scrolls.

mod exchange;
mod faults;
mod form;
mod frame;
mod html;
mod incoming;
mod keys;
mod rehearsal;
mod server;
mod sources;
mod submit;
mod traffic;

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::Value;

use super::call::{Answer, Call, Problem};
use super::desk::Desk;
use super::routes;
use html::Html;

pub(super) use form::FORMS;
pub(super) use submit::submit;

/// What a request for a page is answered with.
pub(super) enum Page {
    Shown(StatusCode, String),
    /// After a form was sent: where the browser goes next.
    Elsewhere(String),
}

/// What happened to the form that was sent, for the page that it was on.
pub(super) enum Notice {
    /// It was not done; the fields that were filled in, unless they may hold a secret.
    Problem {
        problem: Problem,
        operation: String,
        fields: BTreeMap<String, String>,
    },
    /// It was done, and this is shown once.
    Secret(Value),
    /// It was done, and this is what came of it; the fields are filled in again, to do it once more.
    Done {
        answer: Value,
        fields: BTreeMap<String, String>,
    },
}

/// What the sections are rendered from.
struct View<'v> {
    desk: &'v Desk,
    query: &'v BTreeMap<String, String>,
    notice: Option<&'v Notice>,
    /// The page itself, to come back to.
    path: &'v str,
}

impl View<'_> {
    /// The answer of an operation that needs nothing.
    fn answer(&self, operation: &str) -> Result<Value, Problem> {
        self.call(operation, &Call::default())
    }

    fn call(&self, operation: &str, call: &Call) -> Result<Value, Problem> {
        let unknown = || Problem::not_found("there is no such operation");
        let route = routes::named(operation).ok_or_else(unknown)?;
        match route.call(self.desk, call)? {
            Answer::Json(value) | Answer::Created(value) => Ok(value),
            Answer::Text(text) => Ok(text.into()),
            Answer::Events => Err(unknown()),
        }
    }

    /// What was entered in a field of a form that was not taken, or that is there to be sent again.
    fn entered(&self, operation: &str, field: &str) -> &str {
        match self.notice {
            Some(Notice::Done { fields, .. }) => fields.get(field).map_or("", String::as_str),
            Some(Notice::Problem { fields, .. }) if self.has_failed(operation) => {
                fields.get(field).map_or("", String::as_str)
            }
            _ => "",
        }
    }

    /// Whether this is the operation of the form that was not taken.
    fn has_failed(&self, operation: &str) -> bool {
        matches!(self.notice, Some(Notice::Problem { operation: own, .. }) if own == operation)
    }
}

/// The page at this path.
pub(super) fn show(
    desk: &Desk,
    path: &str,
    query: &BTreeMap<String, String>,
    notice: Option<&Notice>,
) -> Page {
    let view = View {
        desk,
        query,
        notice,
        path,
    };
    let mut content = Html::default();
    let section = match path {
        "/" => keys::section(&view, &mut content).map(|()| "API keys"),
        "/sources" => sources::section(&view, &mut content).map(|()| "Sources"),
        "/traffic" => traffic::section(&view, &mut content).map(|()| "Traffic"),
        "/faults" => faults::section(&view, &mut content).map(|()| "Faults and clock"),
        "/incoming" => incoming::section(&view, &mut content).map(|()| "Incoming"),
        "/rehearsal" => rehearsal::section(&view, &mut content).map(|()| "Rehearsal"),
        path => match path.strip_prefix("/traffic/") {
            Some(number) => exchange::section(&view, number, &mut content).map(|()| "Exchange"),
            None => Err(Problem::not_found("There is no page at this address.")),
        },
    };
    let status = match (&section, notice) {
        (Err(problem), _) => problem.status,
        (Ok(_), Some(Notice::Problem { problem, .. })) => problem.status,
        (Ok(_), _) => StatusCode::OK,
    };
    let title = section.unwrap_or_else(|problem| {
        content = Html::default();
        frame::problem(&problem, &mut content);
        "Not shown"
    });
    Page::Shown(status, frame::page(&view, title, content))
}

pub(super) const STYLE: &str = include_str!("page/style.css");

pub(super) const ICON: &str = include_str!("page/icon.svg");

pub(super) const SCRIPT: &str = include_str!("page/live.js");
