use core::hint::black_box;

use cortex_m::asm::wfi;
use redox_auth_core::{
    Api, Channel, Client, Instant, JwtId, Next, Now, OAuthKey, Region, Response, Server, Session,
    Signer,
};

/// All that a device needs to keep a token and to put it on its messages, and nothing else. What comes from outside, the
/// optimizer knows nothing of.
pub(crate) fn run<S: Signer>(signer: &S) -> ! {
    let keys = [OAuthKey::new(black_box("client"), black_box("key"), signer)];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let mut session = Session::<_, [u8; 1024]>::new(client);
    let mut buffer = [0; 2048];
    loop {
        let now = Now {
            instant: black_box(Instant::from_millis(0)),
            unix: black_box(None),
        };
        if let Next::Fetch | Next::Renew { .. } = session.next(now.instant) {
            let jwt_id = JwtId::from_random(black_box([7; 16]));
            if let Ok(request) = session.request(now, jwt_id, &mut buffer) {
                let ticket = black_box(request).ticket;
                let response = Response::new(
                    black_box(200),
                    Channel::Authenticated,
                    black_box(&mut buffer),
                )
                .with_date(black_box(None))
                .with_age(black_box(None))
                .with_cache_control(black_box(None))
                .with_retry_after(black_box(None));
                let _ = black_box(session.receive(ticket, now, response));
            }
        }
        let mut generation = None;
        match session.authorize(now.instant, Api::DataModel, black_box("")) {
            Ok(authorized) => {
                black_box(authorized.expose_token());
                generation = Some(authorized.generation());
            }
            Err(_) => wfi(),
        }
        if let Some(generation) = black_box(generation) {
            // The API answered 401.
            black_box(session.rejected(generation, now.instant));
        }
    }
}
