use core::fmt::Display;

use redox_auth_core::{
    Assertion, Claims, Client, Dialect, DialectError, FormFields, HeaderMembers, Session, Signer,
    TokenRequest, max_assertion_len_in, max_token_request_len_in, write_token_request_in,
};

use crate::function::{Function, functions};

/// A session whose server asks for more than Redox does, and the parts of its requests.
#[used]
pub(crate) static DIALECT: [Function; 20] = functions![
    Claims::parse,
    HeaderMembers::parse,
    FormFields::parse,
    <DialectError as Display>::fmt,
    Assertion::<Key, &Dialect<'_>>::write_claims,
    Assertion::<Key, &Dialect<'_>>::prepare,
    Assertion::<Key, &Dialect<'_>>::write,
    TokenRequest::<Key, &Dialect<'_>>::prepare,
    TokenRequest::<Key, &Dialect<'_>>::write,
    max_assertion_len_in,
    max_token_request_len_in,
    write_token_request_in,
    One::new,
    One::next,
    One::request,
    One::prepare,
    One::receive,
    One::rejected,
    One::save,
    One::restore,
];

/// Whatever signs: a call to somewhere else.
type Key = dyn Signer;
type Device = Client<'static, Key, &'static Dialect<'static>>;
type One = Session<Device>;
