mod error;

pub use error::{RestoreError, SaveError};

use super::Session;
use super::checksum::Checksum;
use super::migration::Way;
use super::next::{Generation, ServedBy};
use super::receive::Life;
use super::slot::Held;
use super::storage::TokenStorage;
use crate::identity::Identity;
use crate::out::Out;
use crate::time::{Now, UnixTime};

impl<I: Identity, const N: usize> Session<I, [u8; N]> {
    /// The greatest length of a record, in bytes. With other storage, [`SaveError::BufferTooSmall`] gives the length
    /// needed.
    pub const MAX_RECORD_LEN: usize = HEAD_LEN.saturating_add(N).saturating_add(CHECKSUM_LEN);
}

impl<I: Identity, S: TokenStorage> Session<I, S> {
    /// Writes the token, and a legacy key's refresh token, into `out`, as a record that survives a reboot or a deep
    /// sleep.
    ///
    /// The record holds the tokens in plain text: protect it like the private key. Its times are absolute. Its checksum
    /// detects damage, not forgery.
    ///
    /// # Errors
    /// [`SaveError`]; `out` then holds no whole token.
    pub fn save<'o>(&self, now: Now, out: &'o mut [u8]) -> Result<&'o [u8], SaveError> {
        let held = self.slot.live(now.instant).ok_or(SaveError::NoToken)?;
        let (earliest, latest) = self
            .clock
            .bounds(now, self.identity.earliest_time())
            .ok_or(SaveError::TimeUnknown)?;
        let token = self.slot.token(held);
        let refresh_token = self.slot.refresh_token().unwrap_or("");
        let left_secs = held.expiry.expires_at().secs_since(now.instant);
        let offset = now
            .unix
            .map_or(0, |own| latest.as_secs().wrapping_sub(own.as_secs()));
        let (way, key) = match held.served_by {
            ServedBy::OAuth { key } => (WAY_OAUTH, u8::try_from(key).unwrap_or(0)),
            ServedBy::Legacy => (WAY_LEGACY, 0),
        };

        let mut record = Out::new(out);
        let tokens_len = token.expose().len().saturating_add(refresh_token.len());
        record.check_room(
            HEAD_LEN
                .saturating_add(tokens_len)
                .saturating_add(CHECKSUM_LEN),
        )?;
        record.put(&MAGIC);
        record.put(&[VERSION, way, key, 0]);
        for number in [
            self.fingerprint(Way::of(held.served_by)),
            earliest.as_secs(),
            earliest.saturating_add(left_secs).as_secs(),
            offset,
        ] {
            record.put(&number.to_be_bytes());
        }
        record.put(&held.lifetime_secs.to_be_bytes());
        record.put(&len_u16(token.expose()));
        record.put(&len_u16(refresh_token));
        record.put_str(token.expose());
        record.put_str(refresh_token);
        let checksum = Checksum::of(record.since(0));
        record.put(&checksum.to_be_bytes());
        Ok(record.finish_bytes()?)
    }

    /// Restores the token of a record from [`save`](Self::save), if the token is still valid.
    ///
    /// A device without a clock must learn the time first: follow [`next`](Self::next) until
    /// [`unix_time`](Self::unix_time) returns a time.
    ///
    /// # Errors
    /// [`RestoreError`]; the session is then unchanged.
    pub fn restore(&mut self, now: Now, record: &[u8]) -> Result<(), RestoreError> {
        if self.slot.live(now.instant).is_some() {
            return Err(RestoreError::HasToken);
        }
        let record = Record::parse(record)?;
        let secs = self.secs_left(now, &record)?;
        self.take_over(now, &record, secs)
    }

    /// Restores the token of a record from another session of the same client, for sessions that share tokens through a
    /// store. Unlike [`restore`](Self::restore), it also replaces a token that expires earlier.
    ///
    /// `lives_for_secs` is the remaining lifetime of the token, measured with the clock of the store, which may be the
    /// only clock that is right. If the session's own clock gives a shorter lifetime, that counts. `rejected` is a
    /// token that an API no longer accepts, or `""`.
    ///
    /// # Errors
    /// [`RestoreError`]; [`RestoreError::HasToken`] if the session's own token lives as long. It never returns
    /// [`RestoreError::FromFuture`] or [`RestoreError::TimeUnknown`]. The session is then unchanged.
    pub fn adopt(
        &mut self,
        now: Now,
        record: &[u8],
        lives_for_secs: u32,
        rejected: &str,
    ) -> Result<(), RestoreError> {
        let record = Record::parse(record)?;
        if record.token == rejected {
            return Err(RestoreError::Rejected);
        }
        let secs = match self.secs_left(now, &record) {
            Ok(secs) => secs.min(lives_for_secs),
            Err(RestoreError::FromFuture | RestoreError::TimeUnknown) => lives_for_secs,
            Err(error) => return Err(error),
        };
        if secs == 0 {
            return Err(RestoreError::Expired);
        }
        let secs = secs.min(record.lifetime_secs);
        let dies_at = now.instant.saturating_add_secs(secs);
        let is_better = |held: &Held| {
            self.slot.token(held).expose() != record.token && held.expiry.expires_at() < dies_at
        };
        if !self.slot.live(now.instant).is_none_or(is_better) {
            return Err(RestoreError::HasToken);
        }
        self.take_over(now, &record, secs)
    }

    fn take_over(&mut self, now: Now, record: &Record<'_>, secs: u32) -> Result<(), RestoreError> {
        let served_by = record.served_by;
        if record.fingerprint != self.fingerprint(Way::of(served_by)) {
            return Err(RestoreError::OtherIdentity);
        }
        let policy = self.identity.policy();
        let allowed = match served_by {
            ServedBy::OAuth { .. } => self.has_oauth,
            ServedBy::Legacy => self.has_legacy,
        };
        if !allowed || !policy.allows_lifetime(record.lifetime_secs) {
            return Err(RestoreError::Policy(policy));
        }
        let found = record
            .token
            .len()
            .saturating_add(record.refresh_token.len());
        let capacity = self.slot.capacity();
        if found > capacity {
            return Err(RestoreError::TooLong { found, capacity });
        }

        let generation = Generation(self.generations);
        let life = Life {
            from: now.instant,
            secs,
        };
        let held = Held {
            len: record.token.len(),
            served_by,
            generation,
            expiry: self.expiry(life, record.lifetime_secs),
            lifetime_secs: record.lifetime_secs,
        };
        self.slot.drop_refresh_token();
        if self.slot.store(record.token.as_bytes(), held).is_err() {
            return Err(RestoreError::TooLong { found, capacity });
        }
        self.generations = self.generations.wrapping_add(1);
        if !record.refresh_token.is_empty() {
            self.slot
                .store_refresh_token(record.refresh_token.as_bytes());
        }
        if let ServedBy::OAuth { key } = served_by
            && self.identity.oauth_key(key).is_some()
        {
            self.keys.current = key;
        }
        Ok(())
    }

    /// The remaining lifetime of the token that is certain.
    ///
    /// The device's clock may show the same wrong time as at saving, or may have been corrected since. The later result
    /// counts.
    fn secs_left(&self, now: Now, record: &Record<'_>) -> Result<u32, RestoreError> {
        let (_, mut latest) = self
            .clock
            .bounds(now, self.identity.earliest_time())
            .ok_or(RestoreError::TimeUnknown)?;
        if let Some(own) = now.unix.filter(|_| !self.clock.is_learned()) {
            let as_then = own.as_secs().wrapping_add(record.offset);
            latest = latest.max(UnixTime::from_secs(as_then));
        }
        if record.saved_at > latest {
            return Err(RestoreError::FromFuture);
        }
        let secs = record.expires_at.as_secs().saturating_sub(latest.as_secs());
        match u32::try_from(secs) {
            Ok(0) => Err(RestoreError::Expired),
            Ok(secs) if secs <= record.lifetime_secs => Ok(secs),
            _ => Err(RestoreError::Damaged),
        }
    }

    /// A number that identifies the owner of the token. Another client or another server has another number.
    fn fingerprint(&self, way: Way) -> u64 {
        let server = self.identity.server();
        let (name, url, scope) = match way {
            Way::OAuth => (
                self.identity.oauth_key(0).map_or("", |key| key.client_id()),
                server.token_url(),
                server.scope().unwrap_or(""),
            ),
            Way::Legacy => (
                self.identity.legacy_key().map_or("", |key| key.api_key()),
                server.base_url(),
                "",
            ),
        };
        let mut checksum = Checksum::new();
        for part in [name, url.as_str(), scope] {
            checksum.update(part.as_bytes());
            checksum.update(&[0]);
        }
        if way == Way::OAuth {
            self.update_with_what_is_asked_for(&mut checksum);
        }
        checksum.finish()
    }

    /// A number for the purpose and the binding of the OAuth API key's tokens. Another subject, other claims or another
    /// DPoP key give another number.
    pub(super) fn what_is_asked_for(&self) -> u64 {
        let mut checksum = Checksum::new();
        self.update_with_what_is_asked_for(&mut checksum);
        checksum.finish()
    }

    fn update_with_what_is_asked_for(&self, checksum: &mut Checksum) {
        let mut update = |number: u8, part: &str| {
            checksum.update(&[number]);
            checksum.update(part.as_bytes());
            checksum.update(&[0]);
        };
        if let Some(dialect) = self.identity.dialect() {
            for (number, part) in dialect.asks_for() {
                update(number, part);
            }
        }
        if let Some(key) = self.identity.dpop_key() {
            // After the parts of the dialect.
            update(5, key.thumbprint().as_str());
        }
    }
}

