/*
 * Tokens of Redox and other SMART Backend Services servers, for C and C++.
 *
 * Made from the Rust sources by cbindgen; do not edit.
 *
 * Rules for every function, unless its own comment has another:
 *
 * - A pointer must not be NULL: the status is then REDOX_AUTH_STATUS_NULL_ARGUMENT. Only a buffer or an input of length 0
 *   may be NULL.
 * - Any other pointer must point to a valid value of its type during the call, and longer if its comment requires that.
 *   The library cannot check this.
 * - A call first sets the memory for its answer to zeros. After an error, the answer has only the lengths and times that
 *   its members document.
 * - A parameter `int32_t` with the name of an enum accepts the numbers of that enum; for any other number the status is
 *   REDOX_AUTH_STATUS_BAD_VALUE.
 * - Declarations in `#if defined(REDOX_AUTH_DPOP)` or `(REDOX_AUTH_METADATA)` need a library with the cargo feature `dpop`
 *   or `metadata`. Define the macro if the library has the feature.
 * - No function allocates, blocks, reads a clock or stores anything outside the memory given to it. Only one thread may
 *   use an object at a time.
 *
 * Stack of the calls, in bytes, at most, measured on a Cortex-M4F with `opt-level = "s"`:
 *   redox_auth_any_key_init, RSA of 4096 bits       8000
 *   redox_auth_any_key_init, ES256                  9900
 *   redox_auth_rsa_key_init                         4900
 *   redox_auth_es384_key_init                       5600
 *   redox_auth_es256_key_init                       4300
 *   redox_auth_any_key_public                       1800
 *   redox_auth_session_request, RSA of 4096 bits   10900
 *   redox_auth_session_request, RSA of 2048 bits    5800
 *   redox_auth_session_request, ES384               7800
 *   redox_auth_session_request, ES256               5200
 *   redox_auth_session_init                         2300
 *   redox_auth_session_receive, a token             1200
 *   redox_auth_session_receive, a refusal           1200
 *   redox_auth_refusal_words                        1100
 *   redox_auth_session_authorize                     500
 *   redox_auth_session_next                          400
 *   redox_auth_session_save                          500
 *   redox_auth_session_restore                       500
 *   redox_auth_dialect_init                          700
 *   redox_auth_public_key_jwks                       300
 *   redox_auth_public_key_thumbprint                1600
 *
 * Other calls and other processors were not measured.
 */

#ifndef REDOX_AUTH_H
#define REDOX_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A session holds pointers, so its size depends on theirs. */
#if UINTPTR_MAX > UINT32_MAX
#define REDOX_AUTH_64_BIT
#endif

/* The size of a redox_auth_session, in bytes. */
#define REDOX_AUTH_SESSION_SIZE (REDOX_AUTH_SESSION_WORDS * 8)

/* The version of this header as one number; redox_auth_version() gives that of the library. */
#define REDOX_AUTH_VERSION \
    ((REDOX_AUTH_VERSION_MAJOR << 16) | (REDOX_AUTH_VERSION_MINOR << 8) | REDOX_AUTH_VERSION_PATCH)

// In `redox_auth_dialect_config.flags`: adds the claim `nbf`, with the time of `iat`.
#define REDOX_AUTH_DIALECT_NOT_BEFORE 1

// In `redox_auth_dialect_config.flags`: leaves `kid` out of the header.
#define REDOX_AUTH_DIALECT_WITHOUT_KEY_ID 2

// In `redox_auth_dialect_config.flags`: adds the form field `client_id`.
#define REDOX_AUTH_DIALECT_CLIENT_ID 4

// In `redox_auth_dialect_config.flags`: `iat` is the present time, not 5 seconds earlier.
#define REDOX_AUTH_DIALECT_NO_BACKDATE 8

#if defined(REDOX_AUTH_64_BIT)
// The size of a `redox_auth_dialect`, in words of 8 bytes.
#define REDOX_AUTH_DIALECT_WORDS 14
#endif

#if !defined(REDOX_AUTH_64_BIT)
// The size of a `redox_auth_dialect`, in words of 8 bytes.
#define REDOX_AUTH_DIALECT_WORDS 10
#endif

#if defined(REDOX_AUTH_DPOP)
// The longest nonce for a proof, in bytes. Common servers use 20 to 200.
#define REDOX_AUTH_DPOP_NONCE_MAX 256
#endif

// The size of a `redox_auth_es256_key`, in bytes.
#define REDOX_AUTH_ES256_KEY_SIZE 160

// The size of a `redox_auth_es384_key`, in bytes.
#define REDOX_AUTH_ES384_KEY_SIZE 224

#if defined(REDOX_AUTH_ES512)
// The size of a `redox_auth_es512_key`, in bytes.
#define REDOX_AUTH_ES512_KEY_SIZE 320
#endif

// The size of a `redox_auth_rsa_key`, in bytes.
#define REDOX_AUTH_RSA_KEY_SIZE 1024

// The size of a `redox_auth_any_key`, in bytes.
#define REDOX_AUTH_ANY_KEY_SIZE 2048

// The alignment, in bytes, of the memory for every opaque type. A variable of such a type has this alignment.
#define REDOX_AUTH_ALIGN 8

// The size of a `redox_auth_public_key`, in bytes.
#define REDOX_AUTH_PUBLIC_KEY_SIZE 576

// The length of a thumbprint with the NUL behind it, in bytes.
#define REDOX_AUTH_THUMBPRINT_SIZE 44

#if defined(REDOX_AUTH_64_BIT)
// The size of a `redox_auth_session`, in words of 8 bytes.
#define REDOX_AUTH_SESSION_WORDS 234
#endif

#if !defined(REDOX_AUTH_64_BIT)
// The size of a `redox_auth_session`, in words of 8 bytes.
#define REDOX_AUTH_SESSION_WORDS 202
#endif

// The longest token that a session holds in itself, in bytes; `redox_auth_config.token_memory` makes room for longer
// ones. A legacy key's refresh token shares the place.
#define REDOX_AUTH_TOKEN_CAPACITY 1024

// The greatest length of a record in bytes, of a session that keeps its token in itself.
#define REDOX_AUTH_MAX_RECORD_LEN 1080

// The number of random bytes for each request.
#define REDOX_AUTH_RANDOM_LEN 16

// The length of the longest digest, in bytes.
#define REDOX_AUTH_MAX_DIGEST_LEN 64

// The first number of the header's version.
#define REDOX_AUTH_VERSION_MAJOR 0

// The second.
#define REDOX_AUTH_VERSION_MINOR 1

// The third.
#define REDOX_AUTH_VERSION_PATCH 0

