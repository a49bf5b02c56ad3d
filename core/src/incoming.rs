mod error;
mod form;

pub use error::{IncomingError, TokenPlace};

use core::fmt;

use subtle::{Choice, ConstantTimeEq};

use crate::form::Decoded;
use crate::json::{self, Fields, Value};
use crate::parse_error::{ParseError, ParseErrorKind};

/// The verification token of a Redox destination: the secret in every request from Redox to this program.
///
/// Redox's page "Processing requests" names two headers for it, `verification-token` and `Authorization: Bearer`. An
/// older version of the page names only the first. Either header is enough. A wrong token in one header is rejected
/// even if the other header is right: Redox sends the same secret in both, and two later readers could each trust a
/// different header. The same rule holds for the token in the body or the query of a challenge.
///
/// Every comparison takes the same time wherever the texts differ. Only the length of the token can be measured.
///
/// There is no signature to check: Redox documents no HMAC of its requests. The `X-Redox-Signature` of some third-party
/// code is not Redox's. This token, over TLS, authenticates a request.
///
/// ```
/// use redox_auth_core::{Incoming, IncomingHeaders, VerificationToken};
///
/// let token = VerificationToken::new("3f9c2a7e")?;
///
/// // Redox asks once, when the destination is set up: answer 200 with the challenge as text/plain.
/// let mut body = *br#"{"verification-token":"3f9c2a7e","challenge":"8d0a5b1c"}"#;
/// match token.receive_post(IncomingHeaders::default(), &mut body)? {
///     Incoming::Challenge(challenge) => assert_eq!(challenge.text(), "8d0a5b1c"),
///     Incoming::Message => unreachable!("the body has a challenge"),
/// }
///
/// // From then on it sends messages, with the token in the headers.
/// let headers = IncomingHeaders {
///     verification_token: Some(b"3f9c2a7e"),
///     authorization: Some(b"Bearer 3f9c2a7e"),
/// };
/// let mut body = *br#"{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient"}}"#;
/// assert_eq!(token.receive_post(headers, &mut body)?, Incoming::Message);
/// # Ok::<(), redox_auth_core::IncomingError>(())
/// ```
#[derive(Clone, Copy)]
pub struct VerificationToken<'a>(&'a str);

impl<'a> VerificationToken<'a> {
    /// The name of the header, of the body's member and of the query's parameter that hold the token.
    pub const NAME: &'static str = "verification-token";

    /// The token, as entered in Redox's dashboard.
    ///
    /// # Errors
    /// [`IncomingError::EmptyToken`], and [`IncomingError::UnusableToken`] for a token that a header cannot carry
    /// unambiguously (RFC 9110 §5.5): with a control character, such as the line break at the end of a file, with a
    /// space at an end, or with a letter beyond ASCII, because a header names no encoding.
    pub fn new(token: &'a str) -> Result<Self, IncomingError> {
        if token.is_empty() {
            return Err(IncomingError::EmptyToken);
        }
        let is_text = token.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if !is_text || token.trim_ascii().len() != token.len() {
            return Err(IncomingError::UnusableToken);
        }
        Ok(Self(token))
    }

    /// Checks that the headers of a request prove that Redox sent it.
    ///
    /// This is enough for all requests except the challenge, which may carry the token elsewhere.
    ///
    /// # Errors
    /// [`IncomingError::NoToken`], and [`IncomingError::WrongToken`] with the token's place. Answer 401.
    pub fn verify(&self, headers: IncomingHeaders<'_>) -> Result<(), IncomingError> {
        require(self.check_headers(headers)?)
    }

