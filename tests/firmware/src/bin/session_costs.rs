//! Prints what a session costs: its size, and the instructions and the stack of what it does.
//!
//! Ends with 1 when `next` takes more than it may.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::mem::size_of;

use board::{Element, Meter};
use cortex_m::Peripherals;
use cortex_m_rt::entry;
use redox_auth_core::{
    Api, Channel, Client, Instant, JwtId, Next, Now, OAuthKey, Received, Region, Response, Server,
    Session, UnixTime,
};
use semihosting::{println, process};

#[entry]
fn main() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    let mut meter = Meter::new(peripherals.SYST);
    let keys = [OAuthKey::new("client", "key-1", &Element)];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let mut session = Device::new(black_box(client));

    request_and_receive(&mut meter, &mut session);
    whole_exchange(&mut meter, &mut Device::new(black_box(client)));
    let next = next(&mut meter, &session);
    save_and_restore(&mut meter, &session, client);
    println!(
        "  a session with 1024 bytes for its token takes {} bytes",
        size_of::<Device<'_>>()
    );
    if next > NEXT_MAX_INSTRUCTIONS {
        println!("  next takes more than {NEXT_MAX_INSTRUCTIONS} instructions");
        process::exit(1);
    }
    process::exit(0)
}

/// A session gets a token. Its signer signs nothing, so the signature is not in the figure.
fn request_and_receive(meter: &mut Meter, session: &mut Device<'_>) {
    let mut out = [0; 1024];
    let jwt_id = JwtId::from_random(black_box([7; 16]));
    let (request, cost) = meter.measure(|| session.request(at(0), jwt_id, black_box(&mut out)));
    cost.print("request, but for the signature");
    let ticket = request.expect("the buffer is long enough").ticket;
    let mut body = [0; 1024];
    let body = token_answer(&mut body);
    let response = black_box(token_is(body));
    let (received, cost) = meter.measure(|| session.receive(ticket, at(100), response));
    assert!(matches!(received, Received::Token(_)), "it is a token");
    cost.print("receive of a token of 800 bytes");
}

/// From no token to one on a message: what the session takes of it, without its signature and without waiting.
fn whole_exchange(meter: &mut Meter, session: &mut Device<'_>) {
    let mut out = [0; 1024];
    let mut body = [0; 1024];
    let body = token_answer(&mut body);
    let (is_authorized, cost) = meter.measure(|| {
        if !matches!(session.next(at(0).instant), Next::Fetch) {
            return false;
        }
        let jwt_id = JwtId::from_random(black_box([7; 16]));
        let Ok(request) = session.request(at(0), jwt_id, &mut out) else {
            return false;
        };
        let ticket = black_box(request).ticket;
        let received = session.receive(ticket, at(100), black_box(token_is(body)));
        let url = black_box("https://api.redoxengine.com/endpoint");
        let authorized = session.authorize(at(200).instant, Api::DataModel, url);
        matches!(received, Received::Token(_)) && black_box(authorized).is_ok()
    });
    assert!(is_authorized, "there is a token for it");
    cost.print("a whole exchange, but for the signature");
}

/// The instructions of `next` while nothing is to be done. The timer is coarse, so it is asked many times.
fn next(meter: &mut Meter, session: &Device<'_>) -> u32 {
    let session = black_box(session);
    let now = black_box(Instant::from_millis(1_000));
    assert!(matches!(session.next(now), Next::Use { .. }), "it is fresh");
    let ((), empty) = meter.measure(|| {
        for _ in 0..TIMES {
            black_box((black_box(session), black_box(now)));
        }
    });
    let ((), mut cost) = meter.measure(|| {
        for _ in 0..TIMES {
            let _ = black_box(black_box(session).next(black_box(now)));
        }
    });
    cost.instructions = cost.instructions.saturating_sub(empty.instructions) / TIMES;
    cost.print("next, with a fresh token");
    cost.instructions
}

fn save_and_restore(meter: &mut Meter, session: &Device<'_>, client: Client<'_, Element>) {
    let mut out = [0; Device::MAX_RECORD_LEN];
    let (record, cost) = meter.measure(|| session.save(at(1_000), black_box(&mut out)));
    let record = record.expect("there is a token");
    cost.print("save");
    let mut other = Device::new(black_box(client));
    let (damaged, _) = record.split_at(record.len() - 1);
    let (refused, cost) = meter.measure(|| other.restore(at(2_000), black_box(damaged)));
    assert!(refused.is_err(), "it is cut off");
    cost.print("restore of a damaged record");
    let (restored, cost) = meter.measure(|| other.restore(at(2_000), black_box(record)));
    restored.expect("it is whole");
    cost.print("restore");
}

fn token_is(body: &mut [u8]) -> Response<'_> {
    Response::new(200, Channel::Authenticated, body)
        .with_date(Some(b"Fri, 15 Jan 2027 08:00:00 GMT"))
}

/// `{"access_token":"aaa…","token_type":"Bearer","expires_in":300}` with a token of 800 bytes.
fn token_answer(room: &mut [u8; 1024]) -> &mut [u8] {
    let mut len = 0;
    for part in [
        br#"{"access_token":""#.as_slice(),
        &[b'a'; 800],
        br#"","token_type":"Bearer","expires_in":300}"#,
    ] {
        room[len..len + part.len()].copy_from_slice(part);
        len += part.len();
    }
    &mut room[..len]
}

fn at(ms: u64) -> Now {
    Now {
        instant: Instant::from_millis(black_box(ms)),
        unix: black_box(Some(UnixTime::from_secs(1_800_000_000 + ms / 1_000))),
    }
}

type Device<'k> = Session<Client<'k, Element>>;

/// The most that `next` may take with a fresh token: it is asked before every request to an API.
const NEXT_MAX_INSTRUCTIONS: u32 = 200;

const TIMES: u32 = 100;
