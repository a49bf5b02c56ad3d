mod convert;
mod text;

pub use text::redox_auth_status_text;

use redox_auth_status as Status;

/// The result of every call. The numbers are ABI: new ones are added at the end, and none is ever reused.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum redox_auth_status {
    /// Done.
    Ok = 0,
    /// A required pointer is NULL.
    NullArgument = 1,
    /// The buffer is too short; the call reports the required length.
    BufferTooSmall = 2,
    /// A pointer is not aligned for its type.
    Unaligned = 3,
    /// The memory for an object is smaller than the object: header and library have different versions.
    MemoryTooSmall = 4,
    /// The memory holds no such object: never initialized, ended, or a copy of one.
    NotInitialized = 5,
    /// Another call is using the object: this call came from a callback or an interrupt.
    Busy = 6,
    /// A number is not in its enum, or a length is longer than any memory.
    BadValue = 7,
    /// A text is not UTF-8.
    NotUtf8 = 8,
    /// A text is empty, or half of a pair is missing.
    EmptyText = 9,
    /// The configuration has no credential that the preference and the policy allow.
    NoCredential = 10,
    /// A URL has a character that programs interpret differently.
    UrlCharacter = 11,
    /// A URL begins neither with https:// nor with http://.
    UrlScheme = 12,
    /// A URL is http to another machine.
    UrlPlainHttp = 13,
    /// A URL has a user name or a password.
    UrlUserInfo = 14,
    /// A URL has no host, or one that programs interpret differently.
    UrlHost = 15,
    /// A URL has a colon and no port from 1 to 65535.
    UrlPort = 16,
    /// A URL has a fragment.
    UrlFragment = 17,
    /// A URL has a query where none is allowed.
    UrlQuery = 18,
    /// A URL has another origin than the server of the token.
    UrlOtherOrigin = 19,
    /// There is no key, or only white space.
    KeyEmpty = 20,
    /// The key is a public key instead of a private one.
    KeyIsPublic = 21,
    /// The key is a certificate, or a request for one, instead of a private key.
    KeyIsCertificate = 22,
    /// The private key is encrypted.
    KeyIsEncrypted = 23,
    /// The private key is in the format of OpenSSH.
    KeyIsOpenssh = 24,
    /// The key is a JWK Set instead of one private JWK.
    KeyIsSet = 25,
    /// The text is no known form of a private key.
    KeyNotFound = 26,
    /// The key is damaged or cut off.
    KeyMalformed = 27,
    /// The kind of key is not supported, or the key is on P-521 and the library has no feature `es512`.
    KeyUnsupported = 28,
    /// The key is for another algorithm.
    KeyOtherAlgorithm = 29,
    /// The RSA key has fewer than 2048 or more than 4096 bits.
    KeyRsaBits = 30,
    /// The public exponent of the RSA key is even, below 3 or above 32 bits.
    KeyRsaExponent = 31,
    /// The RSA key, or other content of its file, is too long for this type of key.
    KeyTooLong = 32,
    /// The private number is zero, or not below the order of the curve.
    KeyOutOfRange = 33,
    /// The parts of the key do not match.
    KeyInconsistent = 34,
    /// The `alg` of the JWK does not match its `kty` and `crv`.
    KeyJwkAlgorithm = 35,
    /// No request is necessary or allowed now; the call reports when to ask again.
    NotNow = 36,
    /// The random bytes repeat those of the last request.
    RepeatedRandom = 37,
    /// The signature has a wrong length for this key, or the signer announces an impossible length.
    SignatureLength = 38,
    /// The signer gave no signature, or there is no signer.
    SignFailed = 39,
    /// The private key made a signature that its own public key does not accept.
    SignFaulty = 40,
    /// No request with this ticket is under way: the ticket was used, abandoned, or never issued.
    TicketUnknown = 41,
    /// The request of this ticket already has its signature, or needs none.
    NothingToSign = 42,
    /// The request of this ticket still lacks its signature, therefore it cannot have an answer.
    NotSigned = 43,
    /// There is no token at the moment.
    NoToken = 44,
    /// The API accepts no token of a legacy API key.
    LegacyToken = 45,
    /// The token's lifetime is a day or longer, which TEFCA does not allow.
    LivesTooLong = 46,
    /// The source ID has a character that headers do not allow.
    SourceId = 47,
    /// The time is unknown.
    TimeUnknown = 48,
    /// The record is truncated, altered, or not a record.
    RecordDamaged = 49,
    /// Another version wrote the record.
    RecordVersion = 50,
    /// The record belongs to another key, server or scope.
    RecordOtherIdentity = 51,
    /// The record is from the future: a clock is wrong.
    RecordFromFuture = 52,
    /// The token of the record has expired.
    RecordExpired = 53,
    /// The policy does not allow the token of the record, or the session has no such credential.
    RecordPolicy = 54,
    /// The tokens of the record are too long for the session.
    RecordTooLong = 55,
    /// The session already has a token.
    HasToken = 56,
    /// A case without a number in this version.
    Unexpected = 57,
    /// Claims or header members are not a JSON object.
    DialectJson = 58,
    /// A claim, a header member or a form field has a name that the session writes itself.
    DialectReserved = 59,
    /// A claim, a header member or a form field appears twice.
    DialectTwice = 60,
    /// The name of a claim or of a header member is empty or has an escape.
    DialectName = 61,
    /// Form fields are not `name=value` joined by `&`, encoded.
    DialectForm = 62,
    /// The lifetime of assertions is not 1 to 300 seconds, or not longer than the backdating of `iat`.
    Lifetime = 63,
    /// The metadata document is not a JSON object, or has a member twice or of a wrong type.
    MetadataMalformed = 64,
    /// The metadata document names no token endpoint, or no issuer where it must.
    MetadataMissing = 65,
    /// The metadata document names another issuer than the requested one; a final slash also counts.
    MetadataIssuer = 66,
    /// The metadata document names a token endpoint on a host that is neither the asked nor a confirmed one.
    MetadataOtherHost = 67,
    /// The document is Redox's, which leaves out the token endpoint for machines.
    MetadataRedox = 68,
    /// The nonce for a DPoP proof is empty, too long, or has a forbidden character.
    DpopNonce = 69,
    /// The input has two different private keys.
    KeysDiffer = 70,
    /// A member of the JWK is missing, appears twice, or is malformed.
    KeyJwkMember = 71,
}

/// The status of a call with this result.
pub(crate) fn of(call: impl FnOnce() -> Result<(), Status>) -> Status {
    match call() {
        Ok(()) => Status::Ok,
        Err(status) => status,
    }
}
