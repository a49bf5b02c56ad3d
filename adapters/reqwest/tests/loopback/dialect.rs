//! Each token request meets the requirements of servers other than Redox. `build` reports impossible ones.

use redox_auth_reqwest::{BuildError, Builder, Grant, Redox, TenantError, Tenants, UnixTime};
use serde_json::{Value, json};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{CLIENT_ID, client_of, decode, everything, good_token, keys};

/// The fields of a form, and the header and claims of the assertion in it.
struct Sent {
    fields: Vec<(String, String)>,
    header: Value,
    claims: Value,
}

impl Sent {
    fn parse(request: &str) -> Self {
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        let form = reqwest::Url::parse(&format!("http://localhost/?{body}")).unwrap();
        let fields: Vec<_> = form.query_pairs().into_owned().collect();
        let named = |name: &str| fields.iter().find(|(field, _)| field == name);
        let assertion = named("client_assertion").or_else(|| named("assertion"));
        let (header, claims) = decode(&assertion.unwrap().1);
        Self {
            fields,
            header,
            claims,
        }
    }

    fn field(&self, name: &str) -> Vec<&str> {
        let found = self.fields.iter().filter(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str()).collect()
    }
}

/// The token request, at this time, of a client that `change` sets up.
async fn sent(change: impl Fn(Builder) -> Builder) -> Sent {
    let server = Canned::always(good_token());
    let clocks = Clocks::alone();
    let redox = change(client_of(&server)).clock(clocks.now());
    redox.build().unwrap().token().await.unwrap();
    Sent::parse(&server.only_request())
}

