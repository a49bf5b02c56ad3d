use redox_auth_core::{
    Api, Client, Generation, Instant, JwtId, Next, Now, Preference, Received, Rejected,
    RequestError, Response, Session, Ticket, UnixTime,
};

use super::FakeSigner;
use super::answer::Answer;
use super::bytes::Bytes;

type Client1<'k> = Client<'k, FakeSigner>;

/// A session, and what must be true of it.
pub(super) struct Run<'k> {
    client: Client1<'k>,
    session: Session<Client1<'k>, [u8; CAPACITY]>,
    now: Now,
    server_time: UnixTime,
    /// Of the requests, the last one last. Only that may be under way.
    sent: Vec<Sent>,
    /// The token that there should be, and the latest moment when it may still be used.
    token: Option<(Generation, Instant)>,
    rejectable: Option<Generation>,
    record: Vec<u8>,
    random: u64,
    /// How many requests were made since time passed or a setting changed.
    at_once: u32,
}

struct Sent {
    ticket: Ticket,
    at: Instant,
    /// Nobody said yet what became of it.
    open: bool,
}

impl<'k> Run<'k> {
    pub(super) fn new(client: Client1<'k>, bytes: &mut Bytes<'_>) -> Self {
        let server_time = UnixTime::from_secs(1_800_000_000);
        let own = bytes.byte();
        Self {
            client,
            session: Session::new(client),
            now: Now {
                instant: Instant::from_millis(bytes.number()),
                unix: own_clock(own, server_time),
            },
            server_time,
            sent: Vec::new(),
            token: None,
            rejectable: None,
            record: Vec::new(),
            random: 0,
            at_once: 0,
        }
    }

    /// Something happens.
    pub(super) fn step(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.byte() % 16 {
            0 => self.pass(bytes.number()),
            1 => self.pass(bytes.number().saturating_mul(1_000)),
            2 | 3 => {
                if let Some(until) = self.session.next(self.now.instant).until() {
                    let millis = until
                        .as_millis()
                        .saturating_sub(self.now.instant.as_millis());
                    self.pass(millis.min(100_000_000_000));
                }
            }
            4..7 => self.request(bytes),
            7..10 => self.receive(bytes),
            10 => {
                if let Some(sent) = self.sent.pop() {
                    self.session.failed(sent.ticket, self.now.instant);
                }
            }
            11 => {
                self.session.abandon();
                self.at_once = 0;
                self.close_all();
            }
            12 => self.reject(),
            13 => {
                let preference = bytes.pick(&[
                    Preference::OAuthFirst,
                    Preference::OAuthOnly,
                    Preference::LegacyOnly,
                ]);
                self.session.prefer(preference.unwrap_or_default());
                self.at_once = 0;
            }
            14 => self.save_and_restore(bytes),
            _ => self.now.unix = own_clock(bytes.byte(), self.server_time),
        }
    }

