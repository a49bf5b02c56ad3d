use core::fmt::Display;

use redox_auth_core::{
    Algorithm, AnswerError, Api, AuthorizeError, ErrorCode, IncomingError, JwtId, KeyError,
    MetaError, MetaFault, ParseError, PeerText, Reason, Refused, RequestError, RestoreError,
    SaveError, SessionsError, SignError, Stopped, Thumbprint, TokenPlace, UrlError, WriteError,
};

use crate::function::{Function, functions};

/// What errors and the like say to a person.
#[used]
pub(crate) static TEXTS: [Function; 24] = functions![
    Reason::hint,
    <Algorithm as Display>::fmt,
    <AnswerError as Display>::fmt,
    <Api as Display>::fmt,
    <AuthorizeError as Display>::fmt,
    <ErrorCode as Display>::fmt,
    <IncomingError as Display>::fmt,
    <JwtId as Display>::fmt,
    <KeyError as Display>::fmt,
    <MetaError as Display>::fmt,
    <MetaFault<'_> as Display>::fmt,
    <ParseError as Display>::fmt,
    <PeerText<'_> as Display>::fmt,
    <Refused as Display>::fmt,
    <RequestError as Display>::fmt,
    <RestoreError as Display>::fmt,
    <SaveError as Display>::fmt,
    <SessionsError as Display>::fmt,
    <SignError as Display>::fmt,
    <Stopped as Display>::fmt,
    <Thumbprint as Display>::fmt,
    <TokenPlace as Display>::fmt,
    <UrlError as Display>::fmt,
    <WriteError as Display>::fmt,
];
