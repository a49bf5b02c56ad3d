use core::ffi::{CStr, c_char};

use super::redox_auth_status as Status;

/// A sentence about a status, for a log; never NULL, for any number. A constant text that ends with a NUL. Statuses of
/// features that the library lacks are unknown.
#[unsafe(no_mangle)]
#[must_use]
pub extern "C" fn redox_auth_status_text(status: i32) -> *const c_char {
    let index = usize::try_from(status).unwrap_or(usize::MAX);
    match JOINED.split(|&byte| byte == 0).nth(index) {
        None | Some([]) => c"unknown status".as_ptr(),
        Some(text) => text.as_ptr().cast(),
    }
}

/// The texts in the order of their numbers, a NUL after each. The linker can drop one constant from an image that uses
/// no text; single texts would share a section with other texts and stay.
static JOINED: [u8; joined_len()] = {
    let mut joined = [0; joined_len()];
    let mut rest: &mut [u8] = &mut joined;
    let mut number = 0;
    let mut texts = TEXTS;
    while let [(status, text), others @ ..] = texts {
        assert!(number <= *status as i32, "not in the order of the numbers");
        while number < *status as i32 {
            rest = after_byte(rest, 0);
            number += 1;
        }
        let mut bytes = text.to_bytes();
        while let [byte, after @ ..] = bytes {
            rest = after_byte(rest, *byte);
            bytes = after;
        }
        rest = after_byte(rest, 0);
        number += 1;
        texts = others;
    }
    joined
};

/// Writes the first byte of `out`, and returns the bytes behind it.
const fn after_byte(out: &mut [u8], byte: u8) -> &mut [u8] {
    match out {
        [first, after @ ..] => {
            *first = byte;
            after
        }
        [] => panic!("the texts are longer than their length"),
    }
}

const fn joined_len() -> usize {
    let mut len: usize = 0;
    let mut number: usize = 0;
    let mut texts = TEXTS;
    while let [(status, text), others @ ..] = texts {
        len = len.saturating_add(text.count_bytes());
        number = (*status as usize).saturating_add(1);
        texts = others;
    }
    // A NUL for each number, also for those of features that are off.
    len.saturating_add(number)
}

