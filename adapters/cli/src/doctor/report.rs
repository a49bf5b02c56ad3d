use core::fmt::{self, Display};

use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::origins::Origins;
use crate::print;
use crate::terminal::shown;

/// The lines that were printed, as far as they decide how the command ends.
pub(super) struct Report {
    json: bool,
    origins: Origins,
    failed: usize,
    /// The first failure: it explains those after it more often than they explain it.
    first: Option<Failure>,
}

/// What came of a check.
#[derive(Clone, Copy)]
enum Verdict {
    Ok,
    Warn,
    Fail,
}

impl Report {
    pub(super) const fn new(json: bool, origins: Origins) -> Self {
        Self {
            json,
            origins,
            failed: 0,
            first: None,
        }
    }

    pub(super) fn ok(&mut self, check: &str, found: impl Display) -> Result<(), Failure> {
        self.line(Verdict::Ok, check, &found.to_string(), None)
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
        self.failed = self.failed.saturating_add(1);
        self.first
            .get_or_insert_with(|| failure.with_message(format!("{check}: {found}")));
        self.line(Verdict::Fail, check, &found, advice)
    }

    /// The end of the command.
    pub(super) fn finish(self) -> Result<(), Failure> {
        match self.first {
            Some(first) => Err(first.with_message(format!(
                "checks that failed: {}; the first was {first}",
                self.failed
            ))),
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
        print(&shown(&format!("{verdict:<4}  {check}: {found}{advice}")))
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        })
    }
}
