//! Tokens in storage that grows with them, up to a limit that is only known at run time.

use core::cell::RefCell;
use std::rc::Rc;

use redox_auth_core::{
    AnswerError, Client, Next, RestoreError, SaveError, Session, Stopped, TokenStorage,
};
use zeroize::Zeroize as _;

use crate::support::driver::{Driver, FakeSigner, Kind, legacy, legacy_token, oauth, token};
use crate::support::record::{Device, record_of};

type Growing = Driver<Client<'static, FakeSigner>, HeapStorage>;

/// Bytes on the heap that the test can still read after they are freed.
struct HeapStorage {
    bytes: Vec<u8>,
    limit: usize,
    /// The bytes at the time when the storage was dropped.
    left: Rc<RefCell<Vec<u8>>>,
}

impl TokenStorage for HeapStorage {
    fn limit(&self) -> usize {
        self.limit
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn grow(&mut self, len: usize) {
        assert!(len > self.bytes.len() && len <= self.limit, "{len} bytes");
        let mut longer = vec![0; len];
        longer[..self.bytes.len()].copy_from_slice(&self.bytes);
        self.bytes.zeroize();
        self.bytes = longer;
    }
}

impl Drop for HeapStorage {
    fn drop(&mut self) {
        self.left.borrow_mut().append(&mut self.bytes);
    }
}

fn growing(client: Client<'static, FakeSigner>, limit: usize) -> Growing {
    growing_watched(client, limit, &Rc::default())
}

fn growing_watched(
    client: Client<'static, FakeSigner>,
    limit: usize,
    left: &Rc<RefCell<Vec<u8>>>,
) -> Growing {
    let storage = HeapStorage {
        bytes: Vec::new(),
        limit,
        left: Rc::clone(left),
    };
    Driver::with_session(Session::with_storage(client, storage))
}

/// Answers the request that is due with a legacy token of a day.
fn get_legacy_token(driver: &mut Growing, name: &str, refresh_token: &str) -> Kind {
    let expires_at = driver.server_time.saturating_add(86_400);
    driver.exchange(200, &legacy_token(name, expires_at, refresh_token))
}

#[test]
fn tokens_of_any_length_up_to_the_limit_are_kept() {
    let mut driver = growing(oauth(1), 5_000);
    for len in [1, 800, 801, 36, 4_999, 5_000] {
        let long = "t".repeat(len);
        assert!(driver.exchange(200, &token(&long, 300)).is_token(), "{len}");
        assert_eq!(driver.token(), Some(&*long));
        driver.pass_until_asked();
    }
}

#[test]
fn a_token_beyond_the_limit_says_the_limit_and_leaves_the_one_that_is_still_good() {
    let mut driver = growing(oauth(1), 5_000);
    let error = AnswerError::TokenTooLong {
        found: 5_001,
        capacity: 5_000,
    };
    let too_long = token(&"t".repeat(5_001), 300);
    assert_eq!(driver.exchange(200, &too_long), Kind::Unusable(error));
    let Next::Stop { reason, .. } = driver.next() else {
        panic!("{:?}", driver.next());
    };
    assert_eq!(reason, Stopped::Answer(error));

    let mut driver = growing(oauth(1), 5_000);
    driver.get_token("good", 300);
    driver.pass_until_asked();
    assert_eq!(driver.exchange(200, &too_long), Kind::Unusable(error));
    assert_eq!(driver.token(), Some("good"));
}

#[test]
fn a_refresh_token_stays_while_the_place_grows() {
    let mut driver = growing(legacy(), 5_000);
    let refresh_token = "r".repeat(1_000);
    assert!(get_legacy_token(&mut driver, "short", &refresh_token).is_token());
    driver.pass_until_asked();
    let sent = driver.request();
    let long = "t".repeat(4_000);
    let expires_at = driver.server_time.saturating_add(86_400);
    // The answer names no other refresh token, and therefore this one also serves the next renewal.
    let body = legacy_token(&long, expires_at, "").replace(r#","refreshToken":"""#, "");
    assert!(driver.receive(sent.ticket, 200, &body).is_token());
    assert_eq!(driver.token(), Some(&*long));
    driver.pass_until_asked();
    let expected = format!(r#"{{"apiKey":"legacy-1","refreshToken":"{refresh_token}"}}"#);
    assert_eq!(driver.request().body, expected);
}

#[test]
fn a_refresh_token_without_room_below_the_limit_is_not_kept() {
    for (limit, is_kept) in [(4_100, true), (4_099, false)] {
        let mut driver = growing(legacy(), limit);
        let (long, refresh_token) = ("t".repeat(4_000), "r".repeat(100));
        assert!(get_legacy_token(&mut driver, &long, &refresh_token).is_token());
        assert_eq!(driver.token(), Some(&*long));
        driver.pass_until_asked();
        let body = driver.request().body;
        assert_eq!(body.contains(&refresh_token), is_kept, "{limit}");
    }
}

#[test]
fn long_tokens_are_saved_restored_and_adopted() {
    let mut before = growing(legacy(), 5_000);
    let (long, refresh_token) = ("t".repeat(3_000), "r".repeat(1_000));
    assert!(get_legacy_token(&mut before, &long, &refresh_token).is_token());

    let short = before.session.save(before.now, &mut []);
    let Err(SaveError::BufferTooSmall { needed }) = short else {
        panic!("{short:?}");
    };
    let mut record = vec![0; needed];
    let record = before.session.save(before.now, &mut record).unwrap();
    assert_eq!(record.len(), needed);

    let mut restored = growing(legacy(), 4_000);
    assert_eq!(restored.session.restore(restored.now, record), Ok(()));
    assert_eq!(restored.token(), Some(&*long));
    assert_eq!(record_of(&restored)[48..4_048], record[48..4_048]);

    let mut adopting = growing(legacy(), 4_000);
    let dies_soon = adopting.server_time.saturating_add(3_600);
    let body = legacy_token("own", dies_soon, "refresh");
    assert!(adopting.exchange(200, &body).is_token());
    let adopted = adopting.session.adopt(adopting.now, record, 86_300, "");
    assert_eq!(adopted, Ok(()));
    assert_eq!(adopting.token(), Some(&*long));

    let mut small = growing(legacy(), 3_999);
    let too_long = RestoreError::TooLong {
        found: 4_000,
        capacity: 3_999,
    };
    let refused = small.session.restore(small.now, record);
    assert_eq!(refused, Err(too_long));
    let mut array = Device::<4_000>::new(legacy());
    assert_eq!(array.session.restore(array.now, record), Ok(()));
}

#[test]
fn the_longest_token_that_a_record_can_count_survives_and_no_longer_one_is_taken() {
    let mut before = growing(oauth(1), 1_000_000);
    let long = "t".repeat(65_535);
    assert!(before.exchange(200, &token(&long, 300)).is_token());
    let mut record = vec![0; 70_000];
    let record = before.session.save(before.now, &mut record).unwrap();
    let mut restored = growing(oauth(1), 1_000_000);
    assert_eq!(restored.session.restore(restored.now, record), Ok(()));
    assert_eq!(restored.token(), Some(&*long));

    before.pass_until_asked();
    let error = AnswerError::TokenTooLong {
        found: 65_536,
        capacity: 65_535,
    };
    let received = before.exchange(200, &token(&"t".repeat(65_536), 300));
    assert_eq!(received, Kind::Unusable(error));
}

#[test]
fn a_session_wipes_its_storage_when_it_ends() {
    let left = Rc::default();
    let mut driver = growing_watched(legacy(), 5_000, &left);
    assert!(get_legacy_token(&mut driver, &"t".repeat(800), "refresh").is_token());
    assert!(left.borrow().is_empty());
    drop(driver);
    assert_eq!(*left.borrow(), vec![0_u8; 807]);
}
