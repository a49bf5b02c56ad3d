use core::hint::black_box;

use board::{Element, ok, show, text};
use redox_auth_core::{
    Algorithm, Digest, JwtId, JwtType, OAuthKey, TokenRequest, UnixTime, Unsigned,
    max_assertion_len, max_token_request_len, write_token_request,
};

pub(crate) fn all() -> Option<()> {
    let mut out = [0; 1024];
    let out = black_box(out.as_mut_slice());
    let now = black_box(UnixTime::from_secs(1_800_000_000));
    let jwt_id = JwtId::from_random(black_box([7; 16]));
    show(&jwt_id)?;
    let key = OAuthKey::new(text("client"), text("key \"1\""), &Element);
    black_box((key.client_id(), key.key_id(), key.signer()));
    let assertion = key
        .assertion(text("https://as.example/token"), &jwt_id, now)
        .lifetime_secs(black_box(60))
        .issued_at(
            now.saturating_sub(black_box(1))
                .saturating_add(black_box(1)),
        )
        .typ(black_box(JwtType::ClientAuthentication));
    ok(assertion.write_claims(out))?;
    ok(assertion.write(out))?;
    let too_short = assertion.write(black_box(&mut []));
    show(&too_short.err()?)?;
    ok(TokenRequest::new(assertion).scope(text("a b&c")).write(out))?;
    ok(write_token_request(
        text("a.b.c"),
        black_box(Some("scope")),
        out,
    ))?;
    let len = max_assertion_len(text("a"), text("b"), text("c"), black_box(64));
    black_box(max_token_request_len(len, text("e")));
    Some(())
}

pub(crate) fn split() -> Option<()> {
    let mut out = [0; 1024];
    let out = black_box(out.as_mut_slice());
    let now = black_box(UnixTime::from_secs(1_800_000_000));
    let jwt_id = JwtId::from_random(black_box([7; 16]));
    let algorithm = black_box(Algorithm::Es256);
    let key = OAuthKey::without_signer(text("client"), text("key"), algorithm, black_box(64));
    let assertion = key.assertion(text("https://as.example/token"), &jwt_id, now);
    let unsigned = assertion.prepare(out).ok()?;
    (sign(&unsigned)?).then_some(())?;
    ok(unsigned.finish(black_box(&[7; 64])))?;
    let assertion = key.assertion(text("https://as.example/token"), &jwt_id, now);
    let unsigned = TokenRequest::new(assertion).prepare(out).ok()?;
    let too_short = unsigned.finish(black_box(&[7; 63]));
    show(&too_short.err()?)?;
    let assertion = key.assertion(text("https://as.example/token"), &jwt_id, now);
    let unsigned = TokenRequest::new(assertion).prepare(out).ok()?;
    ok(unsigned.sign(&Element))?;
    Some(())
}

/// What a secure element elsewhere looks at.
fn sign(unsigned: &Unsigned<'_>) -> Option<bool> {
    let digest = unsigned.digest();
    (digest == Digest::of(unsigned.algorithm(), unsigned.signing_input())).then_some(())?;
    Some(digest.as_bytes().len() == 32 && unsigned.signature_len() == 64)
}
