use core::ffi::c_char;

use redox_auth_core::{Claims, Dialect, FormFields, Grant, HeaderMembers, MAX_LIFETIME_SECS};

use crate::opaque::{self, opaque};
use crate::pointer;
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};

/// The role of an assertion in a token request (RFC 7523, section 2).
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_grant {
    /// It authenticates the client, as for SMART and Redox.
    #[default]
    ClientCredentials = 0,
    /// It is the grant itself, for its subject: for Google, Salesforce, Maskinporten and PRODA.
    JwtBearer = 1,
}

/// In `redox_auth_dialect_config.flags`: adds the claim `nbf`, with the time of `iat`.
pub const REDOX_AUTH_DIALECT_NOT_BEFORE: u32 = 1;
/// In `redox_auth_dialect_config.flags`: leaves `kid` out of the header.
pub const REDOX_AUTH_DIALECT_WITHOUT_KEY_ID: u32 = 2;
/// In `redox_auth_dialect_config.flags`: adds the form field `client_id`.
pub const REDOX_AUTH_DIALECT_CLIENT_ID: u32 = 4;
/// In `redox_auth_dialect_config.flags`: `iat` is the present time, not 5 seconds earlier.
pub const REDOX_AUTH_DIALECT_NO_BACKDATE: u32 = 8;

/// The requirements of a server other than Redox. Zeros mean the defaults.
///
/// Texts end with a NUL, or are NULL if absent.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_dialect_config {
    /// A `redox_auth_grant`.
    pub grant: i32,
    /// `REDOX_AUTH_DIALECT_…`, added.
    pub flags: u32,
    /// The lifetime of an assertion, in seconds from `iat`: 6 to 300, with `REDOX_AUTH_DIALECT_NO_BACKDATE` 1 to 300,
    /// or 0 for 300.
    pub lifetime_secs: u32,
    /// The `sub` of assertions, or NULL for the client ID: a user or a device, as a grant.
    pub subject: *const c_char,
    /// Further claims: a JSON object.
    pub claims: *const c_char,
    /// Further members of the assertion's header: a JSON object.
    pub header: *const c_char,
    /// Further fields of the form: `name=value` joined by `&`, encoded.
    pub fields: *const c_char,
}

/// The size of a `redox_auth_dialect`, in words of 8 bytes.
#[cfg(target_pointer_width = "64")]
pub const REDOX_AUTH_DIALECT_WORDS: usize = 14;
/// The size of a `redox_auth_dialect`, in words of 8 bytes.
#[cfg(not(target_pointer_width = "64"))]
pub const REDOX_AUTH_DIALECT_WORDS: usize = 10;

/// The checked requirements of a server other than Redox. It needs no deinit call. It must not be moved, copied or
/// initialized again while a session uses it.
#[repr(C)]
pub struct redox_auth_dialect {
    /// Not for the caller.
    pub opaque: [u64; REDOX_AUTH_DIALECT_WORDS],
}
opaque!(
    redox_auth_dialect,
    Dialect<'static>,
    b"dialect\0",
    REDOX_AUTH_DIALECT_SIZE
);

/// The same, in bytes.
const REDOX_AUTH_DIALECT_SIZE: usize = REDOX_AUTH_DIALECT_WORDS * 8;

/// Checks the requirements of a server, and stores them in `dialect` for sessions. `size` is `sizeof *dialect`.
///
/// The struct `config` may change after the call. Its texts must stay in place and unchanged while a session uses this
/// dialect.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_dialect_init(
    dialect: *mut redox_auth_dialect,
    size: usize,
    config: *const redox_auth_dialect_config,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe {
        let config = pointer::input(config)?;
        opaque::put(dialect, size, || checked(config))
    })
}

/// # Safety
/// What `config` leads to stays as it is for `'static`.
unsafe fn checked(config: &redox_auth_dialect_config) -> Result<Dialect<'static>, Status> {
    // SAFETY: promised above.
    let (subject, claims, header, fields) = unsafe {
        (
            pointer::optional_text(config.subject)?.unwrap_or(""),
            pointer::optional_text(config.claims)?,
            pointer::optional_text(config.header)?,
            pointer::optional_text(config.fields)?,
        )
    };
    let mut dialect = Dialect::USUAL.with_subject(subject);
    dialect = dialect.with_grant(match config.grant {
        CLIENT_CREDENTIALS => Grant::ClientCredentials,
        JWT_BEARER => Grant::JwtBearer,
        _ => return Err(Status::BadValue),
    });
    if let Some(claims) = claims {
        dialect = dialect.with_claims(Claims::parse(claims)?);
    }
    if let Some(header) = header {
        dialect = dialect.with_header(HeaderMembers::parse(header)?);
    }
    if let Some(fields) = fields {
        dialect = dialect.with_fields(FormFields::parse(fields)?);
    }
    match config.lifetime_secs {
        0 => {}
        secs @ 1..=MAX_LIFETIME_SECS => dialect = dialect.with_lifetime_secs(secs),
        _ => return Err(Status::Lifetime),
    }
    let dialect = with_flags(dialect, config.flags)?;
    // It would expire before it is sent.
    if dialect.backdate_secs() >= u64::from(dialect.lifetime_secs()) {
        return Err(Status::Lifetime);
    }
    Ok(dialect)
}

fn with_flags(mut dialect: Dialect<'_>, flags: u32) -> Result<Dialect<'_>, Status> {
    if flags & !ALL_FLAGS != 0 {
        return Err(Status::BadValue);
    }
    if flags & REDOX_AUTH_DIALECT_NOT_BEFORE != 0 {
        dialect = dialect.with_not_before();
    }
    if flags & REDOX_AUTH_DIALECT_WITHOUT_KEY_ID != 0 {
        dialect = dialect.without_key_id();
    }
    if flags & REDOX_AUTH_DIALECT_CLIENT_ID != 0 {
        dialect = dialect.with_client_id();
    }
    if flags & REDOX_AUTH_DIALECT_NO_BACKDATE != 0 {
        dialect = dialect.with_backdate_secs(0);
    }
    Ok(dialect)
}

const ALL_FLAGS: u32 = REDOX_AUTH_DIALECT_NOT_BEFORE
    | REDOX_AUTH_DIALECT_WITHOUT_KEY_ID
    | REDOX_AUTH_DIALECT_CLIENT_ID
    | REDOX_AUTH_DIALECT_NO_BACKDATE;

const CLIENT_CREDENTIALS: i32 = redox_auth_grant::ClientCredentials as i32;
const JWT_BEARER: i32 = redox_auth_grant::JwtBearer as i32;
