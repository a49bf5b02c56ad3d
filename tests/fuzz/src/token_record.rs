use crc::{CRC_64_XZ, Crc};
use redox_auth_core::{
    Algorithm, Client, Instant, LegacyKey, Now, OAuthKey, Preference, Region, RestoreError, Server,
    Session, UnixTime,
};

/// A record of a token: the input as it came, with the checksum put right, and with all put right that tells whose
/// token it is and of what version.
///
/// # Panics
/// When a token comes out that cannot stand in a header or that outlives what the record says, when it is another after
/// it was saved and restored again, or when a refused record leaves a trace.
pub fn token_record(input: &[u8]) {
    let keys = [OAuthKey::without_signer(
        NAME,
        "key-1",
        Algorithm::Es256,
        64,
    )];
    let server = Server::redox(Region::Us);
    let with_oauth = Client::new(server).with_oauth_keys(&keys);
    let with_legacy = Client::new(server).with_legacy_key(LegacyKey::new(NAME, "secret"));
    for (client, url, way) in [
        (with_oauth, server.token_url().as_str(), 0),
        (with_legacy, server.base_url().as_str(), 1),
        (
            with_oauth.with_legacy_key(LegacyKey::new(NAME, "secret")),
            server.base_url().as_str(),
            1,
        ),
    ] {
        restore(client, input);
        restore(client, &sealed(input.to_vec()));
        let mut fitting = input.to_vec();
        let owner = CRC.checksum(format!("{NAME}\0{url}\0\0").as_bytes());
        for (at, bytes) in [
            (0, &b"RdxT\x01"[..]),
            (5, &[way]),
            (8, &owner.to_be_bytes()),
        ] {
            if let Some(place) = fitting
                .get_mut(at..)
                .and_then(|it| it.get_mut(..bytes.len()))
            {
                place.copy_from_slice(bytes);
            }
        }
        restore(client, &sealed(fitting));
    }
}

fn restore(client: Client<'_, ()>, record: &[u8]) {
    let mut session = Session::<_, [u8; CAPACITY]>::new(client);
    session.prefer(Preference::OAuthFirst);
    let untouched = format!("{session:?} {:?}", session.next(NOW.instant));
    if let Err(error) = session.restore(NOW, record) {
        assert_eq!(
            untouched,
            format!("{session:?} {:?}", session.next(NOW.instant)),
            "{error}"
        );
        return;
    }
    let Some(token) = session.next(NOW.instant).token() else {
        panic!("restored, and nothing to use");
    };
    let text = token.expose().to_owned();
    assert!(!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()));
    assert_eq!(session.restore(NOW, record), Err(RestoreError::HasToken));

    let lifetime = record.get(40..44).and_then(|it| it.first_chunk().copied());
    let lifetime = u32::from_be_bytes(lifetime.expect("a record has a lifetime"));
    let end = NOW.instant.saturating_add_secs(lifetime);
    assert!(session.next(end).token().is_none());

    let mut out = [0; Session::<Client<'_, ()>, [u8; CAPACITY]>::MAX_RECORD_LEN];
    let again = session.save(NOW, &mut out).expect("there is a token");
    assert_eq!(tokens(again), tokens(record));
    let mut copy = Session::<_, [u8; CAPACITY]>::new(client);
    match copy.restore(NOW, again) {
        Ok(()) => assert_eq!(
            copy.next(NOW.instant).token().map(|it| it.expose()),
            Some(text.as_str())
        ),
        // Each time costs the second that whole seconds do not tell.
        Err(error) => assert_eq!(error, RestoreError::Expired),
    }
}

/// The two lengths, and all behind them but the checksum.
fn tokens(record: &[u8]) -> Option<&[u8]> {
    let (content, _) = record.split_last_chunk::<8>()?;
    content.get(44..)
}

fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    let checksum = CRC.checksum(&content);
    content.extend(checksum.to_be_bytes());
    content
}

const CRC: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);
const NAME: &str = "name-1";
const CAPACITY: usize = 64;
const NOW: Now = Now {
    instant: Instant::from_millis(1_000),
    unix: Some(UnixTime::from_secs(1_800_000_000)),
};
