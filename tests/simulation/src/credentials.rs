use std::rc::Rc;

use redox_auth_core::{Es256Key, Identity, LegacyKey, OAuthKey, PublicKey, Server, write_jwk_set};

/// The credentials of a session of the simulation, with their parts.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(crate) client_id: String,
    /// Keys of the pool, with the number as key ID. The first is the preferred one.
    pub(crate) keys: Vec<usize>,
    pub(crate) legacy: Option<Legacy>,
    pub(crate) pool: Rc<KeyPool>,
}

/// A legacy API key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Legacy {
    pub(crate) api_key: String,
    pub(crate) secret: String,
}

impl Identity for Credentials {
    type Signer = Es256Key;

    fn server(&self) -> Server<'_> {
        SERVER
    }

    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, Es256Key>> {
        let number = *self.keys.get(index)?;
        let (key, key_id) = (&self.pool.keys[number], KEY_IDS[number]);
        Some(OAuthKey::new(&self.client_id, key_id, key))
    }

    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        let legacy = self.legacy.as_ref()?;
        Some(LegacyKey::new(&legacy.api_key, &legacy.secret))
    }
}

/// The signing keys that all clients draw from.
#[derive(Debug)]
pub(crate) struct KeyPool {
    keys: Vec<Es256Key>,
    public: Vec<PublicKey>,
}

impl KeyPool {
    /// Always the same keys: what is random here is when they are used.
    pub(crate) fn new() -> Self {
        let key = |number: u8| {
            let der = [SEC1_HEAD, &[number + 1; 32], SEC1_CURVE].concat();
            Es256Key::parse(&der).expect("a number below the order of the curve is a key")
        };
        let keys: Vec<_> = (0..4).map(key).collect();
        let public = keys.iter().map(Es256Key::public_key).collect();
        Self { keys, public }
    }

    /// A JWK Set that has, under each key ID, the key of that number in the pool.
    pub(crate) fn jwks(&self, registered: &[(usize, usize)]) -> String {
        let keys: Vec<_> = registered
            .iter()
            .map(|&(id, key)| (KEY_IDS[id], &self.public[key]))
            .collect();
        let mut out = [0; 2048];
        let written = write_jwk_set(&keys, &mut out);
        written.expect("four keys fit").to_owned()
    }
}

/// The number of keys to choose from. One more belongs to nobody, and is registered by mistake.
pub(crate) const OWN_KEYS: usize = 3;

/// The key that nobody holds.
pub(crate) const FOREIGN_KEY: usize = 3;

/// The configured address of the sandbox. Nothing is sent there.
pub(crate) const BASE_URL: &str = "http://127.0.0.1:8080";

const SERVER: Server<'static> = match Server::new(BASE_URL, "http://127.0.0.1:8080/v2/auth/token") {
    Ok(server) => server,
    Err(_) => panic!("both are URLs"),
};

const KEY_IDS: [&str; 4] = ["key-0", "key-1", "key-2", "key-3"];

/// RFC 5915 §3, of a key without its public half: before the 32 bytes of the private number, and after them.
const SEC1_HEAD: &[u8] = &[0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
const SEC1_CURVE: &[u8] = &[
    0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
];
