//! A session as a C program has it, with the pointers out of sight.

use core::ffi::{CStr, c_char};
use core::ptr;

use redox_auth::{
    redox_auth_authorized, redox_auth_channel, redox_auth_config, redox_auth_es256_key,
    redox_auth_es256_key_init, redox_auth_next, redox_auth_now, redox_auth_oauth_key,
    redox_auth_outcome, redox_auth_received, redox_auth_rejected, redox_auth_request,
    redox_auth_response, redox_auth_session, redox_auth_session_authorize, redox_auth_session_init,
    redox_auth_session_next, redox_auth_session_receive, redox_auth_session_rejected,
    redox_auth_session_request, redox_auth_session_unix_time, redox_auth_signer,
    redox_auth_status as Status, redox_auth_text,
};

/// The key of RFC 7515, appendix A.3.
pub(crate) const ES256_JWK: &[u8] = br#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

pub(crate) const TOKEN: &str =
    r#"{"access_token":"opaque","token_type":"Bearer","expires_in":300}"#;

pub(crate) const DATE: &str = "Fri, 15 Jan 2027 08:00:00 GMT";

/// A moment, by both clocks: [`DATE`] is the beginning of both.
pub(crate) const fn at(secs: u64) -> redox_auth_now {
    redox_auth_now {
        instant_ms: secs.saturating_mul(1_000),
        unix_secs: secs.saturating_add(1_800_000_000),
    }
}

/// Everything that a C program has in static memory: it stays where it is.
pub(crate) struct Device {
    pub(crate) session: redox_auth_session,
    pub(crate) signer: redox_auth_signer,
    pub(crate) oauth_key: redox_auth_oauth_key,
    pub(crate) config: redox_auth_config,
    key: redox_auth_es256_key,
    /// Until the next request.
    pub(crate) buffer: [u8; 2048],
    requests: u8,
}

impl Device {
    /// With an OAuth API key of Redox in the United States; no session yet.
    pub(crate) fn new() -> Box<Self> {
        // SAFETY: these are numbers and pointers, for which all zeros stand for nothing.
        let mut device: Box<Self> = unsafe { Box::new(core::mem::zeroed()) };
        let (key, signer) = (&raw mut device.key, &raw mut device.signer);
        // SAFETY: both live as long as the device.
        let status = unsafe {
            redox_auth_es256_key_init(
                key,
                size_of::<redox_auth_es256_key>(),
                ES256_JWK.as_ptr(),
                ES256_JWK.len(),
                signer,
            )
        };
        assert_eq!(status, Status::Ok);
        device.oauth_key = redox_auth_oauth_key {
            client_id: c"client-1".as_ptr(),
            key_id: c"key-1".as_ptr(),
            signer,
        };
        device.config.oauth_keys = &raw const device.oauth_key;
        device.config.oauth_key_count = 1;
        device
    }

    /// The same with a session.
    pub(crate) fn begun() -> Box<Self> {
        let mut device = Self::new();
        assert_eq!(device.init(), Status::Ok);
        device
    }

    /// The same with a token that came at the beginning.
    pub(crate) fn with_token() -> Box<Self> {
        let mut device = Self::begun();
        device.fetch(at(0));
        device
    }

    pub(crate) fn with_legacy_key(&mut self) -> &mut Self {
        self.config.legacy_api_key = c"legacy-id".as_ptr();
        self.config.legacy_secret = c"legacy-secret".as_ptr();
        self
    }

    pub(crate) fn init(&mut self) -> Status {
        let size = size_of::<redox_auth_session>();
        // SAFETY: all that the configuration leads to lives as long as the device.
        unsafe { redox_auth_session_init(&raw mut self.session, size, &raw const self.config) }
    }

    pub(crate) fn next(&self, now: redox_auth_now) -> redox_auth_next {
        let mut next = redox_auth_next::default();
        // SAFETY: both are there.
        let status = unsafe {
            redox_auth_session_next(&raw const self.session, now.instant_ms, &raw mut next)
        };
        assert_eq!(status, Status::Ok);
        next
    }

