use std::collections::BTreeMap;

use serde::Deserialize;

use super::case::Case;
use super::need::Need;
use super::template::{JsonTemplate, JsonText};

/// A server's file, read. `servers/README.md` describes each entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Profile {
    pub(super) title: String,
    pub(super) server: Server,
    pub(super) header: Header,
    pub(super) audience: Audience,
    pub(super) claims: Claims,
    pub(super) times: Times,
    pub(super) jti: Jti,
    pub(super) form: Form,
    pub(super) refusal: Refusal,
    #[serde(default)]
    pub(super) refusals: BTreeMap<Case, Refusal>,
    pub(super) success: Success,
    pub(super) client: Client,
}

/// The server's path and its conditions for clients.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) token_path: String,
    pub(super) issuer: String,
    /// Whether a correct client obtains a token.
    pub(super) open: bool,
    /// Why no client of this project can obtain a token, if none can.
    pub(super) no_token: Option<String>,
    /// Whether the server requires a TLS client certificate.
    pub(super) mutual_tls: bool,
    pub(super) limit: Option<Limit>,
    pub(super) dpop: Option<Dpop>,
}

/// The number of token requests that the server accepts in each span of time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) requests: u32,
    pub(crate) secs: u32,
}

/// The server's requirement for the header `DPoP`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Dpop {
    /// A proof.
    Proof,
    /// A proof with a nonce of the server's.
    Nonce,
}

/// The assertion's header.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) algorithms: Vec<String>,
    /// The least length of an RSA key, in bits.
    pub(super) rsa_bits: usize,
    /// The members that may name the key.
    pub(super) key_named_by: Vec<KeyName>,
    /// Whether one of them is required.
    pub(super) key_named: Presence,
    pub(super) kid: KidForm,
    /// The accepted values of `typ`, in upper or lower case; any value if the list is empty.
    pub(super) typ: Vec<String>,
    pub(super) typ_given: Presence,
}

/// A header member that identifies the signing key.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub(crate) enum KeyName {
    #[serde(rename = "kid")]
    Kid,
    #[serde(rename = "x5c")]
    X5c,
    #[serde(rename = "x5t")]
    X5t,
    #[serde(rename = "x5t#S256")]
    X5tS256,
    #[serde(rename = "jwk")]
    Jwk,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Presence {
    Required,
    Optional,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum KidForm {
    Text,
    Uuid,
}

/// The claim `aud`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Audience {
    /// The accepted values, with placeholders such as `{token_url}`.
    pub(super) accepts: Vec<String>,
    pub(super) list: AudienceList,
    /// The values of the real server, if all clients have the same ones.
    pub(super) known: Vec<String>,
}

/// Whether `aud` may be a list.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum AudienceList {
    /// Only a text.
    Never,
    /// A text, or a list with one entry.
    OfOne,
    /// A text, or a list that has one of the values among others.
    OfAny,
}

/// The other claims.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claims {
    pub(super) sub: Subject,
    pub(super) required: Vec<String>,
    /// The names of all allowed claims; any claim if the list is empty.
    pub(super) only: Vec<String>,
    pub(super) needs: Vec<Need>,
}

/// The claim `sub`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Subject {
    /// The client, as in `iss` (RFC 7523 §3).
    Client,
    /// Another user or device, which the client acts for.
    Other,
    /// The name of the key, as in `kid`.
    Kid,
    /// Any text, or none.
    Any,
}

/// The limits of times, in seconds. A missing entry means no limit.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Times {
    /// How far `exp` may be in the past.
    pub(super) exp_past: i64,
    pub(super) exp_ahead: Option<i64>,
    /// The same without `iat`.
    pub(super) exp_ahead_without_iat: Option<i64>,
    pub(super) exp_after_iat: Option<i64>,
    pub(super) exp_after_nbf: Option<i64>,
    pub(super) iat_ahead: Option<i64>,
    pub(super) iat_age: Option<i64>,
    pub(super) nbf_ahead: Option<i64>,
}

/// The claim `jti`. The list of required claims may contain it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jti {
    /// Its greatest length, in characters.
    pub(super) max_chars: Option<usize>,
    pub(super) once: bool,
    /// How long the server remembers it, in seconds; until `exp` by default.
    pub(super) remembered_secs: Option<i64>,
}

/// The form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) grant_type: String,
    /// The field of the assertion: `client_assertion` or `assertion` (RFC 7523 §2).
    pub(super) assertion: AssertionField,
    pub(super) needs: Vec<Need>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
pub(super) enum AssertionField {
    #[serde(rename = "client_assertion")]
    ClientAssertion,
    #[serde(rename = "assertion")]
    Grant,
}

/// A refusal, or its differences from the default one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    pub(super) status: Option<u16>,
    /// The value of `{error}` in the body.
    pub(super) error: Option<String>,
    /// The value of `{words}` in the body.
    pub(super) words: Option<String>,
    pub(super) body: Option<JsonTemplate>,
    /// A body that is not JSON; takes precedence.
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
}

/// The answer to a correct client.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Success {
    pub(super) lifetime_secs: u32,
    pub(super) token: TokenForm,
    /// The least length of the token.
    pub(super) token_chars: usize,
    /// The granted scope, whatever the requested one.
    pub(super) scope: Option<String>,
    pub(super) body: JsonTemplate,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TokenForm {
    Opaque,
    Jwt,
}

/// The values that a correct client sends.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Client {
    pub(super) algorithm: String,
    pub(super) rsa_bits: Option<u32>,
    pub(super) names_key_by: KeyName,
    pub(super) key_id: Option<String>,
    pub(super) typ: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) scope: Option<String>,
    pub(super) lifetime_secs: Option<u32>,
    pub(super) not_before: bool,
    pub(super) send_client_id: bool,
    pub(super) claims: BTreeMap<String, JsonText>,
    pub(super) fields: BTreeMap<String, String>,
}

impl KeyName {
    /// The text in the header.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Kid => "kid",
            Self::X5c => "x5c",
            Self::X5t => "x5t",
            Self::X5tS256 => "x5t#S256",
            Self::Jwk => "jwk",
        }
    }
}

impl AssertionField {
    /// The text in the form.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ClientAssertion => "client_assertion",
            Self::Grant => "assertion",
        }
    }
}

impl Refusal {
    /// This refusal, with missing parts from the other one.
    pub(super) fn or(&self, other: &Self) -> Self {
        let has_body = self.body.is_some() || self.text.is_some();
        let mut headers = other.headers.clone();
        headers.extend(self.headers.clone());
        Self {
            status: self.status.or(other.status),
            error: self.error.clone().or_else(|| other.error.clone()),
            words: self.words.clone().or_else(|| other.words.clone()),
            body: if has_body {
                self.body.clone()
            } else {
                other.body.clone()
            },
            text: if has_body {
                self.text.clone()
            } else {
                other.text.clone()
            },
            headers,
        }
    }
}
