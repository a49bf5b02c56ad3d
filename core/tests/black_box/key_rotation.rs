//! Several keys under one client ID: which key signs, when the session switches to the next, and what it reports.

use redox_auth_core::{
    Algorithm, Client, Identity, Next, OAuthKey, Reason, Region, ServedBy, Server, Session,
    SignError, Signer, Stopped,
};

use crate::support::driver::{Driver, KEY_NOT_FOUND, Kind, START, oauth, refusal, token};

/// The key IDs of the requests, until the session asks for no other request at once.
fn tried_key_ids<I>(driver: &mut Driver<I>, status: u16, body: &str) -> Vec<String>
where
    I: Identity<Signer = crate::support::driver::FakeSigner>,
{
    let mut tried = Vec::new();
    while driver.next().until().is_none() && tried.len() < 10 {
        let sent = driver.request();
        tried.push(sent.jwt(0, "kid").as_str().unwrap().to_owned());
        driver.receive(sent.ticket, status, body);
    }
    tried
}

#[test]
fn every_key_is_tried_once_and_at_once_when_the_server_does_not_find_them() {
    for keys in 1..=4 {
        let mut driver = Driver::<_>::new(oauth(keys));
        let expected: Vec<_> = (0..keys).map(|index| format!("key-{index}")).collect();
        let tried = tried_key_ids(&mut driver, 400, &refusal(KEY_NOT_FOUND));
        assert_eq!(tried, expected);
        let Next::Stop {
            reason: Stopped::Refused(refused),
            ..
        } = driver.next()
        else {
            panic!("{keys} keys: {:?}", driver.next());
        };
        assert_eq!(refused.reason, Reason::KeyNotFound, "{keys} keys");
    }
}

#[test]
fn after_the_pause_every_key_is_tried_again() {
    let mut driver = Driver::<_>::new(oauth(3));
    for round in 0..4 {
        let mut tried = tried_key_ids(&mut driver, 400, &refusal(KEY_NOT_FOUND));
        tried.sort();
        assert_eq!(tried, ["key-0", "key-1", "key-2"], "round {round}");
        driver.pass_until_asked();
    }
}

#[test]
fn the_key_that_worked_is_named_and_stays() {
    let mut driver = Driver::<_>::new(oauth(3));
    driver.exchange(400, &refusal(KEY_NOT_FOUND));
    for name in ["one", "two", "three"] {
        let sent = driver.request();
        assert_eq!(sent.jwt(0, "kid"), "key-1", "{name}");
        let Kind::Token(minted) = driver.receive(sent.ticket, 200, &token(name, 300)) else {
            panic!("no token");
        };
        assert_eq!(minted.served_by, ServedBy::OAuth { key: 1 }, "{name}");
        let used = driver.next().token().unwrap();
        assert_eq!(used.served_by(), ServedBy::OAuth { key: 1 }, "{name}");
        driver.pass_until_asked();
    }
}

#[test]
fn a_key_that_is_taken_away_at_the_server_costs_one_attempt_and_no_moment_without_a_token() {
    let mut driver = Driver::<_>::new(oauth(2));
    driver.get_token("one", 300);
    driver.pass_until_asked();
    driver.exchange(400, &refusal(KEY_NOT_FOUND));
    assert_eq!(driver.token(), Some("one"));
    assert!(matches!(driver.next(), Next::Renew { .. }));
    let minted = driver.get_token("two", 300);
    assert_eq!(minted.served_by, ServedBy::OAuth { key: 1 });
    assert!(!minted.changed, "it is the same credential");
    // Later the first key is tried again, and the second is dropped: the keys rotate.
    driver.pass_until_asked();
    assert_eq!(
        tried_key_ids(&mut driver, 400, &refusal(KEY_NOT_FOUND)),
        ["key-1", "key-0"]
    );
    assert_eq!(driver.token(), Some("two"));
}

#[test]
fn a_server_that_does_not_say_what_is_wrong_with_the_client_may_mean_the_key() {
    let mut driver = Driver::<_>::new(oauth(3));
    let body = r#"{"error":"invalid_client","error_description":"client authentication failed"}"#;
    assert_eq!(
        tried_key_ids(&mut driver, 401, body),
        ["key-0", "key-1", "key-2"]
    );
}

