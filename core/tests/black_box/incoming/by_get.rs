//! A challenge by `GET`, and its form encoding.

use super::{CHALLENGE, NO_HEADERS, PROOF, TOKEN, WRONG, get, token};
use proptest::prelude::*;
use redox_auth_core::IncomingError::{
    BufferTooSmall, Duplicate, NoChallenge, NoToken, UnusableChallenge, WrongToken,
};
use redox_auth_core::TokenPlace::{Header, Query};
use redox_auth_core::{IncomingHeaders, VerificationToken};
use url::form_urlencoded;

fn encoded(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[test]
fn a_challenge_by_get_has_the_token_in_the_query_or_in_a_header() {
    let both = encoded(&[("challenge", CHALLENGE), ("verification-token", TOKEN)]);
    let alone = format!("challenge={CHALLENGE}");
    for (headers, query) in [
        (NO_HEADERS, both.as_str()),
        (PROOF, both.as_str()),
        (PROOF, alone.as_str()),
        (PROOF, &format!("&a=b&&{alone}&c&=&==")),
        (PROOF, &format!("%63hallenge={CHALLENGE}")),
    ] {
        assert_eq!(get(headers, query), Ok(CHALLENGE.into()), "{query}");
    }
    assert_eq!(
        get(PROOF, "challenge=100%+%4+%G1%"),
        Ok("100% %4 %G1%".into())
    );
    assert_eq!(get(NO_HEADERS, &alone), Err(NoToken));
    for wrong in WRONG {
        let query = encoded(&[("verification-token", wrong), ("challenge", CHALLENGE)]);
        for headers in [NO_HEADERS, PROOF] {
            assert_eq!(get(headers, &query), Err(WrongToken(Query)), "{query}");
        }
    }
    let headers = IncomingHeaders {
        verification_token: Some(b"wrong"),
        ..NO_HEADERS
    };
    assert_eq!(get(headers, &both), Err(WrongToken(Header)));
}

#[test]
fn a_query_without_a_challenge_or_with_a_parameter_twice_is_named() {
    for query in [
        "",
        "challeng=a",
        "challenges=a",
        "Challenge=a",
        "?challenge=a",
        "=challenge",
    ] {
        assert_eq!(get(PROOF, query), Err(NoChallenge), "{query}");
        assert_eq!(get(NO_HEADERS, query), Err(NoToken), "{query}");
    }
    for (query, name) in [
        ("challenge=a&challenge=a", "challenge"),
        ("challenge=a&challenge", "challenge"),
        ("challenge=a&%63hallenge=b", "challenge"),
        (
            "verification-token=a&challenge=b&verification%2Dtoken=a",
            "verification-token",
        ),
    ] {
        for headers in [NO_HEADERS, PROOF] {
            assert_eq!(get(headers, query), Err(Duplicate(name)), "{query}");
        }
    }
}

#[test]
fn every_shorter_buffer_is_told_the_exact_need() {
    let text = "a é+👍&=%";
    let query = encoded(&[("verification-token", TOKEN), ("challenge", text)]);
    let mut out = [0; 64];
    let needed = text.len();
    for short in 0..needed {
        let got = token().receive_get(NO_HEADERS, query.as_bytes(), &mut out[..short]);
        assert_eq!(got, Err(BufferTooSmall { needed }), "{short} bytes");
    }
    let got = token().receive_get(NO_HEADERS, query.as_bytes(), &mut out[..needed]);
    assert_eq!(got.unwrap().text(), text);
    let got = token().receive_get(NO_HEADERS, b"verification-token=a&challenge=b", &mut []);
    assert_eq!(got, Err(WrongToken(Query)), "a stranger learns the need");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_form_urlencoded_wrote_is_read_back(
        secret in "[!-~]([ -~]{0,30}[!-~])?",
        challenge in "\\PC{1,40}",
        others in prop::collection::vec(("[a-z&=+% é]{0,8}", ".*"), 0..4),
    ) {
        let mut pairs: Vec<_> = others.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.push(("challenge", &challenge));
        pairs.insert(0, ("verification-token", &secret));
        let mut out = [0; 256];
        let token = VerificationToken::new(&secret).unwrap();
        let got = token.receive_get(NO_HEADERS, encoded(&pairs).as_bytes(), &mut out);
        prop_assert_eq!(got.map(|it| it.text().to_owned()), Ok(challenge));
    }

    #[test]
    fn any_query_is_read_as_form_urlencoded_reads_it(
        parts in prop::collection::vec(
            "challenge=|verification-token=|2b7e-1516\\+28ae%2Bd2%2fa6%3D|&|=|%|%[0-9a-fG]{2}|[ -~é]{0,3}",
            0..12,
        ),
    ) {
        let query = parts.concat();
        let theirs = |name: &str| -> Vec<String> {
            form_urlencoded::parse(query.as_bytes())
                .filter(|(found, _)| found == name)
                .map(|(_, value)| value.into_owned())
                .collect()
        };
        let (tokens, challenges) = (theirs("verification-token"), theirs("challenge"));
        match get(PROOF, &query) {
            Ok(challenge) => {
                prop_assert_eq!(challenges, [challenge]);
                prop_assert!(tokens.iter().all(|it| it == TOKEN) && tokens.len() < 2);
            }
            Err(Duplicate(_)) => prop_assert!(tokens.len() > 1 || challenges.len() > 1),
            Err(NoChallenge) => prop_assert!(challenges.is_empty()),
            Err(WrongToken(place)) => {
                prop_assert_eq!(place, Query);
                prop_assert!(tokens.iter().all(|it| it != TOKEN) && tokens.len() == 1);
            }
            Err(UnusableChallenge) => {
                let unusable = |text: &String| text.is_empty() || text.contains(|it: char| it.is_control() || it == '\u{fffd}');
                prop_assert!(challenges.iter().all(unusable));
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
    }
}
