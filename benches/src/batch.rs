use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuilder};
use redox_auth_contender::{Class, KeyName, Offer, Task, Work};
use redox_auth_reqwest::{Key, OAuthKey, sign_each};

use crate::inputs::{NOW, new_key_der};

/// Signing for many keys at once, on all cores and on one.
///
/// # Panics
/// When aws-lc makes no key.
#[must_use]
pub fn batches(task: &Task) -> Vec<Work> {
    let keys: Arc<[Key]> = (0..TENANTS).map(|_| new_key()).collect();
    [("redox-auth, all cores", 0), ("redox-auth, one core", 1)]
        .map(|(name, threads)| batch(task, name, Arc::clone(&keys), threads))
        .into()
}

fn batch(task: &Task, name: &str, keys: Arc<[Key]>, threads: usize) -> Work {
    let offer = Offer {
        group: format!("batch of {TENANTS} keys, ES256"),
        name: name.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        backend: "aws-lc-rs".to_owned(),
        class: Class::Native,
        how: "`sign_each`, again and again, of all keys".to_owned(),
        bare: false,
    };
    let (task, pool) = (task.clone(), pool(threads));
    Work::bulk(offer, move |count| {
        let mut left = usize::try_from(count).unwrap_or(usize::MAX);
        while left > 0 {
            let some = keys.get(..left.min(keys.len())).unwrap_or(&keys);
            left = left.saturating_sub(some.len());
            let assertions = pool.install(|| {
                sign_each(some, |key, jwt_id, out| {
                    OAuthKey::new(&task.client_id, key.key_id(), key)
                        .assertion(&task.audience, jwt_id, NOW)
                        .write(out)
                })
            });
            assert!(assertions.iter().all(Result::is_ok), "every key signs");
        }
    })
}

/// So many threads; 0 for one a core.
fn pool(threads: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads to sign on")
}

fn new_key() -> Key {
    Key::parse(&new_key_der(KeyName::Es256)).expect("the adapter takes these keys")
}

const TENANTS: usize = 256;
