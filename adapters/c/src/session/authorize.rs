use core::ffi::c_char;

use redox_auth_core::{Api, Instant};

use super::next::redox_auth_token;
use super::redox_auth_session;
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer, redox_auth_text};

/// An API of Redox.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_api {
    /// The Data Model API.
    #[default]
    DataModel = 0,
    /// Uploads of files that Data Model messages refer to.
    Upload = 1,
    /// The FHIR API.
    Fhir = 2,
    /// The Platform API.
    Platform = 3,
    /// The Data Model API towards TEFCA, which requires tokens with a lifetime shorter than a day.
    Tefca = 4,
    /// An API of another server.
    Other = 5,
}

/// The values for a request to the API.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_authorized {
    /// The token, for `Authorization: Bearer`.
    pub token: redox_auth_token,
    /// The source, for the header `Redox-Source-Id` and for `Meta.Source.ID`; no text without a source. Printable
    /// ASCII.
    pub source_id: redox_auth_text,
}

/// Returns the token and the source for a request to `api`, a `redox_auth_api`, at `url`.
///
/// It is an error if there is no token at the moment, if this API does not accept the token, or if the token must not
/// go to the host.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_authorize(
    session: *const redox_auth_session,
    instant_ms: u64,
    api: i32,
    url: *const c_char,
    authorized: *mut redox_auth_authorized,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, session, url) = unsafe {
            (
                pointer::output(authorized)?,
                opaque::look(session)?,
                pointer::text(url)?,
            )
        };
        let api = from_raw(api)?;
        let now = Instant::from_millis(instant_ms);
        #[cfg(not(feature = "dpop"))]
        let authorized = session.core.authorize(now, api, url)?;
        // The proof is the caller's.
        #[cfg(feature = "dpop")]
        let authorized = session.core.authorize_with_proof(now, api, url)?;
        out.put(redox_auth_authorized {
            token: redox_auth_token::of(&authorized.expose_token(), session),
            source_id: redox_auth_text::of_option(authorized.source_id()),
        });
        Ok(())
    })
}

const fn from_raw(number: i32) -> Result<Api, Status> {
    const DATA_MODEL: i32 = redox_auth_api::DataModel as i32;
    const UPLOAD: i32 = redox_auth_api::Upload as i32;
    const FHIR: i32 = redox_auth_api::Fhir as i32;
    const PLATFORM: i32 = redox_auth_api::Platform as i32;
    const TEFCA: i32 = redox_auth_api::Tefca as i32;
    const OTHER: i32 = redox_auth_api::Other as i32;
    match number {
        DATA_MODEL => Ok(Api::DataModel),
        UPLOAD => Ok(Api::Upload),
        FHIR => Ok(Api::Fhir),
        PLATFORM => Ok(Api::Platform),
        TEFCA => Ok(Api::Tefca),
        OTHER => Ok(Api::Other),
        _ => Err(Status::BadValue),
    }
}