#[test]
fn a_refusal_that_no_key_can_change_is_not_blamed_on_the_key() {
    for (status, body) in [
        (400, refusal("Missing client assertion")),
        (404, String::from("Not Found")),
        (302, String::new()),
        (503, String::from("busy")),
        (429, String::new()),
        (200, String::from("<html>")),
    ] {
        let mut driver = Driver::<_>::new(oauth(2));
        assert_eq!(
            tried_key_ids(&mut driver, status, &body),
            ["key-0"],
            "{status} {body}"
        );
        driver.pass_until_asked();
        let sent = driver.request();
        assert_eq!(sent.jwt(0, "kid"), "key-0", "{status} {body}");
    }
}

#[test]
fn a_clock_that_deviates_is_corrected_before_another_key_is_tried() {
    let mut driver = Driver::<_>::new(oauth(2));
    driver.server_time = START.saturating_add(86_400);
    driver.exchange(
        401,
        r#"{"error":"invalid_client","error_description":"no"}"#,
    );
    let sent = driver.request();
    assert_eq!(sent.jwt(0, "kid"), "key-0");
    // The clock is right now, and therefore the key was the cause.
    driver.receive(
        sent.ticket,
        401,
        r#"{"error":"invalid_client","error_description":"no"}"#,
    );
    assert_eq!(driver.request().jwt(0, "kid"), "key-1");
}

#[test]
fn keys_are_replaced_at_run_time_without_losing_the_token() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.get_token("one", 300);
    driver.pass_until_asked();
    driver.exchange(400, &refusal(KEY_NOT_FOUND));
    assert!(matches!(driver.next(), Next::Use { .. }), "it waits");

    let other = OAuthKey::new("client-1", "key-new", &crate::support::driver::FakeSigner);
    let keys = [other];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(keys.to_vec().leak());
    let before = driver.session.replace_identity(client);
    let key_id = before.oauth_key(0).map(|key| key.key_id());
    assert_eq!(key_id, Some("key-0"), "what it was comes back");
    assert_eq!(driver.token(), Some("one"));
    // After a refusal, the session tries the new key at once.
    let sent = driver.request();
    assert_eq!(sent.jwt(0, "kid"), "key-new");
    assert!(
        driver
            .receive(sent.ticket, 200, &token("two", 300))
            .is_token()
    );
}

#[test]
fn a_stopped_session_goes_on_at_once_with_a_new_identity() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.exchange(400, &refusal(KEY_NOT_FOUND));
    assert!(matches!(driver.next(), Next::Stop { .. }));
    driver.session.replace_identity(oauth(2));
    assert!(matches!(driver.next(), Next::Fetch));
}

/// Signs everything with its own number.
#[derive(Clone, Copy)]
struct Numbered(u8);

impl Signer for Numbered {
    fn algorithm(&self) -> Algorithm {
        // Two algorithms: the header must change with the key.
        [Algorithm::Es256, Algorithm::Es384][usize::from(self.0 % 2)]
    }

    fn signature_len(&self) -> usize {
        [64, 96][usize::from(self.0 % 2)]
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature.fill(self.0);
        Ok(())
    }
}

#[test]
fn key_id_algorithm_and_signature_are_of_one_key_in_every_attempt() {
    let signers = [Numbered(10), Numbered(11), Numbered(12)];
    let names = ["key-10", "key-11", "key-12"];
    let keys = [0, 1, 2].map(|at| OAuthKey::new("client-1", names[at], &signers[at]));
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let mut driver = Driver::<_>::new(oauth(1));
    let mut session = Session::<_>::new(client);
    for (number, algorithm) in [(10_u8, "ES256"), (11, "ES384"), (12, "ES256")] {
        let mut out = [0; 2_048];
        let jwt_id = driver.jwt_id();
        let request = session.request(driver.now, jwt_id, &mut out).unwrap();
        let (_, assertion) = request
            .expose_body()
            .split_once("client_assertion=")
            .unwrap();
        let [header, _, signature] = crate::support::verifier::parts_of(assertion);
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header["kid"], format!("key-{number}"));
        assert_eq!(header["alg"], algorithm);
        assert!(signature.iter().all(|byte| *byte == number), "{number}");
        let ticket = request.ticket;
        let mut body = refusal(KEY_NOT_FOUND).into_bytes();
        let response =
            redox_auth_core::Response::new(400, redox_auth_core::Channel::Authenticated, &mut body);
        let received = session.receive(ticket, driver.now, response);
        assert!(matches!(received, redox_auth_core::Received::Refused(_)));
    }
}
