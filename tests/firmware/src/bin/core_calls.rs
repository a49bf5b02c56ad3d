//! Calls all of core but signatures, for the host to look at what gets linked: nothing that panics or allocates may.
//!
//! Every input comes out of a `black_box`, so the optimizer knows none and drops no panic that one could reach. The
//! image runs, too, and ends with 0 when every call did what it should. Left out with the signatures is what makes a
//! signer of a key, which computes on its curve; and `Debug` of a text, which is the standard library's and slices.
#![no_std]
#![no_main]

use core::fmt::{self, Display, Write};
use core::hint::black_box;

use board as _;
use cortex_m_rt::entry;
use redox_auth_core::{
    Algorithm, Incoming, IncomingHeaders, Instant, JwtId, JwtType, LegacyKey, LegacyTokenResponse,
    OAuthKey, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, PublicKey, Region, SignError, Signer,
    TokenReply, TokenRequest, UnixTime, VerificationToken, max_assertion_len,
    max_token_request_len, write_jwk_set,
};
use semihosting::process;

#[entry]
fn main() -> ! {
    #[cfg(feature = "deliberate-panic")]
    black_box(black_box([1_u8].as_slice())[black_box(0)]);

    let done = [
        assertions(),
        public_keys(),
        private_keys(),
        incoming(),
        legacy(),
        replies(),
    ];
    process::exit(i32::from(done.contains(&None)))
}

fn assertions() -> Option<()> {
    let mut out = [0; 1024];
    let out = black_box(out.as_mut_slice());
    let now = black_box(UnixTime::from_secs(1_800_000_000));
    let jwt_id = JwtId::from_random(black_box([7; 16]));
    show(&jwt_id)?;
    let key = OAuthKey::new(text("client"), text("key \"1\""), &Element);
    let assertion = key
        .assertion(text("https://as.example/token"), &jwt_id, now)
        .lifetime_secs(black_box(60))
        .issued_at(
            now.saturating_sub(black_box(1))
                .saturating_add(black_box(1)),
        )
        .scope(text("system/*.rs"))
        .typ(black_box(JwtType::ClientAuthentication));
    ok(assertion.write_claims(out))?;
    ok(assertion.write(out))?;
    let too_short = assertion.write(black_box(&mut []));
    show(&too_short.err()?)?;
    ok(TokenRequest::new(assertion).scope(text("a b&c")).write(out))?;
    let len = max_assertion_len(text("a"), text("b"), text("c"), text("d"), black_box(64));
    black_box(max_token_request_len(len, text("e")));
    Some(())
}

fn private_keys() -> Option<()> {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    for input in [SEC1_KEY, PEM_KEY, JWK] {
        let scratch = black_box(scratch.as_mut_slice());
        let key = ok(PrivateKey::parse(black_box(input), scratch))?;
        black_box((key.key_id(), key.material()));
        show(&key.algorithm())?;
        (key.algorithm() == Algorithm::Es256).then_some(())?;
    }
    let no_key = PrivateKey::parse(black_box(b"-----BEGIN CERTIFICATE-----"), &mut scratch);
    show(&no_key.err()?)
}

fn incoming() -> Option<()> {
    let token = ok(VerificationToken::new(text("secret")))?;
    let headers = IncomingHeaders {
        verification_token: black_box(Some(b"secret")),
        authorization: black_box(Some(b"bearer secret")),
    };
    ok(token.verify(headers))?;
    let mut body = *br#"{"verification-token":"s\u0065cret","challenge":"\u0061"}"#;
    let body = black_box(body.as_mut_slice());
    let Incoming::Challenge(challenge) = ok(token.receive_post(headers, body))? else {
        return None;
    };
    show(&challenge.text())?;
    let mut out = [0; 8];
    let query = black_box(b"challenge=%61+b&verification%2Dtoken=secre".as_slice());
    let wrong = token.receive_get(headers, query, black_box(out.as_mut_slice()));
    show(&wrong.err()?)?;
    let query = black_box(b"challenge=%61+b".as_slice());
    let challenge = ok(token.receive_get(headers, query, black_box(out.as_mut_slice())))?;
    (challenge.text() == "a b").then_some(())
}

