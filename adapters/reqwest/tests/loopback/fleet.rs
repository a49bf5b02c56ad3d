//! Several clients that share one token through a store.

use core::future::pending;
use core::time::Duration;
use std::sync::{Arc, Mutex};

use redox_auth_reqwest::{
    Builder, Key, Redox, SecretBytes, SharedRecord, SharedTokens, StoreError, StoreFuture, TurnId,
};
use tokio::task::JoinSet;

use crate::support::clocks::Clocks;
use crate::support::{Sandbox, keys};

/// A store in this process. What lives for how long, a test says.
#[derive(Clone, Debug, Default)]
struct Store(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    record: Option<(Vec<u8>, Duration)>,
    turn: Option<TurnId>,
    stores: usize,
    mood: Mood,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Mood {
    #[default]
    Fine,
    Broken,
    Hanging,
}

impl Store {
    fn kept<R>(&self, look: impl FnOnce(&mut Kept) -> R) -> R {
        look(&mut self.0.lock().unwrap())
    }

    fn answer<T: Send + 'static>(&self, look: impl FnOnce(&mut Kept) -> T) -> StoreFuture<'_, T> {
        match self.kept(|kept| kept.mood) {
            Mood::Fine => {
                let answer = self.kept(look);
                Box::pin(async move { Ok(answer) })
            }
            Mood::Broken => Box::pin(async { Err(StoreError::new("out of order")) }),
            Mood::Hanging => Box::pin(pending()),
        }
    }
}

impl SharedTokens for Store {
    fn load(&self) -> StoreFuture<'_, Option<SharedRecord>> {
        self.answer(|kept| {
            let (record, lives_for) = kept.record.clone()?;
            Some(SharedRecord {
                record: SecretBytes::new(record.into()),
                lives_for,
            })
        })
    }

    fn store<'s>(&'s self, record: &'s [u8], lives_for: Duration) -> StoreFuture<'s, ()> {
        self.answer(|kept| {
            kept.record = Some((record.to_owned(), lives_for));
            kept.stores = kept.stores.saturating_add(1);
        })
    }

    fn take_turn(&self, holder: TurnId, _: Duration) -> StoreFuture<'_, bool> {
        self.answer(|kept| *kept.turn.get_or_insert(holder) == holder)
    }

    fn end_turn(&self, holder: TurnId) -> StoreFuture<'_, ()> {
        self.answer(|kept| kept.turn = kept.turn.filter(|it| *it != holder))
    }
}

/// Four clients of one credential.
struct Fleet {
    sandbox: Sandbox,
    clocks: Clocks,
    store: Store,
    clients: Vec<Redox>,
}

impl Fleet {
    async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    async fn with(more: impl Fn(Builder) -> Builder) -> Self {
        let sandbox = Sandbox::start().await;
        let clocks = Clocks::with(sandbox.server.clock());
        let pkcs8 = keys::pkcs8(redox_auth_reqwest::Algorithm::Es256);
        let client_id = sandbox.register(&Key::parse(&pkcs8).unwrap());
        let store = Store::default();
        let client = || {
            let builder = Redox::builder()
                .base_url(sandbox.server.base_url())
                .oauth_key(&client_id, Key::parse(&pkcs8).unwrap())
                .clock(clocks.now())
                .shared_tokens(store.clone());
            more(builder).build().unwrap()
        };
        let clients = (0..4).map(|_| client()).collect();
        Self {
            clocks,
            store,
            clients,
            sandbox,
        }
    }

    /// What every client of the fleet has, asked by many at once.
    async fn tokens(&self) -> Vec<String> {
        let mut asking = JoinSet::new();
        for redox in &self.clients {
            for _ in 0..50 {
                let redox = redox.clone();
                asking.spawn(async move { redox.token().await.unwrap().expose().to_owned() });
            }
        }
        let mut tokens = asking.join_all().await;
        tokens.sort();
        tokens.dedup();
        tokens
    }