    /// Authenticates a `POST` from Redox, and distinguishes a challenge from a message.
    ///
    /// A challenge is a JSON object with a string `challenge` and with neither `Meta` nor `resourceType`. Data Model
    /// messages have `Meta` and FHIR resources have `resourceType`, and therefore neither is mistaken for a challenge.
    /// A challenge may have the token in the body as `verification-token`, or in the headers. Any other body, JSON or
    /// not, is a message. A message must have the token in the headers, and its body stays unchanged.
    ///
    /// Escapes in a challenge are replaced in place. Its body holds the token: wipe the body after the answer.
    ///
    /// # Errors
    /// [`IncomingError::NoToken`] and [`IncomingError::WrongToken`]: answer 401. [`IncomingError::Body`] for a
    /// challenge with a duplicate member or a token that is no string, and [`IncomingError::UnusableChallenge`]: answer
    /// 400.
    pub fn receive_post<'b>(
        &self,
        headers: IncomingHeaders<'_>,
        body: &'b mut [u8],
    ) -> Result<Incoming<'b>, IncomingError> {
        let in_headers = self.check_headers(headers)?;
        let mut found = [None; NAMES.len()];
        let is_challenge = match json::read_whole(body, &NAMES, &mut found) {
            Err(error) if is_doubled(error) => return Err(IncomingError::Body(error)),
            Err(_) => false,
            Ok(()) => {
                let [_, challenge, meta, resource_type] = &found;
                challenge.is_some_and(|it| matches!(it.value, Value::Text(_)))
                    && meta.is_none()
                    && resource_type.is_none()
            }
        };
        if !is_challenge {
            return require(in_headers).map(|()| Incoming::Message);
        }
        let mut fields = Fields::unescape(body, &NAMES, &mut found);
        let token = fields.text(TOKEN_FIELD);
        let token = token.ok_or(IncomingError::Body(fields.error()))?;
        let in_body = self.check(TokenPlace::Body, token.map(str::bytes))?;
        require(in_headers || in_body)?;
        let challenge = fields.text(CHALLENGE_FIELD);
        let challenge = challenge.ok_or(IncomingError::Body(fields.error()))?;
        Challenge::new(challenge.unwrap_or("")).map(Incoming::Challenge)
    }

    /// Authenticates a `GET` from Redox, and decodes its challenge into `out`.
    ///
    /// `query` is the undecoded text after the `?` of the request's target. The token may be in it as
    /// `verification-token`, or in the headers. The query is parsed as a form (WHATWG URL Standard §5.1).
    ///
    /// # Errors
    /// [`IncomingError::NoToken`] and [`IncomingError::WrongToken`]: answer 401. [`IncomingError::Duplicate`],
    /// [`IncomingError::NoChallenge`] and [`IncomingError::UnusableChallenge`]: answer 400.
    /// [`IncomingError::BufferTooSmall`] gives the exact length needed, if the token was right. `out` then holds
    /// nothing to send.
    pub fn receive_get<'o>(
        &self,
        headers: IncomingHeaders<'_>,
        query: &[u8],
        out: &'o mut [u8],
    ) -> Result<Challenge<'o>, IncomingError> {
        let in_headers = self.check_headers(headers)?;
        let [token, challenge] = form::parameters(query, [Self::NAME, CHALLENGE])?;
        let in_query = self.check(TokenPlace::Query, token)?;
        require(in_headers || in_query)?;
        Challenge::decode(challenge.ok_or(IncomingError::NoChallenge)?, out)
    }

    fn check_headers(&self, headers: IncomingHeaders<'_>) -> Result<bool, IncomingError> {
        let header = headers.verification_token.map(<[u8]>::trim_ascii);
        // Another scheme gives an empty token, and no token equals the empty one.
        let bearer = headers
            .authorization
            .map(|value| bearer(value).unwrap_or(&[]));
        let header = self.check(TokenPlace::Header, header.map(copied))?;
        let bearer = self.check(TokenPlace::Authorization, bearer.map(copied))?;
        Ok(header || bearer)
    }

    /// Whether there is a token at this place. All comparisons go through this function.
    fn check(
        &self,
        place: TokenPlace,
        found: Option<impl Iterator<Item = u8> + Clone>,
    ) -> Result<bool, IncomingError> {
        let Some(found) = found else {
            return Ok(false);
        };
        if self.equals(found) {
            Ok(true)
        } else {
            Err(IncomingError::WrongToken(place))
        }
    }

    /// Compares every byte up to the end of the shorter text, whatever the bytes before were.
    fn equals(&self, found: impl Iterator<Item = u8> + Clone) -> bool {
        let same_length = found.clone().count() == self.0.len();
        let same_bytes = found
            .zip(self.0.bytes())
            .fold(Choice::from(1), |same, (ours, theirs)| {
                same & ours.ct_eq(&theirs)
            });
        (same_bytes & Choice::from(u8::from(same_length))).into()
    }
}