// The result of every call. The numbers are ABI: new ones are added at the end, and none is ever reused.
enum redox_auth_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Done.
    REDOX_AUTH_STATUS_OK = 0,
    // A required pointer is NULL.
    REDOX_AUTH_STATUS_NULL_ARGUMENT = 1,
    // The buffer is too short; the call reports the required length.
    REDOX_AUTH_STATUS_BUFFER_TOO_SMALL = 2,
    // A pointer is not aligned for its type.
    REDOX_AUTH_STATUS_UNALIGNED = 3,
    // The memory for an object is smaller than the object: header and library have different versions.
    REDOX_AUTH_STATUS_MEMORY_TOO_SMALL = 4,
    // The memory holds no such object: never initialized, ended, or a copy of one.
    REDOX_AUTH_STATUS_NOT_INITIALIZED = 5,
    // Another call is using the object: this call came from a callback or an interrupt.
    REDOX_AUTH_STATUS_BUSY = 6,
    // A number is not in its enum, or a length is longer than any memory.
    REDOX_AUTH_STATUS_BAD_VALUE = 7,
    // A text is not UTF-8.
    REDOX_AUTH_STATUS_NOT_UTF8 = 8,
    // A text is empty, or half of a pair is missing.
    REDOX_AUTH_STATUS_EMPTY_TEXT = 9,
    // The configuration has no credential that the preference and the policy allow.
    REDOX_AUTH_STATUS_NO_CREDENTIAL = 10,
    // A URL has a character that programs interpret differently.
    REDOX_AUTH_STATUS_URL_CHARACTER = 11,
    // A URL begins neither with https:// nor with http://.
    REDOX_AUTH_STATUS_URL_SCHEME = 12,
    // A URL is http to another machine.
    REDOX_AUTH_STATUS_URL_PLAIN_HTTP = 13,
    // A URL has a user name or a password.
    REDOX_AUTH_STATUS_URL_USER_INFO = 14,
    // A URL has no host, or one that programs interpret differently.
    REDOX_AUTH_STATUS_URL_HOST = 15,
    // A URL has a colon and no port from 1 to 65535.
    REDOX_AUTH_STATUS_URL_PORT = 16,
    // A URL has a fragment.
    REDOX_AUTH_STATUS_URL_FRAGMENT = 17,
    // A URL has a query where none is allowed.
    REDOX_AUTH_STATUS_URL_QUERY = 18,
    // A URL has another origin than the server of the token.
    REDOX_AUTH_STATUS_URL_OTHER_ORIGIN = 19,
    // There is no key, or only white space.
    REDOX_AUTH_STATUS_KEY_EMPTY = 20,
    // The key is a public key instead of a private one.
    REDOX_AUTH_STATUS_KEY_IS_PUBLIC = 21,
    // The key is a certificate, or a request for one, instead of a private key.
    REDOX_AUTH_STATUS_KEY_IS_CERTIFICATE = 22,
    // The private key is encrypted.
    REDOX_AUTH_STATUS_KEY_IS_ENCRYPTED = 23,
    // The private key is in the format of OpenSSH.
    REDOX_AUTH_STATUS_KEY_IS_OPENSSH = 24,
    // The key is a JWK Set instead of one private JWK.
    REDOX_AUTH_STATUS_KEY_IS_SET = 25,
    // The text is no known form of a private key.
    REDOX_AUTH_STATUS_KEY_NOT_FOUND = 26,
    // The key is damaged or cut off.
    REDOX_AUTH_STATUS_KEY_MALFORMED = 27,
    // The kind of key is not supported, or the key is on P-521 and the library has no feature `es512`.
    REDOX_AUTH_STATUS_KEY_UNSUPPORTED = 28,
    // The key is for another algorithm.
    REDOX_AUTH_STATUS_KEY_OTHER_ALGORITHM = 29,
    // The RSA key has fewer than 2048 or more than 4096 bits.
    REDOX_AUTH_STATUS_KEY_RSA_BITS = 30,
    // The public exponent of the RSA key is even, below 3 or above 32 bits.
    REDOX_AUTH_STATUS_KEY_RSA_EXPONENT = 31,
    // The RSA key, or other content of its file, is too long for this type of key.
    REDOX_AUTH_STATUS_KEY_TOO_LONG = 32,
    // The private number is zero, or not below the order of the curve.
    REDOX_AUTH_STATUS_KEY_OUT_OF_RANGE = 33,
    // The parts of the key do not match.
    REDOX_AUTH_STATUS_KEY_INCONSISTENT = 34,
    // The `alg` of the JWK does not match its `kty` and `crv`.
    REDOX_AUTH_STATUS_KEY_JWK_ALGORITHM = 35,
    // No request is necessary or allowed now; the call reports when to ask again.
    REDOX_AUTH_STATUS_NOT_NOW = 36,
    // The random bytes repeat those of the last request.
    REDOX_AUTH_STATUS_REPEATED_RANDOM = 37,
    // The signature has a wrong length for this key, or the signer announces an impossible length.
    REDOX_AUTH_STATUS_SIGNATURE_LENGTH = 38,
    // The signer gave no signature, or there is no signer.
    REDOX_AUTH_STATUS_SIGN_FAILED = 39,
    // The private key made a signature that its own public key does not accept.
    REDOX_AUTH_STATUS_SIGN_FAULTY = 40,
    // No request with this ticket is under way: the ticket was used, abandoned, or never issued.
    REDOX_AUTH_STATUS_TICKET_UNKNOWN = 41,
    // The request of this ticket already has its signature, or needs none.
    REDOX_AUTH_STATUS_NOTHING_TO_SIGN = 42,
    // The request of this ticket still lacks its signature, therefore it cannot have an answer.
    REDOX_AUTH_STATUS_NOT_SIGNED = 43,
    // There is no token at the moment.
    REDOX_AUTH_STATUS_NO_TOKEN = 44,
    // The API accepts no token of a legacy API key.
    REDOX_AUTH_STATUS_LEGACY_TOKEN = 45,
    // The token's lifetime is a day or longer, which TEFCA does not allow.
    REDOX_AUTH_STATUS_LIVES_TOO_LONG = 46,
    // The source ID has a character that headers do not allow.
    REDOX_AUTH_STATUS_SOURCE_ID = 47,
    // The time is unknown.
    REDOX_AUTH_STATUS_TIME_UNKNOWN = 48,
    // The record is truncated, altered, or not a record.
    REDOX_AUTH_STATUS_RECORD_DAMAGED = 49,
    // Another version wrote the record.
    REDOX_AUTH_STATUS_RECORD_VERSION = 50,
    // The record belongs to another key, server or scope.
    REDOX_AUTH_STATUS_RECORD_OTHER_IDENTITY = 51,
    // The record is from the future: a clock is wrong.
    REDOX_AUTH_STATUS_RECORD_FROM_FUTURE = 52,
    // The token of the record has expired.
    REDOX_AUTH_STATUS_RECORD_EXPIRED = 53,
    // The policy does not allow the token of the record, or the session has no such credential.
    REDOX_AUTH_STATUS_RECORD_POLICY = 54,
    // The tokens of the record are too long for the session.
    REDOX_AUTH_STATUS_RECORD_TOO_LONG = 55,
    // The session already has a token.
    REDOX_AUTH_STATUS_HAS_TOKEN = 56,
    // A case without a number in this version.
    REDOX_AUTH_STATUS_UNEXPECTED = 57,
    // Claims or header members are not a JSON object.
    REDOX_AUTH_STATUS_DIALECT_JSON = 58,
    // A claim, a header member or a form field has a name that the session writes itself.
    REDOX_AUTH_STATUS_DIALECT_RESERVED = 59,
    // A claim, a header member or a form field appears twice.
    REDOX_AUTH_STATUS_DIALECT_TWICE = 60,
    // The name of a claim or of a header member is empty or has an escape.
    REDOX_AUTH_STATUS_DIALECT_NAME = 61,
    // Form fields are not `name=value` joined by `&`, encoded.
    REDOX_AUTH_STATUS_DIALECT_FORM = 62,
    // The lifetime of assertions is not 1 to 300 seconds, or not longer than the backdating of `iat`.
    REDOX_AUTH_STATUS_LIFETIME = 63,
    // The metadata document is not a JSON object, or has a member twice or of a wrong type.
    REDOX_AUTH_STATUS_METADATA_MALFORMED = 64,
    // The metadata document names no token endpoint, or no issuer where it must.
    REDOX_AUTH_STATUS_METADATA_MISSING = 65,
    // The metadata document names another issuer than the requested one; a final slash also counts.
    REDOX_AUTH_STATUS_METADATA_ISSUER = 66,
    // The metadata document names a token endpoint on a host that is neither the asked nor a confirmed one.
    REDOX_AUTH_STATUS_METADATA_OTHER_HOST = 67,
    // The document is Redox's, which leaves out the token endpoint for machines.
    REDOX_AUTH_STATUS_METADATA_REDOX = 68,
    // The nonce for a DPoP proof is empty, too long, or has a forbidden character.
    REDOX_AUTH_STATUS_DPOP_NONCE = 69,
    // The input has two different private keys.
    REDOX_AUTH_STATUS_KEYS_DIFFER = 70,
    // A member of the JWK is missing, appears twice, or is malformed.
    REDOX_AUTH_STATUS_KEY_JWK_MEMBER = 71,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_status redox_auth_status;
