use redox_auth_core::{
    Authorized, Client, Method, Next, Request, RetryAfter, Session, Signer, Target, Token, UnixTime,
};

use crate::function::{Function, functions};

/// The session, and what it is told.
#[used]
pub(crate) static SESSION: [Function; 44] = functions![
    One::new,
    One::next,
    One::request,
    One::prepare,
    One::receive,
    One::failed,
    One::abandon,
    One::rejected,
    One::authorize,
    One::prefer,
    One::preference,
    One::legacy_secret_rotation,
    One::counters,
    One::unix_time,
    One::has_learned_time,
    One::save,
    One::restore,
    One::identity,
    One::replace_identity,
    One::into_identity,
    Device::new,
    Device::with_oauth_keys,
    Device::with_legacy_key,
    Device::with_source_id,
    Device::with_policy,
    Device::with_earliest_time,
    Next::token,
    Next::until,
    Token::expose,
    Token::generation,
    Token::served_by,
    Authorized::expose_token,
    Authorized::generation,
    Authorized::source_id,
    Request::expose_body,
    Target::method,
    Target::url,
    Target::path,
    Target::content_type,
    Method::as_str,
    RetryAfter::parse,
    RetryAfter::secs_from,
    UnixTime::parse_http_date,
    UnixTime::parse_rfc3339,
];

/// Whatever signs: a call to somewhere else.
type Key = dyn Signer;
type Device = Client<'static, Key>;
type One = Session<Device>;
