//! Nothing that a session takes or returns shows a secret with `Debug` or `Display`.

use core::fmt::Debug;

use redox_auth_core::{
    Api, Body, Channel, Client, Instant, LegacyKey, Next, OAuthKey, Prepared, Region, Response,
    RestoreError, SaveError, Server, Session, Sessions, Unsigned,
};

use crate::support::driver::{Driver, FakeSigner, Kind, legacy_token, oauth, token};

const TOKEN: &str = "very-secret-access-token";
const REFRESH: &str = "quite-secret-refresh-token";
const SECRET: &str = "most-secret-legacy-secret";
const URL: &str = "https://api.redoxengine.com/endpoint";

/// Fails if either form of `Debug` shows a secret, or a part of its bytes.
fn check(value: &dyn Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(finds(&shown).is_none(), "{:?} is in {shown}", finds(&shown));
    }
}

/// The part of a secret that a text shows.
fn finds(shown: &str) -> Option<String> {
    let squeezed: String = shown.split_whitespace().collect();
    [TOKEN, REFRESH, SECRET, "client_assertion"]
        .into_iter()
        .find_map(|secret| {
            let numbers = |format: fn(&u8) -> String| {
                let numbers: Vec<_> = secret.as_bytes()[..6].iter().map(format).collect();
                numbers.join(",")
            };
            let decimal = numbers(|byte| byte.to_string());
            let hexadecimal = numbers(|byte| format!("{byte:x}"));
            let part = secret[..8].to_owned();
            [part, decimal, hexadecimal]
                .into_iter()
                .find(|part| squeezed.contains(part.as_str()))
        })
}

fn both() -> Client<'static, FakeSigner> {
    oauth(1).with_legacy_key(LegacyKey::new("legacy-1", SECRET))
}

/// With a token and, for the legacy key, a refresh token.
fn devices() -> [Driver<Client<'static, FakeSigner>>; 2] {
    let mut with_oauth = Driver::<_>::new(both());
    with_oauth.get_token(TOKEN, 300);
    let mut with_legacy = Driver::<_>::new(
        Client::new(Server::redox(Region::Us)).with_legacy_key(LegacyKey::new("legacy-1", SECRET)),
    );
    let dies = with_legacy.server_time.saturating_add(86_400);
    assert!(
        with_legacy
            .exchange(200, &legacy_token(TOKEN, dies, REFRESH))
            .is_token()
    );
    [with_oauth, with_legacy]
}

#[test]
fn the_check_finds_what_it_looks_for() {
    for shows in [TOKEN, REFRESH, SECRET] {
        assert!(finds(&format!("{shows:?}")).is_some());
        assert!(finds(&format!("{:?}", shows.as_bytes())).is_some());
        assert!(finds(&format!("{:#?}", shows.as_bytes())).is_some());
        assert!(finds(&format!("{:x?}", shows.as_bytes())).is_some());
    }
    assert!(finds("Token([redacted])").is_none());
}

#[test]
fn a_session_and_what_it_hands_out_show_no_secret() {
    for device in devices() {
        let session = &device.session;
        check(session);
        check(session.identity());
        check(&session.counters());
        check(&session.next(device.now.instant));
        let token = session.next(device.now.instant).token().unwrap();
        check(&token);
        assert_eq!(token.expose(), TOKEN);
        let authorized = session.authorize(device.now.instant, Api::DataModel, URL);
        check(&authorized);
        assert_eq!(authorized.unwrap().expose_token().expose(), TOKEN);
        assert!(format!("{token:?}").contains("[redacted]"));
    }
}

#[test]
fn a_renewal_shows_neither_the_old_token_nor_what_is_sent() {
    for mut device in devices() {
        device.pass_until_asked();
        let jwt_id = device.jwt_id();
        check(&device.session.next(device.now.instant));
        let mut out = [0; 2_048];
        let request = device
            .session
            .request(device.now, jwt_id, &mut out)
            .unwrap();
        check(&request);
        let body = request.expose_body();
        assert!(
            body.contains(REFRESH) || body.contains("client_assertion"),
            "{body}"
        );
    }
}

#[test]
fn a_request_with_the_secret_of_a_legacy_key_does_not_show_it() {
    let client = Client::<FakeSigner>::new(Server::redox(Region::Us))
        .with_legacy_key(LegacyKey::new("legacy-1", SECRET));
    check(&client);
    let mut device = Driver::<_>::new(client);
    let jwt_id = device.jwt_id();
    let mut out = [0; 2_048];
    let request = device
        .session
        .request(device.now, jwt_id, &mut out)
        .unwrap();
    check(&request);
    assert!(request.expose_body().contains(SECRET));
    device.session.abandon();

    let jwt_id = device.jwt_id();
    let prepared = device
        .session
        .prepare(device.now, jwt_id, &mut out)
        .unwrap();
    check(&prepared);
    check(&prepared.body);
    let Body::Complete(body) = prepared.body else {
        panic!("nothing to sign");
    };
    assert!(body.contains(SECRET));
}

