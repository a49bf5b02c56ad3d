//! The steps that an exchange gives a driver for sending.

use redox_auth_core::{Instant, Url};
use redox_auth_gateway::{Exchange, Limits, Method, Outgoing};

#[test]
fn a_body_is_filled_in_until_less_than_forty_bytes_of_room_are_left() {
    let (mut wire, now) = ([0; 512], Instant::from_millis(0));
    let mut exchange = Exchange::new(&mut wire, Limits::DEFAULT);
    let url = Url::parse("https://api.example/").unwrap();
    let head = exchange.request(Method::Post, url, "", now);
    head.send(Some(10_000)).unwrap();
    let Outgoing::Fill(room) = exchange.outgoing() else {
        panic!("no room for the body");
    };
    let room = room.len();
    exchange.filled(room - 40).unwrap();
    let outgoing = exchange.outgoing();
    assert!(matches!(outgoing, Outgoing::Fill(room) if room.len() == 40));
    exchange.filled(1).unwrap();
    assert!(matches!(exchange.outgoing(), Outgoing::Write(_)));
}

#[test]
fn an_exchange_that_is_dropped_half_way_leaves_nothing_in_its_buffer() {
    let mut wire = [0; 512];
    let mut exchange = Exchange::new(&mut wire, Limits::DEFAULT);
    let url = Url::parse("https://api.example/").unwrap();
    let head = exchange.request(Method::Post, url, "", Instant::from_millis(0));
    head.bearer("secret").send(Some(10)).unwrap();
    exchange.filled(5).unwrap();
    drop(exchange);
    assert_eq!(wire, [0; 512]);
}

#[test]
fn debug_shows_how_far_a_request_is_and_nothing_of_it() {
    let mut wire = [0; 512];
    let mut exchange = Exchange::new(&mut wire, Limits::DEFAULT);
    let url = Url::parse("https://api.example/").unwrap();
    let head = exchange.request(Method::Post, url, "", Instant::from_millis(0));
    let head = head.bearer("secret");
    assert_eq!(format!("{head:?}"), "HeadWriter { method: Post, .. }");
    head.send(Some(10)).unwrap();
    let shown = format!("{exchange:?}");
    assert_eq!(
        shown,
        "Exchange { sending: Body(Some(10)), status: None, .. }"
    );
}
