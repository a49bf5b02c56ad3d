//! Answers of a token endpoint, parsed and owned.

use redox_auth_core::{ParseError, ParseErrorKind, TokenReply};

#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Token {
    pub(crate) token: String,
    pub(crate) expires_in_secs: Option<u32>,
    pub(crate) lifetime_secs: u32,
    pub(crate) scope: Option<String>,
}

/// `None` for a refusal.
pub(crate) fn parse(status: u16, body: &[u8]) -> Result<Option<Token>, ParseError> {
    let mut body = body.to_vec();
    match TokenReply::parse(status, &mut body)? {
        TokenReply::Token(response) => Ok(Some(Token {
            token: response.access_token.expose().to_owned(),
            expires_in_secs: response.expires_in_secs,
            lifetime_secs: response.lifetime_secs(),
            scope: response.scope.map(String::from),
        })),
        TokenReply::Refusal(_) => Ok(None),
    }
}

pub(crate) fn token(body: &str) -> Token {
    match parse(200, body.as_bytes()) {
        Ok(Some(token)) => token,
        other => panic!("{body}: {other:?}"),
    }
}

pub(crate) fn error(body: impl AsRef<[u8]>) -> ParseErrorKind {
    let body = body.as_ref();
    match parse(200, body) {
        Err(error) => error.kind,
        other => panic!("{}: {other:?}", String::from_utf8_lossy(body)),
    }
}

/// A body with many kinds of members.
pub(crate) const VALID: &str = concat!(
    r#"{"access_token":"eyJ\u0068bGciOi.J9._-~+/=","token_type":"Bearer","expires_in":300,"#,
    r#""scope":"fhir:\u00e9 \ud83d\udc4d","nested":{"a":[1,-2.5e-3,true,false,null,"\\\""]}}"#
);
