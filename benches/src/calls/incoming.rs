use core::hint::black_box;

use redox_auth_contender::Work;
use redox_auth_core::{Incoming, IncomingHeaders, VerificationToken};

use super::work;
use crate::offer::OURS;

/// What Redox sends to us.
pub(super) fn works() -> Vec<Work> {
    let token = VerificationToken::new(TOKEN).expect("a token");
    let headers = IncomingHeaders {
        verification_token: Some(TOKEN.as_bytes()),
        authorization: Some(AUTHORIZATION.as_bytes()),
    };
    let mut challenge = CHALLENGE.to_vec();
    vec![
        work(
            "inbound verification",
            OURS,
            "`VerificationToken::verify`",
            move || {
                token.verify(black_box(headers)).expect("the right token");
            },
        ),
        work(
            "inbound challenge",
            OURS,
            "`VerificationToken::receive_post`",
            move || {
                let incoming = token.receive_post(black_box(headers), black_box(&mut challenge));
                matches!(incoming, Ok(Incoming::Challenge(_)))
            },
        ),
    ]
}

const TOKEN: &str = "7d1f0b0e-52c4-4c0a-8d3b-0a8f3a6c2e11";
const AUTHORIZATION: &str = "Bearer 7d1f0b0e-52c4-4c0a-8d3b-0a8f3a6c2e11";
const CHALLENGE: &[u8] = br#"{"verification-token":"7d1f0b0e-52c4-4c0a-8d3b-0a8f3a6c2e11","challenge":"8d0a5b1c-7f3e-4c55-9a1e-2f6b1d0c9e77"}"#;
