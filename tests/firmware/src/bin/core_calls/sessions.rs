use core::hint::black_box;

use board::{Element, ok, show, text};
use redox_auth_core::{Client, Instant, LegacyKey, NextOf, Region, Server, Sessions};

pub(crate) fn all() -> Option<()> {
    let client = |region| {
        Client::<Element>::new(Server::redox(region))
            .with_legacy_key(LegacyKey::new(text("id"), text("secret")))
    };
    let now = Instant::from_millis(black_box(5));
    let mut sessions = Sessions::<Region, Client<'_, Element>, 2>::new();
    let sessions = black_box(&mut sessions);
    for region in [Region::Us, Region::Ca] {
        let region = black_box(region);
        ok(sessions.insert(region, client(region)).map(|_| ()))?;
    }
    let full = sessions.insert(black_box(Region::Us), client(Region::Us));
    show(&full.err()?)?;
    (sessions.next(now) == NextOf::Request(&Region::Us)).then_some(())?;
    sessions.get_mut(&black_box(Region::Us))?.abandon();
    (sessions.iter().count() == 2).then_some(())?;
    sessions.remove(&black_box(Region::Us))?;
    sessions.get(&black_box(Region::Ca)).map(|_| ())
}