#else
typedef int32_t redox_auth_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The credential that obtained a token.
enum redox_auth_served_by
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // There is no token.
    REDOX_AUTH_SERVED_BY_NONE = 0,
    // The OAuth API key.
    REDOX_AUTH_SERVED_BY_OAUTH = 1,
    // The legacy API key.
    REDOX_AUTH_SERVED_BY_LEGACY = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_served_by redox_auth_served_by;
#else
typedef int32_t redox_auth_served_by;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The action that a session needs at one moment.
enum redox_auth_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Unknown, because the call failed.
    REDOX_AUTH_ACTION_NONE = 0,
    // Use the token; no other action is necessary before `until_ms`.
    REDOX_AUTH_ACTION_USE = 1,
    // Use the token, and request the next one now.
    REDOX_AUTH_ACTION_RENEW = 2,
    // There is no token: request one now.
    REDOX_AUTH_ACTION_FETCH = 3,
    // There is no token, and no action before `until_ms`: a request is under way, or one failed a moment ago.
    REDOX_AUTH_ACTION_WAIT = 4,
    // There is no token, and waiting does not help: `stop` has the reason. One more attempt is allowed from `until_ms`
    // on, because a person may have fixed the cause.
    REDOX_AUTH_ACTION_STOP = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_action redox_auth_action;
#else
typedef int32_t redox_auth_action;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Why a session has no token and requests one only rarely.
enum redox_auth_stop
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It has not stopped.
    REDOX_AUTH_STOP_NONE = 0,
    // The server refused: see `refusal`.
    REDOX_AUTH_STOP_REFUSED = 1,
    // The server's answer is unusable, and the next one would be too: see `answer_error`.
    REDOX_AUTH_STOP_ANSWER = 2,
    // The time is unknown, and signing needs the time.
    REDOX_AUTH_STOP_CLOCK_UNKNOWN = 3,
    // There is no credential that the preference and the policy allow.
    REDOX_AUTH_STOP_NO_CREDENTIAL = 4,
    // A reason without a number in this version.
    REDOX_AUTH_STOP_OTHER = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_stop redox_auth_stop;
#else
typedef int32_t redox_auth_stop;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// An OAuth error code (RFC 6749 §5.2).
enum redox_auth_error_code
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The body has no error code.
    REDOX_AUTH_ERROR_CODE_NONE = 0,
    // `invalid_request`, which Redox sends for every error.
    REDOX_AUTH_ERROR_CODE_INVALID_REQUEST = 1,
    // `invalid_client`.
    REDOX_AUTH_ERROR_CODE_INVALID_CLIENT = 2,
    // `invalid_grant`.
    REDOX_AUTH_ERROR_CODE_INVALID_GRANT = 3,
    // `unauthorized_client`.
    REDOX_AUTH_ERROR_CODE_UNAUTHORIZED_CLIENT = 4,
    // `unsupported_grant_type`.
    REDOX_AUTH_ERROR_CODE_UNSUPPORTED_GRANT_TYPE = 5,
    // `invalid_scope`.
    REDOX_AUTH_ERROR_CODE_INVALID_SCOPE = 6,
    // `temporarily_unavailable`.
    REDOX_AUTH_ERROR_CODE_TEMPORARILY_UNAVAILABLE = 7,
    // `server_error`.
    REDOX_AUTH_ERROR_CODE_SERVER_ERROR = 8,
    // Another one.
    REDOX_AUTH_ERROR_CODE_OTHER = 9,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_error_code redox_auth_error_code;
#else
typedef int32_t redox_auth_error_code;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The meaning of a refusal, by the party that must act.
enum redox_auth_reason
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // There was no refusal.
    REDOX_AUTH_REASON_NONE = 0,
    // The form of the request is wrong: a fault of the program that sent it.
    REDOX_AUTH_REASON_REQUEST = 1,
    // The server has no valid public key for this client ID and key ID.
    REDOX_AUTH_REASON_KEY_NOT_FOUND = 2,
    // A claim or header has a value that the server does not expect: `claim` names it.
    REDOX_AUTH_REASON_CLAIM = 3,
    // The clock of one side is off.
    REDOX_AUTH_REASON_CLOCK = 4,
    // This assertion was used before.
    REDOX_AUTH_REASON_REPLAY = 5,
    // The server does not accept the client, its key or its signature, and does not say which.
    REDOX_AUTH_REASON_CLIENT = 6,
    // The legacy API key and its secret do not belong together.
    REDOX_AUTH_REASON_SECRET = 7,
    // A blank description: some value is wrong, or the clock is.
    REDOX_AUTH_REASON_BLANK = 8,
    // The client has no permission, or not for this scope.
    REDOX_AUTH_REASON_NOT_ALLOWED = 9,
    // This is not a token endpoint.
    REDOX_AUTH_REASON_WRONG_ENDPOINT = 10,
    // The request is fine, but the server is busy or broken.
    REDOX_AUTH_REASON_TRY_LATER = 11,
    // The server gave an unknown reason or none.
    REDOX_AUTH_REASON_UNKNOWN = 12,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_reason redox_auth_reason;
#else
typedef int32_t redox_auth_reason;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Why a successful answer gave no token.
enum redox_auth_answer_error
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // No problem.
    REDOX_AUTH_ANSWER_ERROR_NONE = 0,
    // The answer is not from a token endpoint.
    REDOX_AUTH_ANSWER_ERROR_PARSE = 1,
    // The token is too long for the session.
    REDOX_AUTH_ANSWER_ERROR_TOKEN_TOO_LONG = 2,
    // The token has already expired, on the server's clock or, without a `Date`, on ours.
    REDOX_AUTH_ANSWER_ERROR_EXPIRED = 3,
    // The token's lifetime is a day or longer, but the policy is `REDOX_AUTH_POLICY_TEFCA`.
    REDOX_AUTH_ANSWER_ERROR_LIVES_TOO_LONG = 4,
    // Something that this version has no number for.
    REDOX_AUTH_ANSWER_ERROR_OTHER = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_answer_error redox_auth_answer_error;
#else
typedef int32_t redox_auth_answer_error;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The kind of an answer.
enum redox_auth_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing is known: the call was refused.
    REDOX_AUTH_OUTCOME_NONE = 0,
    // A token, which `redox_auth_session_next` returns.
    REDOX_AUTH_OUTCOME_TOKEN = 1,
    // The time, which the next request can use.
    REDOX_AUTH_OUTCOME_TIME = 2,
    // An answer to the request for the time, but without the time.
    REDOX_AUTH_OUTCOME_NO_TIME = 3,
    // A refusal: see `refusal`.
    REDOX_AUTH_OUTCOME_REFUSED = 4,
    // Neither a usable token nor a refusal: see `answer_error`.
    REDOX_AUTH_OUTCOME_UNUSABLE = 5,
    // The session had abandoned the request. Nothing changed.
    REDOX_AUTH_OUTCOME_STALE = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_outcome redox_auth_outcome;
#else
typedef int32_t redox_auth_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The effect of a 401 from the API.
enum redox_auth_rejected
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // None, because the call failed.
    REDOX_AUTH_REJECTED_NONE = 0,
    // The token is dropped. Obtain the next one and retry the request once.
    REDOX_AUTH_REJECTED_DROPPED = 1,
    // The session no longer holds that token. Retry the request once with the present or the next token.
    REDOX_AUTH_REJECTED_REPLACED = 2,
    // The session keeps the token, which it obtained a moment ago after another 401: another token would not help. Do
    // not retry the request.
    REDOX_AUTH_REJECTED_KEPT = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_rejected redox_auth_rejected;