#[tokio::test]
async fn additions_stand_in_assertion_and_form_as_they_were_given() {
    let sent = sent(|builder| {
        builder
            .claim("extensions", r#"{"hl7-b2b": {"version": "1"}}"#)
            .claims("purposeId=\"p\"")
            .claims(r#"{"n": 1.10, "list": [1, "\u00e9"]}"#)
            .header("jku", r#""https://client.example/jwks""#)
            .headers("x5c=[\"MII\"]")
            .field("audience", "https://api.example/?a=b&c")
            .fields("launch=a=b")
            .fields(r#"{"resource": "r/1", "resource": "r 2"}"#)
            .send_client_id()
            .scope("system/*.rs")
    })
    .await;
    assert_eq!(
        sent.claims["extensions"],
        json!({"hl7-b2b": {"version": "1"}})
    );
    assert_eq!(sent.claims["purposeId"], "p");
    assert_eq!(sent.claims["list"], json!([1, "é"]));
    assert_eq!(sent.header["jku"], "https://client.example/jwks");
    assert_eq!(sent.header["x5c"], json!(["MII"]));
    assert!(sent.header["kid"].is_string(), "{}", sent.header);
    for (name, values) in [
        ("grant_type", &["client_credentials"][..]),
        ("scope", &["system/*.rs"]),
        ("client_id", &[CLIENT_ID]),
        ("audience", &["https://api.example/?a=b&c"]),
        ("launch", &["a=b"]),
        ("resource", &["r/1", "r 2"]),
    ] {
        assert_eq!(sent.field(name), values, "{name}");
    }
}

#[tokio::test]
async fn times_and_kid_are_as_they_were_set() {
    let usual = sent(|builder| builder).await;
    let now = usual.claims["iat"].as_u64().unwrap() + 5;
    assert_eq!(usual.claims["exp"], now + 295);
    assert_eq!(usual.claims.get("nbf"), None);
    assert_eq!(usual.field("client_id"), [""; 0]);
    let changed = sent(|builder| {
        let builder = builder.lifetime_secs(60).backdate_secs(0);
        builder.not_before().without_key_id()
    })
    .await;
    let iat = changed.claims["iat"].as_u64().unwrap();
    assert_eq!(changed.claims["exp"], iat + 60);
    assert_eq!(changed.claims["nbf"], iat);
    assert_eq!(changed.header.get("kid"), None);
}

#[tokio::test]
async fn the_assertion_can_be_the_grant_for_a_subject() {
    let sent = sent(|builder| {
        let builder = builder.grant(Grant::JwtBearer).subject("user@example.com");
        let builder = builder.audience("account-d.docusign.com");
        builder.claim("scope", "\"a b\"")
    })
    .await;
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    assert_eq!(sent.field("grant_type"), [grant]);
    assert_eq!(sent.field("assertion").len(), 1);
    assert_eq!(sent.field("client_assertion"), [""; 0]);
    assert_eq!(sent.claims["iss"], CLIENT_ID);
    assert_eq!(sent.claims["sub"], "user@example.com");
    assert_eq!(sent.claims["aud"], "account-d.docusign.com");
    assert_eq!(sent.claims["scope"], "a b");
}

#[tokio::test]
async fn an_assertion_to_look_at_and_one_from_elsewhere_follow_the_same_dialect() {
    let server = Canned::always(good_token());
    let redox = client_of(&server)
        .claim("purposeId", "7")
        .field("audience", "api")
        .send_client_id()
        .lifetime_secs(60)
        .build()
        .unwrap();
    let at = UnixTime::from_secs(1_800_000_000);
    let assertion = redox.assertion(at).unwrap();
    let (_, claims) = decode(&assertion);
    assert_eq!(claims["purposeId"], 7);
    assert_eq!(claims["exp"], 1_800_000_055);
    redox.exchange(&assertion).await.unwrap();
    let sent = Sent::parse(&server.only_request());
    assert_eq!(sent.field("client_assertion"), [assertion.as_str()]);
    assert_eq!(sent.field("audience"), ["api"]);
    assert_eq!(sent.field("client_id"), [CLIENT_ID]);
}

#[test]
fn a_forbidden_addition_is_an_error_before_anything_is_signed() {
    type Change = fn(Builder) -> Builder;
    let cases: [(Change, &str); 17] = [
        (
            |it| it.claim("purposeId", "hush-hush"),
            "claim \"purposeId\": expected JSON, where a text has double quotes",
        ),
        (
            |it| it.claim("a", "1,\"iss\":\"b\""),
            "claim \"a\": expected JSON",
        ),
        (
            |it| it.claim("iss", "\"hush-hush\""),
            "claim \"iss\": it cannot be added: set the client ID",
        ),
        (
            |it| it.claim("jti", "\"hush-hush\""),
            "claim \"jti\": it cannot be added",
        ),
        (
            |it| it.claim("a", "1").claims(r#"{"a": "hush-hush"}"#),
            "claim \"a\": expected each name once",
        ),
        (
            |it| it.claims(r#"{"a": 1, "a": "hush-hush"}"#),
            "claim \"a\": expected each name once",
        ),
        (
            |it| it.claim("a\"b", "\"hush-hush\""),
            "claim \"a\\\"b\": expected a name without escapes",
        ),
        (|it| it.claims("hush-hush"), "claim: expected NAME=VALUE"),
        (
            |it| it.claims("{hush-hush}"),
            "claim: expected JSON, where a text has double quotes",
        ),
        (
            |it| it.header("kid", "\"hush-hush\""),
            "header member \"kid\": it cannot be added: set the key ID",
        ),
        (
            |it| it.header("crit", "[\"hush-hush\"]"),
            "header member \"crit\": it cannot be added",
        ),
        (
            |it| it.field("client_id", "hush-hush"),
            "form field \"client_id\": it cannot be added",
        ),
        (
            |it| it.field("a", "hush-hush").field("a", "b"),
            "form field \"a\": expected each name once",
        ),
        (
            |it| it.header("jwk", r#"{"kty":"EC","d":"hush-hush"}"#),
            "header member \"jwk\": expected a public key",
        ),
        (
            |it| it.header("jwk", "\"hush-hush\""),
            "header member \"jwk\": expected a public key",
        ),
        (
            |it| it.lifetime_secs(5),
            "assertions: expected `iat` to be set back by less than their lifetime of 5 seconds, found 5: set it back by less, or give them a longer lifetime",
        ),
        (
            |it| it.lifetime_secs(0),
            "lifetime of assertions: expected 1 to 300 seconds, found 0",
        ),
    ];
    for (change, expected) in cases {
        let builder = change(Redox::builder().oauth_key(CLIENT_ID, keys::es256()));
        assert!(!format!("{builder:?}").contains("hush-hush"), "{builder:?}");
        let error: BuildError = builder.build().expect_err(expected);
        let shown = everything(&error);
        assert!(shown.starts_with(expected), "{shown}");
        assert!(!shown.contains("hush-hush"), "{shown}");
    }
}

/// UDAP binds a token to a user and a purpose, so one client ID may stand in a table once for each.
#[tokio::test]
async fn the_requested_settings_distinguish_tenants_of_one_client_id() {
    let server = Canned::always(good_token());
    let url = server.url();
    let tenants = Tenants::new(move |purpose: &&str| {
        let builder = Redox::builder().base_url(&url);
        let builder = builder.oauth_key(CLIENT_ID, keys::es256());
        let purpose = purpose.trim_end_matches('!');
        builder.claim("purpose", format!("{purpose:?}")).build()
    });
    tenants.token(&"treatment").await.unwrap();
    tenants.token(&"payment").await.unwrap();
    let error = tenants.token(&"payment!").await.unwrap_err();
    assert!(error.to_string().contains("client ID"), "{error}");
    assert_eq!(server.requests().len(), 2);
    let _: TenantError = tenants.get(&"payment!").await.unwrap_err();
}

#[tokio::test]
async fn a_saved_token_is_not_taken_for_another_purpose() {
    let server = Canned::always(Answer::json(
        "200 OK",
        r#"{"access_token":"granted","token_type":"Bearer","expires_in":300}"#,
    ));
    let client = |purpose: &str| {
        let builder = client_of(&server).claim("purpose", format!("{purpose:?}"));
        builder.build().unwrap()
    };
    let saved = client("treatment");
    saved.token().await.unwrap();
    let record = saved.save().unwrap();
    assert!(client("payment").restore(&record).is_err());
    client("treatment").restore(&record).unwrap();
}
