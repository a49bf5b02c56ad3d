use core::hint::black_box;

use redox_auth_contender::Work;
use redox_auth_core::{TokenReply, TokenResponse};
use serde::Deserialize;

use crate::inputs::offer::{OURS, work};
use crate::inputs::task::{TOKEN_LENGTHS, token_answer};

/// What most clients read an answer into.
#[derive(Deserialize)]
#[allow(dead_code, reason = "read into, and thrown away")]
struct Answer {
    access_token: String,
    token_type: String,
    expires_in: Option<u32>,
    scope: Option<String>,
}

/// Answers of a token endpoint, and a refusal.
pub(super) fn works() -> Vec<Work> {
    let mut works = Vec::new();
    for token_len in TOKEN_LENGTHS {
        let group = format!("token response, token of {token_len} characters");
        // It has no escapes, therefore reading does not change it.
        let mut body = token_answer(token_len);
        works.push(work(
            &group,
            OURS,
            "`TokenReply::parse`",
            move || match TokenReply::parse(200, black_box(&mut body)) {
                Ok(TokenReply::Token(TokenResponse { access_token, .. })) => {
                    access_token.expose().len()
                }
                other => panic!("no token: {other:?}"),
            },
        ));
        let body = token_answer(token_len);
        works.push(work(
            &group,
            "serde_json",
            "`from_slice` into owned strings",
            move || {
                let answer: Answer = serde_json::from_slice(black_box(&body)).expect("a token");
                answer
            },
        ));
    }
    let mut body = REFUSAL.to_vec();
    works.push(work(
        "refusal of the token endpoint",
        OURS,
        "`TokenReply::parse`",
        move || {
            matches!(
                TokenReply::parse(400, black_box(&mut body)),
                Ok(TokenReply::Refusal(_))
            )
        },
    ));
    works
}

const REFUSAL: &[u8] = br#"{"error":"invalid_request","error_description":"Public key not found, check client_id, kid and Redox dashboard settings","error_uri":"https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"}"#;
