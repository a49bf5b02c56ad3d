use std::collections::BTreeMap;

use serde::Deserialize;

use super::case::Case;
use super::need::Need;
use super::template::{JsonTemplate, JsonText};

/// A server's file, read. `servers/README.md` says what each entry means.
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

/// Where the server is, below the URL that clients call it, and whom it serves.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) token_path: String,
    pub(super) issuer: String,
    /// Whether a client that does all as it should gets a token.
    pub(super) open: bool,
    /// Why no client of this project gets a token, if none does.
    pub(super) no_token: Option<String>,
    /// Whether each client has to show a certificate when it connects over TLS.
    pub(super) mutual_tls: bool,
    pub(super) limit: Option<Limit>,
    pub(super) dpop: Option<Dpop>,
}

/// How many token requests the server takes in each span of time.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    pub(crate) requests: u32,
    pub(crate) secs: u32,
}

/// What the server demands of the header `DPoP`.
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
    /// Whether one of them has to be there.
    pub(super) key_named: Presence,
    pub(super) kid: KidForm,
    /// The values of `typ` that are taken, in upper or lower case; any if there is none.
    pub(super) typ: Vec<String>,
    pub(super) typ_given: Presence,
}

/// A header member that says which key signed.
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
    /// The values that are taken; `{token_url}` and the like are filled in.
    pub(super) accepts: Vec<String>,
    pub(super) list: AudienceList,
    /// What the real server takes, where that is the same for everybody.
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
    /// The names of all claims that may be there; any if there is none.
    pub(super) only: Vec<String>,
    pub(super) needs: Vec<Need>,
}

/// The claim `sub`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Subject {
    /// The client, as in `iss` (RFC 7523 §3).
    Client,
    /// Somebody else, for whom the client acts.
    Other,
    /// The name of the key, as in `kid`.
    Kid,
    /// Anybody, or nobody.
    Any,
}

/// The times, in seconds. What is not there is not limited.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Times {
    /// How long `exp` may be past.
    pub(super) exp_past: i64,
    pub(super) exp_ahead: Option<i64>,
    /// The same where there is no `iat`.
    pub(super) exp_ahead_without_iat: Option<i64>,
    pub(super) exp_after_iat: Option<i64>,
    pub(super) exp_after_nbf: Option<i64>,
    pub(super) iat_ahead: Option<i64>,
    pub(super) iat_age: Option<i64>,
    pub(super) nbf_ahead: Option<i64>,
}

/// The claim `jti`. Whether it is required stands among the claims.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jti {
    /// Its greatest length, in characters.
    pub(super) max_chars: Option<usize>,
    pub(super) once: bool,
    /// How long it is remembered, in seconds; until `exp` if this is not there.
    pub(super) remembered_secs: Option<i64>,
}

/// The form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) grant_type: String,
    /// The field that the assertion is in: `client_assertion` or `assertion` (RFC 7523 §2).
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

/// A refusal, or what is different about one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    pub(super) status: Option<u16>,
    /// What stands for `{error}` in the body.
    pub(super) error: Option<String>,
    /// What stands for `{words}` in the body.
    pub(super) words: Option<String>,
    pub(super) body: Option<JsonTemplate>,
    /// A body that is no JSON; it comes first.
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
}

/// The answer to a client that does all as it should.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Success {
    pub(super) lifetime_secs: u32,
    pub(super) token: TokenForm,
    /// How long the token is, at least.
    pub(super) token_chars: usize,
    /// The scope that is granted, whatever was asked for.
    pub(super) scope: Option<String>,
    pub(super) body: JsonTemplate,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TokenForm {
    Opaque,
    Jwt,
}

/// What a client sends that the server is to serve.
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
    /// As the header has it.
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
    /// As the form has it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::ClientAssertion => "client_assertion",
            Self::Grant => "assertion",
        }
    }
}

impl Refusal {
    /// This one, and of the other what it leaves open.
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
