use core::hint::black_box;

use board::{ok, show, text};
use redox_auth_core::{
    Expiry, Instant, LegacyKey, LegacyTokenReply, LegacyTokenResponse, RetryAfter, TokenReply,
    UnixTime, Words,
};

pub(crate) fn token_replies() -> Option<()> {
    let mut body =
        *br#"{"x":[{}],"access_token":"a\u0062c","token_type":"bearer","expires_in":"300"}"#;
    let reply = TokenReply::parse(black_box(200), black_box(body.as_mut_slice()));
    let TokenReply::Token(token) = ok(reply)? else {
        return None;
    };
    black_box((token.access_token.expose(), token.scope));
    look_at(token.expiry(Instant::from_millis(black_box(1))));
    look_at(Expiry::new(
        Instant::from_millis(black_box(1)),
        black_box(2),
        black_box(3),
    ));
    let mut body = *br#"{"error":"invalid_client","error_description":"jti was used"}"#;
    let reply = TokenReply::parse(black_box(401), black_box(body.as_mut_slice()));
    let TokenReply::Refusal(refusal) = ok(reply)? else {
        return None;
    };
    show(&refusal.refused)?;
    show(&refusal.refused.reason.hint())?;
    show(&refusal.words(&[text("secret")]))?;
    show(&refusal.words(&[]).description()?)?;
    let elsewhere = br#"no: eyJhbGciOiJFUzI1NiJ9 \xe8"#;
    show(&Words::new(black_box(elsewhere.as_slice()), &[]))?;
    show(&refusal.refused.code?)
}

fn look_at(expiry: Expiry) {
    let expiry = expiry.earlier_by_millis(black_box(1));
    black_box((
        expiry.at(Instant::from_millis(black_box(2))),
        expiry.refresh_at(),
        expiry.expires_at(),
    ));
}

pub(crate) fn legacy() -> Option<()> {
    let mut out = [0; 256];
    let out = black_box(out.as_mut_slice());
    let key = LegacyKey::new(text("id"), text("secret\n"));
    black_box(key.api_key());
    ok(key.write_authenticate(out))?;
    ok(key.write_refresh(text("refresh"), out))?;
    let body =
        br#"{"accessToken":"\u0061","expires":"2026-11-21T00:00:00.000Z","refreshToken":"b"}"#;
    let mut first = *body;
    let response = ok(LegacyTokenResponse::parse(black_box(first.as_mut_slice())))?;
    black_box((
        response.access_token.expose(),
        response.expires_at,
        response.expose_refresh_token(),
    ));
    let mut second = *body;
    let reply = LegacyTokenReply::parse(black_box(200), black_box(second.as_mut_slice()));
    matches!(ok(reply)?, LegacyTokenReply::Token(_)).then_some(())
}

pub(crate) fn header_dates() -> Option<()> {
    let time = UnixTime::from_secs(black_box(784_111_777));
    for date in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        let date = text(date).as_bytes();
        (UnixTime::parse_http_date(date)? == time).then_some(())?;
        (RetryAfter::parse(date)?.secs_from(Some(time)) == Some(0)).then_some(())?;
    }
    (RetryAfter::parse(black_box(b"120")) == Some(RetryAfter::Secs(120))).then_some(())?;
    UnixTime::parse_rfc3339(text("1994-11-06T08:49:37.5+00:00"))
        .filter(|&parsed| parsed == time)
        .map(|_| ())
}