    pub(crate) fn try_request(&mut self, now: redox_auth_now) -> (Status, redox_auth_request) {
        self.requests = self.requests.saturating_add(1);
        let random = [self.requests; 16];
        let mut request = redox_auth_request::default();
        // SAFETY: all of them are there, the buffer until the next request.
        let status = unsafe {
            redox_auth_session_request(
                &raw mut self.session,
                now,
                random.as_ptr(),
                self.buffer.as_mut_ptr().cast(),
                self.buffer.len(),
                &raw mut request,
            )
        };
        (status, request)
    }

    pub(crate) fn request(&mut self, now: redox_auth_now) -> redox_auth_request {
        let (status, request) = self.try_request(now);
        assert_eq!(status, Status::Ok);
        request
    }

    pub(crate) fn receive(
        &mut self,
        ticket: u32,
        now: redox_auth_now,
        answer: &mut Answer,
    ) -> redox_auth_received {
        let mut received = redox_auth_received::default();
        let response = redox_auth_response {
            status: answer.status,
            channel: answer.channel as i32,
            date: text_of(answer.date),
            age: text_of(answer.age),
            cache_control: text_of(answer.cache_control),
            retry_after: text_of(None),
            body: answer.body.as_mut_ptr().cast(),
            body_len: answer.body.len(),
        };
        // SAFETY: all of them are there.
        let status = unsafe {
            redox_auth_session_receive(
                &raw mut self.session,
                ticket,
                now,
                &raw const response,
                &raw mut received,
            )
        };
        assert_eq!(status, Status::Ok);
        received
    }

    /// Gets a token.
    pub(crate) fn fetch(&mut self, now: redox_auth_now) {
        let ticket = self.request(now).ticket;
        let received = self.receive(ticket, now, &mut Answer::new(200, TOKEN));
        assert_eq!(received.outcome, redox_auth_outcome::Token);
    }

    pub(crate) fn authorize(
        &self,
        now: redox_auth_now,
        api: redox_auth::redox_auth_api,
        url: &CStr,
    ) -> (Status, redox_auth_authorized) {
        let mut authorized = redox_auth_authorized::default();
        // SAFETY: all of them are there.
        let status = unsafe {
            redox_auth_session_authorize(
                &raw const self.session,
                now.instant_ms,
                api as i32,
                url.as_ptr(),
                &raw mut authorized,
            )
        };
        (status, authorized)
    }

    pub(crate) fn rejected(&mut self, generation: u32, now: redox_auth_now) -> redox_auth_rejected {
        let mut rejected = redox_auth_rejected::default();
        // SAFETY: both are there.
        let status = unsafe {
            redox_auth_session_rejected(
                &raw mut self.session,
                generation,
                now.instant_ms,
                &raw mut rejected,
            )
        };
        assert_eq!(status, Status::Ok);
        rejected
    }

    pub(crate) fn unix_time(&self, now: redox_auth_now) -> u64 {
        let mut secs = 1;
        // SAFETY: both are there.
        let status =
            unsafe { redox_auth_session_unix_time(&raw const self.session, now, &raw mut secs) };
        assert_eq!(status, Status::Ok);
        secs
    }
}

/// What a server says, over TLS and without a `Date` unless told otherwise.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) date: Option<&'static str>,
    pub(crate) age: Option<&'static str>,
    pub(crate) cache_control: Option<&'static str>,
    pub(crate) channel: redox_auth_channel,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Self {
            status,
            date: None,
            age: None,
            cache_control: None,
            channel: redox_auth_channel::Authenticated,
            body: body.as_bytes().to_vec(),
        }
    }

    pub(crate) fn date(mut self, date: &'static str) -> Self {
        self.date = Some(date);
        self
    }
}

/// The text behind a pointer, which has to be there still.
pub(crate) fn text(text: redox_auth_text) -> String {
    if text.data.is_null() {
        return String::from("(none)");
    }
    // SAFETY: what it lies in is alive in every test that asks.
    let bytes = unsafe { core::slice::from_raw_parts(text.data.cast::<u8>(), text.len) };
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(crate) fn text_of(text: Option<&'static str>) -> redox_auth_text {
    redox_auth_text {
        data: text.map_or(ptr::null(), |text| text.as_ptr().cast::<c_char>()),
        len: text.map_or(0, str::len),
    }
}
