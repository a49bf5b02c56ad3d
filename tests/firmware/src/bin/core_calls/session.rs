use core::hint::black_box;

use board::{Element, ok, show, text};
use redox_auth_core::{
    Api, AuthorizeError, Body, Channel, Client, Instant, JwtId, LegacyKey, Next, Now, OAuthKey,
    Policy, Preference, Prepared, Received, Region, Rejected, Response, SecretRotation, Server,
    Session, Target, UnixTime,
};

type Device<'c> = Session<Client<'c, Element>>;

pub(crate) fn oauth() -> Option<()> {
    with_session(|session| {
        let mut out = [0; 1024];
        matches!(session.next(instant(0)), Next::Fetch).then_some(())?;
        show(
            &session
                .request(at(0), jwt_id(1), black_box(&mut []))
                .err()?,
        )?;
        let request = ok(session.request(at(0), jwt_id(1), black_box(&mut out)))?;
        black_box((
            request.method.as_str(),
            request.url.as_str(),
            request.path,
            request.content_type,
            request.expose_body(),
        ));
        let ticket = request.ticket;
        show(
            &session
                .request(at(1), jwt_id(2), black_box(&mut out))
                .err()?,
        )?;
        session.failed(ticket, instant(1_000));
        let Next::Wait { until } = session.next(instant(1_000)) else {
            return None;
        };

        let ticket = ok(session.request(at(until.as_millis()), jwt_id(2), &mut out))?.ticket;
        let mut body = *br#"{"error":"invalid_client","error_description":"unknown key"}"#;
        let received = session.receive(ticket, at(3_000), answer(401, &mut body));
        let Received::Refused(refusal) = received else {
            return None;
        };
        show(&refusal.refused)?;
        // The other key.
        token(session, 4_000)?;

        let Next::Use { token, until } = session.next(instant(6_000)) else {
            return None;
        };
        black_box((token.expose(), token.served_by(), until));
        let generation = token.generation();
        let url = text("https://api.redoxengine.com/endpoint");
        let authorized = ok(session.authorize(instant(6_000), black_box(Api::DataModel), url))?;
        black_box((
            authorized.expose_token().expose(),
            authorized.generation(),
            authorized.source_id(),
        ));
        let elsewhere = session.authorize(instant(6_000), black_box(Api::Fhir), text("https://a"));
        show(&elsewhere.err()?)?;
        let rejected = session.rejected(generation, instant(6_000));
        (rejected == Rejected::Dropped).then_some(())?;
        black_box(session.counters());
        black_box(session.next(instant(6_000)).token().is_none());
        session.next(instant(6_000)).until().is_none().then_some(())
    })
}

pub(crate) fn without_a_clock() -> Option<()> {
    with_session(|session| {
        let mut out = [0; 1024];
        let prepared = session.prepare(no_clock(0), jwt_id(1), black_box(&mut []));
        let Prepared { ticket, target, .. } = ok(prepared)?;
        (target == Target::Time).then_some(())?;
        let received = session.receive(ticket, no_clock(100), answer(404, &mut []));
        matches!(received, Received::Time).then_some(())?;
        session.has_learned_time().then_some(())?;
        session.unix_time(no_clock(200))?;

        let prepared = ok(session.prepare(no_clock(300), jwt_id(2), black_box(&mut out)))?;
        let Body::Unsigned { key, unsigned } = prepared.body else {
            return None;
        };
        black_box(key);
        ok(unsigned.finish(black_box(&[7; 64])))?;
        let mut page = *b"<html>";
        let received = session.receive(prepared.ticket, no_clock(400), answer(200, &mut page));
        let Received::Unusable(error) = received else {
            return None;
        };
        show(&error)?;
        session.abandon();
        Some(())
    })
}

