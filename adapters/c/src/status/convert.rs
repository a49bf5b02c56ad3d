#[cfg(feature = "dpop")]
use redox_auth_core::DpopNonceError;
#[cfg(feature = "metadata")]
use redox_auth_core::MetadataError;
use redox_auth_core::{
    AuthorizeError, DialectError, Found, KeyError, RequestError, RestoreError, SaveError,
    SignError, UrlError, WriteError,
};

use super::redox_auth_status as Status;

impl From<UrlError> for Status {
    fn from(error: UrlError) -> Self {
        match error {
            UrlError::Character { .. } => Self::UrlCharacter,
            UrlError::Scheme => Self::UrlScheme,
            UrlError::PlainHttp => Self::UrlPlainHttp,
            UrlError::UserInfo => Self::UrlUserInfo,
            UrlError::Host => Self::UrlHost,
            UrlError::Port => Self::UrlPort,
            UrlError::Fragment => Self::UrlFragment,
            UrlError::Query => Self::UrlQuery,
            UrlError::OtherOrigin => Self::UrlOtherOrigin,
            _ => Self::Unexpected,
        }
    }
}

impl From<KeyError> for Status {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::NoPrivateKey(found) => match found {
                Found::Nothing => Self::KeyEmpty,
                Found::PublicKey | Found::PublicJwk => Self::KeyIsPublic,
                Found::Certificate | Found::CertificateRequest => Self::KeyIsCertificate,
                Found::EncryptedKey => Self::KeyIsEncrypted,
                Found::OpenSshKey => Self::KeyIsOpenssh,
                Found::JwkSet => Self::KeyIsSet,
                _ => Self::KeyNotFound,
            },
            KeyError::Malformed(_) | KeyError::JwkMember { .. } | KeyError::TwoKeys { .. } => {
                Self::KeyMalformed
            }
            KeyError::Unsupported(_) | KeyError::Disabled(_) => Self::KeyUnsupported,
            KeyError::WrongAlgorithm { .. } => Self::KeyOtherAlgorithm,
            KeyError::RsaBits { .. } => Self::KeyRsaBits,
            KeyError::RsaExponent => Self::KeyRsaExponent,
            KeyError::TooLong { .. } => Self::KeyTooLong,
            KeyError::OutOfRange => Self::KeyOutOfRange,
            KeyError::Inconsistent => Self::KeyInconsistent,
            KeyError::JwkAlgorithm { .. } => Self::KeyJwkAlgorithm,
            // Longer than any key's buffer: whatever it is, it is no key.
            KeyError::ScratchTooSmall { .. } => Self::KeyNotFound,
            _ => Self::Unexpected,
        }
    }
}

impl From<DialectError> for Status {
    fn from(error: DialectError) -> Self {
        match error {
            DialectError::Json(_) => Self::DialectJson,
            DialectError::Reserved(_) => Self::DialectReserved,
            DialectError::Duplicate { .. } => Self::DialectTwice,
            DialectError::Name { .. } => Self::DialectName,
            DialectError::Form { .. } => Self::DialectForm,
            _ => Self::Unexpected,
        }
    }
}

impl From<WriteError> for Status {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::BufferTooSmall { .. } => Self::BufferTooSmall,
            WriteError::EmptyClaim(_) => Self::EmptyText,
            WriteError::SignatureTooLong { .. } | WriteError::SignatureLen { .. } => {
                Self::SignatureLength
            }
            WriteError::Sign(SignError::SignatureLen { .. }) => Self::SignatureLength,
            WriteError::Sign(SignError::Faulty) => Self::SignFaulty,
            WriteError::Sign(SignError::Backend) => Self::SignFailed,
            _ => Self::Unexpected,
        }
    }
}

impl From<RequestError> for Status {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::NotNow { .. } => Self::NotNow,
            RequestError::RepeatedJwtId => Self::RepeatedRandom,
            RequestError::NoCredential => Self::NoCredential,
            RequestError::Write(error) => error.into(),
            _ => Self::Unexpected,
        }
    }
}

impl From<AuthorizeError> for Status {
    fn from(error: AuthorizeError) -> Self {
        match error {
            AuthorizeError::NoToken => Self::NoToken,
            AuthorizeError::Url(error) => error.into(),
            AuthorizeError::LegacyToken(_) => Self::LegacyToken,
            AuthorizeError::LivesTooLong { .. } => Self::LivesTooLong,
            AuthorizeError::SourceId => Self::SourceId,
            _ => Self::Unexpected,
        }
    }
}

impl From<SaveError> for Status {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::NoToken => Self::NoToken,
            SaveError::TimeUnknown => Self::TimeUnknown,
            SaveError::BufferTooSmall { .. } => Self::BufferTooSmall,
            _ => Self::Unexpected,
        }
    }
}

impl From<RestoreError> for Status {
    fn from(error: RestoreError) -> Self {
        match error {
            RestoreError::Damaged => Self::RecordDamaged,
            RestoreError::Version { .. } => Self::RecordVersion,
            RestoreError::OtherIdentity => Self::RecordOtherIdentity,
            RestoreError::FromFuture => Self::RecordFromFuture,
            RestoreError::Expired => Self::RecordExpired,
            RestoreError::TimeUnknown => Self::TimeUnknown,
            RestoreError::Policy(_) => Self::RecordPolicy,
            RestoreError::TooLong { .. } => Self::RecordTooLong,
            RestoreError::HasToken => Self::HasToken,
            _ => Self::Unexpected,
        }
    }
}

#[cfg(feature = "metadata")]
impl From<MetadataError> for Status {
    fn from(error: MetadataError) -> Self {
        match error {
            MetadataError::Missing(_) => Self::MetadataMissing,
            MetadataError::IssuerSlash | MetadataError::OtherIssuer => Self::MetadataIssuer,
            MetadataError::TokenEndpoint(error) => error.into(),
            MetadataError::OtherHost => Self::MetadataOtherHost,
            MetadataError::Redox => Self::MetadataRedox,
            _ => Self::Unexpected,
        }
    }
}

#[cfg(feature = "dpop")]
impl From<DpopNonceError> for Status {
    fn from(_: DpopNonceError) -> Self {
        Self::DpopNonce
    }
}
