use redox_auth_core::{ErrorCode, ParseError, TokenReply};
use serde::Deserialize;

/// The answer of a token endpoint: a line with the status, then the body.
///
/// # Panics
/// When a token comes out that `serde_json` does not see there, or that cannot stand in a header.
pub fn token_reply(input: &[u8]) {
    let (status, body) = split(input);
    let mut parsed = body.to_vec();
    match TokenReply::parse(status, &mut parsed) {
        Ok(TokenReply::Token(response)) => {
            assert!((200..300).contains(&status));
            let token = response.access_token.expose();
            assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
            assert!(response.lifetime_secs() > 0);
            let theirs: Token = serde_json::from_slice(body).expect("JSON by serde_json, too");
            assert_eq!(token, theirs.access_token);
            assert_eq!(response.scope, theirs.scope.as_deref());
        }
        Ok(TokenReply::Refusal(refusal)) => {
            assert_eq!(refusal.refused.status, status);
            assert!(!refusal.refused.to_string().is_empty());
            assert_eq!(refusal.expose_body(), body);
            let words = refusal.words(&["secret"]);
            let shown = words.to_string();
            assert!(!shown.contains("secret") && !shown.contains(char::is_control));
            assert_eq!(shown.is_empty(), words.is_empty());
            if refusal.refused.code.is_some() {
                let theirs: Error = serde_json::from_slice(body).expect("JSON by serde_json, too");
                assert_eq!(refusal.refused.code, Some(code(&theirs.error)));
            }
        }
        Err(ParseError { at, .. }) => assert!(at <= body.len()),
    }
}

/// A line with a number, or status 200 and all of it as the body.
fn split(input: &[u8]) -> (u16, &[u8]) {
    let line = input.iter().position(|&byte| byte == b'\n');
    let (status, body) = match line.and_then(|end| input.split_at_checked(end)) {
        Some((line, rest)) => (line, rest.get(1..).unwrap_or(&[])),
        None => (&[][..], input),
    };
    let status = str::from_utf8(status).ok().and_then(|it| it.parse().ok());
    status.map_or((200, input), |status| (status, body))
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
    scope: Option<String>,
}

#[derive(Deserialize)]
struct Error {
    error: String,
}

/// The code that is spelled so.
fn code(error: &str) -> ErrorCode {
    [
        ErrorCode::InvalidRequest,
        ErrorCode::InvalidClient,
        ErrorCode::InvalidGrant,
        ErrorCode::UnauthorizedClient,
        ErrorCode::UnsupportedGrantType,
        ErrorCode::InvalidScope,
        ErrorCode::TemporarilyUnavailable,
        ErrorCode::ServerError,
    ]
    .into_iter()
    .find(|code| code.as_str() == error)
    .unwrap_or(ErrorCode::Other)
}
