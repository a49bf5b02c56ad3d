//! Shared parts of the session tests, in addition to the driver.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use redox_auth_core::{Identity, Instant, JwtId, Next, Ticket, TokenStorage};

use crate::support::driver::{Driver, FakeSigner, Kind, Minted, http_date, token};

impl<I: Identity<Signer = FakeSigner>, S: TokenStorage> Driver<I, S> {
    /// The milliseconds until the session's next step; 0 for a step that is due.
    pub(crate) fn wait_millis(&self) -> u64 {
        let until = self.next().until().unwrap_or(self.now.instant);
        until.as_millis() - self.now.instant.as_millis()
    }

    /// Checks that the session has no step up to the last tick before `until`, and has a step from then on.
    pub(crate) fn check_ticks_around_until(&self, case: &str) {
        let until = self.next().until().expect("something to wait for");
        let before = Instant::from_millis(until.as_millis() - 1);
        assert_eq!(self.session.next(before).until(), Some(until), "{case}");
        assert_eq!(self.session.next(until).until(), None, "{case}");
    }

    /// Writes the request that is due with these random bytes.
    pub(crate) fn request_from_random(&mut self, random: [u8; 16]) -> Ticket {
        let mut out = [0; 2_048];
        let jwt_id = JwtId::from_random(random);
        let request = self.session.request(self.now, jwt_id, &mut out);
        request.expect("a request is due").ticket
    }

    /// Makes the request that is due, and gives no answer.
    pub(crate) fn exchange_fails(&mut self) {
        let sent = self.request();
        self.session.failed(sent.ticket, self.now.instant);
    }

    /// Refuses the request that is due with 429 and this `Retry-After`.
    pub(crate) fn exchange_with_retry_after(&mut self, retry_after: &str) {
        let sent = self.request();
        let retry_after: &str = retry_after.to_owned().leak();
        self.receive_with(sent.ticket, 429, "", |response| {
            response.retry_after = Some(retry_after.as_bytes());
        });
    }

    /// Answers the request that is due with this token of an OAuth API key.
    pub(crate) fn get_token(&mut self, name: &str, expires_in: u32) -> Minted {
        match self.exchange(200, &token(name, expires_in)) {
            Kind::Token(minted) => minted,
            other => panic!("{other:?}"),
        }
    }

    /// Answers the request that is due like an overloaded server.
    pub(crate) fn is_busy(&mut self) {
        assert!(matches!(self.next(), Next::Fetch | Next::Renew { .. }));
        self.exchange(503, "busy");
    }
}

/// A time on the server's clock as a header value, some seconds after `from`.
pub(crate) fn date_after(from: redox_auth_core::UnixTime, secs: u64) -> String {
    http_date(from.saturating_add(secs))
}
