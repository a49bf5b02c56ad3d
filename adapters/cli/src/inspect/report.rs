use core::fmt::Write;

use jiff::Timestamp;
use redox_auth_core::scopes_not_granted;
use redox_auth_sandbox::Objection;
use serde_json::{Map, Value, json};

use super::given::{self, ASSERTION_FIELDS};
use super::jwt::Jwt;
use super::signature::Signature;
use crate::terminal::shown;

/// All findings, for a person or a program.
pub(super) struct Report {
    /// The name and the title of the server whose rules apply; `None` for a token, which no rules judge.
    pub(super) server: Option<(String, String)>,
    pub(super) jwt: Option<Jwt>,
    pub(super) fields: Vec<(String, String)>,
    pub(super) signature: Signature,
    pub(super) objections: Vec<Found>,
    pub(super) notes: Vec<String>,
}

/// An objection of the rules, or of the check of the signature.
pub(super) struct Found {
    pub(super) kind: Value,
    pub(super) about: String,
    pub(super) text: String,
}

impl From<Objection> for Found {
    fn from(objection: Objection) -> Self {
        Self {
            kind: json!(objection.kind()),
            about: objection.about().to_owned(),
            text: objection.to_string(),
        }
    }
}

impl Report {
    pub(super) fn new(signature: Signature) -> Self {
        Self {
            server: None,
            jwt: None,
            fields: Vec::new(),
            signature,
            objections: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Adds the fields of a form, without secrets and fields shown elsewhere.
    pub(super) fn add_form(&mut self, form: &str) {
        self.fields = given::fields(form)
            .map(|(name, value)| match name.as_str() {
                "client_secret" => (name, "[redacted]".to_owned()),
                it if ASSERTION_FIELDS.contains(&it) => (name, "[see above]".to_owned()),
                _ => (name, value),
            })
            .collect();
    }

    /// Notes the requested scope that a token lacks.
    pub(super) fn note_scope(&mut self, asked: Option<&str>) {
        let granted = self.jwt.as_ref().and_then(Jwt::scope);
        if let (Some(asked), Some(granted)) = (asked, granted) {
            let missing: Vec<_> = scopes_not_granted(asked, &granted).collect();
            if !missing.is_empty() {
                self.notes.push(format!(
                    "the server granted less scope than requested; not granted: {}",
                    missing.join(" ")
                ));
            }
        }
    }

    /// The report in lines for a person.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if let Some(jwt) = &self.jwt {
            section(&mut text, "header", &jwt.header);
            section(&mut text, "claims", &jwt.claims);
        }
        if !self.fields.is_empty() {
            text.push_str("form\n");
            for (name, value) in &self.fields {
                let (name, value) = (shown(name), shown(value));
                let _ = writeln!(text, "  {name:<6} {value}");
            }
        }
        if let Some(jwt) = &self.jwt {
            let len = jwt.signature_len;
            let _ = writeln!(
                text,
                "signature: {len} bytes, {}",
                self.signature_in_words()
            );
        }
        for note in &self.notes {
            let _ = writeln!(text, "note: {}", shown(note));
        }
        if let Some((_, title)) = &self.server {
            if self.objections.is_empty() {
                let _ = writeln!(
                    text,
                    "{title} would find nothing wrong with {}.",
                    self.parts()
                );
            }
            for Found {
                text: objection, ..
            } in &self.objections
            {
                let _ = writeln!(text, "{title} would object: {}", shown(objection));
            }
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// The report as one JSON document.
    pub(super) fn json(&self) -> String {
        let jwt = self.jwt.as_ref();
        let fields = self.fields.iter().cloned();
        let form: Map<_, _> = fields.map(|(name, value)| (name, value.into())).collect();
        let objections = self
            .objections
            .iter()
            .map(|found| json!({ "kind": found.kind, "about": found.about, "text": found.text }));
        let key = match &self.signature {
            Signature::By { key, .. } => Some(key),
            _ => None,
        };
        let verified = match self.signature {
            Signature::Unchecked => None,
            Signature::By { .. } => Some(true),
            Signature::ByNone => Some(false),
        };
        let server = self.server.as_ref();
        json!({
            "like": server.map(|(name, _)| name),
            "server": server.map(|(_, title)| title),
            "header": jwt.map(|jwt| &jwt.header),
            "claims": jwt.map(|jwt| &jwt.claims),
            "form": if form.is_empty() { Value::Null } else { form.into() },
            "signature": {
                "bytes": jwt.map(|jwt| jwt.signature_len),
                "verified": verified,
                "key": key,
            },
            "objections": objections.collect::<Vec<_>>(),
            "notes": self.notes,
        })
        .to_string()
    }

    fn signature_in_words(&self) -> String {
        match &self.signature {
            Signature::Unchecked => "not checked; give --key or --jwks to check it".to_owned(),
            Signature::By { key, .. } => format!("verified with {}", shown(key)),
            Signature::ByNone => "no key verifies it".to_owned(),
        }
    }

    /// The judged parts.
    fn parts(&self) -> &'static str {
        match (self.fields.is_empty(), &self.signature) {
            (true, Signature::Unchecked) => "header and claims",
            (true, _) => "header, claims and signature",
            (false, Signature::Unchecked) => "header, claims and form",
            (false, _) => "header, claims, form and signature",
        }
    }
}

fn section(report: &mut String, name: &str, members: &Map<String, Value>) {
    let _ = writeln!(report, "{name}");
    for (member, value) in members {
        let (name, text) = (shown(member), shown(&value.to_string()));
        let _ = write!(report, "  {name:<6} {text}");
        if matches!(member.as_str(), "iat" | "exp" | "nbf")
            && let Some(at) = value
                .as_i64()
                .and_then(|secs| Timestamp::from_second(secs).ok())
        {
            let _ = write!(report, "  ({at})");
        }
        report.push('\n');
    }
}
