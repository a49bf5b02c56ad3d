use core::fmt;

use redox_auth_core::{
    Algorithm, Phrase, Reason, Refusal, Refused, Region, Server, Thumbprint, Words,
};

use super::answer_head::{AnswerHead, CODED};

/// A server's refusal in its own words, for a person to read.
///
/// The texts are the server's. Each is one line of at most 500 characters. Characters that control a terminal are escaped,
/// and everything that looks like a secret is `[redacted]`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RefusedAnswer {
    /// The meaning of the refusal.
    pub refused: Refused,
    /// `error`.
    pub error: Option<String>,
    /// `error_description`.
    pub description: Option<String>,
    /// `error_uri`.
    pub uri: Option<String>,
    /// Where a redirect leads (`Location`), in quotation marks, without a user name, a query or a fragment.
    pub location: Option<String>,
    /// When to try again (`Retry-After`): seconds, with their unit, or a date.
    pub retry_after: Option<String>,
    /// How the body is coded (`Content-Encoding`), although the request asks for `identity`. Its words are then unreadable.
    pub content_encoding: Option<String>,
    /// The names in the request that the server may not know; `None` if the assertion came from elsewhere.
    pub sent: Option<SentNames>,
    words: Option<String>,
    hint: &'static str,
}

/// The names in a refused assertion, to compare with the server's settings.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SentNames {
    /// `iss` and `sub`.
    pub client_id: String,
    /// `kid`.
    pub key_id: String,
    /// `alg`.
    pub algorithm: Algorithm,
    /// `aud`.
    pub audience: String,
    /// How the client checked the signature before it sent it, if a signer of the caller's made it.
    pub signature: Option<SignatureCheck>,
}

/// How the client checked a signature of the caller's signer before a server refused it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SignatureCheck {
    /// It verifies with the public key of the signer, which has this thumbprint (RFC 7638).
    Verified(Thumbprint),
    /// The client did not verify it, because the key has no public half; see
    /// [`Key::with_public_key`](crate::Key::with_public_key).
    Unchecked,
}

impl RefusedAnswer {
    /// It shows none of these `secrets`, even if the server repeats them.
    pub(crate) fn new(
        refusal: &Refusal<'_>,
        secrets: &[&str],
        server: &Server<'_>,
        head: AnswerHead,
        sent: Option<SentNames>,
    ) -> Self {
        let words = match head.coding {
            Some(_) => Words::new(&[], &[]),
            None => refusal.words(secrets),
        };
        let owned = |text: Option<Phrase<'_, '_>>| text.map(|text| text.to_string());
        Self {
            refused: refusal.refused,
            error: owned(words.error()),
            description: owned(words.description()),
            uri: owned(words.uri()),
            location: head.location,
            retry_after: head.retry_after,
            sent,
            words: (!words.is_empty()).then(|| words.to_string()),
            hint: match (words.error(), head.advice) {
                (Some(error), _) if error.to_string() == "invalid_dpop_proof" => DPOP_PROOF,
                (None, Some(advice)) => advice,
                _ => hint(&refusal.refused, server),
            },
            content_encoding: head.coding,
        }
    }

    /// The server's words in one line: `error` and `error_description`, each quoted, and `error_uri` without its
    /// percent-encoding; otherwise the texts that other servers send instead, or the first 200 characters of the body.
    /// `None` if the answer has no words.
    #[must_use]
    pub fn words(&self) -> Option<&str> {
        self.words.as_deref()
    }

    /// The usual meaning of the refusal, and the checks to make, for this server.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        self.hint
    }
}

/// Only Redox documents this, therefore it applies to Redox alone.
fn hint(refused: &Refused, server: &Server<'_>) -> &'static str {
    let base_url = server.base_url();
    let is_redox = [Region::Us, Region::Ca]
        .iter()
        .any(|region| region.base_url() == base_url.as_str());
    match refused.reason {
        Reason::Blank if is_redox => BLANK_AT_REDOX,
        _ => refused.hint(),
    }
}

impl fmt::Display for RefusedAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server refused with status {}", self.refused.status)?;
        if let Some(words) = self.words() {
            write!(f, ": {words}")?;
        }
        if let Some(location) = &self.location {
            write!(f, "; it redirects to {location}")?;
        }
        if let Some(coding) = &self.content_encoding {
            write!(f, "; the body of the answer is coded ({coding}): {CODED}")?;
        }
        write!(f, "; {}", self.hint)?;
        match &self.sent {
            Some(sent) => write!(f, "; sent were {sent}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for SentNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "client ID {:?}, key ID {:?} with {}, audience {:?}",
            self.client_id, self.key_id, self.algorithm, self.audience
        )?;
        match &self.signature {
            Some(check) => write!(f, "; {check}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for SignatureCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verified(thumbprint) => write!(
                f,
                "the signer's signature verifies with the public key whose thumbprint is {thumbprint}; check that this key is registered"
            ),
            Self::Unchecked => f.write_str(
                "the signer's signature was not verified; give the registered public key to `Key::with_public_key`",
            ),
        }
    }
}

/// RFC 9449 §5.
const DPOP_PROOF: &str = "the server did not accept the proof of possession (DPoP), or asks for one; check that a DPoP key is set, its algorithm, the URL of the token endpoint, and this machine's clock";

/// From its page "Troubleshoot OAuth API key errors".
const BLANK_AT_REDOX: &str = "Redox gave no reason; check the audience, the algorithm, that the private key belongs to the registered public key, and this machine's clock: `iat` may be at most 5 minutes old and 10 seconds ahead";
