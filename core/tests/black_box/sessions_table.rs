//! Many sessions in one table: independent states, one common deadline, no heap.

use redox_auth_core::{
    Channel, Client, Instant, Next, NextOf, Now, Received, Response, Sessions, SessionsError,
    Ticket,
};

use crate::support::driver::{FakeSigner, START, legacy, oauth, token};

type Table = Sessions<&'static str, Client<'static, FakeSigner>, 3, 64>;

fn table() -> Table {
    let mut table = Table::new();
    for name in ["us", "ca", "test"] {
        table.insert(name, oauth(1)).unwrap();
    }
    table
}

const fn now(millis: u64) -> Now {
    Now {
        instant: Instant::from_millis(millis),
        unix: Some(START),
    }
}

fn send(table: &mut Table, name: &'static str, now: Now, number: u8) -> Ticket {
    let mut out = [0; 1_024];
    let jwt_id = redox_auth_core::JwtId::from_random([number; 16]);
    let session = table.get_mut(&name).unwrap();
    session.request(now, jwt_id, &mut out).unwrap().ticket
}

fn answer(table: &mut Table, name: &'static str, ticket: Ticket, now: Now, body: &str) -> bool {
    let mut body = body.as_bytes().to_vec();
    let response = Response::new(200, Channel::Authenticated, &mut body);
    let session = table.get_mut(&name).unwrap();
    matches!(session.receive(ticket, now, response), Received::Token(_))
}

#[test]
fn a_table_takes_as_many_as_it_has_places_and_each_once() {
    let mut table = table();
    assert_eq!(
        table.insert("us", legacy()).err(),
        Some(SessionsError::Taken)
    );
    let full = SessionsError::Full { capacity: 3 };
    assert_eq!(table.insert("fourth", oauth(1)).err(), Some(full));
    assert_eq!(table.iter().count(), 3);

    assert!(table.remove(&"ca").is_some());
    assert!(table.remove(&"ca").is_none());
    assert!(table.get(&"ca").is_none());
    assert!(table.get_mut(&"ca").is_none());
    assert!(table.insert("fourth", oauth(1)).is_ok());
    let mut names: Vec<_> = table.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert_eq!(names, ["fourth", "test", "us"]);
    for error in [full, SessionsError::Taken] {
        assert!(!error.to_string().is_empty(), "{error:?}");
    }
}

#[test]
fn an_empty_table_wants_nothing() {
    assert_eq!(
        Table::default().next(Instant::from_millis(0)),
        NextOf::Nothing
    );
    assert_eq!(Table::default().next(Instant::END), NextOf::Nothing);
    let mut table = table();
    for name in ["us", "ca", "test"] {
        table.remove(&name);
    }
    assert_eq!(table.next(Instant::from_millis(0)), NextOf::Nothing);
}

#[test]
fn every_session_that_wants_a_request_is_named_until_it_has_one() {
    let mut table = table();
    let mut named = Vec::new();
    let start = now(1_000);
    while let NextOf::Request(name) = table.next(start.instant) {
        let name = *name;
        assert!(!named.contains(&name), "{name} twice");
        let number = u8::try_from(named.len()).unwrap();
        let _lost = send(&mut table, name, start, number);
        named.push(name);
    }
    assert_eq!(named.len(), 3);
    // All requests are under way. Their tickets expire together.
    let deadline = Instant::from_millis(61_000);
    assert_eq!(table.next(start.instant), NextOf::Wait(deadline));
    assert_eq!(
        table.next(Instant::from_millis(60_999)),
        NextOf::Wait(deadline)
    );
    assert!(matches!(table.next(deadline), NextOf::Request(_)));
}

#[test]
fn the_deadline_of_the_table_is_that_of_the_first_session() {
    let mut table = table();
    for (number, name, expires_in) in [(1, "us", 3_000), (2, "ca", 300), (3, "test", 30_000)] {
        let start = now(u64::from(number));
        let ticket = send(&mut table, name, start, number);
        assert!(answer(
            &mut table,
            name,
            ticket,
            start,
            &token(name, expires_in)
        ));
    }
    let start = now(10).instant;
    let deadlines: Vec<_> = table
        .iter()
        .map(|(_, session)| session.next(start).until().unwrap())
        .collect();
    let first = *deadlines.iter().min().unwrap();
    assert_eq!(table.next(start), NextOf::Wait(first));
    assert_eq!(table.next(first), NextOf::Request(&"ca"));
    let before = Instant::from_millis(first.as_millis() - 1);
    assert_eq!(table.next(before), NextOf::Wait(first));
}

#[test]
fn what_happens_to_one_session_does_not_happen_to_another() {
    let mut table = table();
    let start = now(1_000);
    let ticket = send(&mut table, "us", start, 1);
    assert!(answer(
        &mut table,
        "us",
        ticket,
        start,
        &token("token-us", 300)
    ));
    let ticket = send(&mut table, "ca", start, 2);
    table.get_mut(&"ca").unwrap().failed(ticket, start.instant);

    let next_of = |table: &Table, name: &'static str| {
        let next = table.get(&name).unwrap().next(start.instant);
        let token = next.token().map(|token| token.expose().to_owned());
        (
            token,
            matches!(next, Next::Wait { .. }),
            matches!(next, Next::Fetch),
        )
    };
    assert_eq!(
        next_of(&table, "us"),
        (Some("token-us".into()), false, false)
    );
    assert_eq!(next_of(&table, "ca"), (None, true, false));
    assert_eq!(next_of(&table, "test"), (None, false, true));
    // A ticket of one session is invalid for another.
    let ticket = send(&mut table, "test", start, 3);
    assert!(!answer(
        &mut table,
        "us",
        ticket,
        start,
        &token("stolen", 300)
    ));
    assert_eq!(next_of(&table, "us").0.as_deref(), Some("token-us"));
}

#[test]
fn a_session_without_a_credential_holds_up_nobody() {
    let mut table = Table::new();
    table.insert("none", oauth(0)).unwrap();
    assert_eq!(
        table.next(Instant::from_millis(0)),
        NextOf::Wait(Instant::END)
    );
    table.insert("us", oauth(1)).unwrap();
    assert_eq!(table.next(Instant::from_millis(0)), NextOf::Request(&"us"));
}

#[test]
fn a_table_takes_no_more_room_than_its_sessions_and_their_names() {
    type Session = redox_auth_core::Session<Client<'static, FakeSigner>, [u8; 64]>;
    let bound = 3 * (size_of::<Session>() + 2 * size_of::<&str>());
    assert!(
        size_of::<Table>() <= bound,
        "{} of {bound}",
        size_of::<Table>()
    );
}