#else
typedef int32_t redox_auth_rejected;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The signature algorithm of a key (RFC 7518 §3.1).
enum redox_auth_algorithm
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // None: no signature.
    REDOX_AUTH_ALGORITHM_NONE = 0,
    // ECDSA on P-256 with SHA-256. Signatures have 64 bytes.
    REDOX_AUTH_ALGORITHM_ES256 = 1,
    // ECDSA on P-384 with SHA-384. Signatures have 96 bytes.
    REDOX_AUTH_ALGORITHM_ES384 = 2,
    // RSASSA-PKCS1-v1_5 with SHA-384. Signatures are as long as the modulus.
    REDOX_AUTH_ALGORITHM_RS384 = 3,
    // RSASSA-PKCS1-v1_5 with SHA-256.
    REDOX_AUTH_ALGORITHM_RS256 = 4,
    // RSASSA-PKCS1-v1_5 with SHA-512.
    REDOX_AUTH_ALGORITHM_RS512 = 5,
    // RSASSA-PSS with SHA-256, also in its mask, and a salt of 32 bytes.
    REDOX_AUTH_ALGORITHM_PS256 = 6,
    // ECDSA on P-521 with SHA-512. Signatures have 132 bytes.
    REDOX_AUTH_ALGORITHM_ES512 = 7,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_algorithm redox_auth_algorithm;
#else
typedef int32_t redox_auth_algorithm;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Whether you can replace the secret of the legacy API key, which revokes the old secret at once, without notice to
// this library.
enum redox_auth_rotation
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing is known: the call was refused.
    REDOX_AUTH_ROTATION_NONE = 0,
    // Yes: the OAuth API key has obtained several tokens in a row.
    REDOX_AUTH_ROTATION_READY = 1,
    // Not yet: there is no OAuth API key.
    REDOX_AUTH_ROTATION_NO_OAUTH_KEY = 2,
    // Not yet: the preference is `REDOX_AUTH_PREFERENCE_LEGACY_ONLY`.
    REDOX_AUTH_ROTATION_LEGACY_PREFERRED = 3,
    // Not yet: the token in use came from the legacy API key, or there is none.
    REDOX_AUTH_ROTATION_NOT_SERVED_BY_OAUTH = 4,
    // Not yet: the OAuth API key has not obtained enough tokens in a row.
    REDOX_AUTH_ROTATION_TOO_FEW_TOKENS = 5,
    // Not yet, for a reason without a number in this version.
    REDOX_AUTH_ROTATION_NOT_YET = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_rotation redox_auth_rotation;
#else
typedef int32_t redox_auth_rotation;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// An API of Redox.
enum redox_auth_api
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The Data Model API.
    REDOX_AUTH_API_DATA_MODEL = 0,
    // Uploads of files that Data Model messages refer to.
    REDOX_AUTH_API_UPLOAD = 1,
    // The FHIR API.
    REDOX_AUTH_API_FHIR = 2,
    // The Platform API.
    REDOX_AUTH_API_PLATFORM = 3,
    // The Data Model API towards TEFCA, which requires tokens with a lifetime shorter than a day.
    REDOX_AUTH_API_TEFCA = 4,
    // An API of another server.
    REDOX_AUTH_API_OTHER = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_api redox_auth_api;
#else
typedef int32_t redox_auth_api;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Whether another party could have written an answer.
enum redox_auth_channel
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Yes. The session ignores its `Date`.
    REDOX_AUTH_CHANNEL_UNAUTHENTICATED = 0,
    // No: TLS with a verified server certificate, or loopback.
    REDOX_AUTH_CHANNEL_AUTHENTICATED = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_channel redox_auth_channel;
#else
typedef int32_t redox_auth_channel;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The role of an assertion in a token request (RFC 7523, section 2).
enum redox_auth_grant
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It authenticates the client, as for SMART and Redox.
    REDOX_AUTH_GRANT_CLIENT_CREDENTIALS = 0,
    // It is the grant itself, for its subject: for Google, Salesforce, Maskinporten and PRODA.
    REDOX_AUTH_GRANT_JWT_BEARER = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_grant redox_auth_grant;
#else
typedef int32_t redox_auth_grant;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The `typ` of assertions.
enum redox_auth_jwt_type
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // `JWT`, as Redox and SMART document it.
    REDOX_AUTH_JWT_TYPE_JWT = 0,
    // `client-authentication+jwt`, as draft-ietf-oauth-rfc7523bis requires.
    REDOX_AUTH_JWT_TYPE_CLIENT_AUTHENTICATION = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_jwt_type redox_auth_jwt_type;
#else
typedef int32_t redox_auth_jwt_type;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

#if defined(REDOX_AUTH_METADATA)
// The kind of a metadata document.
enum redox_auth_metadata_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
#if defined(REDOX_AUTH_METADATA)
    // `.well-known/oauth-authorization-server` of an issuer (RFC 8414).
    REDOX_AUTH_METADATA_KIND_OAUTH = 0,
#endif
#if defined(REDOX_AUTH_METADATA)
    // `.well-known/openid-configuration` of an issuer (OpenID Connect Discovery 1.0).
    REDOX_AUTH_METADATA_KIND_OPENID = 1,
#endif
#if defined(REDOX_AUTH_METADATA)
    // `.well-known/smart-configuration` of a FHIR server (SMART App Launch 2.2).
    REDOX_AUTH_METADATA_KIND_SMART = 2,
#endif
#if defined(REDOX_AUTH_METADATA)
    // `.well-known/udap` of a FHIR server (HL7 FAST Security).
    REDOX_AUTH_METADATA_KIND_UDAP = 3,
#endif
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_metadata_kind redox_auth_metadata_kind;
#else
typedef int32_t redox_auth_metadata_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus
#endif

// The acceptable tokens.
enum redox_auth_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Any token.
    REDOX_AUTH_POLICY_USUAL = 0,
    // Tokens for TEFCA, with a lifetime shorter than a day. Tokens of a legacy API key live too long.
    REDOX_AUTH_POLICY_TEFCA = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_policy redox_auth_policy;
#else
typedef int32_t redox_auth_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The credential that obtains the tokens of a session with both.
enum redox_auth_preference
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The OAuth API key, and the legacy API key while the server refuses the OAuth API key because of a setting.
    REDOX_AUTH_PREFERENCE_OAUTH_FIRST = 0,
    // The OAuth API key only.
    REDOX_AUTH_PREFERENCE_OAUTH_ONLY = 1,
    // The legacy API key only: before the migration, or back from it.
    REDOX_AUTH_PREFERENCE_LEGACY_ONLY = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_preference redox_auth_preference;
#else
typedef int32_t redox_auth_preference;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The server that a session authenticates with.
enum redox_auth_server
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Redox in the United States.
    REDOX_AUTH_SERVER_REDOX_US = 0,
    // Redox in Canada.
    REDOX_AUTH_SERVER_REDOX_CA = 1,
    // The server of `base_url` and `token_url`.
    REDOX_AUTH_SERVER_CUSTOM = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_server redox_auth_server;
#else
typedef int32_t redox_auth_server;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The checked requirements of a server other than Redox. It needs no deinit call. It must not be moved, copied or
// initialized again while a session uses it.
typedef struct redox_auth_dialect {
    // Not for the caller.
    uint64_t opaque[REDOX_AUTH_DIALECT_WORDS];
} redox_auth_dialect;

// The requirements of a server other than Redox. Zeros mean the defaults.
// Texts end with a NUL, or are NULL if absent.
typedef struct redox_auth_dialect_config {
    // A `redox_auth_grant`.
    int32_t grant;
    // `REDOX_AUTH_DIALECT_…`, added.
    uint32_t flags;
    // The lifetime of an assertion, in seconds from `iat`: 6 to 300, with `REDOX_AUTH_DIALECT_NO_BACKDATE` 1 to 300,
    // or 0 for 300.
    uint32_t lifetime_secs;
    // The `sub` of assertions, or NULL for the client ID: a user or a device, as a grant.
    const char *subject;
    // Further claims: a JSON object.
    const char *claims;
    // Further members of the assertion's header: a JSON object.
    const char *header;
    // Further fields of the form: `name=value` joined by `&`, encoded.
    const char *fields;
} redox_auth_dialect_config;

