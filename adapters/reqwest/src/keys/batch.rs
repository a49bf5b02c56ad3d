use rayon::prelude::*;
use redox_auth_core::{JwtId, WriteError};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::random::random;
use crate::written::written;

/// Signs one assertion for each entry, on all cores: for a service that speaks for many tenants, each with a key and an
/// audience of its own.
///
/// `write` gets an entry, a new `jti` for it and a buffer. It writes an assertion there, or a [`TokenRequest`] with one,
/// either anew or with an [`AssertionTemplate`]. The first call has no buffer and costs no signature; the second call has a
/// buffer of the required length. The results have the order of the entries. A failed entry does not affect the others.
///
/// This blocks until the last entry is signed: in async code, call it inside `spawn_blocking`. Inside one of rayon's pools
/// (`ThreadPool::install`) it uses the threads of that pool, elsewhere those of the global pool, which has one thread for
/// each core.
///
/// ```
/// use redox_auth_reqwest::{Key, OAuthKey, UnixTime, sign_each};
///
/// struct Tenant {
///     client_id: String,
///     key: Key,
///     audience: String,
/// }
///
/// # // The key of RFC 7515, appendix A.3.
/// # const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
/// #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
/// #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
/// #     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
/// # let tenant = |client_id: &str, audience: &str| {
/// #     let (client_id, audience) = (client_id.to_owned(), audience.to_owned());
/// #     Key::parse(KEY).map(|key| Tenant { client_id, key, audience })
/// # };
/// # let tenants = [
/// #     tenant("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", "https://api.redoxengine.com/v2/auth/token")?,
/// #     tenant("client-2", "https://as.example/token")?,
/// # ];
/// # let now = UnixTime::from_secs(1_800_000_000);
/// let assertions = sign_each(&tenants, |tenant, jwt_id, out| {
///     OAuthKey::new(&tenant.client_id, tenant.key.key_id(), &tenant.key)
///         .assertion(&tenant.audience, jwt_id, now)
///         .write(out)
/// });
/// for (tenant, assertion) in tenants.iter().zip(assertions) {
///     println!("{}: {} bytes", tenant.client_id, assertion?.len());
/// }
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// # Errors
/// Each entry has its own: [`Error::NotWritten`] with what `write` returned, or [`Error::Random`].
///
/// # Panics
/// If `write` panics.
///
/// [`AssertionTemplate`]: crate::AssertionTemplate
/// [`TokenRequest`]: crate::TokenRequest
#[must_use = "an assertion does nothing until it is sent"]
pub fn sign_each<T, F>(entries: &[T], write: F) -> Vec<Result<Zeroizing<String>, Error>>
where
    T: Sync,
    F: for<'o> Fn(&T, &JwtId, &'o mut [u8]) -> Result<&'o str, WriteError> + Sync,
{
    entries
        .par_iter()
        .map(|entry| {
            let jwt_id = JwtId::from_random(random()?);
            Ok(written(|out| write(entry, &jwt_id, out))?)
        })
        .collect()
}
