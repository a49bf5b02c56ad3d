//! A session whose tokens are bound to a key: the answers that it accepts, its reaction to a request for a nonce, and
//! the rules for using its tokens.

use redox_auth_core::{
    AnswerError, Api, AuthorizeError, Client, DpopIdentity, DpopKey, Next, ParseErrorKind,
    PublicKey, Reason, RestoreError, ServedBy, Session, Stopped, TokenReply, TokenType, UnixTime,
};

use crate::support::driver::{
    Driver, FakeSigner, KEY_NOT_FOUND, Kind, legacy, legacy_token, migrating, oauth, refusal, token,
};
use crate::support::keys::EcKey;
use redox_auth_core::Algorithm;

type Bound = DpopIdentity<'static, Client<'static, FakeSigner>>;

const NONCE: &str = r#"{"error":"use_dpop_nonce","error_description":"a nonce is required"}"#;
const URL: &str = "https://api.redoxengine.com/endpoint";

fn bound_to(key: &EcKey, client: Client<'static, FakeSigner>) -> Bound {
    let key = PublicKey::from_ec_point(key.algorithm, &key.point).unwrap();
    DpopIdentity::new(client, DpopKey::new(Box::leak(Box::new(key))))
}

fn bound(client: Client<'static, FakeSigner>) -> Bound {
    bound_to(&EcKey::published(Algorithm::Es256), client)
}

fn dpop_token(text: &str) -> String {
    token(text, 300).replace("Bearer", "DPoP")
}