/// A complete record.
struct Record<'r> {
    served_by: ServedBy,
    fingerprint: u64,
    saved_at: UnixTime,
    expires_at: UnixTime,
    /// The server's time minus the device's clock, in seconds, modulo 2⁶⁴.
    offset: u64,
    lifetime_secs: u32,
    token: &'r str,
    refresh_token: &'r str,
}

impl<'r> Record<'r> {
    fn parse(bytes: &'r [u8]) -> Result<Self, RestoreError> {
        let damaged = RestoreError::Damaged;
        let (content, checksum) = bytes.split_last_chunk().ok_or(damaged)?;
        if Checksum::of(content) != u64::from_be_bytes(*checksum) {
            return Err(damaged);
        }
        let mut rest = Rest(content);
        if rest.take() != Some(MAGIC) {
            return Err(damaged);
        }
        match rest.take() {
            Some([VERSION]) => Self::read(rest).ok_or(damaged),
            Some([found]) => Err(RestoreError::Version { found }),
            None => Err(damaged),
        }
    }

    /// Parses the part after the version.
    fn read(mut rest: Rest<'r>) -> Option<Self> {
        let served_by = match rest.take()? {
            [WAY_OAUTH, key, _] => ServedBy::OAuth { key: key.into() },
            [WAY_LEGACY, ..] => ServedBy::Legacy,
            _ => return None,
        };
        let mut numbers = [0; 4];
        for number in &mut numbers {
            *number = u64::from_be_bytes(rest.take()?);
        }
        let [fingerprint, saved_at, expires_at, offset] = numbers;
        let lifetime_secs = u32::from_be_bytes(rest.take()?);
        let token_len = u16::from_be_bytes(rest.take()?).into();
        let refresh_len = u16::from_be_bytes(rest.take()?).into();
        let token = rest.text(token_len)?;
        let refresh_token = rest.text(refresh_len)?;
        (rest.0.is_empty() && !token.is_empty()).then_some(Self {
            served_by,
            fingerprint,
            saved_at: UnixTime::from_secs(saved_at),
            expires_at: UnixTime::from_secs(expires_at),
            offset,
            lifetime_secs,
            token,
            refresh_token,
        })
    }
}

/// The part of the record that has not been parsed yet.
struct Rest<'r>(&'r [u8]);

impl<'r> Rest<'r> {
    fn take<const L: usize>(&mut self) -> Option<[u8; L]> {
        let (head, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*head)
    }

    /// A token. Only these characters may get into a header.
    fn text(&mut self, len: usize) -> Option<&'r str> {
        let (head, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        core::str::from_utf8(head)
            .ok()
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_graphic()))
    }
}

fn len_u16(text: &str) -> [u8; 2] {
    u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes()
}

const MAGIC: [u8; 4] = *b"RdxT";
const VERSION: u8 = 1;
const WAY_OAUTH: u8 = 0;
const WAY_LEGACY: u8 = 1;
const HEAD_LEN: usize = 4 + 4 + 4 * 8 + 4 + 2 + 2;
const CHECKSUM_LEN: usize = 8;
