use core::fmt::{self, Display};

use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::origins::Origins;
use crate::page::{Color, Page};
use crate::print;
use crate::terminal::shown;

/// The lines that were printed, as far as they decide how the command ends.
pub(super) struct Report {
    json: bool,
    origins: Origins,
    page: Page,
    /// What failed.
    failed: Vec<String>,
    /// The first failure, which decides how the command ends: it explains those after it more often than they explain it.
    first: Option<Failure>,
}

/// What came of a check.
#[derive(Clone, Copy)]
enum Verdict {
    Ok,
    /// Nobody looked.
    Skip,
    Warn,
    Fail,
}

impl Report {
    pub(super) fn new(json: bool, origins: Origins) -> Self {
        Self {
            json,
            origins,
            page: Page::of_stdout(),
            failed: Vec::new(),
            first: None,
        }
    }

    pub(super) fn ok(&mut self, check: &str, found: impl Display) -> Result<(), Failure> {
        self.line(Verdict::Ok, check, &found.to_string(), None)
    }

    /// Nothing was looked at, for this reason.
    pub(super) fn skip(&mut self, check: &str, why: impl Display) -> Result<(), Failure> {
        self.line(Verdict::Skip, check, &why.to_string(), None)
    }

    /// It works, or cannot be checked; here is what to do about it.
    pub(super) fn warn(
        &mut self,
        check: &str,
        found: impl Display,
        advice: impl Display,
    ) -> Result<(), Failure> {
        let advice = advice.to_string();
        self.line(Verdict::Warn, check, &found.to_string(), Some(&advice))
    }

    /// It does not work; here is what to do about it, unless the failure says so itself.
    pub(super) fn fail(
        &mut self,
        check: &str,
        failure: &Failure,
        advice: Option<&str>,
    ) -> Result<(), Failure> {
        let failure = self.origins.named(failure);
        let found = failure.in_one_line();
        if !self.failed.iter().any(|it| it == check) {
            self.failed.push(check.to_owned());
        }
        self.first.get_or_insert_with(|| failure.with_message(""));
        self.line(Verdict::Fail, check, &found, advice)
    }

    /// The end of the command.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.first {
            // What failed is above.
            Some(first) => {
                let failed = self.failed.join(", ");
                Err(first.with_message(format!("checks that failed: {failed}")))
            }
            None => Ok(()),
        }
    }

    fn line(
        &self,
        verdict: Verdict,
        check: &str,
        found: &str,
        advice: Option<&str>,
    ) -> Result<(), Failure> {
        if self.json {
            let mut members = Map::new();
            let mut put = |name: &str, value: &str| members.insert(name.into(), value.into());
            put("check", check);
            put("verdict", &verdict.to_string());
            put("found", found);
            if let Some(advice) = advice {
                put("advice", advice);
            }
            return print(&Value::Object(members).to_string());
        }
        let advice = advice.map_or_else(String::new, |advice| format!("; {advice}"));
        let text = shown(&format!("{check}: {found}{advice}"));
        print(
            &self
                .page
                .entry(&verdict.to_string(), verdict.color(), &text),
        )
    }
}

impl Verdict {
    const fn color(self) -> Color {
        match self {
            Self::Ok => Color::Green,
            Self::Skip => Color::Dim,
            Self::Warn => Color::Yellow,
            Self::Fail => Color::Red,
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Skip => "skip",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        })
    }
}
