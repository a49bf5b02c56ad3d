use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::HashSet;
use std::sync::{Condvar, Mutex};
use std::thread;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use rayon::ThreadPoolBuilder;
use redox_auth_core::SigningKey;
use redox_auth_reqwest::{
    Algorithm, Error, JwtId, Key, OAuthKey, RequestError, SignError, Signer, TokenRequest,
    UnixTime, WriteError, sign_each,
};
use serde_json::{Value, json};

use crate::support::keys::{self, ALGORITHMS};
use crate::support::{CLIENT_ID, decode, jwks, verified_on_p521};

const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
const A_MINUTE: Duration = Duration::from_secs(60);
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

/// One customer of a service.
struct Tenant {
    client_id: String,
    key: Key,
    audience: String,
}

impl Tenant {
    fn new(number: usize, algorithm: Algorithm) -> Self {
        Self {
            client_id: format!("client-{number}"),
            key: keys::key_called(&format!("key-{number}"), algorithm),
            audience: format!("https://as-{number}.example/token"),
        }
    }

    fn oauth_key(&self) -> OAuthKey<'_, Key> {
        OAuthKey::new(&self.client_id, self.key.key_id(), &self.key)
    }

    /// The claims of an assertion that this tenant's key has signed, as `jsonwebtoken` finds, or pure Rust for ES512,
    /// which that does not have.
    fn verified(&self, assertion: &str) -> Value {
        if self.key.algorithm() == Algorithm::Es512 {
            let jwks: Value = serde_json::from_str(&jwks(&self.key)).unwrap();
            let claims = verified_on_p521(&jwks["keys"][0], assertion);
            assert_eq!(decode(assertion).0["kid"], self.key.key_id());
            assert_eq!(claims["aud"], self.audience.as_str());
            assert_eq!(claims["iss"], self.client_id.as_str());
            return claims;
        }
        let jwks: JwkSet = serde_json::from_str(&jwks(&self.key)).unwrap();
        let jwk = jwks.find(self.key.key_id()).unwrap();
        let algorithm = self.key.algorithm().as_str().parse().unwrap();
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[&self.audience]);
        validation.set_issuer(&[&self.client_id]);
        // Time is the test's.
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(jwk).unwrap();
        let decoded = jsonwebtoken::decode(assertion, &key, &validation)
            .unwrap_or_else(|error| panic!("{}: {error}", self.client_id));
        assert_eq!(decoded.header.kid.as_deref(), Some(self.key.key_id()));
        decoded.claims
    }
}

/// A signer whose key is out of reach.
struct OutOfReach;

impl Signer for OutOfReach {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es384
    }

    fn signature_len(&self) -> usize {
        96
    }

    fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
        Err(SignError::Backend)
    }
}

/// A signer that counts.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Signer for Counting {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        signature.fill(7);
        Ok(())
    }
}

#[test]
fn each_of_many_keys_signs_its_own_assertion_in_its_place() {
    let tenants: Vec<_> = ALGORITHMS
        .into_iter()
        .cycle()
        .enumerate()
        .map(|(number, algorithm)| Tenant::new(number, algorithm))
        .take(200)
        .collect();
    let assertions = sign_each(&tenants, |tenant, jwt_id, out| {
        tenant
            .oauth_key()
            .assertion(&tenant.audience, jwt_id, NOW)
            .write(out)
    });
    assert_eq!(assertions.len(), tenants.len());
    let mut jwt_ids = HashSet::new();
    for (tenant, assertion) in tenants.iter().zip(assertions) {
        let claims = tenant.verified(&assertion.unwrap());
        assert_eq!(claims["exp"], json!(1_800_000_295), "{}", tenant.client_id);
        let jwt_id = claims["jti"].as_str().unwrap().to_owned();
        assert!(jwt_ids.insert(jwt_id), "{}: used before", tenant.client_id);
    }
}

