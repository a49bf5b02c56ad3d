//! The pages: HTML from the answers of the API. The pages show nothing that the API does not.
//!
//! A table without a link or a button is focusable: on a narrow screen it is wider than the page, and scrolls.

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

/// The answer to a request for a page.
pub(super) enum Page {
    Shown(StatusCode, String),
    /// The page that the browser loads after a form.
    Elsewhere(String),
}

/// The result of a form, for its page.
pub(super) enum Notice {
    /// The operation failed; with the fields of the form, except possible secrets.
    Problem {
        problem: Problem,
        operation: String,
        fields: BTreeMap<String, String>,
    },
    /// The operation is done, and the page shows this answer once.
    Secret(Value),
    /// The operation is done, with this answer; the form keeps its fields, to repeat the operation.
    Done {
        answer: Value,
        fields: BTreeMap<String, String>,
    },
}

/// The input of the sections.
struct View<'v> {
    desk: &'v Desk,
    query: &'v BTreeMap<String, String>,
    notice: Option<&'v Notice>,
    /// The page itself, to return to.
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

    /// The value of a field in a form that failed, or that the user may send again.
    fn entered(&self, operation: &str, field: &str) -> &str {
        match self.notice {
            Some(Notice::Done { fields, .. }) => fields.get(field).map_or("", String::as_str),
            Some(Notice::Problem { fields, .. }) if self.has_failed(operation) => {
                fields.get(field).map_or("", String::as_str)
            }
            _ => "",
        }
    }

    /// Whether this is the operation of the form that failed.
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
            None => Err(Problem::not_found("This address has no page.")),
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