// Signs with the key of `context`: reads `input`, fills all `signature_len` bytes of `signature`.
//
// ECDSA signatures are r and s one after the other, each padded to the length of the curve (RFC 7518 §3.4), not DER.
// Returns 0 for a signature, and any other number without one. Only `redox_auth_session_request` calls it; it must not
// call that session.
typedef int32_t (*redox_auth_sign)(void *context,
                                   const uint8_t *input,
                                   size_t input_len,
                                   uint8_t *signature,
                                   size_t signature_len);

// A signer: a key of this library, or another one, such as a secure element.
// `redox_auth_es256_key_init` and the other init functions fill it in; for a secure element, fill it in yourself. It
// must stay in place and unchanged while a session uses it.
typedef struct redox_auth_signer {
    // A `redox_auth_algorithm`.
    int32_t algorithm;
    // The length of every signature, in bytes.
    size_t signature_len;
    // The argument for the signing function.
    void *context;
    // Signs a digest: the 32 bytes of SHA-256 for ES256, RS256 and PS256, the 64 bytes of SHA-512 for ES512 and RS512,
    // else the 48 bytes of SHA-384.
    redox_auth_sign sign_digest;
    // Signs a whole message, which it hashes itself. Takes precedence over `sign_digest`. Without both, sign requests
    // with `redox_auth_session_prepare` and `redox_auth_session_finish`.
    redox_auth_sign sign_message;
} redox_auth_signer;

// The public half of a key, in memory of the caller's. It holds no secret and needs no deinit call.
typedef struct redox_auth_public_key {
    // Not for the caller.
    uint64_t opaque[72];
} redox_auth_public_key;

// Text that does not end with a NUL: print it with `"%.*s", (int)text.len, text.data`.
typedef struct redox_auth_text {
    // The first byte, or NULL without a text.
    const char *data;
    // The number of bytes.
    size_t len;
} redox_auth_text;

#if defined(REDOX_AUTH_DPOP)
// A request that needs a proof of possession (RFC 9449).
typedef struct redox_auth_dpop_request {
    // The signer of the key that the tokens are bound to, which may also sign the assertions.
    const struct redox_auth_signer *signer;
    // The public half of the same key.
    const struct redox_auth_public_key *public_key;
    // The method of the request, in upper case. Ends with a NUL.
    const char *method;
    // The whole URL of the request; the proof omits its query. Ends with a NUL.
    const char *url;
    // The access token on a request to an API; no text for a request to the token endpoint.
    struct redox_auth_text access_token;
    // The last nonce from the server of this request, in the header `DPoP-Nonce`; no text without one. Keep one nonce
    // for the token endpoint and one for each API host. Never send the nonce of one host to another.
    struct redox_auth_text nonce;
    // Seconds since 1970, from `redox_auth_session_unix_time`.
    uint64_t unix_secs;
    // `REDOX_AUTH_RANDOM_LEN` bytes from a cryptographic random source, new for every proof.
    const uint8_t *random;
} redox_auth_dpop_request;
#endif

// A private key on P-256, in memory of the caller's.
typedef struct redox_auth_es256_key {
    // Not for the caller.
    uint64_t opaque[20];
} redox_auth_es256_key;

// A private key on P-384, in memory of the caller's.
typedef struct redox_auth_es384_key {
    // Not for the caller.
    uint64_t opaque[28];
} redox_auth_es384_key;

#if defined(REDOX_AUTH_ES512)
// A private key on P-521, in memory of the caller's. Only in a library with the feature `es512`.
typedef struct redox_auth_es512_key {
    // Not for the caller.
    uint64_t opaque[40];
} redox_auth_es512_key;
#endif

// A private RSA key of 2048 bits, in memory of the caller's. A `redox_auth_any_key` can hold up to 4096 bits.
typedef struct redox_auth_rsa_key {
    // Not for the caller.
    uint64_t opaque[128];
} redox_auth_rsa_key;

// A private key of any algorithm, in memory of the caller's, for programs that accept any key. A device with a known
// algorithm should use that algorithm's type, which is smaller and links less code.
typedef struct redox_auth_any_key {
    // Not for the caller.
    uint64_t opaque[256];
} redox_auth_any_key;

#if defined(REDOX_AUTH_METADATA)
// The verified content of a metadata document. The texts are in `out`, and end with a NUL.
typedef struct redox_auth_metadata {
    // The token endpoint, on the asked or a confirmed host: for `redox_auth_config.token_url`.
    const char *token_url;
    // The issuer, or NULL if the document names none on such a host. Servers of draft-ietf-oauth-rfc7523bis require it
    // as `redox_auth_config.audience`; most servers require the token URL, which is the default.
    const char *issuer;
    // The signature algorithms for assertions, separated by spaces; NULL if the document has no list.
    const char *algorithms;
    // The scopes in the document, separated by spaces; NULL if it has no list. A server may know more.
    const char *scopes;
    // The required length of `out`, for `REDOX_AUTH_STATUS_BUFFER_TOO_SMALL`.
    size_t needed;
} redox_auth_metadata;
#endif

// The authentication with one server, in memory of the caller's.
//
// It does no input or output, has no clock and never waits: ask `redox_auth_session_next` what to do, send what
// `redox_auth_session_request` writes, hand the answer to `redox_auth_session_receive`. It belongs to one thread at a
// time, and must not be moved or copied.
typedef struct redox_auth_session {
    // Not for the caller.
    uint64_t opaque[REDOX_AUTH_SESSION_WORDS];
} redox_auth_session;

// An OAuth API key: the client's identity and its signer.
typedef struct redox_auth_oauth_key {
    // The client ID at the server: a UUID at Redox. Ends with a NUL.
    const char *client_id;
    // The key ID in the registered JWK Set. Ends with a NUL.
    const char *key_id;
    // The signer, which must stay in place.
    const struct redox_auth_signer *signer;
} redox_auth_oauth_key;

// The configuration of a session. Zeros mean the defaults; only a credential is required.
// A session keeps the pointers, not copies: everything behind them must stay unchanged until the session ends or gets
// another configuration. The struct itself may change after the call. Texts end with a NUL, or are NULL if absent.
typedef struct redox_auth_config {
    // A `redox_auth_server`.
    int32_t server;
    // A `redox_auth_jwt_type`.
    int32_t jwt_type;
    // A `redox_auth_policy`.
    int32_t policy;
    // The base URL of the API. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL. The session sends tokens only to its origin.
    const char *base_url;
    // The token endpoint. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL.
    const char *token_url;
    // The URL for uploads of files, or NULL. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL.
    const char *upload_url;
    // The `aud` of assertions, or NULL for the token URL.
    const char *audience;
    // The scope to request, or NULL for none: SMART requires one, Redox does not.
    const char *scope;
    // The OAuth API key: one, or during a rotation all keys that may be registered, the preferred one first.
    const struct redox_auth_oauth_key *oauth_keys;
    // The number of keys.
    size_t oauth_key_count;
    // The legacy API key, or NULL. It may be the only credential, or accompany the OAuth API key that will replace it.
    const char *legacy_api_key;
    // Its secret.
    const char *legacy_secret;
    // The source of the requests, or NULL. Required with an OAuth API key in an environment with several sources.
    const char *source_id;
    // Seconds since 1970: the session signs nothing while the clock shows an earlier time. 0 means the date of this
    // release; a firmware should give the date of its own build.
    uint64_t earliest_time;
    // The requirements of a server other than Redox, or NULL.
    const struct redox_auth_dialect *dialect;
    // Memory for longer tokens, or NULL for `REDOX_AUTH_TOKEN_CAPACITY` bytes inside the session. Do not use this
    // memory until the session ends; a session with a new configuration keeps it. End the session before you replace
    // the memory, because the old memory would keep the token.
    uint8_t *token_memory;
    // Its length in bytes. A session uses at most 65,535.
    size_t token_memory_len;
} redox_auth_config;