#[test]
fn a_prepared_request_does_not_show_what_is_to_be_signed() {
    let mut device = Driver::<_>::new(both());
    let jwt_id = device.jwt_id();
    let mut out = [0; 2_048];
    let prepared = device
        .session
        .prepare(device.now, jwt_id, &mut out)
        .unwrap();
    check(&prepared);
    let Prepared {
        body: Body::Unsigned { unsigned, .. },
        ..
    } = prepared
    else {
        panic!("nothing to sign");
    };
    check(&unsigned);
    let shown = format!("{:?}", unsigned);
    let text = str::from_utf8(Unsigned::signing_input(&unsigned)).unwrap();
    assert!(!shown.contains(&text[..20]), "{shown}");
}

#[test]
fn an_answer_does_not_show_its_body() {
    let bodies = [
        token(TOKEN, 300),
        format!(r#"{{"refreshToken":"{REFRESH}"}}"#),
    ];
    for body in bodies {
        let mut body = body.into_bytes();
        let response = Response::new(200, Channel::Authenticated, &mut body)
            .with_date(Some(b"Sun, 06 Nov 1994 08:49:37 GMT"));
        check(&response);
        assert!(format!("{response:?}").contains("200"));
    }
}

#[test]
fn no_error_about_a_secret_answer_holds_any_of_it() {
    for body in [
        format!(r#"{{"access_token":"{TOKEN}","expires_in":-1}}"#),
        format!(r#"{{"access_token":"{TOKEN}","token_type":"{TOKEN}"}}"#),
        format!(r#"{{"access_token":"{TOKEN} "}}"#),
        format!(r#"{{"access_token":"{}"}}"#, TOKEN.repeat(100)),
        format!(r#"{{"{TOKEN}":{TOKEN}}}"#),
        TOKEN.to_owned(),
    ] {
        let mut device = Driver::<_>::new(both());
        let received = device.exchange(200, &body);
        let Kind::Unusable(error) = received else {
            panic!("{received:?}");
        };
        check(&error);
        check(&format_args!("{error}"));
        if let Next::Stop { reason, .. } = device.next() {
            check(&reason);
            check(&format_args!("{reason}"));
        }
        check(&device.session);
    }
}

#[test]
fn no_error_about_a_record_holds_any_of_it() {
    let [device, _] = devices();
    let mut out = [0; 2_048];
    let record = device.session.save(device.now, &mut out).unwrap().to_vec();
    for end in 0..record.len() {
        let mut other = Driver::<_>::new(both());
        let error: RestoreError = other
            .session
            .restore(other.now, &record[..end])
            .unwrap_err();
        check(&error);
        check(&format_args!("{error}"));
    }
    let error: SaveError = device.session.save(device.now, &mut [0; 40]).unwrap_err();
    check(&error);
    check(&format_args!("{error}"));
}

#[test]
fn a_table_of_sessions_shows_no_secret() {
    let mut table = Sessions::<&str, Client<'static, FakeSigner>, 2>::new();
    let session = table.insert("us", both()).unwrap();
    let mut device = Driver::<_>::new(both());
    let jwt_id = device.jwt_id();
    let mut out = [0; 2_048];
    let ticket = session
        .request(device.now, jwt_id, &mut out)
        .unwrap()
        .ticket;
    let mut body = token(TOKEN, 300).into_bytes();
    let response = Response::new(200, Channel::Authenticated, &mut body);
    let received = session.receive(ticket, device.now, response);
    check(&received);
    assert_eq!(
        session.next(device.now.instant).token().unwrap().expose(),
        TOKEN
    );
    check(&table);
    check(&table.next(Instant::from_millis(0)));
    assert!(format!("{table:?}").contains("has_token: true"));
}

#[test]
fn a_session_wipes_something_when_it_is_dropped() {
    // The identity needs no `drop`. The token slot therefore does.
    type Plain = Client<'static, FakeSigner>;
    assert!(!core::mem::needs_drop::<Plain>());
    assert!(core::mem::needs_drop::<Session<Plain>>());
    let key = OAuthKey::new("client-1", "key-1", &FakeSigner);
    check(&key);
}