    /// Waits until nobody has the turn.
    async fn settled(&self) {
        while self.store.kept(|kept| kept.turn.is_some()) {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_fleet_gets_one_token_for_each_lifetime() {
    let fleet = Fleet::start().await;
    for lifetime in 1..=5 {
        let tokens = fleet.tokens().await;
        assert_eq!(tokens.len(), 1);
        fleet.settled().await;
        assert_eq!(fleet.sandbox.token_requests(), lifetime);
        fleet.clocks.advance_secs(300);
        // A real store forgets it by itself.
        fleet.store.kept(|kept| kept.record = None);
    }
}

#[tokio::test]
async fn the_first_renewal_serves_all() {
    let fleet = Fleet::start().await;
    let first = fleet.tokens().await;
    fleet.settled().await;
    fleet.clocks.advance_secs(250);
    fleet.store.kept(|kept| {
        if let Some((_, lives_for)) = &mut kept.record {
            *lives_for = lives_for.saturating_sub(Duration::from_secs(250));
        }
    });
    for redox in &fleet.clients {
        let old = redox.token().await.unwrap();
        assert_ne!(redox.token_after(&old).await.unwrap().expose(), first[0]);
        fleet.settled().await;
    }
    assert_eq!(fleet.tokens().await.len(), 1);
    assert_eq!(fleet.sandbox.token_requests(), 2);
    assert_eq!(fleet.store.kept(|kept| kept.stores), 2);
}

#[tokio::test]
async fn without_its_store_each_client_continues_alone() {
    for mood in [Mood::Broken, Mood::Hanging] {
        let fleet = Fleet::start().await;
        fleet.store.kept(|kept| kept.mood = mood);
        assert_eq!(fleet.tokens().await.len(), 4, "{mood:?}");
        assert_eq!(fleet.sandbox.token_requests(), 4, "{mood:?}");
        // The store is back. From the next token on, the clients share again.
        fleet.store.kept(|kept| kept.mood = Mood::Fine);
        fleet.clocks.advance_secs(300);
        assert_eq!(fleet.tokens().await.len(), 1, "{mood:?}");
    }
}

#[tokio::test]
async fn the_wait_for_an_abandoned_turn_ends() {
    let fleet = Fleet::with(|builder| builder.token_timeout(Duration::from_millis(200))).await;
    let lost = TurnId::from_random([7; 16]);
    fleet.store.kept(|kept| kept.turn = Some(lost));
    assert!(!fleet.tokens().await.is_empty());
    assert_eq!(fleet.store.kept(|kept| kept.turn), Some(lost));
}

#[tokio::test]
async fn a_token_that_was_revoked_is_not_taken_over_again() {
    let fleet = Fleet::start().await;
    let first = fleet.tokens().await;
    fleet.settled().await;
    fleet.sandbox.server.sandbox().revoke_all_tokens();
    for redox in &fleet.clients {
        let answer = fleet.sandbox.send_message(redox).await;
        assert_eq!(answer.status(), 200);
        fleet.settled().await;
    }
    let second = fleet.tokens().await;
    assert_eq!(second.len(), 1);
    assert_ne!(second, first);
    assert_eq!(fleet.sandbox.token_requests(), 2);
}

#[tokio::test]
async fn no_token_is_older_than_its_store_says() {
    let fleet = Fleet::start().await;
    let first = fleet.clients[0].token().await.unwrap();
    fleet.settled().await;
    // The wall clocks agree, and yet the store knows better.
    fleet.store.kept(|kept| {
        if let Some((_, lives_for)) = &mut kept.record {
            *lives_for = Duration::from_secs(90);
        }
    });
    let other = &fleet.clients[1];
    assert_eq!(other.token().await.unwrap().expose(), first.expose());
    fleet.clocks.advance_secs(90);
    fleet.store.kept(|kept| kept.record = None);
    assert_ne!(other.token().await.unwrap().expose(), first.expose());
}

#[tokio::test]
async fn a_store_may_return_any_bytes() {
    for junk in [&b""[..], b"junk", &[0xff; 5_000]] {
        let fleet = Fleet::start().await;
        let lives_for = Duration::MAX;
        fleet
            .store
            .kept(|kept| kept.record = Some((junk.to_owned(), lives_for)));
        assert_eq!(fleet.tokens().await.len(), 1);
        assert_eq!(fleet.sandbox.token_requests(), 1);
    }
}
