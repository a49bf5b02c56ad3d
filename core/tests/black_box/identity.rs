//! The identity of a session, read through the trait.

use redox_auth_core::{
    Client, Dialect, HeaderMembers, Identity, LegacyKey, OAuthKey, Policy, RELEASED_AT, Region,
    Server, UnixTime,
};

use crate::support::driver::{Driver, FakeSigner, refusal};

/// The identity's answer to every method.
fn answers<I: Identity<Signer = FakeSigner>>(identity: I) -> [Option<String>; 6] {
    [
        Some(identity.server().token_url().as_str().to_owned()),
        identity.oauth_key(0).map(|key| key.key_id().to_owned()),
        identity.legacy_key().map(|key| format!("{key:?}")),
        identity.source_id().map(str::to_owned),
        Some(format!("{:?}", identity.policy())),
        Some(identity.earliest_time().as_secs().to_string()),
    ]
}

/// An identity with only the required methods.
struct Plain;

impl Identity for Plain {
    type Signer = FakeSigner;

    fn server(&self) -> Server<'_> {
        Server::redox(Region::Ca)
    }

    fn oauth_key(&self, _: usize) -> Option<OAuthKey<'_, FakeSigner>> {
        None
    }
}

#[test]
fn what_an_identity_does_not_say_has_a_default() {
    let url = "https://api.ca.redoxengine.com/v2/auth/token".to_owned();
    let earliest = RELEASED_AT.as_secs().to_string();
    let expected = [
        Some(url),
        None,
        None,
        None,
        Some("Usual".to_owned()),
        Some(earliest),
    ];
    assert_eq!(answers(Plain), expected);
    assert_eq!(answers(&Plain), expected);
}

#[test]
fn a_reference_to_an_identity_answers_as_the_identity_does() {
    let keys = [OAuthKey::new("client-1", "key-1", &FakeSigner)];
    let client = Client::new(Server::redox(Region::Ca))
        .with_oauth_keys(&keys)
        .with_legacy_key(LegacyKey::new("legacy-1", "secret"))
        .with_source_id("source-1")
        .with_policy(Policy::Tefca)
        .with_earliest_time(UnixTime::from_secs(1_900_000_000));
    let of_client = answers(client);
    assert!(of_client.iter().all(Option::is_some), "{of_client:?}");
    assert_eq!(of_client[3].as_deref(), Some("source-1"));
    assert_eq!(of_client[4].as_deref(), Some("Tefca"));
    assert_eq!(of_client[5].as_deref(), Some("1900000000"));
    let borrowed = &client;
    assert_eq!(answers(borrowed), of_client);
}

/// Two keys. The server finds the second through a certificate.
struct Certified;

impl Identity for Certified {
    type Signer = FakeSigner;

    fn server(&self) -> Server<'_> {
        Server::redox(Region::Ca)
    }

    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, FakeSigner>> {
        let key_id = ["key-0", "key-1"].get(index)?;
        Some(OAuthKey::new("client-1", key_id, &FakeSigner))
    }

    fn dialect(&self) -> Option<Dialect<'_>> {
        Some(Dialect::USUAL.with_lifetime_secs(60))
    }

    fn dialect_of_key(&self, index: usize) -> Option<Dialect<'_>> {
        let members = [r"{}", r#"{"x5t":"of key-1"}"#].get(index)?;
        let header = HeaderMembers::parse(members).expect("an object");
        Some(self.dialect()?.with_header(header))
    }
}

#[test]
fn each_key_has_a_header_of_its_own() {
    let mut driver = Driver::<_>::new(&Certified);
    for (key_id, x5t) in [("key-0", None), ("key-1", Some("of key-1"))] {
        let sent = driver.request();
        assert_eq!(sent.jwt(0, "kid"), key_id);
        assert_eq!(sent.jwt(0, "x5t").as_str(), x5t, "{key_id}");
        let [iat, exp] = ["iat", "exp"].map(|claim| sent.jwt(1, claim).as_u64().unwrap());
        assert_eq!(exp.checked_sub(iat), Some(60), "{key_id}");
        driver.receive(sent.ticket, 400, &refusal("kid"));
    }
}
