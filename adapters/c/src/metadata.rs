use core::ffi::c_char;
use core::{ptr, slice};

use redox_auth_core::{
    DiscoveredServer, MetadataError, MetadataKind, MetadataUrl, NameList, ServerMetadata,
};

use crate::pointer;
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::text::{Texts, write_with_nul};

/// The kind of a metadata document.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_metadata_kind {
    /// `.well-known/oauth-authorization-server` of an issuer (RFC 8414).
    #[default]
    Oauth = 0,
    /// `.well-known/openid-configuration` of an issuer (OpenID Connect Discovery 1.0).
    Openid = 1,
    /// `.well-known/smart-configuration` of a FHIR server (SMART App Launch 2.2).
    Smart = 2,
    /// `.well-known/udap` of a FHIR server (HL7 FAST Security).
    Udap = 3,
}

/// The verified content of a metadata document. The texts are in `out`, and end with a NUL.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_metadata {
    /// The token endpoint, on the asked or a confirmed host: for `redox_auth_config.token_url`.
    pub token_url: *const c_char,
    /// The issuer, or NULL if the document names none on such a host. Servers of draft-ietf-oauth-rfc7523bis require it
    /// as `redox_auth_config.audience`; most servers require the token URL, which is the default.
    pub issuer: *const c_char,
    /// The signature algorithms for assertions, separated by spaces; NULL if the document has no list.
    pub algorithms: *const c_char,
    /// The scopes in the document, separated by spaces; NULL if it has no list. A server may know more.
    pub scopes: *const c_char,
    /// The required length of `out`, for `REDOX_AUTH_STATUS_BUFFER_TOO_SMALL`.
    pub needed: usize,
}

impl Default for redox_auth_metadata {
    fn default() -> Self {
        Self {
            token_url: ptr::null(),
            issuer: ptr::null(),
            algorithms: ptr::null(),
            scopes: ptr::null(),
            needed: 0,
        }
    }
}

/// Writes the URL for a `GET` of the document, and a NUL after it. `kind` is a `redox_auth_metadata_kind`, and
/// `base_url` the issuer or the FHIR server's base URL.
///
/// Follow no redirects, and accept no answer over a connection without a verified server. `len` receives the length
/// without the NUL, also when the buffer is too short: then `size` must be at least `*len + 1`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_metadata_url(
    kind: i32,
    base_url: *const c_char,
    out: *mut c_char,
    size: usize,
    len: *mut usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (len, base_url, out) = unsafe {
            (
                pointer::output(len)?,
                pointer::text(base_url)?,
                pointer::buffer(out.cast(), size)?,
            )
        };
        let asked = MetadataUrl::new(from_raw(kind)?, base_url)?;
        write_with_nul(out, len, |out| asked.write(out))
    })
}

