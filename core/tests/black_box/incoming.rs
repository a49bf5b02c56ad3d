//! Requests from Redox: the verification token in each possible place, and the challenge.

mod by_get;
mod by_post;

use proptest::prelude::*;
use redox_auth_core::IncomingError::{
    Body, BufferTooSmall, Duplicate, EmptyToken, NoChallenge, NoToken, UnusableChallenge,
    UnusableToken, WrongToken,
};
use redox_auth_core::TokenPlace::{self, Authorization, Header};
use redox_auth_core::{
    Incoming, IncomingError, IncomingHeaders, ParseError, ParseErrorKind, VerificationToken,
};

/// A token with characters that JSON and forms escape.
const TOKEN: &str = "2b7e-1516 28ae+d2/a6=";
const CHALLENGE: &str = "8d0a5b1c-7f3e-4c55-9a1e-2f6b1d0c9e77";

const NO_HEADERS: IncomingHeaders<'static> = IncomingHeaders {
    verification_token: None,
    authorization: None,
};
const PROOF: IncomingHeaders<'static> = IncomingHeaders {
    verification_token: Some(TOKEN.as_bytes()),
    authorization: None,
};

/// Texts that are nearly the token.
const WRONG: [&str; 9] = [
    "",
    "2",
    "2b7e-1516 28ae+d2/a6",
    "2b7e-1516 28ae+d2/a6==",
    "2b7e-1516 28ae+d2/a7=",
    "3b7e-1516 28ae+d2/a6=",
    "2B7E-1516 28AE+D2/A6=",
    "2b7e-1516 28ae+d2/a6=2b7e-1516 28ae+d2/a6=",
    "b7e-1516 28ae+d2/a6=",
];

fn token() -> VerificationToken<'static> {
    VerificationToken::new(TOKEN).unwrap()
}

fn verify(header: Option<&str>, authorization: Option<&str>) -> Result<(), IncomingError> {
    token().verify(IncomingHeaders {
        verification_token: header.map(str::as_bytes),
        authorization: authorization.map(str::as_bytes),
    })
}

/// The challenge, or `None` for a message.
fn post(
    headers: IncomingHeaders<'_>,
    body: impl AsRef<[u8]>,
) -> Result<Option<String>, IncomingError> {
    let sent = body.as_ref();
    let mut body = sent.to_vec();
    match token().receive_post(headers, &mut body)? {
        Incoming::Challenge(challenge) => Ok(Some(challenge.text().to_owned())),
        Incoming::Message => {
            assert_eq!(body, sent, "a message was changed");
            Ok(None)
        }
    }
}

fn get(headers: IncomingHeaders<'_>, query: impl AsRef<[u8]>) -> Result<String, IncomingError> {
    let mut out = [0; 256];
    let challenge = token().receive_get(headers, query.as_ref(), &mut out)?;
    Ok(challenge.text().to_owned())
}

#[test]
fn every_pair_of_headers_passes_only_when_one_is_right_and_none_is_wrong() {
    let right = format!("Bearer {TOKEN}");
    let headers = [None, Some(TOKEN)].into_iter().chain(WRONG.map(Some));
    for header in headers {
        let wrong = WRONG.map(|token| format!("Bearer {token}"));
        let bearers = [None, Some(&right)].into_iter();
        for bearer in bearers.chain(wrong.iter().map(Some)) {
            let expected = match (header, bearer) {
                (None, None) => Err(NoToken),
                (Some(header), _) if header != TOKEN => Err(WrongToken(Header)),
                (_, Some(bearer)) if *bearer != right => Err(WrongToken(Authorization)),
                _ => Ok(()),
            };
            let got = verify(header, bearer.map(String::as_str));
            assert_eq!(got, expected, "{header:?} and {bearer:?}");
        }
    }
}

#[test]
fn the_scheme_may_be_of_any_case_and_no_other() {
    for value in [
        "Bearer %",
        "bearer %",
        "BEARER %",
        "bEaReR %",
        "Bearer   %",
        "  Bearer % \t",
    ] {
        let value = value.replace('%', TOKEN);
        assert_eq!(verify(None, Some(&value)), Ok(()), "{value:?}");
    }
    for value in [
        "",
        " ",
        "Bearer",
        "Bearer ",
        "%",
        "Bearer%",
        "Bearer:%",
        "Basic %",
        "Token %",
        "Bearer\t%",
        "BearerBearer %",
        "Bearer Bearer %",
        "Bearer %, Bearer %",
        "Bearer \"%\"",
    ] {
        let value = value.replace('%', TOKEN);
        let got = verify(None, Some(&value));
        assert_eq!(got, Err(WrongToken(Authorization)), "{value:?}");
        let got = verify(Some(TOKEN), Some(&value));
        assert_eq!(got, Err(WrongToken(Authorization)), "{value:?}");
    }
}

