use base64ct::{Base64UrlUnpadded, Encoding as _};
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
};
use reqwest::{StatusCode, Url};
use serde_json::{Map, Value};

use super::known::Known;
use super::names;
use super::text::{REDACTED, redacted};
use crate::error::no_answer::Reason;

/// The kind of an exchange.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum About {
    /// Tokens: of the form and of the answer, only values that are known to be public are shown.
    Tokens,
    /// Anything else.
    Anything,
}

/// A body, as far as it is known.
#[derive(Clone, Copy)]
pub(super) enum Body<'b> {
    Whole(&'b [u8]),
    /// The beginning of one.
    CutOff(&'b [u8]),
    /// Its length in bytes, which is too large to be shown.
    TooLong(usize),
}

/// Shows parts of an exchange without the secrets in them, and remembers those.
pub(super) struct Shown<'k> {
    about: About,
    known: &'k Known,
}

impl<'k> Shown<'k> {
    pub(super) const fn new(about: About, known: &'k Known) -> Self {
        Self { about, known }
    }

    pub(super) fn headers(&self, headers: &HeaderMap) -> Vec<(String, String)> {
        let shown = |(name, value): (&HeaderName, &HeaderValue)| {
            (name.as_str().to_owned(), self.header(name, value))
        };
        // A header may repeat a secret before the secret's own header.
        for (name, value) in headers {
            self.learn_header(name, value);
        }
        headers.iter().map(shown).collect()
    }

    fn header(&self, name: &HeaderName, value: &HeaderValue) -> String {
        let value = String::from_utf8_lossy(value.as_bytes());
        if has_scheme(name) {
            return match value.split_once(' ') {
                Some((scheme, _)) => format!("{scheme} {REDACTED}"),
                None => REDACTED.to_owned(),
            };
        }
        if names::is_secret(name.as_str()) || *name == DPOP {
            return REDACTED.to_owned();
        }
        match Url::parse(&value) {
            Ok(url) => self.url(&url),
            Err(_) => self.text(&value),
        }
    }

    fn learn_header(&self, name: &HeaderName, value: &HeaderValue) {
        let Ok(value) = value.to_str() else { return };
        if has_scheme(name) {
            self.known
                .add(value.split_once(' ').map_or(value, |(_, rest)| rest));
        } else if names::is_secret(name.as_str()) || *name == DPOP {
            for pair in value.split(';') {
                self.known
                    .add(pair.split_once('=').map_or(pair, |(_, value)| value));
            }
        }
    }

    /// A URL, in which the user name, the password and the secrets of the query are hidden.
    pub(super) fn url(&self, url: &Url) -> String {
        let mut bare = url.clone();
        // A URL that cannot have these parts has none.
        let _ = bare.set_username("");
        let _ = bare.set_password(None);
        bare.set_query(None);
        bare.set_fragment(None);
        if url.cannot_be_a_base() {
            return self.text(bare.as_str());
        }
        let mut shown = bare.origin().ascii_serialization();
        shown.push_str(&self.text(bare.path()));
        if let Some(query) = url.query() {
            let pairs = query.split('&').map(|pair| match pair.split_once('=') {
                Some((name, _)) if names::is_secret_in_query(name) => format!("{name}={REDACTED}"),
                _ => self.text(pair),
            });
            shown.push('?');
            shown.push_str(&pairs.collect::<Vec<_>>().join("&"));
        }
        shown
    }

    /// Why there is no answer.
    pub(super) fn error(&self, error: &reqwest::Error) -> String {
        self.text(&Reason(error).to_string())
    }

    /// The body of a request; `None` for a body that is read during the request.
    pub(super) fn request(&self, headers: &HeaderMap, body: Option<&[u8]>) -> String {
        match body {
            Some(body) if body.len() > MOST_SHOWN => Self::size(body.len()),
            Some(body) => self.body(self.about, headers, Body::Whole(body)),
            None => "[a body that is read while it is sent]".to_owned(),
        }
    }

    /// Remembers the secrets in the body of a request that is not shown.
    pub(super) fn learn(&self, headers: &HeaderMap, body: &[u8]) {
        if self.about == About::Tokens {
            let _ = self.request(headers, Some(body));
        }
    }

    /// The body of an answer.
    pub(super) fn answer(&self, status: StatusCode, headers: &HeaderMap, body: Body<'_>) -> String {
        // A refusal holds no token, and a person needs its words.
        let about = match status.is_success() {
            true => self.about,
            false => About::Anything,
        };
        self.body(about, headers, body)
    }

