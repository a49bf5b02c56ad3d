use redox_auth_contender::{KeyName, Task};
use redox_auth_core::{
    Channel, Client, Instant, Now, OAuthKey, Received, Region, Response, Server, Session,
    SigningKey,
};

use super::task::{NOW, jwt_id, names, signing_key, token_answer};

/// A client of Redox with one key.
pub(crate) type Identity = Client<'static, SigningKey>;

/// The identity of every session here.
pub(crate) fn started(task: &Task, name: KeyName) -> Identity {
    let signer = signing_key(task, name);
    let task = names(task);
    let keys = Box::leak(Box::new([OAuthKey::new(
        &task.client_id,
        &task.key_id,
        signer,
    )]));
    Client::new(Server::redox(Region::Us)).with_oauth_keys(keys)
}

/// A session that got its token a second ago.
pub(crate) fn with_token(identity: &Identity) -> Session<Identity> {
    let mut session = Session::new(*identity);
    let sent = now(0);
    let mut buffer = [0; 2048];
    let prepared = session.prepare(sent, jwt_id(1), &mut buffer);
    let ticket = prepared.expect("a request").ticket;
    let mut answer = token_answer(36);
    let response = Response::new(200, Channel::Authenticated, &mut answer);
    let received = session.receive(ticket, sent, response);
    assert!(matches!(received, Received::Token(_)), "{received:?}");
    session
}

/// A second after the token came.
pub(crate) fn later() -> Now {
    now(1_000)
}

fn now(millis: u64) -> Now {
    Now {
        instant: Instant::from_millis(millis.saturating_add(10_000)),
        unix: Some(NOW),
    }
}