#[test]
fn a_header_may_have_space_around_the_token_and_nothing_else() {
    for value in ["%", " %", "%\t", " \t% "] {
        let value = value.replace('%', TOKEN);
        assert_eq!(verify(Some(&value), None), Ok(()), "{value:?}");
    }
    for value in ["%\0", "\0%", "%, %", "Bearer %", "\"%\"", "% %"] {
        let value = value.replace('%', TOKEN);
        assert_eq!(
            verify(Some(&value), None),
            Err(WrongToken(Header)),
            "{value:?}"
        );
    }
}

#[test]
fn one_wrong_byte_is_found_at_every_place() {
    for at in 0..TOKEN.len() {
        for bit in 0..8 {
            let mut value = TOKEN.as_bytes().to_vec();
            value[at] ^= 1 << bit;
            let headers = IncomingHeaders {
                verification_token: Some(&value),
                ..NO_HEADERS
            };
            let got = token().verify(headers);
            assert_eq!(got, Err(WrongToken(Header)), "bit {bit} of byte {at}");
        }
    }
}

#[test]
fn a_token_that_is_empty_or_that_no_header_can_carry_is_refused_when_it_is_configured() {
    for (text, expected) in [
        ("", EmptyToken),
        (" ", UnusableToken),
        ("token\n", UnusableToken),
        (" token", UnusableToken),
        ("token\t", UnusableToken),
        ("to\r\nken", UnusableToken),
        ("to\0ken", UnusableToken),
        ("token\u{7f}", UnusableToken),
        ("token\u{85}", UnusableToken),
        ("tokén", UnusableToken),
        ("👍", UnusableToken),
        ("to\u{a0}ken", UnusableToken),
    ] {
        assert_eq!(
            VerificationToken::new(text).err(),
            Some(expected),
            "{text:?}"
        );
    }
    for text in ["t", "to ken", "~", "\"\\"] {
        assert!(VerificationToken::new(text).is_ok(), "{text:?}");
    }
}

#[test]
fn a_challenge_that_must_not_be_sent_back_is_refused() {
    for written in [
        "",
        r"a\nb",
        r"\r",
        r"a\u0000",
        r"\u001b[2J",
        r"\u007f",
        r"\u0085",
    ] {
        let body = format!(r#"{{"challenge":"{written}"}}"#);
        assert_eq!(post(PROOF, &body), Err(UnusableChallenge), "{body}");
        assert_eq!(post(NO_HEADERS, &body), Err(NoToken), "{body}");
    }
    for written in [
        "", "a%0Ab", "%0d", "a%00", "%1b[2J", "%7F", "%C2%85", "\u{1}", "%ff", "a%C3",
    ] {
        let query = format!("challenge={written}");
        assert_eq!(get(PROOF, &query), Err(UnusableChallenge), "{query:?}");
        assert_eq!(get(NO_HEADERS, &query), Err(NoToken), "{query:?}");
    }
}

#[test]
fn no_error_and_no_debug_shows_a_token() {
    let headers = IncomingHeaders {
        verification_token: Some(TOKEN.as_bytes()),
        authorization: None,
    };
    assert_eq!(format!("{:?}", token()), "VerificationToken([redacted])");
    assert_eq!(
        format!("{headers:?}"),
        "IncomingHeaders { verification_token: Some([redacted]), authorization: None }"
    );
    for (error, expected) in [
        (
            EmptyToken,
            "expected a verification token to check for, found an empty one",
        ),
        (
            NoToken,
            "expected a verification token in the request, found none",
        ),
        (
            WrongToken(Authorization),
            "expected the verification token in the header `Authorization: Bearer`, found another value",
        ),
        (
            WrongToken(TokenPlace::Body),
            "expected the verification token in the body, found another value",
        ),
        (
            Duplicate("challenge"),
            "expected one parameter `challenge` in the query, found two",
        ),
        (
            NoChallenge,
            "expected the parameter `challenge` in the query, found none",
        ),
        (
            UnusableToken,
            "the verification token must be printable ASCII without a space at an end; enter another one in Redox",
        ),
        (
            UnusableChallenge,
            "expected a challenge of text without control characters, found another or an empty one",
        ),
        (
            Body(ParseError {
                kind: ParseErrorKind::Duplicate("challenge"),
                at: 17,
            }),
            "no usable challenge: expected one member `challenge`, found two, at byte 17",
        ),
        (
            BufferTooSmall { needed: 36 },
            "buffer too small: need 36 bytes",
        ),
    ] {
        assert_eq!(error.to_string(), expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_without_the_token_are_refused(
        body in prop::collection::vec(any::<u8>(), 0..200),
        header in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
        authorization in prop::option::of(prop::collection::vec(any::<u8>(), 0..40)),
    ) {
        let headers = IncomingHeaders {
            verification_token: header.as_deref(),
            authorization: authorization.as_deref(),
        };
        prop_assert!(token().verify(headers).is_err());
        prop_assert!(get(headers, &body).is_err());
        prop_assert!(post(headers, &body).is_err());
    }
}
