use core::hint::black_box;

use board::{ok, show, text};
use redox_auth_core::{Incoming, IncomingHeaders, VerificationToken};

pub(crate) fn all() -> Option<()> {
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