pub(crate) fn migration() -> Option<()> {
    with_session(|session| {
        session.prefer(black_box(Preference::LegacyOnly));
        for ms in [0, 10_000] {
            let mut out = [0; 1024];
            let ticket = ok(session.request(at(ms), jwt_id(ms), black_box(&mut out)))?.ticket;
            let mut body =
                *br#"{"accessToken":"a","expires":"2030-01-01T00:00:00.000Z","refreshToken":"b"}"#;
            let received = session.receive(ticket, at(ms), answer(200, &mut body));
            matches!(received, Received::Token(_)).then_some(())?;
            let refused = session.authorize(
                instant(ms),
                black_box(Api::Fhir),
                text("https://api.redoxengine.com/fhir"),
            );
            matches!(refused, Err(AuthorizeError::LegacyToken(_))).then_some(())?;
            let Next::Use { token, .. } = session.next(instant(ms)) else {
                return None;
            };
            let generation = token.generation();
            session.rejected(generation, instant(ms));
        }
        session.prefer(black_box(Preference::OAuthFirst));
        black_box(session.preference());
        token(session, 20_000)?;
        let rotation = session.legacy_secret_rotation(instant(20_000));
        matches!(rotation, SecretRotation::NotYet(_)).then_some(())?;
        let client = *session.identity();
        let before = session.replace_identity(black_box(client));
        black_box(before.with_policy(Policy::Tefca));
        Some(())
    })
}

pub(crate) fn record() -> Option<()> {
    with_session(|session| {
        let mut record = [0; Device::MAX_RECORD_LEN];
        show(&session.save(at(0), black_box(&mut record)).err()?)?;
        token(session, 0)?;
        let record = ok(session.save(at(1_000), black_box(&mut record)))?;
        with_session(|other| {
            show(&other.restore(at(0), black_box(record.get(..1)?)).err()?)?;
            ok(other.restore(at(60_000), black_box(record)))?;
            matches!(other.next(instant(60_000)), Next::Use { .. }).then_some(())
        })
    })
}

/// Hands a session to `run` that nobody knows anything about.
fn with_session(run: impl FnOnce(&mut Device<'_>) -> Option<()>) -> Option<()> {
    let keys = [
        OAuthKey::new(text("client"), text("key-1"), &Element),
        OAuthKey::new(text("client"), text("key-2"), &Element),
    ];
    let client = Client::new(Server::redox(black_box(Region::Us)))
        .with_oauth_keys(black_box(&keys))
        .with_legacy_key(LegacyKey::new(text("id"), text("secret")))
        .with_source_id(text("source"))
        .with_policy(black_box(Policy::Usual))
        .with_earliest_time(black_box(UnixTime::from_secs(1_800_000_000)));
    let mut session = Session::new(black_box(client));
    run(black_box(&mut session))?;
    black_box(session.into_identity());
    Some(())
}

/// Brings a token.
fn token(session: &mut Device<'_>, ms: u64) -> Option<()> {
    let mut out = [0; 1024];
    let ticket = ok(session.request(at(ms), jwt_id(ms), black_box(&mut out)))?.ticket;
    let mut body = *br#"{"access_token":"abc","token_type":"Bearer","expires_in":300}"#;
    let received = session.receive(ticket, at(ms), answer(200, &mut body));
    matches!(received, Received::Token(_)).then_some(())
}

fn answer(status: u16, body: &mut [u8]) -> Response<'_> {
    black_box(
        Response::new(status, Channel::Authenticated, body)
            .with_date(Some(b"Fri, 15 Jan 2027 08:00:00 GMT"))
            .with_retry_after(Some(b"1")),
    )
}

fn jwt_id(number: u64) -> JwtId {
    JwtId::from_random(black_box(
        ((u128::MAX / 7) ^ u128::from(number)).to_le_bytes(),
    ))
}

fn at(ms: u64) -> Now {
    Now {
        instant: instant(ms),
        unix: black_box(Some(UnixTime::from_secs(1_800_000_000 + ms / 1_000))),
    }
}

fn no_clock(ms: u64) -> Now {
    Now {
        instant: instant(ms),
        unix: black_box(None),
    }
}

fn instant(ms: u64) -> Instant {
    Instant::from_millis(black_box(ms))
}
