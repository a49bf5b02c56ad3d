//! A client on a machine whose clocks a test moves.

use std::sync::{Arc, Mutex};

use redox_auth_reqwest::{Instant, Key, Now, Redox, UnixTime};
use redox_auth_sandbox::{OAuthKey, Server};

use crate::key;

/// The clocks of a machine: one counts milliseconds, sleep included; the other is the wall clock, in seconds.
#[derive(Clone)]
pub(super) struct Machine(Arc<Mutex<(u64, i64)>>);

impl Machine {
    pub(super) fn of(server: &Server) -> Self {
        server.clock().freeze();
        let wall = server.clock().now().as_second();
        Self(Arc::new(Mutex::new((1_000_000, wall))))
    }

    pub(super) fn move_by(&self, steady_ms: u64, wall_secs: i64) {
        let mut clocks = self.0.lock().unwrap();
        clocks.0 = clocks.0.saturating_add(steady_ms);
        clocks.1 = clocks.1.saturating_add(wall_secs);
    }

    pub(super) fn now(&self) -> impl Fn() -> Now + Send + Sync + 'static {
        let machine = self.clone();
        move || {
            let (steady, wall) = *machine.0.lock().unwrap();
            Now {
                instant: Instant::from_millis(steady),
                unix: Some(UnixTime::from_secs(wall.try_into().unwrap())),
            }
        }
    }
}

/// A client that has just obtained a token of 300 s, and the token.
pub(super) async fn serving(server: &Server, machine: &Machine) -> (Redox, String) {
    let key = Key::generate().unwrap();
    let client = OAuthKey::new().jwks(&key::jwk_set(core::slice::from_ref(&key)).unwrap());
    let client_id = server.sandbox().register_oauth_key(client).unwrap();
    let builder = Redox::builder().base_url(server.base_url());
    let redox = builder.oauth_key(client_id, key).clock(machine.now());
    let redox = redox.build().unwrap();
    let exposed = redox.token().await.unwrap().expose().to_owned();
    (redox, exposed)
}
