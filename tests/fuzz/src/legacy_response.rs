use jiff::Timestamp;
use redox_auth_core::{LegacyTokenResponse, ParseError};
use serde::Deserialize;

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
            // A leap second is the second after it to us, and the one before it to jiff.
            let expires: Timestamp = theirs.expires.parse().expect("a time by jiff, too");
            let theirs_secs = u64::try_from(expires.as_second()).expect("a time after 1970");
            let later = response.expires_at.as_secs().checked_sub(theirs_secs);
            assert!(matches!(later, Some(0 | 1)), "{}", theirs.expires);
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