fn legacy() -> Option<()> {
    let mut out = [0; 256];
    let out = black_box(out.as_mut_slice());
    let key = LegacyKey::new(text("id"), text("secret\n"));
    ok(key.write_authenticate(out))?;
    ok(key.write_refresh(text("refresh"), out))?;
    let mut body =
        *br#"{"accessToken":"\u0061","expires":"2026-11-21T00:00:00.000Z","refreshToken":"b"}"#;
    let response = ok(LegacyTokenResponse::parse(black_box(body.as_mut_slice())))?;
    black_box((
        response.access_token.expose(),
        response.expires_at,
        response.expose_refresh_token(),
    ));
    Some(())
}

fn replies() -> Option<()> {
    let mut body =
        *br#"{"x":[{}],"access_token":"a\u0062c","token_type":"bearer","expires_in":"300"}"#;
    let TokenReply::Token(token) = ok(TokenReply::parse(
        black_box(200),
        black_box(body.as_mut_slice()),
    ))?
    else {
        return None;
    };
    let expiry = token.expiry(Instant::from_millis(black_box(1)));
    black_box((
        token.access_token.expose(),
        expiry.at(Instant::from_millis(black_box(2))),
        expiry.refresh_at(),
        expiry.expires_at(),
    ));
    let mut body = *br#"{"error":"invalid_client","error_description":"jti was used"}"#;
    let TokenReply::Refusal(refusal) = ok(TokenReply::parse(
        black_box(401),
        black_box(body.as_mut_slice()),
    ))?
    else {
        return None;
    };
    show(&refusal.refused)?;
    show(&refusal.refused.reason.hint())?;
    show(&refusal.refused.code?)
}

fn public_keys() -> Option<()> {
    let mut out = [0; 1024];
    let out = black_box(out.as_mut_slice());
    let point = PublicKey::from_ec_point(black_box(Algorithm::Es256), black_box(&[4; 65]));
    let point = ok(point)?;
    let modulus = ok(PublicKey::from_rsa(
        black_box(&[0xff; 256]),
        black_box(&[1, 0, 1]),
    ))?;
    show(&modulus.thumbprint())?;
    let key_id = point.thumbprint();
    ok(point.write_jwk(key_id.as_str(), out))?;
    let keys = [(text("a"), &point), (text("b"), &modulus)];
    ok(write_jwk_set(black_box(keys.as_slice()), out))?;
    show(&point.algorithm())?;
    black_box(black_box(Region::Us).base_url());
    Some(())
}

/// Stands for a secure element: signatures themselves are not looked at here.
struct Element;

impl Signer for Element {
    fn algorithm(&self) -> Algorithm {
        black_box(Algorithm::Es256)
    }

    fn signature_len(&self) -> usize {
        black_box(64)
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        black_box(message);
        signature.fill(black_box(7));
        black_box(Ok(()))
    }
}

/// A text that the optimizer does not know.
fn text(text: &'static str) -> &'static str {
    black_box(text)
}

/// Writes the error, should there be one.
fn ok<T, E: Display>(result: Result<T, E>) -> Option<T> {
    match result {
        Ok(value) => Some(black_box(value)),
        Err(error) => {
            show(&error)?;
            None
        }
    }
}

fn show(value: &dyn Display) -> Option<()> {
    write!(Nowhere, "{value}").ok()
}

struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}

/// The P-256 key of RFC 6979, A.2.5, as SEC1.
const SEC1_KEY: &[u8] = b"\x30\x31\x02\x01\x01\x04\x20\
    \xC9\xAF\xA9\xD8\x45\xBA\x75\x16\x6B\x5C\x21\x57\x67\xB1\xD6\x93\
    \x4E\x50\xC3\xDB\x36\xE8\x9B\x12\x7B\x8A\x62\x2B\x12\x0F\x67\x21\
    \xA0\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07";

/// The same as PEM.
const PEM_KEY: &[u8] = b"-----BEGIN EC PRIVATE KEY-----
MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
AwEH
-----END EC PRIVATE KEY-----
";

/// The key of RFC 7515, A.3.1.
const JWK: &[u8] = br#"{"kty":"EC","crv":"P-256","kid":"key \"1\"",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