fn kind_of(kind: Kind) -> ParseErrorKind {
    match kind {
        Kind::Unusable(AnswerError::Parse(error)) => error.kind,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_of_the_type_dpop_is_taken_and_no_other() {
    let mut driver = Driver::<_>::new(bound(oauth(1)));
    assert!(driver.exchange(200, &dpop_token("one")).is_token());
    assert_eq!(driver.token(), Some("one"));
    let small = dpop_token("one").replace("DPoP", "dpop");
    assert!(
        Driver::<_>::new(bound(oauth(1)))
            .exchange(200, &small)
            .is_token()
    );

    // A bearer token is not the requested token.
    for (body, expected) in [
        (token("one", 300), ParseErrorKind::NotDpop),
        (
            r#"{"access_token":"one"}"#.to_owned(),
            ParseErrorKind::Missing("token_type"),
        ),
    ] {
        let mut driver = Driver::<_>::new(bound(oauth(1)));
        assert_eq!(kind_of(driver.exchange(200, &body)), expected, "{body}");
        assert_eq!(driver.token(), None, "{body}");
    }
}

#[test]
fn a_session_without_a_key_takes_no_token_that_is_bound_to_one() {
    let mut driver = Driver::<_>::new(oauth(1));
    let kind = kind_of(driver.exchange(200, &dpop_token("one")));
    assert_eq!(kind, ParseErrorKind::TokenType);
    assert_eq!(driver.token(), None);

    let mut body = token("one", 300).into_bytes();
    let error = TokenReply::parse_as(TokenType::Dpop, 200, &mut body).unwrap_err();
    assert_eq!(error.token_type(&body).unwrap().to_string(), "Bearer");
    assert!(error.to_string().contains("DPoP"), "{error}");
}

#[test]
fn a_nonce_asked_for_costs_one_request_and_says_nothing_about_keys_and_clocks() {
    let mut driver = Driver::<_>::new(bound(oauth(2)));
    // The session ignores a clock that deviates, too.
    driver.server_time = driver.server_time.saturating_add(1_000);
    let first = driver.request();
    let [iat, jti] = ["iat", "jti"].map(|name| first.jwt(1, name));
    let kind = driver.receive(first.ticket, 400, NONCE);
    assert_eq!(kind, Kind::Refused(Reason::Unknown));
    assert!(matches!(driver.next(), Next::Fetch));
    let counters = driver.session.counters();
    assert_eq!((counters.refusals, counters.clock_corrections), (0, 0));

    let second = driver.request();
    assert_eq!(second.jwt(0, "kid"), "key-0");
    assert_eq!(second.jwt(1, "iat"), iat);
    assert_ne!(second.jwt(1, "jti"), jti);
    assert!(
        driver
            .receive(second.ticket, 200, &dpop_token("one"))
            .is_token()
    );
}

#[test]
fn a_nonce_that_changed_since_the_last_token_costs_one_request_more() {
    let mut driver = Driver::<_>::new(bound(oauth(1)));
    for name in ["one", "two", "three"] {
        driver.exchange(401, NONCE);
        assert!(driver.exchange(200, &dpop_token(name)).is_token(), "{name}");
        assert_eq!(driver.token(), Some(name));
        driver.pass_until_asked();
    }
    assert_eq!(driver.session.counters().requests, 6);
}

#[test]
fn a_server_that_always_wants_another_nonce_is_left_alone() {
    // The same with untried keys, because a nonce is unrelated to keys.
    let mut driver = Driver::<_>::new(bound(oauth(3)));
    for round in 1..=3 {
        driver.exchange(400, NONCE);
        driver.exchange(400, NONCE);
        let Next::Stop {
            reason: Stopped::Refused(_),
            ..
        } = driver.next()
        else {
            panic!("{:?}", driver.next());
        };
        assert_eq!(driver.session.counters().requests, 2 * round);
        assert_eq!(driver.session.counters().refusals, round);
        assert!(driver.wait_millis() >= 54_000, "{}", driver.wait_millis());
        driver.pass_until_asked();
    }
}

#[test]
fn any_other_refusal_is_what_it_was() {
    let mut driver = Driver::<_>::new(bound(oauth(2)));
    driver.exchange(400, NONCE);
    driver.exchange(400, &refusal(KEY_NOT_FOUND));
    // The session tries the second key.
    let sent = driver.request();
    assert_eq!(sent.jwt(0, "kid"), "key-1");
    assert!(
        driver
            .receive(sent.ticket, 200, &dpop_token("one"))
            .is_token()
    );

    // A busy server's request for a nonce does not count.
    let mut driver = Driver::<_>::new(bound(oauth(1)));
    driver.exchange(503, NONCE);
    assert!(matches!(driver.next(), Next::Wait { .. }));
    // Nor does the request for a nonce count for a client without proofs.
    let mut driver = Driver::<_>::new(oauth(1));
    driver.exchange(400, NONCE);
    assert!(matches!(driver.next(), Next::Stop { .. }));
}

#[test]
fn a_bound_token_goes_on_no_request_without_a_proof() {
    let mut driver = Driver::<_>::new(bound(oauth(1)));
    driver.exchange(200, &dpop_token("one"));
    let (now, served_by) = (driver.now.instant, ServedBy::OAuth { key: 0 });
    assert_eq!(driver.session.token_type(served_by), TokenType::Dpop);
    let refused = driver.session.authorize(now, Api::Other, URL);
    assert_eq!(refused.err(), Some(AuthorizeError::NeedsProof));
    let authorized = driver.session.authorize_with_proof(now, Api::Other, URL);
    assert_eq!(authorized.unwrap().expose_token().expose(), "one");
    let elsewhere = "https://evil.example/";
    let refused = driver
        .session
        .authorize_with_proof(now, Api::Other, elsewhere);
    assert!(matches!(refused, Err(AuthorizeError::Url(_))));
}

#[test]
fn the_token_of_a_legacy_key_is_bound_to_nothing() {
    let mut driver = Driver::<_>::new(bound(legacy()));
    let expires_at = driver.server_time.saturating_add(86_400);
    assert!(
        driver
            .exchange(200, &legacy_token("one", expires_at, "r"))
            .is_token()
    );
    let session = &driver.session;
    assert_eq!(session.token_type(ServedBy::Legacy), TokenType::Bearer);
    let authorized = session.authorize(driver.now.instant, Api::DataModel, URL);
    assert_eq!(authorized.unwrap().expose_token().expose(), "one");
    // With both credentials, each has its own token type.
    let session: Session<_, [u8; 64]> = Session::new(bound(migrating()));
    let types = [ServedBy::OAuth { key: 0 }, ServedBy::Legacy].map(|it| session.token_type(it));
    assert_eq!(types, [TokenType::Dpop, TokenType::Bearer]);
}

#[test]
fn a_saved_token_belongs_to_the_key_that_it_is_bound_to() {
    let mut driver = Driver::<_>::new(bound(oauth(1)));
    driver.exchange(200, &dpop_token("one"));
    let mut record = [0; 512];
    let record = driver.session.save(driver.now, &mut record).unwrap();

    let mut same = Driver::<_>::new(bound(oauth(1)));
    assert_eq!(same.session.restore(same.now, record), Ok(()));
    assert_eq!(same.token(), Some("one"));
    let other = EcKey::generate(Algorithm::Es256);
    let mut other = Driver::<_>::new(bound_to(&other, oauth(1)));
    let refused = Err(RestoreError::OtherIdentity);
    assert_eq!(other.session.restore(other.now, record), refused);
    assert_eq!(other.session.adopt(other.now, record, 300, ""), refused);
    let mut none = Driver::<_>::new(oauth(1));
    assert_eq!(none.session.restore(none.now, record), refused);
}

#[test]
fn all_else_is_that_of_the_identity_inside() {
    use redox_auth_core::{Dialect, Identity, Policy};

    static DIALECT: Dialect<'static> = Dialect::USUAL;
    let time = UnixTime::from_secs(9);
    let client = migrating()
        .with_source_id("source")
        .with_policy(Policy::Tefca)
        .with_earliest_time(time)
        .with_dialect(&DIALECT);
    let key = EcKey::published(Algorithm::Es256);
    let key = PublicKey::from_ec_point(key.algorithm, &key.point).unwrap();
    let bound = DpopIdentity::new(client, DpopKey::new(&key));
    // Also by reference.
    let bound = &bound;
    assert_eq!(Identity::server(&bound), client.server());
    assert_eq!(Identity::oauth_key(&bound, 0).unwrap().key_id(), "key-0");
    assert!(Identity::oauth_key(&bound, 1).is_none());
    assert_eq!(Identity::legacy_key(&bound).unwrap().api_key(), "legacy-1");
    assert_eq!(Identity::source_id(&bound), Some("source"));
    assert_eq!(Identity::dialect(&bound), Some(DIALECT));
    assert_eq!(Identity::policy(&bound), Policy::Tefca);
    assert_eq!(Identity::earliest_time(&bound), time);
    let thumbprint = Identity::dpop_key(&bound).map(|key| key.thumbprint());
    assert_eq!(thumbprint, Some(key.thumbprint()));
    assert!(Identity::dpop_key(&client).is_none());
}

#[test]
fn a_token_bound_to_another_key_goes_with_the_identity_that_it_was_for() {
    let mut driver = Driver::<_>::new(bound(oauth(1)));
    assert!(driver.exchange(200, &dpop_token("one")).is_token());
    // Other signing keys do not matter.
    driver.session.replace_identity(bound(oauth(2)));
    assert_eq!(driver.token(), Some("one"));
    let other = EcKey::published(Algorithm::Es384);
    driver.session.replace_identity(bound_to(&other, oauth(1)));
    assert_eq!(driver.token(), None);
    assert!(matches!(driver.next(), Next::Fetch));
}

#[test]
fn a_nonce_that_was_tried_before_a_pause_may_be_another_after_it() {
    let mut driver = Driver::<_>::new(bound(oauth(1)));
    driver.exchange(400, NONCE);
    driver.exchange(503, "busy");
    driver.pass_until_asked();
    driver.exchange(400, NONCE);
    assert!(matches!(driver.next(), Next::Fetch), "{:?}", driver.next());
    assert!(driver.exchange(200, &dpop_token("one")).is_token());
}

#[test]
fn a_legacy_keys_token_is_restored_whatever_dpop_key_there_is() {
    let mut driver = Driver::<_>::new(bound(legacy()));
    let expires_at = driver.server_time.saturating_add(86_400);
    let answer = legacy_token("one", expires_at, "two");
    assert!(driver.exchange(200, &answer).is_token());
    let mut record = [0; 1024];
    let record = driver.session.save(driver.now, &mut record).unwrap();
    let other = EcKey::published(Algorithm::Es384);
    let mut after = Driver::<_>::new(bound_to(&other, legacy()));
    after.session.restore(after.now, record).unwrap();
    assert_eq!(after.token(), Some("one"));
}