impl fmt::Debug for VerificationToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VerificationToken([redacted])")
    }
}

/// The two headers of a request that can hold the verification token, as received; `None` if absent.
///
/// If a header came twice, pass its values joined with `, ` (RFC 9110 §5.2), not just one of them. No token equals the
/// joined text. If Redox logs in with a credential of your own authorization server, `Authorization` holds that
/// server's token: check that token yourself, and leave the header out here.
#[derive(Clone, Copy, Default)]
pub struct IncomingHeaders<'a> {
    /// The value of `verification-token`.
    pub verification_token: Option<&'a [u8]>,
    /// The value of `Authorization`, the scheme included. Only the scheme `Bearer` counts, in any case (RFC 9110 §11.1,
    /// RFC 6750 §2.1).
    pub authorization: Option<&'a [u8]>,
}

impl fmt::Debug for IncomingHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let redacted = |value: Option<&[u8]>| value.map(|_| format_args!("[redacted]"));
        f.debug_struct("IncomingHeaders")
            .field("verification_token", &redacted(self.verification_token))
            .field("authorization", &redacted(self.authorization))
            .finish()
    }
}

/// An authenticated `POST` from Redox.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Incoming<'b> {
    /// The set-up's challenge. Answer with its own text.
    Challenge(Challenge<'b>),
    /// Any other request. The application reads the body, which is unchanged.
    Message,
}

/// The challenge that Redox sends when a destination is set up ("Verify & Save"), after the request was authenticated.
///
/// The source of these rules is Redox's page "Create and verify an endpoint", in its older and its newer form. Answer
/// with status 200, [`Challenge::CONTENT_TYPE`] and [`Challenge::text`] as the whole body. The older page requires the
/// value alone, the newer page requires it anywhere in the body. This answer satisfies both.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Challenge<'b>(&'b str);

impl<'b> Challenge<'b> {
    /// The media type of the answer.
    pub const CONTENT_TYPE: &'static str = "text/plain";

    /// The body of the answer: at least one character, and no control character.
    #[must_use]
    pub const fn text(&self) -> &'b str {
        self.0
    }

    /// Rejects control characters: the text is sent back unchanged, and a terminal, a log or a header could obey them.
    fn new(text: &'b str) -> Result<Self, IncomingError> {
        if text.is_empty() || text.chars().any(char::is_control) {
            return Err(IncomingError::UnusableChallenge);
        }
        Ok(Self(text))
    }

    fn decode(encoded: Decoded<'_>, out: &'b mut [u8]) -> Result<Self, IncomingError> {
        let needed = encoded.clone().count();
        let room = out
            .get_mut(..needed)
            .ok_or(IncomingError::BufferTooSmall { needed })?;
        for (slot, byte) in room.iter_mut().zip(encoded) {
            *slot = byte;
        }
        let text = core::str::from_utf8(room).map_err(|_| IncomingError::UnusableChallenge)?;
        Self::new(text)
    }
}

/// The token of `Authorization: Bearer <token>`; empty for another scheme.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let value = value.trim_ascii();
    let space = value.iter().position(|&byte| byte == b' ')?;
    let (scheme, token) = value.split_at_checked(space)?;
    scheme
        .eq_ignore_ascii_case(b"Bearer")
        .then(|| token.trim_ascii_start())
}

fn copied(bytes: &[u8]) -> impl Iterator<Item = u8> + Clone {
    bytes.iter().copied()
}

const fn require(token: bool) -> Result<(), IncomingError> {
    if token {
        Ok(())
    } else {
        Err(IncomingError::NoToken)
    }
}

/// Whether two readers could read the challenge differently. A message in another format is no such case.
fn is_doubled(error: ParseError) -> bool {
    matches!(
        error.kind,
        ParseErrorKind::Duplicate(VerificationToken::NAME | CHALLENGE)
    )
}

const CHALLENGE: &str = "challenge";

const NAMES: [&str; 4] = [VerificationToken::NAME, CHALLENGE, "Meta", "resourceType"];
const TOKEN_FIELD: usize = 0;
const CHALLENGE_FIELD: usize = 1;
