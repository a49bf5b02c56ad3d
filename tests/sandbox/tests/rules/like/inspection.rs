//! The rules without a server, for a person who has only an assertion or a form.

use redox_auth_sandbox::{ObjectionKind, PublicKeys, Rules, SignatureCheck, Site};
use serde_json::json;

use super::fit::{Fit, certificate};
use crate::support::*;

#[test]
fn what_fits_has_no_objection_at_any_server() {
    for name in Rules::names() {
        let rules = Rules::named(name).unwrap();
        let fit = Fit::new(&rules);
        if fit.algorithm == "HS256" {
            continue;
        }
        let site = rules.site_at(BASE_URL);
        let request = fit.request();
        assert_eq!(
            rules.judge_form(&request.body, &site, at(NOW)),
            [],
            "{name}"
        );
        assert_eq!(
            rules.judge_assertion(&fit.compact(), &site, at(NOW)),
            [],
            "{name}"
        );
    }
}

#[test]
fn everything_is_said_at_once() {
    let rules = Rules::named("helseid").unwrap();
    let mut fit = Fit::new(&rules);
    for change in [
        "header typ",
        "claim nbf",
        "claim exp=NOW+61",
        "claim aud=\"x\"",
        "field scope",
    ] {
        fit.change(change);
    }
    let site = rules.site_at(BASE_URL);
    let found = rules.judge_form(&fit.request().body, &site, at(NOW));
    let kinds: Vec<_> = found.iter().map(|it| (it.kind(), it.about())).collect();
    assert_eq!(
        kinds,
        [
            (ObjectionKind::Typ, "typ"),
            (ObjectionKind::Aud, "aud"),
            (ObjectionKind::ClaimMissing, "nbf"),
            (ObjectionKind::ExpAhead, "exp"),
            (ObjectionKind::FieldMissing, "scope"),
        ]
    );
}

#[test]
fn an_audience_is_judged_as_far_as_the_site_is_known() {
    for (server, site, aud, is_taken) in [
        // Nothing is known but the values that are the same for all customers.
        ("okta", Site::new(), "https://x.example/token", true),
        (
            "nhs",
            Site::new(),
            "https://api.service.nhs.uk/oauth2/token",
            true,
        ),
        ("nhs", Site::new(), "https://x.example/token", false),
        (
            "redox",
            Site::new(),
            "https://api.ca.redoxengine.com/v2/auth/token",
            true,
        ),
        // The token URL is enough for those that want it, and no help for those that want the issuer.
        (
            "okta",
            Site::new().token_url("https://x.example/token"),
            "https://x.example/token",
            true,
        ),
        (
            "okta",
            Site::new().token_url("https://x.example/token"),
            "https://x.example/",
            false,
        ),
        (
            "helseid",
            Site::new().token_url("https://x.example/token"),
            "https://x.example",
            true,
        ),
        (
            "docusign",
            Site::new().token_url("https://x.example/token"),
            "x.example",
            true,
        ),
        (
            "docusign",
            Site::new().token_url("https://x.example/token"),
            "https://x.example",
            false,
        ),
        (
            "keycloak",
            Site::new().token_url("https://x.example/token"),
            "anything",
            true,
        ),
        // A chosen audience counts alone.
        (
            "okta",
            Site::new()
                .token_url("https://x.example/token")
                .audience("a"),
            "a",
            true,
        ),
        (
            "okta",
            Site::new().audience("a"),
            "https://x.example/token",
            false,
        ),
        (
            "helseid",
            Site::new().issuer("https://x.example"),
            "https://x.example/",
            false,
        ),
    ] {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        fit.claims["aud"] = aud.into();
        let found = rules.judge_assertion(&fit.compact(), &site, at(NOW));
        assert_eq!(
            found.is_empty(),
            is_taken,
            "{server}, {site:?}, {aud}: {found:?}"
        );
    }
    let okta = Rules::named("okta").unwrap();
    assert!(!okta.can_judge_audience(&Site::new()));
    assert!(okta.can_judge_audience(&Site::new().token_url("https://x.example/token")));
}

#[test]
fn a_signature_is_checked_with_the_keys_at_hand() {
    let [es384, es256] =
        ["ES384", "ES256"].map(|algorithm| sign(algorithm, &header(algorithm), &claims("jti-1")));
    let keys = PublicKeys::parse(&jwks()).unwrap();
    assert_eq!(keys.check(&es384), by("key-ES384", true));
    assert_eq!(keys.check("a.b"), SignatureCheck::Malformed);
    let (signed, _) = es384.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", es256.rsplit_once('.').unwrap().1);
    assert_eq!(keys.check(&forged), SignatureCheck::ByNone { named: true });

    // The named key is the one that counts.
    let misnamed = with(&header("ES384"), "kid", "key-ES256".into());
    let misnamed = sign("ES384", &misnamed, &claims("jti-1"));
    assert_eq!(
        keys.check(&misnamed),
        SignatureCheck::ByNone { named: true }
    );

    let nameless = with(&Key::jwk("ES384"), "kid", json!(null)).to_string();
    let keys = PublicKeys::parse(&nameless).unwrap();
    assert_eq!(keys.check(&es384), by("key 0", false));
    assert_eq!(keys.check(&es256), SignatureCheck::ByNone { named: false });

    for algorithm in ["RS256", "PS256", "RS512", "ES384", "ES512"] {
        let keys = PublicKeys::from_der(&certificate(algorithm), "certificate").unwrap();
        let compact = sign(algorithm, &header(algorithm), &claims("jti-1"));
        assert_eq!(
            keys.check(&compact),
            by("certificate", false),
            "{algorithm}"
        );
    }
    assert!(PublicKeys::from_der(b"no key", "key").is_err());
    assert!(PublicKeys::parse("[]").is_err() && PublicKeys::parse("{").is_err());
}

fn by(key: &str, named: bool) -> SignatureCheck {
    let key = key.to_owned();
    SignatureCheck::By { key, named }
}