/// Reads a metadata document, compares it with the request, and writes the values for a session into `out`.
///
/// The document is untrusted. Its token endpoint must have the host and port of `base_url`, or those of a `confirmed`
/// one: `confirmed_count` texts that end with a NUL, each as `login.example`, or `login.example:8443` if the port is
/// not the scheme's default. The issuer of `REDOX_AUTH_METADATA_KIND_OAUTH` and `_OPENID` must be `base_url`, character
/// for character.
///
/// The call changes `document` in place, and does not need it afterwards. `out` must stay unchanged while a session
/// uses its texts. After any error except a wrong pointer or number, fetch the document again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_metadata_read(
    kind: i32,
    base_url: *const c_char,
    document: *mut c_char,
    document_len: usize,
    confirmed: *const *const c_char,
    confirmed_count: usize,
    out: *mut c_char,
    size: usize,
    metadata: *mut redox_auth_metadata,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (answer, base_url, document, confirmed, out) = unsafe {
            (
                pointer::output(metadata)?,
                pointer::text(base_url)?,
                pointer::buffer(document.cast(), document_len)?,
                hosts(confirmed, confirmed_count)?,
                pointer::buffer(out.cast(), size)?,
            )
        };
        let asked = MetadataUrl::new(from_raw(kind)?, base_url)?;
        let metadata = ServerMetadata::parse(document).map_err(|_| Status::MetadataMalformed)?;
        // SAFETY: the caller's word; `hosts` has looked at each.
        let server = unsafe { verify(&metadata, &asked, confirmed) }?;
        let mut texts = Texts::new(out);
        let token_url = texts.put(server.token_url.as_str());
        let issuer = server.issuer.map(|issuer| texts.put(issuer));
        let algorithms = metadata
            .algorithms()
            .map(|names| put_names(&mut texts, names));
        let scopes = metadata.scopes().map(|names| put_names(&mut texts, names));
        let needed = texts.needed();
        let Some(place) = texts.finish() else {
            answer.put(redox_auth_metadata {
                needed,
                ..redox_auth_metadata::default()
            });
            return Err(Status::BufferTooSmall);
        };
        let at = |start: usize| {
            place
                .get(start..)
                .map_or(ptr::null(), <[u8]>::as_ptr)
                .cast()
        };
        let text = |start: Option<usize>| start.map_or(ptr::null(), at);
        answer.put(redox_auth_metadata {
            token_url: at(token_url),
            issuer: text(issuer),
            algorithms: text(algorithms),
            scopes: text(scopes),
            needed,
        });
        Ok(())
    })
}

/// # Safety
/// Behind a pointer that is not null are `count` pointers, each null or to a text that ends with a NUL, all as they are for
/// `'a`.
unsafe fn hosts<'a>(
    hosts: *const *const c_char,
    count: usize,
) -> Result<&'a [*const c_char], Status> {
    if count == 0 {
        return Ok(&[]);
    }
    pointer::check(hosts)?;
    let bytes = count.checked_mul(size_of::<*const c_char>());
    if bytes.is_none_or(|bytes| isize::try_from(bytes).is_err()) {
        return Err(Status::BadValue);
    }
    // SAFETY: checked here, promised above.
    let hosts = unsafe { slice::from_raw_parts(hosts, count) };
    for host in hosts {
        // SAFETY: promised above.
        unsafe { pointer::text(*host) }?;
    }
    Ok(hosts)
}

/// # Safety
/// As for [`hosts`].
unsafe fn verify<'m>(
    metadata: &ServerMetadata<'m>,
    asked: &MetadataUrl<'_>,
    confirmed: &[*const c_char],
) -> Result<DiscoveredServer<'m>, Status> {
    let mut verified = metadata.verify(asked, &[]);
    for host in confirmed {
        if verified != Err(MetadataError::OtherHost) {
            break;
        }
        // SAFETY: promised above.
        let host = unsafe { pointer::text(*host) }?;
        verified = metadata.verify(asked, &[host]);
    }
    Ok(verified?)
}

/// The names, separated by spaces, without names that contain characters of no algorithm and no scope.
fn put_names(texts: &mut Texts<'_>, names: NameList<'_>) -> usize {
    let start = texts.needed();
    let mut separator = "";
    for name in names {
        let mut characters = name.chars();
        if characters.clone().next().is_none() || !characters.all(|it| it.is_ascii_graphic()) {
            continue;
        }
        texts.add(separator);
        for character in name.chars() {
            texts.add(character.encode_utf8(&mut [0; 4]));
        }
        separator = " ";
    }
    texts.end();
    start
}

const fn from_raw(kind: i32) -> Result<MetadataKind, Status> {
    const OAUTH: i32 = redox_auth_metadata_kind::Oauth as i32;
    const OPENID: i32 = redox_auth_metadata_kind::Openid as i32;
    const SMART: i32 = redox_auth_metadata_kind::Smart as i32;
    const UDAP: i32 = redox_auth_metadata_kind::Udap as i32;
    match kind {
        OAUTH => Ok(MetadataKind::OAuth),
        OPENID => Ok(MetadataKind::OpenId),
        SMART => Ok(MetadataKind::Smart),
        UDAP => Ok(MetadataKind::Udap),
        _ => Err(Status::BadValue),
    }
}
