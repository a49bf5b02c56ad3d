//! Proofs of possession (RFC 9449), where the server wants them.

use redox_auth_sandbox::Rules;

use super::fit::Fit;
use super::refusals::words_of;
use crate::support::*;

#[test]
fn a_proof_is_for_this_request_and_no_other() {
    let rules = Rules::named("helseid").unwrap();
    for (change, refused) in [
        ("proof header.typ=\"dpop+jwt\"", None),
        ("proof iat=NOW-60", None),
        ("proof iat=NOW+10", None),
        ("proof extra=1", None),
        (
            "proof header.typ=\"JWT\"",
            Some("has a typ other than dpop+jwt"),
        ),
        (
            "proof header.alg=\"ES384\"",
            Some("has a signature that does not verify"),
        ),
        ("proof header.jwk", Some("has no jwk")),
        (
            "proof header.jwk={\"kty\":\"EC\"}",
            Some("has a wrong jwk: key 0 has no crv"),
        ),
        (
            "proof header.jwk={\"kty\":\"oct\",\"k\":\"AA\"}",
            Some("key 0 is private: it has k"),
        ),
        ("proof htm=\"GET\"", Some("is for another verb")),
        (
            "proof htu=\"http://sandbox.example/\"",
            Some("is for another URL"),
        ),
        ("proof htu", Some("is for another URL")),
        ("proof iat=NOW-61", Some("is too old or from the future")),
        ("proof iat=NOW+11", Some("is too old or from the future")),
        ("proof iat", Some("is too old or from the future")),
        ("proof jti", Some("has no jti")),
        ("http dpop=e30.e30", Some("is no compact JWS")),
    ] {
        let mut fit = Fit::new(&rules);
        fit.change(change);
        let answer = fit.answer(&rules);
        let Some(refused) = refused else {
            assert_eq!(answer.status, 200, "{change}: {}", reason(&answer));
            continue;
        };
        assert_eq!(words_of(&answer), "\"invalid_dpop_proof\"", "{change}");
        assert!(
            reason(&answer).contains(refused),
            "{change}: {}",
            reason(&answer)
        );
    }
}

#[test]
fn a_nonce_is_the_servers_own_and_of_the_last_five_minutes() {
    let rules = Rules::named("helseid").unwrap();
    let mut fit = Fit::new(&rules);
    let mut sandbox = fit.sandbox(&rules);
    let first = sandbox.handle(at(NOW), &fit.request());
    assert_eq!(words_of(&first), "\"use_dpop_nonce\"");
    let nonce = header_of(&first, "dpop-nonce");
    assert_eq!(nonce.len(), 36);

    let mut answer_at = |second: i64, nonce: &str, jti: &str| {
        for (name, offset) in [("iat", 0), ("nbf", 0), ("exp", 60)] {
            fit.change(&format!("claim {name}={}", second + offset));
        }
        fit.claims["jti"] = jti.into();
        let (_, claims) = fit.proof.as_mut().unwrap();
        claims["iat"] = second.into();
        claims["jti"] = jti.into();
        claims["nonce"] = nonce.into();
        sandbox.handle(at(second), &fit.request())
    };
    let made_up = answer_at(NOW, "made-up", "jti-1");
    assert_eq!(words_of(&made_up), "\"use_dpop_nonce\"");
    assert_eq!(answer_at(NOW, &nonce, "jti-2").status, 200);
    // The nonce may be used again, the proof may not.
    let again = answer_at(NOW, &nonce, "jti-2");
    assert_eq!(reason(&again), "the DPoP proof was used before: see jti");
    assert_eq!(answer_at(NOW + 299, &nonce, "jti-3").status, 200);
    let late = answer_at(NOW + 300, &nonce, "jti-4");
    assert_eq!(words_of(&late), "\"use_dpop_nonce\"");
}

#[test]
fn there_is_one_proof_and_not_two() {
    let rules = Rules::named("helseid").unwrap();
    let fit = Fit::new(&rules);
    let mut request = fit.request();
    let proof = request.headers["dpop"].clone();
    request.headers.append("dpop", proof);
    let answer = fit.sandbox(&rules).handle(at(NOW), &request);
    assert_eq!(reason(&answer), "the DPoP proof appears twice");
}