    /// What is true at every moment.
    pub(super) fn check(&self) {
        let now = self.now.instant;
        let next = self.session.next(now);
        assert_eq!(format!("{next:?}"), format!("{:?}", self.session.next(now)));
        if let Some(until) = next.until() {
            assert!(until > now, "{next:?} at {now:?}");
        }
        let Some(token) = next.token() else {
            assert!(self.session.authorize(now, Api::DataModel, URL).is_err());
            return;
        };
        assert!(token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
        assert!(!token.expose().is_empty() && token.expose().len() <= CAPACITY);
        let (generation, dies) = self.token.expect("a token from nowhere");
        assert_eq!(token.generation(), generation);
        assert!(now < dies, "used at {now:?}, dead since {dies:?}");
        if let Next::Use { until, .. } = next {
            assert!(until <= dies);
            assert!(self.session.next(dies).token().is_none());
        }
    }

    fn pass(&mut self, millis: u64) {
        if millis == 0 {
            return;
        }
        self.now.instant = self.now.instant.saturating_add_millis(millis);
        let secs = millis.div_ceil(1_000);
        self.now.unix = self.now.unix.map(|unix| unix.saturating_add(secs));
        self.server_time = self.server_time.saturating_add(secs);
        self.at_once = 0;
    }

    fn request(&mut self, bytes: &mut Bytes<'_>) {
        let now = self.now;
        let is_due = self.session.next(now.instant).until().is_none();
        let held = self.held();
        let mut random = [0; 16];
        self.random = self.random.saturating_add(1);
        if let Some(place) = random.first_chunk_mut() {
            *place = self.random.to_le_bytes();
        }
        let mut out = [0; 1_024];
        let choice = bytes.byte();
        // Rarely, the buffer is too short.
        let room = if choice == 1 { 40 } else { out.len() };
        let out = out.get_mut(..room).unwrap_or(&mut []);
        let jwt_id = JwtId::from_random(random);
        let made = match choice % 4 {
            0 => self.session.prepare(now, jwt_id, out).map(|it| it.ticket),
            _ => self.session.request(now, jwt_id, out).map(|it| it.ticket),
        };
        match made {
            Ok(ticket) => {
                assert!(is_due);
                for sent in self.sent.iter().filter(|sent| sent.open) {
                    let deadline = sent.at.saturating_add_secs(60);
                    assert!(deadline <= now.instant, "two requests under way");
                }
                self.at_once = self.at_once.saturating_add(1);
                assert!(
                    self.at_once <= AT_ONCE_MAX,
                    "{} requests at once",
                    self.at_once
                );
                self.close_all();
                let at = now.instant;
                self.sent.push(Sent {
                    ticket,
                    at,
                    open: true,
                });
                assert!(self.session.next(now.instant).until().is_some());
            }
            Err(RequestError::NotNow { until }) => {
                assert!(!is_due && until > now.instant);
            }
            Err(error) => assert!(matches!(error, RequestError::Write(_)), "{error}"),
        }
        assert_eq!(self.held(), held);
    }

    fn receive(&mut self, bytes: &mut Bytes<'_>) {
        let answer = Answer::new(bytes, self.server_time);
        let at = usize::from(bytes.byte());
        // Mostly the last one, at times one that was given up.
        let at = if at < 200 {
            self.sent.len().checked_sub(1)
        } else {
            at.checked_rem(self.sent.len())
        };
        let Some(at) = at else {
            return;
        };
        let sent = self.sent.remove(at);
        let held = self.held();
        let before = self.session.counters();
        let mut body = answer.body.clone();
        let response = Response::new(answer.status, answer.channel, &mut body)
            .with_date(answer.date.as_deref())
            .with_age(answer.age.as_deref())
            .with_cache_control(answer.cache_control.as_deref())
            .with_retry_after(answer.retry_after.as_deref());
        match self.session.receive(sent.ticket, self.now, response) {
            Received::Token(minted) => {
                assert!(sent.open && (200..300).contains(&answer.status));
                let dies = self.latest_end(&answer, sent.at);
                self.token = Some((minted.generation, dies));
                self.rejectable = Some(minted.generation);
                assert_ne!(held, Some(minted.generation));
                return;
            }
            Received::Stale => {
                assert!(!sent.open);
                assert_eq!(self.session.counters(), before);
            }
            Received::Time => assert!(self.session.unix_time(self.now).is_some()),
            Received::Refused(refusal) => {
                assert_eq!(refusal.refused.status, answer.status);
                assert!(!refusal.refused.to_string().is_empty());
            }
            Received::NoTime => assert!(sent.open),
            Received::Unusable(error) => assert!(!error.to_string().is_empty()),
            other => panic!("an answer without a check: {other:?}"),
        }
        assert_eq!(self.held(), held, "a good token is kept");
    }

    /// When the token of this answer is dead for certain, by its own words.
    fn latest_end(&self, answer: &Answer, sent_at: Instant) -> Instant {
        let json: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let secs = match json.get("expires_in") {
            // The end of a legacy token is a time on the server's clock.
            _ if json.get("accessToken").is_some() => None,
            Some(secs) => secs.as_u64(),
            None => Some(300),
        };
        secs.map_or(Instant::END, |secs| {
            sent_at.saturating_add_millis(secs.saturating_mul(1_000))
        })
    }

    fn reject(&mut self) {
        let Some(generation) = self.rejectable else {
            return;
        };
        let held = self.held();
        match self.session.rejected(generation, self.now.instant) {
            Rejected::Dropped => {
                self.token = None;
                self.at_once = 0;
                assert_eq!(self.held(), None);
                let again = self.session.rejected(generation, self.now.instant);
                assert_eq!(again, Rejected::Replaced);
            }
            Rejected::Kept | Rejected::Replaced => assert_eq!(self.held(), held),
        }
    }

    /// Saves, alters what was saved, or starts anew with it.
    fn save_and_restore(&mut self, bytes: &mut Bytes<'_>) {
        let choice = bytes.byte();
        if choice.is_multiple_of(4) {
            let mut out = [0; 1_024];
            if let Ok(record) = self.session.save(self.now, &mut out) {
                self.record = record.to_vec();
            }
            return;
        }
        let held = self.held();
        let known = self.token.filter(|_| held.is_some());
        if choice % 4 == 1 {
            self.session = Session::new(self.client);
            self.now.instant = Instant::from_millis(bytes.number());
            self.sent.clear();
            self.token = None;
            self.at_once = 0;
        }
        if choice % 4 == 2
            && let Some(byte) = self.record.get_mut(usize::from(bytes.byte()))
        {
            *byte ^= 1 << (bytes.byte() % 8);
        }
        if self.session.restore(self.now, &self.record).is_ok() {
            let token = self.session.next(self.now.instant).token();
            let token = token.expect("restored").generation();
            self.rejectable = Some(token);
            self.token = Some((token, Instant::END));
        } else if choice % 4 != 1 {
            assert_eq!(self.held(), known.map(|(generation, _)| generation));
        }
    }

    fn held(&self) -> Option<Generation> {
        let token = self.session.next(self.now.instant).token();
        token.map(|token| token.generation())
    }

    fn close_all(&mut self) {
        for sent in &mut self.sent {
            sent.open = false;
        }
    }
}

/// None, one that stands at the beginning of time, and ones that are more or less right.
fn own_clock(choice: u8, server_time: UnixTime) -> Option<UnixTime> {
    match choice % 8 {
        0 => None,
        1 => Some(UnixTime::from_secs(0)),
        2 => Some(server_time.saturating_sub(86_400)),
        3 => Some(server_time.saturating_add(86_400)),
        4 => Some(server_time.saturating_add(u64::from(choice))),
        _ => Some(server_time),
    }
}

const CAPACITY: usize = 64;
const URL: &str = "https://api.redoxengine.com/endpoint";

/// One for the time; three with an OAuth API key: the first, one with the clock set right, one with the other key; two
/// with a legacy API key: the refresh token and the secret.
const AT_ONCE_MAX: u32 = 6;
