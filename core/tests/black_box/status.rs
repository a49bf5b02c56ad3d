//! The meaning of a status alone.

use std::collections::HashSet;

use redox_auth_core::{Done, Reason, StatusMeaning, TokenReply};

use StatusMeaning as M;

/// Every meaning, and all statuses that have it.
const MEANINGS: [(StatusMeaning, &[u16]); 28] = [
    (M::Success, &[200, 201, 202, 204, 299]),
    (M::Redirect, &[300, 301, 302, 303, 305, 307, 308, 399]),
    (M::NotModified, &[304]),
    (M::Unauthorized, &[401]),
    (M::Forbidden, &[403, 451]),
    (M::NotFound, &[404, 410]),
    (M::Method, &[405, 501]),
    (M::NotAcceptable, &[406]),
    (M::ProxyCredentials, &[407]),
    (M::OtherConnection, &[408, 421, 425]),
    (M::LengthMissing, &[411]),
    (M::BodyTooLong, &[413]),
    (M::UrlTooLong, &[414]),
    (M::MediaType, &[415]),
    (M::Expectation, &[417]),
    (M::Version, &[426, 505]),
    (M::TooMany, &[429]),
    (M::HeadersTooLong, &[431, 494]),
    (M::ClientCertificate, &[495, 496]),
    (M::PlainHttp, &[497]),
    (
        M::Content,
        &[400, 402, 409, 412, 416, 418, 422, 424, 428, 499],
    ),
    (M::Gateway, &[502, 521, 523, 530]),
    (M::Busy, &[503, 529]),
    (M::NoAnswerInTime, &[504, 520, 522, 524, 598, 599]),
    (M::Loop, &[508]),
    (M::SignIn, &[511]),
    (M::GatewayTls, &[525, 526]),
    (M::Fault, &[500, 506, 507, 510, 597]),
];

fn refused(status: u16, body: &str) -> redox_auth_core::Refused {
    let mut body = body.as_bytes().to_vec();
    match TokenReply::parse(status, &mut body) {
        Ok(TokenReply::Refusal(refusal)) => refusal.refused,
        other => panic!("{status}: {other:?}"),
    }
}

#[test]
fn every_status_has_one_meaning_and_every_meaning_its_own_words() {
    let mut hints = HashSet::new();
    for (meaning, statuses) in MEANINGS {
        for &status in statuses {
            assert_eq!(M::of(status), meaning, "{status}");
        }
        let hint = meaning.hint();
        assert!(hints.insert(hint), "{meaning:?}: {hint}");
        assert!(!hint.contains("Redox") && !hint.ends_with('.'), "{hint}");
    }
    for status in [0, 100, 101, 199, 600, 999, u16::MAX] {
        assert_eq!(M::of(status), M::Unknown, "{status}");
    }
    assert!(hints.insert(M::Unknown.hint()));
}

#[test]
fn what_was_not_done_is_told_from_what_may_have_been() {
    for (meaning, _) in MEANINGS {
        let expected = match meaning {
            M::OtherConnection | M::TooMany | M::Gateway | M::Busy | M::GatewayTls => Done::No,
            M::NoAnswerInTime => Done::Perhaps,
            _ => Done::Unsaid,
        };
        assert_eq!(meaning.done(), expected, "{meaning:?}");
    }
}

#[test]
fn a_token_endpoint_is_tried_again_only_where_waiting_helps() {
    for (meaning, statuses) in MEANINGS.into_iter().skip(1) {
        for &status in statuses {
            let expected = match meaning {
                _ if status >= 500 => Reason::TryLater,
                M::OtherConnection | M::TooMany => Reason::TryLater,
                M::Unauthorized | M::Forbidden | M::Content => Reason::Unknown,
                _ => Reason::WrongEndpoint,
            };
            assert_eq!(refused(status, "").reason, expected, "{status}");
        }
    }
}

#[test]
fn a_refusal_is_explained_by_its_status_where_nothing_else_is_said() {
    for (meaning, statuses) in MEANINGS.into_iter().skip(1) {
        for &status in statuses {
            let by_status = refused(status, "<html>");
            let expected = match meaning {
                M::Unauthorized | M::Content => Reason::Unknown.hint(),
                meaning => meaning.hint(),
            };
            assert_eq!(by_status.hint(), expected, "{status}");
            // An OAuth error says more than the status.
            let coded = refused(status, r#"{"error":"invalid_scope"}"#);
            assert_eq!(coded.hint(), coded.reason.hint(), "{status}");
        }
    }
}