    fn body(&self, about: About, headers: &HeaderMap, body: Body<'_>) -> String {
        let bytes = match body {
            Body::Whole(bytes) | Body::CutOff(bytes) => bytes,
            Body::TooLong(len) => return Self::size(len),
        };
        let Ok(text) = core::str::from_utf8(bytes) else {
            return Self::size(bytes.len());
        };
        let media = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        let is_form = media.is_some_and(|it| it.starts_with(FORM)) || is_form(text);
        let shown = if let Ok(value) = serde_json::from_str(text) {
            self.json(about, value)
        } else if is_form {
            self.form(about, text)
        } else if about == About::Tokens || (self.about == About::Tokens && looks_like_json(text)) {
            // A broken token cannot be told from the rest.
            format!("[{} bytes that are neither JSON nor a form]", text.len())
        } else {
            self.text(text)
        };
        match body {
            Body::CutOff(_) => format!("{shown}\n[the rest was not read]"),
            _ => shown,
        }
    }

    fn json(&self, about: About, mut value: Value) -> String {
        self.learn_json(about, &value);
        self.redact(about, &mut value);
        serde_json::to_string_pretty(&value).unwrap_or_else(|_| REDACTED.to_owned())
    }

    /// A member may repeat a secret before the secret's own member.
    fn learn_json(&self, about: About, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if is_hidden(about, name, value) => {
                            self.known.add(text);
                        }
                        value => self.learn_json(about, value),
                    }
                }
            }
            Value::Array(elements) => elements.iter().for_each(|it| self.learn_json(about, it)),
            _ => {}
        }
    }

    fn redact(&self, about: About, value: &mut Value) {
        match value {
            Value::Object(members) => {
                let is_jwk = members.contains_key("kty");
                for (name, value) in members {
                    if is_hidden(about, name, value) || (is_jwk && names::is_secret_of_jwk(name)) {
                        *value = REDACTED.into();
                    } else if !is_jwk {
                        // Public numbers and thumbprints look like tokens.
                        self.redact(about, value);
                    }
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|it| self.redact(about, it)),
            Value::String(text) => *text = self.text(text),
            _ => {}
        }
    }

    /// Header and claims of the assertion in a form, which are useless without the signature.
    pub(super) fn assertion(&self, form: &[u8]) -> Option<[String; 2]> {
        let mut fields = form_urlencoded::parse(form);
        let (_, jwt) = fields.find(|(name, _)| ASSERTION_FIELDS.contains(&&**name))?;
        let mut parts = jwt.split('.');
        let mut part = || {
            let mut decoded = vec![0; jwt.len()];
            let decoded = Base64UrlUnpadded::decode(parts.next()?, &mut decoded).ok()?;
            let mut object: Map<String, Value> = serde_json::from_slice(decoded).ok()?;
            for (name, value) in &mut object {
                if names::is_secret(name) {
                    *value = REDACTED.into();
                }
            }
            serde_json::to_string(&object).ok()
        };
        Some([part()?, part()?])
    }

    /// The fields of a form, one in each line.
    fn form(&self, about: About, text: &str) -> String {
        let fields = || form_urlencoded::parse(text.as_bytes());
        let is_hidden = |name: &str| match about {
            About::Tokens => !names::is_public_of_token(name),
            About::Anything => names::is_secret(name),
        };
        for (_, value) in fields().filter(|(name, _)| is_hidden(name)) {
            self.known.add(&value);
            // Because an answer may repeat it as well.
            let written: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            self.known.add(&written);
        }
        let fields = fields().map(|(name, value)| match is_hidden(&name) {
            true => format!("{name}={REDACTED}"),
            false => format!("{name}={}", self.text(&value)),
        });
        fields.collect::<Vec<_>>().join("\n")
    }

    fn text(&self, text: &str) -> String {
        redacted(text, self.known)
    }

    fn size(len: usize) -> String {
        format!("[{len} bytes]")
    }
}

/// Whether a member of JSON is shown without its value.
fn is_hidden(about: About, name: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        // Values that are neither texts nor secrets by their names give the lifetime of a token, or its owner.
        Value::Number(_) => names::is_secret(name) && !names::is_public_of_token(name),
        _ if about == About::Tokens => !names::is_public_of_token(name),
        _ => names::is_secret(name),
    }
}

/// Whether a text is a form without a type that says so: some servers send tokens in this form.
fn is_form(text: &str) -> bool {
    let is_of_form = |byte: u8| byte.is_ascii_graphic() && !b"<>\"{}".contains(&byte);
    text.contains('=') && text.trim_end().bytes().all(is_of_form)
}

fn looks_like_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[', '"'])
}

fn has_scheme(name: &HeaderName) -> bool {
    [AUTHORIZATION, PROXY_AUTHORIZATION].contains(name)
}

/// RFC 7521 §4.2 and §4.1.
const ASSERTION_FIELDS: [&str; 2] = ["client_assertion", "assertion"];

const DPOP: HeaderName = HeaderName::from_static("dpop");

const FORM: &[u8] = b"application/x-www-form-urlencoded";

/// The longest body that is shown, in bytes.
pub(super) const MOST_SHOWN: usize = 256 * 1024;
