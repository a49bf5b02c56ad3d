use core::fmt::{self, Display};

use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::origins::Origins;
use crate::page::{Color, Page};
use crate::print;
use crate::terminal::shown;

/// The printed failures, which decide the exit code.
pub(super) struct Report {
    json: bool,
    origins: Origins,
    page: Page,
    /// What failed.
    failed: Vec<String>,
    /// The first failure, which decides the exit code: it often causes the later ones.
    first: Option<Failure>,
}

/// The result of a check.
#[derive(Clone, Copy)]
enum Verdict {
    Ok,
    /// The check did not run.
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

    /// The check did not run, for this reason.
    pub(super) fn skip(&mut self, check: &str, why: impl Display) -> Result<(), Failure> {
        self.line(Verdict::Skip, check, &why.to_string(), None)
    }

    /// The check passed with a warning, or cannot run; with advice.
    pub(super) fn warn(
        &mut self,
        check: &str,
        found: impl Display,
        advice: impl Display,
    ) -> Result<(), Failure> {
        let advice = advice.to_string();
        self.line(Verdict::Warn, check, &found.to_string(), Some(&advice))
    }

    /// The check failed; with advice, unless the failure itself has advice.
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
            // The failed checks are printed above.
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
