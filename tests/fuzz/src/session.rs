mod answer;
mod bytes;
mod run;

use redox_auth_core::{
    Algorithm, Client, LegacyKey, OAuthKey, Policy, Region, Server, SignError, Signer,
};

use bytes::Bytes;
use run::Run;

/// A session and everything that can happen to it, in any order: calls, answers of every kind, time passing, both clocks
/// jumping, reboots.
///
/// # Panics
/// When more than one request is under way, when a token is handed out after its end or lost while it is good, when
/// `next` gives two answers to one question, or when a server is asked again and again without a pause.
pub fn session(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    let keys = ["key-0", "key-1"].map(|key_id| OAuthKey::new("client-1", key_id, &FakeSigner));
    let client = Client::new(Server::redox(Region::Us));
    let legacy_key = LegacyKey::new("legacy-1", "secret");
    let [first, _] = &keys;
    let client = match bytes.byte() % 6 {
        0 => client.with_oauth_keys(core::slice::from_ref(first)),
        1 => client.with_oauth_keys(&keys),
        2 => client.with_legacy_key(legacy_key),
        3 => client.with_oauth_keys(&keys).with_legacy_key(legacy_key),
        4 => client.with_oauth_keys(&keys).with_policy(Policy::Tefca),
        _ => client,
    };
    let mut run = Run::new(client, &mut bytes);
    while !bytes.is_empty() {
        run.step(&mut bytes);
        run.check();
    }
}

struct FakeSigner;

impl Signer for FakeSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature.fill(0);
        Ok(())
    }
}
