use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use redox_auth_core::{Channel, UnixTime};

use super::bytes::Bytes;

/// An answer of some server: one that means well, one that does not, or neither.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) date: Option<Vec<u8>>,
    pub(super) age: Option<Vec<u8>>,
    pub(super) cache_control: Option<Vec<u8>>,
    pub(super) retry_after: Option<Vec<u8>>,
    pub(super) channel: Channel,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn new(bytes: &mut Bytes<'_>, server_time: UnixTime) -> Self {
        let lifetime = bytes.number();
        let (status, body) = match bytes.byte() % 12 {
            0 => (
                200,
                format!(r#"{{"access_token":"token","expires_in":{lifetime}}}"#),
            ),
            1 => (200, r#"{"access_token":"a","token_type":"bearer"}"#.into()),
            2 => (
                200,
                legacy_token(server_time, lifetime, r#""refreshToken":"refresh""#),
            ),
            3 => (200, legacy_token(server_time, lifetime, r#""more":1"#)),
            4 => (200, format!(r#"{{"access_token":"{}"}}"#, "a".repeat(100))),
            5 => (400, refusal(bytes.pick(&DESCRIPTIONS).unwrap_or(""))),
            6 => (
                401,
                r#"{"error":"invalid_client","error_description":"no"}"#.into(),
            ),
            7 => (bytes.pick(&STATUSES).unwrap_or(503), "busy".into()),
            8 => (200, String::from_utf8_lossy(bytes.slice()).into_owned()),
            9 => (401, String::new()),
            10 => (503, String::new()),
            _ => {
                let status = u16::from_be_bytes([bytes.byte(), bytes.byte()]);
                let body = bytes.slice().to_vec();
                return Self::with_headers(bytes, server_time, status, body);
            }
        };
        Self::with_headers(bytes, server_time, status, body.into_bytes())
    }

    fn with_headers(
        bytes: &mut Bytes<'_>,
        server_time: UnixTime,
        status: u16,
        body: Vec<u8>,
    ) -> Self {
        let date = match bytes.byte() % 4 {
            0 => None,
            1 if bytes.byte().is_multiple_of(2) => Some(bytes.slice().to_vec()),
            // A machine in between, with a clock of its own.
            1 => http_date(server_time.saturating_add(bytes.number())),
            _ => http_date(server_time),
        };
        let retry_after = match bytes.byte() % 6 {
            0 => Some(bytes.slice().to_vec()),
            1 => Some(bytes.number().to_string().into_bytes()),
            2 => http_date(server_time.saturating_add(bytes.number())),
            _ => None,
        };
        let channel = bytes.byte();
        let age = match channel / 16 {
            0..8 => &b"0"[..],
            8 => b"1099511627776",
            9 => b"7, 8",
            10 => b"soon",
            _ => b"7",
        };
        Self {
            status,
            date,
            age: (channel % 8 == 1).then(|| age.to_vec()),
            cache_control: (channel % 16 == 1).then(|| b"no-store".to_vec()),
            retry_after,
            channel: if channel % 8 == 2 {
                Channel::Unauthenticated
            } else {
                Channel::Authenticated
            },
            body,
        }
    }
}

fn legacy_token(server_time: UnixTime, lifetime: u64, member: &str) -> String {
    let expires = timestamp(server_time.saturating_add(lifetime)).unwrap_or_default();
    format!(r#"{{"accessToken":"legacy","expires":"{expires:.3}",{member}}}"#)
}

fn refusal(description: &str) -> String {
    format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#)
}

fn http_date(time: UnixTime) -> Option<Vec<u8>> {
    let printer = DateTimePrinter::new();
    let date = printer.timestamp_to_rfc9110_string(&timestamp(time)?);
    date.ok().map(String::into_bytes)
}

fn timestamp(time: UnixTime) -> Option<Timestamp> {
    Timestamp::from_second(time.as_secs().try_into().ok()?).ok()
}

const STATUSES: [u16; 8] = [204, 302, 404, 429, 500, 502, 503, 504];

const DESCRIPTIONS: [&str; 6] = [
    "",
    "Public key not found, check client_id, kid and Redox dashboard settings",
    "Unexpected iat claim value",
    "Unexpected aud claim value",
    "Missing client assertion",
    "jti was used already",
];
