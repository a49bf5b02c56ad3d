//! Requirements of servers that go beyond SMART and Redox, and the settings that are rejected.

use crate::support::driver::{Driver, oauth, token};
use crate::support::signers::Constant;
use redox_auth_core::{
    Claims, Dialect, DialectError, FormFields, Grant, HeaderMembers, JwtId, OAuthKey, TokenRequest,
    UnixTime, write_token_request, write_token_request_in,
};

const AUDIENCE: &str = "https://as.example/token";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn claims(dialect: &Dialect<'_>) -> String {
    let (jwt_id, mut buffer) = (JwtId::from_random([7; 16]), [0; 1024]);
    let key = OAuthKey::new("client-1", "key-1", &Constant::ES256);
    let assertion = key.assertion_in(dialect, AUDIENCE, &jwt_id, NOW);
    assertion.write_claims(&mut buffer).unwrap().to_owned()
}

#[test]
fn the_usual_dialect_is_none() {
    let (jwt_id, mut one, mut other) = (JwtId::from_random([7; 16]), [0; 1024], [0; 1024]);
    let key = OAuthKey::new("client-1", "key-1", &Constant::ES256);
    let plain = TokenRequest::new(key.assertion(AUDIENCE, &jwt_id, NOW)).scope("a b");
    let usual = key.assertion_in(&Dialect::USUAL, AUDIENCE, &jwt_id, NOW);
    let usual = TokenRequest::new(usual).scope("a b");
    assert_eq!(plain.write(&mut one), usual.write(&mut other));
    assert_eq!(
        write_token_request("a.b.c", Some("a b"), &mut one),
        write_token_request_in(
            &Dialect::USUAL,
            "client-1",
            "a.b.c",
            Some("a b"),
            &mut other
        )
    );
}

#[test]
fn every_setting_shows_in_the_claims() {
    let text = r#" { "scope" : "a b", "n":[1,{"iss":2}] } "#;
    let dialect = Dialect::USUAL
        .with_grant(Grant::JwtBearer)
        .with_subject("device-1")
        .with_claims(Claims::parse(text).unwrap())
        .with_lifetime_secs(60)
        .with_backdate_secs(1)
        .with_not_before();
    assert_eq!(
        claims(&dialect),
        concat!(
            r#"{"iss":"client-1","sub":"device-1","aud":"https://as.example/token","#,
            r#""scope" : "a b", "n":[1,{"iss":2}],"#,
            r#""nbf":1799999999,"iat":1799999999,"exp":1800000059,"jti":"BwcHBwcHBwcHBwcHBwcHBw"}"#
        )
    );
}

