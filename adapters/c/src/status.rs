mod convert;
mod text;

pub use text::redox_auth_status_text;

use redox_auth_status as Status;

/// What every call returns. The numbers are ABI: new ones come at the end, and none is used again for something else.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum redox_auth_status {
    /// Done.
    Ok = 0,
    /// A pointer is NULL that must not be.
    NullArgument = 1,
    /// The buffer is too short; the needed length is reported.
    BufferTooSmall = 2,
    /// A pointer is not aligned for its type.
    Unaligned = 3,
    /// The memory for an object is smaller than the object: the header is of another version than the library.
    MemoryTooSmall = 4,
    /// The memory holds no such object: never initialized, ended, or a copy of one.
    NotInitialized = 5,
    /// The object is in use by a call that has not returned: this one came from a callback or an interrupt.
    Busy = 6,
    /// A number is none of those that its enum has, or a length is longer than memory can be.
    BadValue = 7,
    /// A text is not UTF-8.
    NotUtf8 = 8,
    /// A text is empty, or half of a pair is missing.
    EmptyText = 9,
    /// The configuration has no credential, or none that the preference and the policy allow.
    NoCredential = 10,
    /// A URL has a character that programs do not agree on.
    UrlCharacter = 11,
    /// A URL begins neither with https:// nor with http://.
    UrlScheme = 12,
    /// A URL is http to another machine.
    UrlPlainHttp = 13,
    /// A URL has a user name or a password.
    UrlUserInfo = 14,
    /// A URL has no host that all programs read alike.
    UrlHost = 15,
    /// A URL has a colon and no port from 1 to 65535.
    UrlPort = 16,
    /// A URL has a fragment.
    UrlFragment = 17,
    /// A URL has a query where none may be.
    UrlQuery = 18,
    /// A URL leads to another server than the one the token is for.
    UrlOtherOrigin = 19,
    /// There is no key, or only white space.
    KeyEmpty = 20,
    /// A public key stands where a private one is wanted.
    KeyIsPublic = 21,
    /// A certificate, or a request for one, stands where a private key is wanted.
    KeyIsCertificate = 22,
    /// The private key is encrypted.
    KeyIsEncrypted = 23,
    /// The private key is in the format of OpenSSH.
    KeyIsOpenssh = 24,
    /// A JWK Set stands where one private JWK is wanted.
    KeyIsSet = 25,
    /// There is something, but no private key that is known here.
    KeyNotFound = 26,
    /// The key is damaged or cut off.
    KeyMalformed = 27,
    /// The key is of a kind that is not supported, or one on P-521 in a library without the feature `es512`.
    KeyUnsupported = 28,
    /// The key is one for another algorithm.
    KeyOtherAlgorithm = 29,
    /// The RSA key has fewer than 2048 or more than 4096 bits.
    KeyRsaBits = 30,
    /// The public exponent of the RSA key is even, below 3 or above 32 bits.
    KeyRsaExponent = 31,
    /// The RSA key, or what stands beside it in its file, is longer than this type of key takes.
    KeyTooLong = 32,
    /// The private number is zero, or not below the order of the curve.
    KeyOutOfRange = 33,
    /// The parts of the key do not belong together.
    KeyInconsistent = 34,
    /// The `alg` of the JWK is not the one that its numbers are for.
    KeyJwkAlgorithm = 35,
    /// No request is needed or allowed now; when to ask again is reported.
    NotNow = 36,
    /// The random bytes repeat those of the last request.
    RepeatedRandom = 37,
    /// The signature has another length than those of this key, or the signer announces one that no key has.
    SignatureLength = 38,
    /// The signer gave no signature, or there is none that could.
    SignFailed = 39,
    /// The private key made a signature that its own public key does not accept.
    SignFaulty = 40,
    /// No request of this ticket is on its way: it was handed in already, given up, or there never was one.
    TicketUnknown = 41,
    /// The request of this ticket has its signature already, or needs none.
    NothingToSign = 42,
    /// The request of this ticket still lacks its signature, so there can be no answer to it.
    NotSigned = 43,
    /// There is no token at the moment.
    NoToken = 44,
    /// The API takes no token of a legacy API key.
    LegacyToken = 45,
    /// The token lives a day or longer, which TEFCA does not allow.
    LivesTooLong = 46,
    /// The source ID has a character that cannot stand in a header.
    SourceId = 47,
    /// Nobody knows what time it is.
    TimeUnknown = 48,
    /// The record is cut off, altered, or none at all.
    RecordDamaged = 49,
    /// The record was written by another version.
    RecordVersion = 50,
    /// The record belongs to another key, server or scope.
    RecordOtherIdentity = 51,
    /// The record was written later than now: a clock is wrong.
    RecordFromFuture = 52,
    /// The token of the record is dead.
    RecordExpired = 53,
    /// The policy does not allow the token of the record, or the session has no such credential.
    RecordPolicy = 54,
    /// The tokens of the record are longer than a session holds.
    RecordTooLong = 55,
    /// The session has a token already.
    HasToken = 56,
    /// Something that this version has no number for.
    Unexpected = 57,
    /// Claims or header members are no JSON object.
    DialectJson = 58,
    /// A claim, a header member or a form field has the name of one that the session writes itself.
    DialectReserved = 59,
    /// A claim, a header member or a form field comes twice.
    DialectTwice = 60,
    /// The name of a claim or of a header member is empty or has an escape.
    DialectName = 61,
    /// Form fields are not `name=value` joined by `&`, encoded.
    DialectForm = 62,
    /// The lifetime of assertions is not 1 to 300 seconds, or not longer than `iat` lies before the time.
    Lifetime = 63,
    /// The metadata document is no JSON object, has a member twice, or one of another type than it should have.
    MetadataMalformed = 64,
    /// The metadata document names no token endpoint, or no issuer where it must.
    MetadataMissing = 65,
    /// The metadata document names another issuer than the one that was asked for, if only by a slash at its end.
    MetadataIssuer = 66,
    /// The metadata document names a token endpoint on a host that was neither asked nor confirmed.
    MetadataOtherHost = 67,
    /// Redox was asked, whose metadata document leaves out the token endpoint for machines.
    MetadataRedox = 68,
    /// The nonce for a DPoP proof is empty, too long, or has a character that none may have.
    DpopNonce = 69,
    /// There are two private keys that differ.
    KeysDiffer = 70,
    /// A member of the JWK is missing, comes twice, or has a form that none may have.
    KeyJwkMember = 71,
}

/// The status of a call that did this.
pub(crate) fn of(call: impl FnOnce() -> Result<(), Status>) -> Status {
    match call() {
        Ok(()) => Status::Ok,
        Err(status) => status,
    }
}
