use redox_auth_core::{Instant, Preference, SecretRotation, WhyNotYet};

use super::redox_auth_session;
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer};

/// The credential that obtains the tokens of a session with both.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_preference {
    /// The OAuth API key, and the legacy API key while the server refuses the OAuth API key because of a setting.
    #[default]
    OauthFirst = 0,
    /// The OAuth API key only.
    OauthOnly = 1,
    /// The legacy API key only: before the migration, or back from it.
    LegacyOnly = 2,
}

/// Whether you can replace the secret of the legacy API key, which revokes the old secret at once, without notice to
/// this library.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_rotation {
    /// Nothing is known: the call was refused.
    #[default]
    None = 0,
    /// Yes: the OAuth API key has obtained several tokens in a row.
    Ready = 1,
    /// Not yet: there is no OAuth API key.
    NoOauthKey = 2,
    /// Not yet: the preference is `REDOX_AUTH_PREFERENCE_LEGACY_ONLY`.
    LegacyPreferred = 3,
    /// Not yet: the token in use came from the legacy API key, or there is none.
    NotServedByOauth = 4,
    /// Not yet: the OAuth API key has not obtained enough tokens in a row.
    TooFewTokens = 5,
    /// Not yet, for a reason without a number in this version.
    NotYet = 6,
}

/// Switches to one credential, or back, for the next tokens. Keeps the present token. `preference` is a
/// `redox_auth_preference`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_prefer(
    session: *mut redox_auth_session,
    preference: i32,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let mut session = unsafe { opaque::enter(session) }?;
        session.core.prefer(match preference {
            OAUTH_FIRST => Preference::OAuthFirst,
            OAUTH_ONLY => Preference::OAuthOnly,
            LEGACY_ONLY => Preference::LegacyOnly,
            _ => return Err(Status::BadValue),
        });
        Ok(())
    })
}

/// Returns whether you can replace the secret of the legacy API key now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_rotation(
    session: *const redox_auth_session,
    instant_ms: u64,
    rotation: *mut redox_auth_rotation,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, session) = unsafe { (pointer::output(rotation)?, opaque::look(session)?) };
        let now = Instant::from_millis(instant_ms);
        out.put(match session.core.legacy_secret_rotation(now) {
            SecretRotation::Ready => redox_auth_rotation::Ready,
            SecretRotation::NotYet(why) => match why {
                WhyNotYet::NoOAuthKey => redox_auth_rotation::NoOauthKey,
                WhyNotYet::LegacyPreferred => redox_auth_rotation::LegacyPreferred,
                WhyNotYet::NotServedByOAuth => redox_auth_rotation::NotServedByOauth,
                WhyNotYet::TooFewTokens { .. } => redox_auth_rotation::TooFewTokens,
                _ => redox_auth_rotation::NotYet,
            },
        });
        Ok(())
    })
}

const OAUTH_FIRST: i32 = redox_auth_preference::OauthFirst as i32;
const OAUTH_ONLY: i32 = redox_auth_preference::OauthOnly as i32;
const LEGACY_ONLY: i32 = redox_auth_preference::LegacyOnly as i32;
