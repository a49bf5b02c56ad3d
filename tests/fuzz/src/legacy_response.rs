use redox_auth_core::{LegacyTokenResponse, ParseError, UnixTime};
use serde::Deserialize;

use crate::rfc3339;

/// The answer to a legacy API key.
///
/// # Panics
/// When something comes out that `serde_json` does not see there.
pub fn legacy_response(input: &[u8]) {
    let mut parsed = input.to_vec();
    match LegacyTokenResponse::parse(&mut parsed) {
        Ok(response) => {
            let token = response.access_token.expose();
            assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
            let theirs: Response = serde_json::from_slice(input).expect("JSON by serde_json, too");
            assert_eq!(token, theirs.access_token);
            let expires_at = UnixTime::parse_rfc3339(&theirs.expires);
            assert_eq!(Some(response.expires_at), expires_at);
            rfc3339(theirs.expires.as_bytes());
            assert_eq!(
                response.expose_refresh_token(),
                theirs.refresh_token.as_deref()
            );
        }
        Err(ParseError { at, .. }) => assert!(at <= input.len()),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    access_token: String,
    expires: String,
    refresh_token: Option<String>,
}
