use serde_json::{Value, json};

/// The rules judged so far.
#[derive(Default)]
pub(super) struct List(Vec<Check>);

struct Check {
    rule: &'static str,
    verdict: Verdict,
    expected: String,
    found: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Pass,
    Fail,
    /// The sandbox had refused earlier.
    Unchecked,
}

impl Verdict {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unchecked => "unchecked",
        }
    }
}

impl From<bool> for Verdict {
    fn from(passes: bool) -> Self {
        match passes {
            true => Self::Pass,
            false => Self::Fail,
        }
    }
}

impl List {
    pub(super) fn add(
        &mut self,
        rule: &'static str,
        verdict: impl Into<Verdict>,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) {
        self.0.push(Check {
            rule,
            verdict: verdict.into(),
            expected: expected.into(),
            found: found.into(),
        });
    }

    pub(super) fn json(&self) -> Vec<Value> {
        let checks = self.0.iter().map(|check| {
            json!({
                "rule": check.rule,
                "verdict": check.verdict.as_str(),
                "expected": check.expected,
                "found": check.found,
            })
        });
        checks.collect()
    }
}

/// A value for the page: as JSON, at most a line; or the text `missing`.
pub(super) fn shown(value: Option<&Value>) -> String {
    let Some(value) = value else {
        return MISSING.to_owned();
    };
    let text = value.to_string();
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// The same for a text outside JSON.
pub(super) fn shown_text(text: Option<&str>) -> String {
    text.map_or_else(
        || MISSING.to_owned(),
        |text| {
            let cut: String = text.chars().take(MOST_CHARS).collect();
            cut
        },
    )
}

const MISSING: &str = "missing";

const MOST_CHARS: usize = 160;