#[test]
fn a_template_writes_the_same() {
    let header = HeaderMembers::parse(r#"{"x5c":["MIIB"]}"#).unwrap();
    let (any_id, jwt_id) = (JwtId::from_random([1; 16]), JwtId::from_random([2; 16]));
    let key = OAuthKey::new("client-1", "key-1", &Constant::ES256);
    // Every remainder: the constant part then ends at every place of a group.
    for extra in [r#"{"a":1}"#, r#"{"a":12}"#, r#"{"a":123}"#] {
        let dialect = Dialect::USUAL
            .with_claims(Claims::parse(extra).unwrap())
            .with_header(header)
            .with_fields(FormFields::parse("udap=1").unwrap())
            .with_lifetime_secs(120)
            .with_backdate_secs(0)
            .with_not_before()
            .without_key_id()
            .with_client_id();
        let (mut text, mut one, mut other) = ([0; 1024], [0; 1024], [0; 1024]);
        let of = |jwt_id, now| {
            let assertion = key.assertion_in(&dialect, AUDIENCE, jwt_id, now);
            TokenRequest::new(assertion).scope("a")
        };
        let any = of(&any_id, UnixTime::from_secs(9));
        let template = any.write_template(&mut text).unwrap();
        assert_eq!(
            template.write(&jwt_id, NOW, &mut one),
            of(&jwt_id, NOW).write(&mut other)
        );
    }
}

#[test]
fn the_grant_is_a_form_of_its_own() {
    let dialect = Dialect::USUAL
        .with_grant(Grant::JwtBearer)
        .with_fields(FormFields::parse("a=1&b=%C3%A9").unwrap())
        .with_client_id();
    let mut buffer = [0; 512];
    let body = write_token_request_in(&dialect, "client 1", "a.b.c", Some("x y"), &mut buffer);
    assert_eq!(
        body.unwrap(),
        concat!(
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer",
            "&client_id=client+1&scope=x+y&a=1&b=%C3%A9&assertion=a.b.c"
        )
    );
}

#[test]
fn members_that_cannot_stand_there_are_refused() {
    use DialectError::{Duplicate, Name, Reserved};
    for (text, expected) in [
        ("{}", Ok(())),
        (" {\n} ", Ok(())),
        (r#"{"a":1,"b":{"a":1,"iss":2}}"#, Ok(())),
        (r#"{"iss":1}"#, Err(Reserved("iss"))),
        (r#"{"a":1,"nbf":1}"#, Err(Reserved("nbf"))),
        (r#"{"a":1,"b":2,"a":3}"#, Err(Duplicate { at: 14 })),
        (r#"{"\u0069ss":1}"#, Err(Name { at: 2 })),
        (r#"{"":1}"#, Err(Name { at: 2 })),
    ] {
        assert_eq!(Claims::parse(text).map(|_| ()), expected, "{text}");
    }
    for name in ["sub", "aud", "iat", "exp", "jti"] {
        let text = format!(r#"{{"{name}":1}}"#);
        assert_eq!(Claims::parse(&text), Err(Reserved(name)));
        assert!(HeaderMembers::parse(&text).is_ok(), "{name}");
    }
    for name in ["alg", "typ", "kid", "crit", "b64"] {
        let text = format!(r#"{{"{name}":1}}"#);
        assert_eq!(HeaderMembers::parse(&text), Err(Reserved(name)));
        assert!(Claims::parse(&text).is_ok(), "{name}");
    }
    for text in [
        "",
        "{",
        "[]",
        "1",
        r#"{"a":}"#,
        r#"{"a":1} {}"#,
        r#"{"a":1,}"#,
    ] {
        let refused = Claims::parse(text);
        assert!(matches!(refused, Err(DialectError::Json(_))), "{text}");
    }
}

#[test]
fn fields_that_cannot_stand_there_are_refused() {
    use DialectError::{Duplicate, Form, Reserved};
    for (text, expected) in [
        ("", Ok(())),
        ("a=", Ok(())),
        ("audience=https%3A%2F%2Fapi.example&udap=1", Ok(())),
        ("resource=a&resource=b", Ok(())),
        ("a=1&b=2&%61=3", Err(Duplicate { at: 8 })),
        ("a=1&scope=b", Err(Reserved("scope"))),
        ("%63lient_id=b", Err(Reserved("client_id"))),
        ("a", Err(Form { at: 0 })),
        ("=a", Err(Form { at: 0 })),
        ("a=1&", Err(Form { at: 4 })),
        ("a=1&&b=2", Err(Form { at: 4 })),
        ("a=b c", Err(Form { at: 0 })),
        ("a=%4", Err(Form { at: 0 })),
        ("a=b=c", Err(Form { at: 0 })),
        ("a=é", Err(Form { at: 0 })),
    ] {
        assert_eq!(FormFields::parse(text).map(|_| ()), expected, "{text}");
    }
    for name in [
        "grant_type",
        "client_assertion_type",
        "client_assertion",
        "assertion",
    ] {
        assert_eq!(FormFields::parse(&format!("{name}=1")), Err(Reserved(name)));
    }
}

#[test]
fn a_token_for_another_subject_goes_with_the_identity_that_it_was_for() {
    const ONE: Dialect<'_> = Dialect::USUAL.with_subject("user-1");
    const OTHER: Dialect<'_> = Dialect::USUAL.with_subject("user-2");
    const SLOWER: Dialect<'_> = ONE.with_lifetime_secs(60);
    let mut driver = Driver::<_>::new(oauth(1).with_dialect(&ONE));
    assert!(driver.exchange(200, &token("one", 300)).is_token());
    driver
        .session
        .replace_identity(oauth(2).with_dialect(&SLOWER));
    assert_eq!(driver.token(), Some("one"));
    driver.pass_until_asked();
    let request = driver.request();
    driver
        .session
        .replace_identity(oauth(1).with_dialect(&OTHER));
    assert_eq!(driver.token(), None);
    // A token in answer to one request is not valid for the other.
    assert!(
        !driver
            .receive(request.ticket, 200, &token("two", 300))
            .is_token()
    );
    assert_eq!(driver.token(), None);
}

#[test]
fn the_usual_dialect_restores_what_none_saved() {
    let mut driver = Driver::<_>::new(oauth(1));
    assert!(driver.exchange(200, &token("one", 300)).is_token());
    let mut record = [0; 1024];
    let record = driver.session.save(driver.now, &mut record).unwrap();
    let mut usual = Driver::<_>::new(oauth(1).with_dialect(&Dialect::USUAL));
    usual.session.restore(usual.now, record).unwrap();
    assert_eq!(usual.token(), Some("one"));
    const GRANT: Dialect<'_> = Dialect::USUAL.with_grant(Grant::JwtBearer);
    let mut grant = Driver::<_>::new(oauth(1).with_dialect(&GRANT));
    assert!(grant.session.restore(grant.now, record).is_err());
}

#[test]
fn nothing_that_may_be_about_a_person_is_in_debug() {
    let dialect = Dialect::USUAL
        .with_subject("hush-hush")
        .with_claims(Claims::parse(r#"{"patient":"hush-hush"}"#).unwrap())
        .with_header(HeaderMembers::parse(r#"{"jku":"hush-hush"}"#).unwrap())
        .with_fields(FormFields::parse("launch=hush-hush").unwrap());
    let shown = format!("{dialect:?} {:?}", oauth(1).with_dialect(&Dialect::USUAL));
    assert!(!shown.contains("hush-hush"), "{shown}");
    assert!(shown.contains("Claims(21 bytes)"), "{shown}");
}

#[test]
fn a_dialect_gives_what_asks_for_another_token_and_nothing_else() {
    let asked = |dialect: Dialect<'static>| dialect.asks_for().collect::<Vec<_>>();
    let usual = Dialect::USUAL;
    let claims = Claims::parse(r#"{"purpose":"TREAT"}"#).unwrap();
    let fields = FormFields::parse("udap=1").unwrap();
    let header = HeaderMembers::parse(r#"{"jku":"https://client.example/jwks"}"#).unwrap();
    for alike in [
        usual,
        usual.with_header(header),
        usual.with_lifetime_secs(60).with_backdate_secs(0),
        usual.with_not_before().without_key_id().with_client_id(),
    ] {
        assert_eq!(asked(alike), []);
    }
    let all = usual.with_subject("user").with_claims(claims);
    let all = all.with_fields(fields).with_grant(Grant::JwtBearer);
    assert_eq!(
        asked(all),
        [
            (1, "user"),
            (2, r#""purpose":"TREAT""#),
            (3, "udap=1"),
            (4, "jwt-bearer")
        ]
    );
}