// The counters of a session since its initialization. They saturate.
typedef struct redox_auth_counters {
    // Requests begun, of every kind.
    uint32_t requests;
    // Tokens from the OAuth API key.
    uint32_t oauth_tokens;
    // Tokens from the legacy API key.
    uint32_t legacy_tokens;
    // Refusals of the server, for any reason.
    uint32_t refusals;
    // Requests without a usable answer.
    uint32_t failures;
    // Tokens dropped because the API refused them.
    uint32_t rejections;
    // How often the session learned or corrected the time from the server.
    uint32_t clock_corrections;
} redox_auth_counters;

// A token that a session holds: a secret.
typedef struct redox_auth_token {
    // The value after `Authorization: Bearer `, for no other use: printable ASCII without spaces and without a final
    // NUL. It is in the session until the next call that can change the session.
    struct redox_auth_text text;
    // Its number among those of this session, for `redox_auth_session_rejected`. Never 0.
    uint32_t generation;
    // The credential that obtained it.
    redox_auth_served_by served_by;
    // Which OAuth API key signed: an index into `oauth_keys`.
    size_t oauth_key;
} redox_auth_token;

// The values for a request to the API.
typedef struct redox_auth_authorized {
    // The token, for `Authorization: Bearer`.
    struct redox_auth_token token;
    // The source, for the header `Redox-Source-Id` and for `Meta.Source.ID`; no text without a source. Printable
    // ASCII.
    struct redox_auth_text source_id;
} redox_auth_authorized;

// A server's refusal. `redox_auth_refusal_words` makes its words readable.
typedef struct redox_auth_refusal {
    // The HTTP status.
    uint16_t http_status;
    // The OAuth error code.
    redox_auth_error_code code;
    // The meaning of the refusal.
    redox_auth_reason reason;
    // The claim or header, for `REDOX_AUTH_REASON_CLAIM`.
    struct redox_auth_text claim;
    // The likely cause and what to check. A constant text.
    struct redox_auth_text hint;
    // The unchanged body of the answer, with the server's words. It may repeat a secret.
    struct redox_auth_text body;
} redox_auth_refusal;

// The next action, with its details.
typedef struct redox_auth_next {
    // The action.
    redox_auth_action action;
    // When to ask again, in milliseconds of the caller's clock; 0 for at once, `UINT64_MAX` for never.
    uint64_t until_ms;
    // The token, for `REDOX_AUTH_ACTION_USE` and `REDOX_AUTH_ACTION_RENEW`.
    struct redox_auth_token token;
    // Why there is no token, for `REDOX_AUTH_ACTION_STOP`.
    redox_auth_stop stop;
    // The server's refusal, for `REDOX_AUTH_STOP_REFUSED`, without the server's words.
    struct redox_auth_refusal refusal;
    // The problem with the server's answer, for `REDOX_AUTH_STOP_ANSWER`.
    redox_auth_answer_error answer_error;
} redox_auth_next;

// The time on both clocks of the caller.
typedef struct redox_auth_now {
    // Milliseconds of a clock that never goes backwards and counts through sleep, from any starting point: for the
    // expiry of tokens.
    uint64_t instant_ms;
    // Seconds since 1970, for the times in assertions; 0 without such a clock, or if it is not set.
    uint64_t unix_secs;
} redox_auth_now;

// A received answer to a request. The header values are unchanged; `data` is NULL for a missing header.
typedef struct redox_auth_response {
    // The HTTP status.
    uint16_t status;
    // A `redox_auth_channel`.
    int32_t channel;
    // The header `Date`.
    struct redox_auth_text date;
    // The header `Age`: how many seconds ago the server wrote the `Date`, if the answer is from a cache.
    struct redox_auth_text age;
    // The header `Cache-Control`: no cache stores an answer with `no-store`, therefore the session then ignores `Age`.
    struct redox_auth_text cache_control;
    // The header `Retry-After`.
    struct redox_auth_text retry_after;
    // The whole body. The call changes it in place, and wipes it unless it is a refusal.
    char *body;
    // Its length.
    size_t body_len;
} redox_auth_response;

// The kind of an answer, and its content.
typedef struct redox_auth_received {
    // The kind.
    redox_auth_outcome outcome;
    // The credential that obtained the token, for `REDOX_AUTH_OUTCOME_TOKEN`.
    redox_auth_served_by served_by;
    // Which OAuth API key signed.
    size_t oauth_key;
    // The previous token came from another credential, or there was none: log this event.
    bool changed;
    // The server's refusal, for `REDOX_AUTH_OUTCOME_REFUSED`.
    struct redox_auth_refusal refusal;
    // The problem, for `REDOX_AUTH_OUTCOME_UNUSABLE`.
    redox_auth_answer_error answer_error;
} redox_auth_received;

// A request to send.
// Its target is `path` followed by `path_rest`. The texts are in the configuration or in the library, and `body` is in
// the caller's buffer.
typedef struct redox_auth_request {
    // The ticket to pass with the answer. Never 0.
    uint32_t ticket;
    // `GET` or `POST`, with a NUL at its end.
    const char *method;
    // Whether the connection must use TLS with a verified server certificate.
    bool is_https;
    // The port to connect to.
    uint16_t port;
    // The host to connect to, with brackets around an IPv6 address.
    struct redox_auth_text host;
    // The path and query of the URL.
    struct redox_auth_text path;
    // The rest of the target after `path`, usually empty.
    struct redox_auth_text path_rest;
    // The value of `Content-Type`; no text for `GET`.
    struct redox_auth_text content_type;
    // The body, which is a secret until sent. Wipe it afterwards.
    struct redox_auth_text body;
    // The required length of the buffer, for `REDOX_AUTH_STATUS_BUFFER_TOO_SMALL`.
    size_t needed;
    // When to ask again, for `REDOX_AUTH_STATUS_NOT_NOW`.
    uint64_t until_ms;
} redox_auth_request;

// A request that may still lack its signature.
typedef struct redox_auth_prepared {
    // The ticket to finish the request and to pass with the answer. Never 0.
    uint32_t ticket;
    // Whether the request needs a signature. If not, `request` is ready to send.
    bool is_unsigned;
    // The OAuth API key that must sign: an index into `oauth_keys`.
    size_t oauth_key;
    // The algorithm of the signature.
    redox_auth_algorithm algorithm;
    // The required length of the signature, in bytes.
    size_t signature_len;
    // The length of `digest`, in bytes.
    size_t digest_len;
    // The hash to sign, for a key that signs digests.
    uint8_t digest[REDOX_AUTH_MAX_DIGEST_LEN];
    // The message to sign, for a key that hashes itself. It is in the caller's buffer.
    struct redox_auth_text signing_input;
    // The request, if it needs no signature; otherwise only `needed` and `until_ms`.
    struct redox_auth_request request;
} redox_auth_prepared;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Checks the requirements of a server, and stores them in `dialect` for sessions. `size` is `sizeof *dialect`.
// The struct `config` may change after the call. Its texts must stay in place and unchanged while a session uses this
// dialect.
redox_auth_status redox_auth_dialect_init(struct redox_auth_dialect *dialect,
                                          size_t size,
                                          const struct redox_auth_dialect_config *config);

#if defined(REDOX_AUTH_DPOP)
// Writes the signed value of the header `DPoP` for one request, and a NUL after it. A retried request needs another
// value.
// `redox_auth_session_bind_dpop` makes a session obtain tokens that need proofs. The call needs everything behind
// `request` only until it returns. `len` receives the length without the NUL, also when the buffer is too short: then
// `size` must be at least `*len + 1`. On any error `out` holds no signature.
redox_auth_status redox_auth_dpop_proof(const struct redox_auth_dpop_request *request,
                                        char *out,
                                        size_t size,
                                        size_t *len);
