//! npm `jose` and PyPI's PyJWT find in 10,000 requests the random claims, header members and form fields that went in.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test: a panic is a failure with a place"
)]

#[path = "../../../core/tests/black_box/support/content.rs"]
mod content;
#[path = "../../../core/tests/black_box/support/random.rs"]
mod random;

use core::iter;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_core::{Signer, SigningKey, TokenRequest};
use redox_auth_interop::{Client, SentForm, Verifier};
use serde_json::{Number, Value};

use crate::content::Content;
use crate::random::Random;

#[test]
fn both_read_what_went_in() {
    let folder = tempfile::tempdir().unwrap();
    let clients = Client::for_every_algorithm(folder.path());
    let (sent, expected): (Vec<_>, Vec<_>) = thread::scope(|scope| {
        let start = |client| scope.spawn(move || requests_of(client));
        let running: Vec<_> = clients.iter().map(start).collect();
        let done = running.into_iter().map(|running| running.join().unwrap());
        done.flatten().unzip()
    });
    assert_eq!(sent.len(), 10_000);
    let (clients, sent, expected) = (&clients, &sent, &expected);
    thread::scope(|scope| {
        for verifier in Verifier::ALL {
            scope.spawn(move || {
                let readings = verifier.read(clients, sent);
                for (number, (found, expected)) in iter::zip(readings, expected).enumerate() {
                    let case = format!("{verifier:?}, request {number}");
                    let as_read = |value: &Value| match verifier {
                        Verifier::Jose => in_javascript(value),
                        Verifier::PyJwt => value.clone(),
                    };
                    assert_eq!(as_read(&found.header), as_read(&expected.header), "{case}");
                    assert_eq!(as_read(&found.claims), as_read(&expected.claims), "{case}");
                    assert_eq!(found.fields, expected.fields, "{case}");
                }
            });
        }
    });
}

/// What went into a request.
struct Expected {
    header: Value,
    claims: Value,
    fields: Vec<(String, String)>,
}

/// The client's share of the 10,000, the larger part signed by the adapter and the others by core, which takes several
/// milliseconds for a signature of RSA.
fn requests_of(client: &Client) -> Vec<(SentForm, Expected)> {
    let key = client.key();
    let pem = std::fs::read(client.key_file()).unwrap();
    let core = SigningKey::parse_with_algorithm(key.algorithm(), &pem).unwrap();
    let (by_adapter, by_core) = match key.algorithm().is_rsa() {
        true => (950, 50),
        false => (1_600, 400),
    };
    let mut requests = signed(client, &key, by_adapter, 0xada9_0000);
    requests.append(&mut signed(client, &core, by_core, 0xc02e_0000));
    requests
}

fn signed(
    client: &Client,
    signer: &impl Signer,
    count: usize,
    seed: u64,
) -> Vec<(SentForm, Expected)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut random = Random::from_seed(seed + signer.algorithm() as u64);
    let mut buffer = vec![0; 1 << 17];
    let one = |_| {
        let mut content = Content::random(&mut random);
        client.key_id().clone_into(&mut content.key_id);
        // Times that a server would take, with minutes left to verify all.
        content.issued_at = now.as_secs() - random.below(10);
        content.lifetime_secs = 300 - u32::try_from(random.below(60)).unwrap();
        let scope = random.text();
        let texts = content.beside.texts();
        let dialect = content.beside.dialect(&texts);
        let assertion = content.assertion(&dialect, signer);
        let request = TokenRequest::new(assertion).scope(&scope);
        let form = request.write(&mut buffer).unwrap().to_owned();
        let subject = content
            .beside
            .subject
            .as_ref()
            .unwrap_or(&content.client_id);
        let expected = Expected {
            header: content.header(signer),
            claims: content.claims(),
            fields: content.fields(&scope),
        };
        let sent = SentForm {
            issuer: content.client_id.clone(),
            subject: subject.clone(),
            audience: content.audience.clone(),
            form,
        };
        (sent, expected)
    };
    (0..count).map(one).collect()
}

/// The value as JavaScript reads it: every number is a double.
fn in_javascript(value: &Value) -> Value {
    match value {
        Value::Number(number) => number
            .as_f64()
            .and_then(Number::from_f64)
            .expect("no number of ours is too great")
            .into(),
        Value::Array(members) => members.iter().map(in_javascript).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), in_javascript(member)))
            .collect(),
        other => other.clone(),
    }
}
