use redox_auth_core::{Challenge, Incoming, IncomingError, IncomingHeaders, VerificationToken};
use serde::Deserialize;

/// A request that says it is from Redox: `verification-token`, `Authorization`, and what is read as a body and as a
/// query, with a byte 255 between them. An empty header is an absent one.
///
/// # Panics
/// When one gets in without the token `secret`, when a challenge comes out that `serde_json` does not see there or that
/// must not be sent back, or when the need for room is not exact.
pub fn incoming(input: &[u8]) {
    let mut parts = input.splitn(3, |&byte| byte == 0xff);
    let mut header = || parts.next().filter(|it| !it.is_empty());
    let headers = IncomingHeaders {
        verification_token: header(),
        authorization: header(),
    };
    let sent = header().unwrap_or(&[]);
    let token = VerificationToken::new(SECRET).expect("a token");
    let proven = token.verify(headers);
    if proven.is_ok() {
        let given = [headers.verification_token, headers.authorization];
        assert!(given.iter().flatten().all(|it| ends_with_secret(it)));
        assert!(given.iter().any(Option::is_some));
    }
    post(token, headers, proven, sent);
    get(token, headers, proven, sent);
}

type Proven = Result<(), IncomingError>;

fn post(token: VerificationToken<'_>, headers: IncomingHeaders<'_>, proven: Proven, sent: &[u8]) {
    let mut body = sent.to_vec();
    match token.receive_post(headers, &mut body) {
        Ok(Incoming::Challenge(challenge)) => {
            check(challenge);
            let theirs: Body = serde_json::from_slice(sent).expect("JSON by serde_json, too");
            assert_eq!(challenge.text(), theirs.challenge);
            match theirs.verification_token {
                None => assert_eq!(proven, Ok(())),
                Some(found) => assert_eq!(found, SECRET),
            }
        }
        Ok(Incoming::Message) => {
            assert_eq!(proven, Ok(()));
            assert_eq!(body, sent);
        }
        Err(IncomingError::Body(error)) => assert!(error.at <= sent.len()),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

fn get(token: VerificationToken<'_>, headers: IncomingHeaders<'_>, proven: Proven, query: &[u8]) {
    let mut out = vec![0; query.len()];
    let got = token.receive_get(headers, query, &mut out);
    if let Ok(challenge) = got {
        check(challenge);
        let needed = challenge.text().len();
        let mut short = vec![0; needed.saturating_sub(1)];
        let short = token.receive_get(headers, query, &mut short);
        assert_eq!(short, Err(IncomingError::BufferTooSmall { needed }));
        // A request that its query alone proves has the token there, in some spelling, after its name.
        assert!(proven.is_ok() || query.len() >= "challenge=a&=secret".len());
    }
    assert!(!matches!(got, Err(IncomingError::BufferTooSmall { .. })));
}

fn check(challenge: Challenge<'_>) {
    assert!(!challenge.text().is_empty());
    assert!(!challenge.text().chars().any(char::is_control));
}

fn ends_with_secret(value: &[u8]) -> bool {
    value.trim_ascii_end().ends_with(SECRET.as_bytes())
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Body {
    challenge: String,
    verification_token: Option<String>,
}

const SECRET: &str = "secret";