#endif

#if defined(REDOX_AUTH_DPOP)
// Whether an API asks for another nonce in the proof, given its header `WWW-Authenticate` in an answer 401. The nonce
// is in the header `DPoP-Nonce` of the same answer.
// If it does, retry the request once with that nonce and the same token; otherwise see `redox_auth_session_rejected`.
// If the answer has several such headers, call this for each.
redox_auth_status redox_auth_dpop_asks_for_nonce(const char *www_authenticate,
                                                 size_t len,
                                                 bool *asks);
#endif

// Reads a private key on P-256 for ES256 from PEM or DER (PKCS#8 or SEC1) or a private JWK, and checks it.
// `size` is `sizeof *key`. The call fills in `signer` for `key`, which must stay in place while the signer is in use.
// Wipe `input` afterwards.
redox_auth_status redox_auth_es256_key_init(struct redox_auth_es256_key *key,
                                            size_t size,
                                            const uint8_t *input,
                                            size_t input_len,
                                            struct redox_auth_signer *signer);

// Writes the public half of the key, to register with the server.
redox_auth_status redox_auth_es256_key_public(const struct redox_auth_es256_key *key,
                                              struct redox_auth_public_key *public_key,
                                              size_t size);

// Ends the key and wipes its memory. Its signer then no longer signs.
redox_auth_status redox_auth_es256_key_deinit(struct redox_auth_es256_key *key);

// Like `redox_auth_es256_key_init`, for a private key on P-384 and ES384.
redox_auth_status redox_auth_es384_key_init(struct redox_auth_es384_key *key,
                                            size_t size,
                                            const uint8_t *input,
                                            size_t input_len,
                                            struct redox_auth_signer *signer);

// Like `redox_auth_es256_key_public`.
redox_auth_status redox_auth_es384_key_public(const struct redox_auth_es384_key *key,
                                              struct redox_auth_public_key *public_key,
                                              size_t size);

// Like `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_es384_key_deinit(struct redox_auth_es384_key *key);

#if defined(REDOX_AUTH_ES512)
// Like `redox_auth_es256_key_init`, for a private key on P-521 and ES512. Only in a library with the feature `es512`.
redox_auth_status redox_auth_es512_key_init(struct redox_auth_es512_key *key,
                                            size_t size,
                                            const uint8_t *input,
                                            size_t input_len,
                                            struct redox_auth_signer *signer);
#endif

#if defined(REDOX_AUTH_ES512)
// Like `redox_auth_es256_key_public`.
redox_auth_status redox_auth_es512_key_public(const struct redox_auth_es512_key *key,
                                              struct redox_auth_public_key *public_key,
                                              size_t size);
#endif

#if defined(REDOX_AUTH_ES512)
// Like `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_es512_key_deinit(struct redox_auth_es512_key *key);
#endif

// Like `redox_auth_es256_key_init`, for a private RSA key of 2048 bits (PKCS#8, PKCS#1 or JWK).
// `algorithm` is a `redox_auth_algorithm`, which must equal the algorithm in the JWK, if it has one. With
// `REDOX_AUTH_ALGORITHM_NONE` the key uses the algorithm of its JWK, or RS384. The salt of PS256 is derived from key
// and message.
redox_auth_status redox_auth_rsa_key_init(struct redox_auth_rsa_key *key,
                                          size_t size,
                                          int32_t algorithm,
                                          const uint8_t *input,
                                          size_t input_len,
                                          struct redox_auth_signer *signer);

// Like `redox_auth_es256_key_public`.
redox_auth_status redox_auth_rsa_key_public(const struct redox_auth_rsa_key *key,
                                            struct redox_auth_public_key *public_key,
                                            size_t size);

// Like `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_rsa_key_deinit(struct redox_auth_rsa_key *key);

// Like `redox_auth_rsa_key_init`, for a private key of any kind that is supported, RSA up to 4096 bits; on P-521 only in a
// library with the feature `es512`. For a key on a curve, `algorithm` must be the curve's or
// `REDOX_AUTH_ALGORITHM_NONE`.
redox_auth_status redox_auth_any_key_init(struct redox_auth_any_key *key,
                                          size_t size,
                                          int32_t algorithm,
                                          const uint8_t *input,
                                          size_t input_len,
                                          struct redox_auth_signer *signer);

// Like `redox_auth_es256_key_public`.
redox_auth_status redox_auth_any_key_public(const struct redox_auth_any_key *key,
                                            struct redox_auth_public_key *public_key,
                                            size_t size);

// Like `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_any_key_deinit(struct redox_auth_any_key *key);

#if defined(REDOX_AUTH_METADATA)
// Writes the URL for a `GET` of the document, and a NUL after it. `kind` is a `redox_auth_metadata_kind`, and
// `base_url` the issuer or the FHIR server's base URL.
// Follow no redirects, and accept no answer over a connection without a verified server. `len` receives the length
// without the NUL, also when the buffer is too short: then `size` must be at least `*len + 1`.
redox_auth_status redox_auth_metadata_url(int32_t kind,
                                          const char *base_url,
                                          char *out,
                                          size_t size,
                                          size_t *len);
#endif

#if defined(REDOX_AUTH_METADATA)
// Reads a metadata document, compares it with the request, and writes the values for a session into `out`.
// The document is untrusted. Its token endpoint must have the host and port of `base_url`, or those of a `confirmed`
// one: `confirmed_count` texts that end with a NUL, each as `login.example`, or `login.example:8443` if the port is
// not the scheme's default. The issuer of `REDOX_AUTH_METADATA_KIND_OAUTH` and `_OPENID` must be `base_url`, character
// for character.
// The call changes `document` in place, and does not need it afterwards. `out` must stay unchanged while a session
// uses its texts. After any error except a wrong pointer or number, fetch the document again.
redox_auth_status redox_auth_metadata_read(int32_t kind,
                                           const char *base_url,
                                           char *document,
                                           size_t document_len,
                                           const char *const *confirmed,
                                           size_t confirmed_count,
                                           char *out,
                                           size_t size,
                                           struct redox_auth_metadata *metadata);
#endif

// The public half of a key in another place, such as a secure element. `point` is uncompressed (SEC1 §2.3.3): 4, x and
// y, with 65 bytes for ES256, 97 for ES384 and 133 for ES512. `size` is `sizeof *public_key`, `algorithm` a
// `redox_auth_algorithm`.
redox_auth_status redox_auth_public_key_from_point(struct redox_auth_public_key *public_key,
                                                   size_t size,
                                                   int32_t algorithm,
                                                   const uint8_t *point,
                                                   size_t point_len);

// The same for an RSA key and one of its algorithms: modulus and public exponent, big-endian.
redox_auth_status redox_auth_public_key_from_rsa(struct redox_auth_public_key *public_key,
                                                 size_t size,
                                                 int32_t algorithm,
                                                 const uint8_t *modulus,
                                                 size_t modulus_len,
                                                 const uint8_t *exponent,
                                                 size_t exponent_len);

// Writes a JWK Set (RFC 7517 §5) with only this key, for Redox's dashboard, and a NUL after it.
//
// `len` receives its length without the NUL, also when the buffer is too short: then `size` must be at least
// `*len + 1`.
redox_auth_status redox_auth_public_key_jwks(const struct redox_auth_public_key *public_key,
                                             const char *key_id,
                                             char *out,
                                             size_t size,
                                             size_t *len);

// Writes the thumbprint of the key (RFC 7638, with SHA-256) and a NUL after it: a good key ID if the server assigns
// none. `size` must be at least `REDOX_AUTH_THUMBPRINT_SIZE`.
redox_auth_status redox_auth_public_key_thumbprint(const struct redox_auth_public_key *public_key,
                                                   char *out,
                                                   size_t size);

