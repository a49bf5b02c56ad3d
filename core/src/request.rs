use crate::assertion::{Assertion, AssertionTemplate};
use crate::dialect::{CLIENT_ID, Dialect, Grant, MaybeDialect};
use crate::out::{Out, form_value_len};
use crate::signer::Signer;
use crate::unsigned::Unsigned;
use crate::write_error::WriteError;

/// The body of a token request with a client assertion (RFC 6749 §4.4.2, RFC 7523 §2.2).
///
/// Send it once, by `POST`, to the token endpoint, as [`TokenRequest::CONTENT_TYPE`]. Redox refuses JSON here.
#[derive(Debug)]
#[must_use = "a request does nothing until it is written"]
pub struct TokenRequest<'a, S: ?Sized, D = ()> {
    assertion: Assertion<'a, S, D>,
    scope: Option<&'a str>,
}

impl<S: ?Sized> TokenRequest<'_, S> {
    /// The media type of the body.
    pub const CONTENT_TYPE: &'static str = "application/x-www-form-urlencoded";
}

impl<'a, S: ?Sized, D: MaybeDialect> TokenRequest<'a, S, D> {
    /// A request that authenticates with `assertion`, in the assertion's dialect.
    pub const fn new(assertion: Assertion<'a, S, D>) -> Self {
        Self {
            assertion,
            scope: None,
        }
    }

    /// Requests `scope`: names separated by spaces (RFC 6749 §3.3), `""` for none. SMART requires a scope, Redox does
    /// not.
    pub const fn scope(mut self, scope: &'a str) -> Self {
        self.scope = if scope.is_empty() { None } else { Some(scope) };
        self
    }

    /// Writes the body except for the signature, for a key in another place or a slow signer.
    ///
    /// # Errors
    /// As [`Assertion::prepare`].
    pub fn prepare<'o>(&self, out: &'o mut [u8]) -> Result<Unsigned<'o>, WriteError> {
        let mut out = Out::new(out);
        self.put_up_to_assertion(&mut out);
        // Base64url and dots need no escape in a form. The assertion is therefore signed in place.
        self.assertion.prepare_behind(out)
    }

    /// Writes the part that all token requests of this key share; see [`Assertion::write_template`].
    ///
    /// # Errors
    /// As [`Assertion::write_template`].
    pub fn write_template<'t>(
        &self,
        out: &'t mut [u8],
    ) -> Result<AssertionTemplate<'t, S>, WriteError>
    where
        'a: 't,
    {
        let mut out = Out::new(out);
        self.put_up_to_assertion(&mut out);
        self.assertion.write_template_behind(out)
    }

    fn put_up_to_assertion(&self, out: &mut Out<'_>) {
        match self.assertion.dialect() {
            None => put_up_to_assertion(self.scope, out),
            Some(dialect) => {
                put_in_dialect(dialect, self.assertion.client_id(), self.scope, out);
            }
        }
    }
}

impl<S: Signer + ?Sized, D: MaybeDialect> TokenRequest<'_, S, D> {
    /// Signs the assertion and writes the body with it.
    ///
    /// The body is a secret for as long as its assertion is valid: wipe the buffer after the request is sent.
    ///
    /// # Errors
    /// As [`Assertion::write`].
    pub fn write<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.prepare(out)?.sign(self.assertion.signer())
    }
}

/// Writes the body of a token request around an assertion that was signed elsewhere.
///
/// # Errors
/// [`WriteError::EmptyClaim`] for an empty assertion. [`WriteError::BufferTooSmall`] gives the exact length needed.
pub fn write_token_request<'o>(
    assertion: &str,
    scope: Option<&str>,
    out: &'o mut [u8],
) -> Result<&'o str, WriteError> {
    write_around(assertion, out, |out| put_up_to_assertion(scope, out))
}

/// As [`write_token_request`], in a dialect.
///
/// # Errors
/// As [`write_token_request`].
pub fn write_token_request_in<'o>(
    dialect: &Dialect<'_>,
    client_id: &str,
    assertion: &str,
    scope: Option<&str>,
    out: &'o mut [u8],
) -> Result<&'o str, WriteError> {
    write_around(assertion, out, |out| {
        put_in_dialect(dialect, client_id, scope, out);
    })
}

fn write_around<'o>(
    assertion: &str,
    out: &'o mut [u8],
    put_before: impl FnOnce(&mut Out<'_>),
) -> Result<&'o str, WriteError> {
    if assertion.is_empty() {
        return Err(WriteError::EmptyClaim("client_assertion"));
    }
    let mut out = Out::new(out);
    put_before(&mut out);
    out.put_form_value(assertion);
    out.finish()
}

/// The assertion comes last, and therefore the length needed is known before the key signs.
fn put_up_to_assertion(scope: Option<&str>, out: &mut Out<'_>) {
    out.put_str(CLIENT_CREDENTIALS);
    put_scope(scope, out);
    out.put_str(CLIENT_ASSERTION);
}

fn put_in_dialect(dialect: &Dialect<'_>, client_id: &str, scope: Option<&str>, out: &mut Out<'_>) {
    let (grant_type, assertion) = around_assertion(dialect.grant());
    out.put_str(grant_type);
    if dialect.sends_client_id() {
        out.put_str(CLIENT_ID);
        out.put_form_value(client_id);
    }
    put_scope(scope, out);
    let fields = dialect.fields().as_str();
    if !fields.is_empty() {
        out.put_str("&");
        out.put_str(fields);
    }
    out.put_str(assertion);
}

fn put_scope(scope: Option<&str>, out: &mut Out<'_>) {
    if let Some(scope) = scope.filter(|scope| !scope.is_empty()) {
        out.put_str(SCOPE);
        out.put_form_value(scope);
    }
}

/// The start of the form, and the text before its assertion.
const fn around_assertion(grant: Grant) -> (&'static str, &'static str) {
    match grant {
        Grant::ClientCredentials => (CLIENT_CREDENTIALS, CLIENT_ASSERTION),
        Grant::JwtBearer => (JWT_BEARER, ASSERTION),
    }
}

/// The greatest length of a token request's body in bytes. `assertion_len` comes from
/// [`max_assertion_len`](crate::max_assertion_len); `scope` is that of the request, `""` for none.
#[must_use]
pub const fn max_token_request_len(assertion_len: usize, scope: &str) -> usize {
    max_token_request_len_in(&Dialect::USUAL, "", assertion_len, scope)
}

/// As [`max_token_request_len`], in a dialect: `assertion_len` comes from
/// [`max_assertion_len_in`](crate::max_assertion_len_in).
#[must_use]
pub const fn max_token_request_len_in(
    dialect: &Dialect<'_>,
    client_id: &str,
    assertion_len: usize,
    scope: &str,
) -> usize {
    let scope = if scope.is_empty() {
        0
    } else {
        SCOPE.len().saturating_add(form_value_len(scope))
    };
    let (grant_type, assertion) = around_assertion(dialect.grant());
    grant_type
        .len()
        .saturating_add(scope)
        .saturating_add(dialect.added_form_len(client_id))
        .saturating_add(assertion.len())
        .saturating_add(assertion_len)
}

const CLIENT_CREDENTIALS: &str = "grant_type=client_credentials";
const JWT_BEARER: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer";
const SCOPE: &str = "&scope=";
const CLIENT_ASSERTION: &str = "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3A\
                                client-assertion-type%3Ajwt-bearer&client_assertion=";
const ASSERTION: &str = "&assertion=";