#[test]
fn an_entry_that_cannot_sign_fails_alone() {
    let core = SigningKey::parse(&keys::pkcs8(Algorithm::Es384)).unwrap();
    let signers: [(&str, &(dyn Signer + Sync)); 5] = [
        ("key-0", &keys::es256()),
        ("key-1", &OutOfReach),
        ("key-2", &core),
        ("", &core),
        ("key-4", &keys::key(Algorithm::Rs384)),
    ];
    let assertions = sign_each(&signers, |(key_id, signer), jwt_id, out| {
        OAuthKey::new(CLIENT_ID, key_id, *signer)
            .assertion(AUDIENCE, jwt_id, NOW)
            .write(out)
    });
    let reasons = [
        None,
        Some(WriteError::Sign(SignError::Backend)),
        None,
        Some(WriteError::EmptyClaim("kid")),
        None,
    ];
    assert_eq!(assertions.len(), reasons.len());
    for ((assertion, reason), (key_id, _)) in assertions.into_iter().zip(reasons).zip(signers) {
        match (assertion, reason) {
            (Ok(assertion), None) => assert_eq!(decode(&assertion).0["kid"], key_id),
            (Err(Error::NotWritten(RequestError::Write(found))), Some(expected)) => {
                assert_eq!(found, expected);
            }
            (found, _) => panic!("{key_id}: {found:?}"),
        }
    }
}

#[test]
fn an_empty_list_needs_no_signature() {
    let none: [Tenant; 0] = [];
    let assertions = sign_each(&none, |_, _, _| panic!("there is no entry"));
    assert!(assertions.is_empty());
}

#[test]
fn each_entry_costs_one_signature() {
    let signer = Counting::default();
    let keys = [OAuthKey::new(CLIENT_ID, "key-1", &signer); 50];
    let assertions = sign_each(&keys, |key, jwt_id, out| {
        key.assertion(AUDIENCE, jwt_id, NOW).write(out)
    });
    assert!(assertions.iter().all(Result::is_ok));
    assert_eq!(signer.0.load(Ordering::Relaxed), keys.len());
}

#[test]
fn a_token_request_by_a_template_is_as_good() {
    let tenants = ALGORITHMS.map(|algorithm| Tenant::new(0, algorithm));
    let (any_id, mut buffers) = (JwtId::from_random([0; 16]), [[0; 1024]; ALGORITHMS.len()]);
    let templates: Vec<_> = tenants
        .iter()
        .zip(&mut buffers)
        .map(|(tenant, buffer)| {
            let assertion = tenant.oauth_key().assertion(&tenant.audience, &any_id, NOW);
            TokenRequest::new(assertion)
                .scope("system/*.rs")
                .write_template(buffer)
                .unwrap()
        })
        .collect();
    let bodies = sign_each(&templates, |template, jwt_id, out| {
        template.write(jwt_id, NOW, out)
    });
    for (tenant, body) in tenants.iter().zip(bodies) {
        let body = body.unwrap();
        let (form, assertion) = body.rsplit_once('=').unwrap();
        assert!(form.contains("&scope=system%2F*.rs&"), "{form}");
        tenant.verified(assertion);
    }
}

#[test]
fn inside_a_pool_only_its_threads_sign() {
    let pool = ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let threads = Mutex::new(HashSet::new());
    let signer = Counting::default();
    let keys = [OAuthKey::new(CLIENT_ID, "key-1", &signer); 50];
    let assertions = pool.install(|| {
        sign_each(&keys, |key, jwt_id, out| {
            threads.lock().unwrap().insert(thread::current().id());
            key.assertion(AUDIENCE, jwt_id, NOW).write(out)
        })
    });
    assert!(assertions.iter().all(Result::is_ok));
    let of_the_pool = pool.install(|| thread::current().id());
    assert_eq!(*threads.lock().unwrap(), HashSet::from([of_the_pool]));
}

#[test]
fn two_threads_sign_at_the_same_time() {
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let signer = Counting::default();
    let (arrived, another) = (Mutex::new(HashSet::new()), Condvar::new());
    let assertions = pool.install(|| {
        sign_each(&["key-0", "key-1"], |key_id, jwt_id, out| {
            let mut guard = arrived.lock().unwrap();
            guard.insert(*key_id);
            another.notify_all();
            let waiting = another.wait_timeout_while(guard, A_MINUTE, |keys| keys.len() < 2);
            let waited = waiting.unwrap().1;
            assert!(!waited.timed_out(), "{key_id} is alone");
            OAuthKey::new(CLIENT_ID, key_id, &signer)
                .assertion(AUDIENCE, jwt_id, NOW)
                .write(out)
        })
    });
    assert!(assertions.iter().all(Result::is_ok));
}