// Makes `session` a session without a token, and wipes the memory first. `size` is `sizeof *session`.
redox_auth_status redox_auth_session_init(struct redox_auth_session *session,
                                          size_t size,
                                          const struct redox_auth_config *config);

// Ends the session and wipes its memory, including its token.
redox_auth_status redox_auth_session_deinit(struct redox_auth_session *session);

// Changes keys, secrets or settings, to rotate them at run time.
// The session keeps its token, which is still valid, and may retry a refused request at once. After an error it
// continues with its previous configuration. For another client ID or server, initialize a new session.
redox_auth_status redox_auth_session_reconfigure(struct redox_auth_session *session,
                                                 const struct redox_auth_config *config);

// Writes the counters of the session.
redox_auth_status redox_auth_session_counters(const struct redox_auth_session *session,
                                              struct redox_auth_counters *counters);

// Returns the token and the source for a request to `api`, a `redox_auth_api`, at `url`.
// It is an error if there is no token at the moment, if this API does not accept the token, or if the token must not
// go to the host.
redox_auth_status redox_auth_session_authorize(const struct redox_auth_session *session,
                                               uint64_t instant_ms,
                                               int32_t api,
                                               const char *url,
                                               struct redox_auth_authorized *authorized);

#if defined(REDOX_AUTH_DPOP)
// Binds the session's tokens to the key with this public half (RFC 9449, DPoP). With an OAuth API key, the session
// then accepts only tokens of the type `DPoP`. Call this before the first request.
// Each token request then needs a `redox_auth_dpop_proof`, and so does each request to the API. The token goes into
// `Authorization: DPoP` if `served_by` is `REDOX_AUTH_SERVED_BY_OAUTH`. When the token endpoint asks for a nonce, the
// outcome is `REDOX_AUTH_OUTCOME_REFUSED`. `redox_auth_session_next` then asks for another request at once. Put the
// nonce of that answer into its proof.
// `public_key` must stay in place until the session ends. NULL ends the binding. The session drops a token that is
// bound to another key, or to none.
redox_auth_status redox_auth_session_bind_dpop(struct redox_auth_session *session,
                                               const struct redox_auth_public_key *public_key);
#endif

// Returns the next action at the moment `instant_ms`. The same moment always gives the same answer, and the call
// changes nothing.
redox_auth_status redox_auth_session_next(const struct redox_auth_session *session,
                                          uint64_t instant_ms,
                                          struct redox_auth_next *next);

// Accepts the answer to the request of `ticket`, received at the moment `now`. A ticket is valid once.
// After any answer, call `redox_auth_session_next` for the next action.
redox_auth_status redox_auth_session_receive(struct redox_auth_session *session,
                                             uint32_t ticket,
                                             struct redox_auth_now now,
                                             const struct redox_auth_response *response,
                                             struct redox_auth_received *received);

// Reports that the request of `ticket` has no answer: the connection failed, or the answer took too long. The ticket
// is then invalid, and another attempt is allowed after a while.
redox_auth_status redox_auth_session_failed(struct redox_auth_session *session,
                                            uint32_t ticket,
                                            uint64_t instant_ms);

// Abandons a request under way whose ticket is lost. Another attempt is allowed at once.
redox_auth_status redox_auth_session_abandon(struct redox_auth_session *session);

// Reports that the API answered 401 to a request with the token of this `generation`.
redox_auth_status redox_auth_session_rejected(struct redox_auth_session *session,
                                              uint32_t generation,
                                              uint64_t instant_ms,
                                              redox_auth_rejected *rejected);

// Writes the token, and a legacy key's refresh token, into `record`, to keep them across a reboot or a deep sleep.
// The record is not encrypted: keep it as safe as the private key. `len` receives its length, also when the buffer
// is too short.
redox_auth_status redox_auth_session_save(const struct redox_auth_session *session,
                                          struct redox_auth_now now,
                                          uint8_t *record,
                                          size_t size,
                                          size_t *len);

// Continues with the token of a record from `redox_auth_session_save`, if the token is still valid.
//
// A device without a clock first learns the time: it does what `redox_auth_session_next` says until
// `redox_auth_session_unix_time` knows it. On any error the session is unchanged.
redox_auth_status redox_auth_session_restore(struct redox_auth_session *session,
                                             struct redox_auth_now now,
                                             const uint8_t *record,
                                             size_t len);

// Writes the server's words in one line for a person, and a NUL after them: `error`, `error_description` and
// `error_uri`, or the texts that other servers send instead, or the beginning of the body. It has no control character
// and nothing that looks like a JWT. The line also omits `secret`, the secret of the legacy API key, or NULL.
// The body of the answer must still be in memory. `len` receives the length without the NUL, 0 when the server said
// nothing, also when the buffer is too short: then `size` must be at least `*len + 1`.
redox_auth_status redox_auth_refusal_words(const struct redox_auth_refusal *refusal,
                                           const char *secret,
                                           char *out,
                                           size_t size,
                                           size_t *len);

// Writes the request that `redox_auth_session_next` asks for, signed by the key's signer, into `buffer`.
//
// `random` has `REDOX_AUTH_RANDOM_LEN` bytes from a cryptographic random source, new for every call. The request counts
// as sent at `now`, so send it at once. `buffer` must stay as it is until then. On any error the session is unchanged,
// and the buffer holds no signature.
redox_auth_status redox_auth_session_request(struct redox_auth_session *session,
                                             struct redox_auth_now now,
                                             const uint8_t *random,
                                             char *buffer,
                                             size_t size,
                                             struct redox_auth_request *request);

// Like `redox_auth_session_request`, but without a signature, for a key that is in another place or signs slowly.
// The request is then under way. Sign `digest` or `signing_input`, and pass the signature to
// `redox_auth_session_finish`. `buffer` must stay in place and unchanged until then. If you cannot sign or send the
// request, call `redox_auth_session_failed`.
redox_auth_status redox_auth_session_prepare(struct redox_auth_session *session,
                                             struct redox_auth_now now,
                                             const uint8_t *random,
                                             char *buffer,
                                             size_t size,
                                             struct redox_auth_prepared *prepared);

// Puts the signature into a prepared request, which is then ready to send.
//
// ECDSA signatures are r and s one after the other, not DER. The call does not verify the signature. After
// `REDOX_AUTH_STATUS_SIGNATURE_LENGTH` the request is unchanged.
redox_auth_status redox_auth_session_finish(struct redox_auth_session *session,
                                            uint32_t ticket,
                                            const uint8_t *signature,
                                            size_t signature_len,
                                            struct redox_auth_request *request);

// Switches to one credential, or back, for the next tokens. Keeps the present token. `preference` is a
// `redox_auth_preference`.
redox_auth_status redox_auth_session_prefer(struct redox_auth_session *session,
                                            int32_t preference);

// Returns whether you can replace the secret of the legacy API key now.
redox_auth_status redox_auth_session_rotation(const struct redox_auth_session *session,
                                              uint64_t instant_ms,
                                              redox_auth_rotation *rotation);

// The server's time, in seconds since 1970: from our own clock, or from the server if it has shown another time; 0
// while unknown.
redox_auth_status redox_auth_session_unix_time(const struct redox_auth_session *session,
                                               struct redox_auth_now now,
                                               uint64_t *unix_secs);

// A sentence about a status, for a log; never NULL, for any number. A constant text that ends with a NUL. Statuses of
// features that the library lacks are unknown.
const char *redox_auth_status_text(int32_t status);

// The version of the linked library: major · 65536 + minor · 256 + patch.
// `REDOX_AUTH_VERSION` is the header's version. If the two differ, the library is from another release.
uint32_t redox_auth_version(void);

// Overwrites memory with zeros in a way that no compiler removes, for buffers that held a request or an answer.
redox_auth_status redox_auth_wipe(void *memory,
                                  size_t size);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* REDOX_AUTH_H */