const TEXTS: &[(Status, &CStr)] = &[
    (Status::Ok, c"done"),
    (Status::NullArgument, c"a required pointer is NULL"),
    (
        Status::BufferTooSmall,
        c"the buffer is too short; the call reports the required length",
    ),
    (Status::Unaligned, c"a pointer is not aligned for its type"),
    (
        Status::MemoryTooSmall,
        c"the memory is smaller than the object: header and library have different versions",
    ),
    (
        Status::NotInitialized,
        c"the memory holds no such object: never initialized, ended, or a copy of one",
    ),
    (
        Status::Busy,
        c"another call is using the object",
    ),
    (
        Status::BadValue,
        c"a number is not in its enum, or a length is longer than any memory",
    ),
    (Status::NotUtf8, c"a text is not UTF-8"),
    (
        Status::EmptyText,
        c"a text is empty, or half of a pair is missing",
    ),
    (
        Status::NoCredential,
        c"no credential that the preference and the policy allow",
    ),
    (
        Status::UrlCharacter,
        c"expected a URL of printable ASCII without backslashes, found another character",
    ),
    (
        Status::UrlScheme,
        c"the URL must start with https:// (http:// only to localhost)",
    ),
    (
        Status::UrlPlainHttp,
        c"expected https, or http to this machine, found http to another host",
    ),
    (
        Status::UrlUserInfo,
        c"expected a URL without a user name, found an @ before the path",
    ),
    (
        Status::UrlHost,
        c"expected a host name or address, found another host or none",
    ),
    (
        Status::UrlPort,
        c"expected a port from 1 to 65535 after the colon, found another or none",
    ),
    (
        Status::UrlFragment,
        c"expected a URL without a fragment, found a #",
    ),
    (
        Status::UrlQuery,
        c"expected a path and no query, found a question mark",
    ),
    (
        Status::UrlOtherOrigin,
        c"expected a URL of the token's server, found another origin",
    ),
    (
        Status::KeyEmpty,
        c"expected a private key, found nothing",
    ),
    (
        Status::KeyIsPublic,
        c"expected a private key, found a public one",
    ),
    (
        Status::KeyIsCertificate,
        c"expected a private key, found a certificate or a request for one",
    ),
    (
        Status::KeyIsEncrypted,
        c"expected a private key, found an encrypted one: decrypt it first",
    ),
    (
        Status::KeyIsOpenssh,
        c"expected a private key, found one of OpenSSH: convert it with `ssh-keygen -p -m PKCS8`",
    ),
    (
        Status::KeyIsSet,
        c"expected a private key, found a JWK Set: take one private JWK out of it",
    ),
    (
        Status::KeyNotFound,
        c"expected a private key in PEM or DER, or a private JWK, found something else",
    ),
    (
        Status::KeyMalformed,
        c"the private key is damaged or cut off",
    ),
    (
        Status::KeyUnsupported,
        match cfg!(feature = "es512") {
            true => c"expected a key on P-256, P-384 or P-521 or an RSA key, found another",
            false => c"expected a key on P-256 or P-384 or an RSA key, found another",
        },
    ),
    (
        Status::KeyOtherAlgorithm,
        c"the private key is for another algorithm",
    ),
    (
        Status::KeyRsaBits,
        c"expected an RSA key of 2048 to 4096 bits",
    ),
    (
        Status::KeyRsaExponent,
        c"expected an RSA key with an odd public exponent from 3 to 32 bits",
    ),
    (
        Status::KeyTooLong,
        c"the key or its file is too long for this type of key",
    ),
    (
        Status::KeyOutOfRange,
        c"expected a private number from 1 to the order of the curve",
    ),
    (
        Status::KeyInconsistent,
        c"the parts of the key do not match",
    ),
    (
        Status::KeyJwkAlgorithm,
        c"`alg` of the JWK does not match its `kty` and `crv`",
    ),
    (
        Status::NotNow,
        c"no request is necessary or allowed now; the call reports when to ask again",
    ),
    (
        Status::RepeatedRandom,
        c"the random bytes repeat the last request's: each request needs new ones",
    ),
    (
        Status::SignatureLength,
        c"the signature has a wrong length for this key",
    ),
    (
        Status::SignFailed,
        c"the signer gave no signature, or there is no signer",
    ),
    (
        Status::SignFaulty,
        c"the key made a signature that its public key does not accept",
    ),
    (
        Status::TicketUnknown,
        c"no request with this ticket is under way: a ticket is valid once",
    ),
    (
        Status::NothingToSign,
        c"the request of this ticket needs no further signature",
    ),
    (
        Status::NotSigned,
        c"the request of this ticket still lacks its signature",
    ),
    (Status::NoToken, c"no token at the moment"),
    (
        Status::LegacyToken,
        c"this API accepts no token of a legacy API key",
    ),
    (
        Status::LivesTooLong,
        c"the token's lifetime is a day or longer, which TEFCA does not allow",
    ),
    (
        Status::SourceId,
        c"the source ID has a character that headers do not allow",
    ),
    (Status::TimeUnknown, c"the time is unknown"),
    (Status::RecordDamaged, c"the record is damaged"),
    (
        Status::RecordVersion,
        c"another version wrote the record",
    ),
    (
        Status::RecordOtherIdentity,
        c"the record belongs to another key or server",
    ),
    (
        Status::RecordFromFuture,
        c"the record is from the future: a clock is wrong",
    ),
    (
        Status::RecordExpired,
        c"the token of the record has expired",
    ),
    (
        Status::RecordPolicy,
        c"the policy does not allow the token of the record",
    ),
    (
        Status::RecordTooLong,
        c"the tokens of the record are too long for the session",
    ),
    (Status::HasToken, c"the session already has a token"),
    (
        Status::Unexpected,
        c"a case without a number in this version",
    ),
    (
        Status::DialectJson,
        c"claims or header members are not a JSON object",
    ),
    (
        Status::DialectReserved,
        c"a claim, header member or form field has a name that the session writes itself",
    ),
    (
        Status::DialectTwice,
        c"a claim, header member or form field appears twice",
    ),
    (
        Status::DialectName,
        c"the name of a claim or header member is empty or has an escape",
    ),
    (
        Status::DialectForm,
        c"expected form fields as name=value joined by &, encoded; found something else",
    ),
    (
        Status::Lifetime,
        c"expected a lifetime of 6 to 300 seconds, or 1 to 300 without backdating; found another",
    ),
    #[cfg(feature = "metadata")]
    (
        Status::MetadataMalformed,
        c"the metadata document is not a JSON object, or has a member twice or of a wrong type",
    ),
    #[cfg(feature = "metadata")]
    (
        Status::MetadataMissing,
        c"the metadata document names no token endpoint, or no issuer",
    ),
    #[cfg(feature = "metadata")]
    (
        Status::MetadataIssuer,
        c"the metadata document names another issuer than the requested one; a final slash also counts",
    ),
    #[cfg(feature = "metadata")]
    (
        Status::MetadataOtherHost,
        c"the metadata document names a token endpoint on another host; confirm that host if it belongs to the server",
    ),
    #[cfg(feature = "metadata")]
    (
        Status::MetadataRedox,
        c"the metadata document of Redox leaves out the token endpoint for machines: do not use it",
    ),
    #[cfg(feature = "dpop")]
    (
        Status::DpopNonce,
        c"the nonce for a DPoP proof is empty, too long, or has a forbidden character",
    ),
    (
        Status::KeysDiffer,
        c"expected one private key, found two different ones",
    ),
    (
        Status::KeyJwkMember,
        c"a member of the JWK is missing, duplicate or malformed",
    ),
];
