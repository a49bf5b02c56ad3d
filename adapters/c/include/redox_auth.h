/*
 * Tokens of Redox and other SMART Backend Services servers, for C and C++.
 *
 * Made from the Rust sources by cbindgen; do not edit.
 *
 * What holds for every function, unless its own words say otherwise:
 *
 * - A pointer may not be NULL; if it is, that is the answer: REDOX_AUTH_STATUS_NULL_ARGUMENT. Only a buffer or an input
 *   whose length is 0 may be.
 * - Behind any other pointer must be what its type says, for as long as the call takes, and for longer where that is
 *   said. That is the one thing that no library can check.
 * - What a call writes its answer to is set to zeros first. On an error it says nothing, but for the lengths and times
 *   that its members name.
 * - A parameter `int32_t` with the name of an enum takes the numbers of that enum; any other is
 *   REDOX_AUTH_STATUS_BAD_VALUE.
 * - What stands in `#if defined(REDOX_AUTH_DPOP)` or `(REDOX_AUTH_METADATA)` is in a library that was built with the
 *   feature of cargo that is called so: define it then.
 * - Nothing allocates, blocks, reads a clock or keeps anything outside the memory given to it. An object belongs to one
 *   thread at a time.
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
 * Calls that are not listed were not measured, nor were other processors.
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

// In `redox_auth_dialect_config.flags`: `iat` is the time, and not 5 seconds before it.
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
// The longest nonce that a proof takes, in bytes: those of common servers have 20 to 200.
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

// The alignment, in bytes, of the memory for every opaque type. A variable of such a type has it by itself.
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

// How many random bytes every request takes.
#define REDOX_AUTH_RANDOM_LEN 16

// The length of the longest digest, in bytes.
#define REDOX_AUTH_MAX_DIGEST_LEN 64

// The first number of the header's version.
#define REDOX_AUTH_VERSION_MAJOR 0

// The second.
#define REDOX_AUTH_VERSION_MINOR 1

// The third.
#define REDOX_AUTH_VERSION_PATCH 0

// What every call returns. The numbers are ABI: new ones come at the end, and none is used again for something else.
enum redox_auth_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Done.
    REDOX_AUTH_STATUS_OK = 0,
    // A pointer is NULL that must not be.
    REDOX_AUTH_STATUS_NULL_ARGUMENT = 1,
    // The buffer is too short; the needed length is reported.
    REDOX_AUTH_STATUS_BUFFER_TOO_SMALL = 2,
    // A pointer is not aligned for its type.
    REDOX_AUTH_STATUS_UNALIGNED = 3,
    // The memory for an object is smaller than the object: the header is of another version than the library.
    REDOX_AUTH_STATUS_MEMORY_TOO_SMALL = 4,
    // The memory holds no such object: never initialized, ended, or a copy of one.
    REDOX_AUTH_STATUS_NOT_INITIALIZED = 5,
    // The object is in use by a call that has not returned: this one came from a callback or an interrupt.
    REDOX_AUTH_STATUS_BUSY = 6,
    // A number is none of those that its enum has, or a length is longer than memory can be.
    REDOX_AUTH_STATUS_BAD_VALUE = 7,
    // A text is not UTF-8.
    REDOX_AUTH_STATUS_NOT_UTF8 = 8,
    // A text is empty, or half of a pair is missing.
    REDOX_AUTH_STATUS_EMPTY_TEXT = 9,
    // The configuration has no credential, or none that the preference and the policy allow.
    REDOX_AUTH_STATUS_NO_CREDENTIAL = 10,
    // A URL has a character that programs do not agree on.
    REDOX_AUTH_STATUS_URL_CHARACTER = 11,
    // A URL begins neither with https:// nor with http://.
    REDOX_AUTH_STATUS_URL_SCHEME = 12,
    // A URL is http to another machine.
    REDOX_AUTH_STATUS_URL_PLAIN_HTTP = 13,
    // A URL has a user name or a password.
    REDOX_AUTH_STATUS_URL_USER_INFO = 14,
    // A URL has no host that all programs read alike.
    REDOX_AUTH_STATUS_URL_HOST = 15,
    // A URL has a colon and no port from 1 to 65535.
    REDOX_AUTH_STATUS_URL_PORT = 16,
    // A URL has a fragment.
    REDOX_AUTH_STATUS_URL_FRAGMENT = 17,
    // A URL has a query where none may be.
    REDOX_AUTH_STATUS_URL_QUERY = 18,
    // A URL leads to another server than the one the token is for.
    REDOX_AUTH_STATUS_URL_OTHER_ORIGIN = 19,
    // There is no key, or only white space.
    REDOX_AUTH_STATUS_KEY_EMPTY = 20,
    // A public key stands where a private one is wanted.
    REDOX_AUTH_STATUS_KEY_IS_PUBLIC = 21,
    // A certificate, or a request for one, stands where a private key is wanted.
    REDOX_AUTH_STATUS_KEY_IS_CERTIFICATE = 22,
    // The private key is encrypted.
    REDOX_AUTH_STATUS_KEY_IS_ENCRYPTED = 23,
    // The private key is in the format of OpenSSH.
    REDOX_AUTH_STATUS_KEY_IS_OPENSSH = 24,
    // A JWK Set stands where one private JWK is wanted.
    REDOX_AUTH_STATUS_KEY_IS_SET = 25,
    // There is something, but no private key that is known here.
    REDOX_AUTH_STATUS_KEY_NOT_FOUND = 26,
    // The key is damaged or cut off.
    REDOX_AUTH_STATUS_KEY_MALFORMED = 27,
    // The key is of a kind that is not supported, or one on P-521 in a library without the feature `es512`.
    REDOX_AUTH_STATUS_KEY_UNSUPPORTED = 28,
    // The key is one for another algorithm.
    REDOX_AUTH_STATUS_KEY_OTHER_ALGORITHM = 29,
    // The RSA key has fewer than 2048 or more than 4096 bits.
    REDOX_AUTH_STATUS_KEY_RSA_BITS = 30,
    // The public exponent of the RSA key is even, below 3 or above 32 bits.
    REDOX_AUTH_STATUS_KEY_RSA_EXPONENT = 31,
    // The RSA key, or what stands beside it in its file, is longer than this type of key takes.
    REDOX_AUTH_STATUS_KEY_TOO_LONG = 32,
    // The private number is zero, or not below the order of the curve.
    REDOX_AUTH_STATUS_KEY_OUT_OF_RANGE = 33,
    // The parts of the key do not belong together.
    REDOX_AUTH_STATUS_KEY_INCONSISTENT = 34,
    // The `alg` of the JWK is not the one that its numbers are for.
    REDOX_AUTH_STATUS_KEY_JWK_ALGORITHM = 35,
    // No request is needed or allowed now; when to ask again is reported.
    REDOX_AUTH_STATUS_NOT_NOW = 36,
    // The random bytes repeat those of the last request.
    REDOX_AUTH_STATUS_REPEATED_RANDOM = 37,
    // The signature has another length than those of this key, or the signer announces one that no key has.
    REDOX_AUTH_STATUS_SIGNATURE_LENGTH = 38,
    // The signer gave no signature, or there is none that could.
    REDOX_AUTH_STATUS_SIGN_FAILED = 39,
    // The private key made a signature that its own public key does not accept.
    REDOX_AUTH_STATUS_SIGN_FAULTY = 40,
    // No request of this ticket is on its way: it was handed in already, given up, or there never was one.
    REDOX_AUTH_STATUS_TICKET_UNKNOWN = 41,
    // The request of this ticket has its signature already, or needs none.
    REDOX_AUTH_STATUS_NOTHING_TO_SIGN = 42,
    // The request of this ticket still lacks its signature, so there can be no answer to it.
    REDOX_AUTH_STATUS_NOT_SIGNED = 43,
    // There is no token at the moment.
    REDOX_AUTH_STATUS_NO_TOKEN = 44,
    // The API takes no token of a legacy API key.
    REDOX_AUTH_STATUS_LEGACY_TOKEN = 45,
    // The token lives a day or longer, which TEFCA does not allow.
    REDOX_AUTH_STATUS_LIVES_TOO_LONG = 46,
    // The source ID has a character that cannot stand in a header.
    REDOX_AUTH_STATUS_SOURCE_ID = 47,
    // Nobody knows what time it is.
    REDOX_AUTH_STATUS_TIME_UNKNOWN = 48,
    // The record is cut off, altered, or none at all.
    REDOX_AUTH_STATUS_RECORD_DAMAGED = 49,
    // The record was written by another version.
    REDOX_AUTH_STATUS_RECORD_VERSION = 50,
    // The record belongs to another key, server or scope.
    REDOX_AUTH_STATUS_RECORD_OTHER_IDENTITY = 51,
    // The record was written later than now: a clock is wrong.
    REDOX_AUTH_STATUS_RECORD_FROM_FUTURE = 52,
    // The token of the record is dead.
    REDOX_AUTH_STATUS_RECORD_EXPIRED = 53,
    // The policy does not allow the token of the record, or the session has no such credential.
    REDOX_AUTH_STATUS_RECORD_POLICY = 54,
    // The tokens of the record are longer than a session holds.
    REDOX_AUTH_STATUS_RECORD_TOO_LONG = 55,
    // The session has a token already.
    REDOX_AUTH_STATUS_HAS_TOKEN = 56,
    // Something that this version has no number for.
    REDOX_AUTH_STATUS_UNEXPECTED = 57,
    // Claims or header members are no JSON object.
    REDOX_AUTH_STATUS_DIALECT_JSON = 58,
    // A claim, a header member or a form field has the name of one that the session writes itself.
    REDOX_AUTH_STATUS_DIALECT_RESERVED = 59,
    // A claim, a header member or a form field comes twice.
    REDOX_AUTH_STATUS_DIALECT_TWICE = 60,
    // The name of a claim or of a header member is empty or has an escape.
    REDOX_AUTH_STATUS_DIALECT_NAME = 61,
    // Form fields are not `name=value` joined by `&`, encoded.
    REDOX_AUTH_STATUS_DIALECT_FORM = 62,
    // The lifetime of assertions is not 1 to 300 seconds, or not longer than `iat` lies before the time.
    REDOX_AUTH_STATUS_LIFETIME = 63,
    // The metadata document is no JSON object, has a member twice, or one of another type than it should have.
    REDOX_AUTH_STATUS_METADATA_MALFORMED = 64,
    // The metadata document names no token endpoint, or no issuer where it must.
    REDOX_AUTH_STATUS_METADATA_MISSING = 65,
    // The metadata document names another issuer than the one that was asked for, if only by a slash at its end.
    REDOX_AUTH_STATUS_METADATA_ISSUER = 66,
    // The metadata document names a token endpoint on a host that was neither asked nor confirmed.
    REDOX_AUTH_STATUS_METADATA_OTHER_HOST = 67,
    // Redox was asked, whose metadata document leaves out the token endpoint for machines.
    REDOX_AUTH_STATUS_METADATA_REDOX = 68,
    // The nonce for a DPoP proof is empty, too long, or has a character that none may have.
    REDOX_AUTH_STATUS_DPOP_NONCE = 69,
    // There are two private keys that differ.
    REDOX_AUTH_STATUS_KEYS_DIFFER = 70,
    // A member of the JWK is missing, comes twice, or has a form that none may have.
    REDOX_AUTH_STATUS_KEY_JWK_MEMBER = 71,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_status redox_auth_status;
#else
typedef int32_t redox_auth_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// The credential that got a token.
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

// What a session needs at one moment.
enum redox_auth_action
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing is known: the call was refused.
    REDOX_AUTH_ACTION_NONE = 0,
    // Use the token; there is nothing else to do before `until_ms`.
    REDOX_AUTH_ACTION_USE = 1,
    // Use the token, and get the next one now.
    REDOX_AUTH_ACTION_RENEW = 2,
    // There is no token: get one now.
    REDOX_AUTH_ACTION_FETCH = 3,
    // There is no token, and nothing to do before `until_ms`: a request is on its way, or one has failed a moment ago.
    REDOX_AUTH_ACTION_WAIT = 4,
    // There is no token, and waiting alone will not bring one: `stop` says why. One more attempt, for what was wrong
    // may have been put right since, is allowed from `until_ms` on.
    REDOX_AUTH_ACTION_STOP = 5,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_action redox_auth_action;
#else
typedef int32_t redox_auth_action;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Why a session has no token and stops asking for one, but for rare attempts.
enum redox_auth_stop
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It has not stopped.
    REDOX_AUTH_STOP_NONE = 0,
    // The server refused: see `refusal`.
    REDOX_AUTH_STOP_REFUSED = 1,
    // The server's answer is of no use, and the next one would not be either: see `answer_error`.
    REDOX_AUTH_STOP_ANSWER = 2,
    // Nobody knows what time it is, and without the time nothing can be signed.
    REDOX_AUTH_STOP_CLOCK_UNKNOWN = 3,
    // There is no credential, or none that the preference and the policy allow.
    REDOX_AUTH_STOP_NO_CREDENTIAL = 4,
    // Something that this version has no number for.
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
    // The body had none.
    REDOX_AUTH_ERROR_CODE_NONE = 0,
    // `invalid_request`: what Redox answers to everything.
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

// What a refusal means, sorted by who has to act.
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
    // The client, its key or its signature was not accepted, and the server does not say which.
    REDOX_AUTH_REASON_CLIENT = 6,
    // The legacy API key and its secret do not belong together.
    REDOX_AUTH_REASON_SECRET = 7,
    // A blank description: some value is wrong, or the clock is.
    REDOX_AUTH_REASON_BLANK = 8,
    // The client may not do this, or not with this scope.
    REDOX_AUTH_REASON_NOT_ALLOWED = 9,
    // This is not a token endpoint.
    REDOX_AUTH_REASON_WRONG_ENDPOINT = 10,
    // Nothing is wrong with the request: the server is busy or broken.
    REDOX_AUTH_REASON_TRY_LATER = 11,
    // The server gave no reason that is known here.
    REDOX_AUTH_REASON_UNKNOWN = 12,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_reason redox_auth_reason;
#else
typedef int32_t redox_auth_reason;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Why a good answer gave no token.
enum redox_auth_answer_error
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing is wrong with it.
    REDOX_AUTH_ANSWER_ERROR_NONE = 0,
    // It is no answer of a token endpoint.
    REDOX_AUTH_ANSWER_ERROR_PARSE = 1,
    // The token is longer than a session holds.
    REDOX_AUTH_ANSWER_ERROR_TOKEN_TOO_LONG = 2,
    // The token is dead already, by the server's clock or, where its answer has no `Date`, by ours.
    REDOX_AUTH_ANSWER_ERROR_EXPIRED = 3,
    // The token lives a day or longer, and the policy is `REDOX_AUTH_POLICY_TEFCA`.
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

// What an answer was.
enum redox_auth_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing is known: the call was refused.
    REDOX_AUTH_OUTCOME_NONE = 0,
    // A token: `redox_auth_session_next` has it.
    REDOX_AUTH_OUTCOME_TOKEN = 1,
    // The time, with which a request can be dated now.
    REDOX_AUTH_OUTCOME_TIME = 2,
    // An answer to the question for the time that does not tell it.
    REDOX_AUTH_OUTCOME_NO_TIME = 3,
    // A no, in the server's words: see `refusal`.
    REDOX_AUTH_OUTCOME_REFUSED = 4,
    // Neither a usable token nor a no: see `answer_error`.
    REDOX_AUTH_OUTCOME_UNUSABLE = 5,
    // The request had been given up. Nothing changed.
    REDOX_AUTH_OUTCOME_STALE = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_outcome redox_auth_outcome;
#else
typedef int32_t redox_auth_outcome;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a 401 from the API did.
enum redox_auth_rejected
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing: the call was refused.
    REDOX_AUTH_REJECTED_NONE = 0,
    // The token is dropped. Get the next one and repeat the request once.
    REDOX_AUTH_REJECTED_DROPPED = 1,
    // The session does not hold that token any more. Repeat the request once with the one it holds, or will.
    REDOX_AUTH_REJECTED_REPLACED = 2,
    // The token is kept: it took the place of one that was rejected a moment ago, so another would not help. Do not
    // repeat the request.
    REDOX_AUTH_REJECTED_KEPT = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_rejected redox_auth_rejected;
#else
typedef int32_t redox_auth_rejected;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What a key signs with (RFC 7518 §3.1).
enum redox_auth_algorithm
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // None: nothing is to be signed.
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

// Whether the secret of the legacy API key can be replaced, which ends the old one at once, without anybody here
// noticing.
enum redox_auth_rotation
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Nothing is known: the call was refused.
    REDOX_AUTH_ROTATION_NONE = 0,
    // Yes: the OAuth API key serves, and has for several tokens in a row.
    REDOX_AUTH_ROTATION_READY = 1,
    // Not yet: there is no OAuth API key.
    REDOX_AUTH_ROTATION_NO_OAUTH_KEY = 2,
    // Not yet: the preference is `REDOX_AUTH_PREFERENCE_LEGACY_ONLY`.
    REDOX_AUTH_ROTATION_LEGACY_PREFERRED = 3,
    // Not yet: the token in use came from the legacy API key, or there is none.
    REDOX_AUTH_ROTATION_NOT_SERVED_BY_OAUTH = 4,
    // Not yet: the OAuth API key has not proven itself for long enough.
    REDOX_AUTH_ROTATION_TOO_FEW_TOKENS = 5,
    // Not yet, for something that this version has no number for.
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
    // The Data Model API towards TEFCA, which asks for tokens that live shorter than a day.
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

// Whether a stranger could have written an answer.
enum redox_auth_channel
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Yes. Its `Date` is not believed.
    REDOX_AUTH_CHANNEL_UNAUTHENTICATED = 0,
    // No: TLS with the server's certificate verified, or loopback.
    REDOX_AUTH_CHANNEL_AUTHENTICATED = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_channel redox_auth_channel;
#else
typedef int32_t redox_auth_channel;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What an assertion is in a token request (RFC 7523, section 2).
enum redox_auth_grant
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It authenticates the client, which asks for itself: what SMART and Redox do.
    REDOX_AUTH_GRANT_CLIENT_CREDENTIALS = 0,
    // It is the grant itself, for the subject that it names: Google, Salesforce, Maskinporten, PRODA.
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
    // `JWT`: what Redox and SMART write.
    REDOX_AUTH_JWT_TYPE_JWT = 0,
    // `client-authentication+jwt`: what draft-ietf-oauth-rfc7523bis asks for.
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
// Which document a server describes itself in.
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

// Which tokens will do.
enum redox_auth_policy
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Any.
    REDOX_AUTH_POLICY_USUAL = 0,
    // Tokens for TEFCA: they must live shorter than a day, so those of a legacy API key will not do.
    REDOX_AUTH_POLICY_TEFCA = 1,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_policy redox_auth_policy;
#else
typedef int32_t redox_auth_policy;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Which credential gets the tokens of a session that has both.
enum redox_auth_preference
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // The OAuth API key, and the legacy API key for as long as the other is refused because of a setting.
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
    // The one that `base_url` and `token_url` name.
    REDOX_AUTH_SERVER_CUSTOM = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum redox_auth_server redox_auth_server;
#else
typedef int32_t redox_auth_server;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What another server than Redox asks for, checked. It needs no end, and must not be moved or copied, nor checked anew
// while a session has it.
typedef struct redox_auth_dialect {
    // Not for the caller.
    uint64_t opaque[REDOX_AUTH_DIALECT_WORDS];
} redox_auth_dialect;

// What another server than Redox asks for. All zeros stand for the usual.
//
// Texts end with a NUL, and are NULL where there is none.
typedef struct redox_auth_dialect_config {
    // A `redox_auth_grant`.
    int32_t grant;
    // `REDOX_AUTH_DIALECT_…`, added.
    uint32_t flags;
    // How long an assertion may be used, in seconds from `iat`: 6 to 300, with `REDOX_AUTH_DIALECT_NO_BACKDATE` 1 to 300,
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

// Signs, with the key that `context` stands for: reads `input`, fills all `signature_len` bytes of `signature`.
//
// ECDSA signatures are r and s one after the other, each padded to the length of the curve (RFC 7518 §3.4), not DER.
// Returns 0 when there is a signature, and any other number when there is none. It is called by
// `redox_auth_session_request` only, and may not call that session.
typedef int32_t (*redox_auth_sign)(void *context,
                                   const uint8_t *input,
                                   size_t input_len,
                                   uint8_t *signature,
                                   size_t signature_len);

// What signs: a key of this library, or anything else, such as a secure element.
//
// Fill it in by hand for the latter, or let `redox_auth_es256_key_init` and its like do it. It must stay where it is,
// and as it is, for as long as a session has it.
typedef struct redox_auth_signer {
    // A `redox_auth_algorithm`.
    int32_t algorithm;
    // How long every signature is, in bytes.
    size_t signature_len;
    // Handed to the function that signs.
    void *context;
    // Signs a digest: the 32 bytes of SHA-256 for ES256, RS256 and PS256, the 64 bytes of SHA-512 for ES512 and RS512,
    // else the 48 bytes of SHA-384.
    redox_auth_sign sign_digest;
    // Signs a whole message, which it hashes itself. Used instead of `sign_digest` where both are there; where none is,
    // requests are signed by `redox_auth_session_prepare` and `redox_auth_session_finish`.
    redox_auth_sign sign_message;
} redox_auth_signer;

// The public half of a key, in memory of the caller's. It holds no secret and need not be ended.
typedef struct redox_auth_public_key {
    // Not for the caller.
    uint64_t opaque[72];
} redox_auth_public_key;

// Text that does not end with a NUL: print it with `"%.*s", (int)text.len, text.data`.
typedef struct redox_auth_text {
    // The first byte, or NULL when there is no text.
    const char *data;
    // How many bytes there are.
    size_t len;
} redox_auth_text;

#if defined(REDOX_AUTH_DPOP)
// A request that needs a proof of possession (RFC 9449).
typedef struct redox_auth_dpop_request {
    // What signs: with the key that the tokens are bound to, which may be that of the assertions.
    const struct redox_auth_signer *signer;
    // The public half of the same key.
    const struct redox_auth_public_key *public_key;
    // The method of the request, in upper case. Ends with a NUL.
    const char *method;
    // The whole URL of the request; its query is left out of the proof. Ends with a NUL.
    const char *url;
    // The access token on a request to an API; no text for a request to the token endpoint.
    struct redox_auth_text access_token;
    // The nonce that the server of this request gave last, in the header `DPoP-Nonce`; no text while it gave none. Keep one
    // nonce for the token endpoint and one for each API host. Never send the nonce of one host to another.
    struct redox_auth_text nonce;
    // Seconds since 1970, as `redox_auth_session_unix_time` gives them.
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

// A private RSA key of 2048 bits, in memory of the caller's. One of up to 4096 bits fits a `redox_auth_any_key`.
typedef struct redox_auth_rsa_key {
    // Not for the caller.
    uint64_t opaque[128];
} redox_auth_rsa_key;

// A private key of any algorithm, in memory of the caller's: for programs that take whatever key they are given. A
// device that knows its algorithm uses that key's own type, which is smaller and links less.
typedef struct redox_auth_any_key {
    // Not for the caller.
    uint64_t opaque[256];
} redox_auth_any_key;

#if defined(REDOX_AUTH_METADATA)
// What a document that was verified says of its server. The texts lie in `out`, and end with a NUL.
typedef struct redox_auth_metadata {
    // The token endpoint, on a host that was asked or confirmed: for `redox_auth_config.token_url`.
    const char *token_url;
    // The issuer, or NULL where the document names none on such a host. Servers of draft-ietf-oauth-rfc7523bis want it as
    // `redox_auth_config.audience`; most want the token URL, which needs none.
    const char *issuer;
    // The algorithms that assertions may be signed with, with spaces between; NULL where the document has no list.
    const char *algorithms;
    // The scopes that the document lists, with spaces between; NULL where it has no list. A server may know more.
    const char *scopes;
    // How long `out` must be, for `REDOX_AUTH_STATUS_BUFFER_TOO_SMALL`.
    size_t needed;
} redox_auth_metadata;
#endif

// Everything about staying authenticated with one server, in memory of the caller's.
//
// It does no input or output, has no clock and never waits: ask `redox_auth_session_next` what to do, send what
// `redox_auth_session_request` writes, hand the answer to `redox_auth_session_receive`. It belongs to one thread at a
// time, and must not be moved or copied.
typedef struct redox_auth_session {
    // Not for the caller.
    uint64_t opaque[REDOX_AUTH_SESSION_WORDS];
} redox_auth_session;

// An OAuth API key: who we are, and what signs for us.
typedef struct redox_auth_oauth_key {
    // The client ID as the server knows us: a UUID at Redox. Ends with a NUL.
    const char *client_id;
    // The key ID as in the registered JWK Set. Ends with a NUL.
    const char *key_id;
    // What signs. It stays where it is.
    const struct redox_auth_signer *signer;
} redox_auth_oauth_key;

// What a session is to do. All zeros stand for the usual; only a credential must be given.
//
// A session keeps the pointers, not copies: everything that they lead to stays as it is until the session is ended or
// gets another configuration. The struct itself is not needed any more after the call. Texts end with a NUL, and are
// NULL where there is none.
typedef struct redox_auth_config {
    // A `redox_auth_server`.
    int32_t server;
    // A `redox_auth_jwt_type`.
    int32_t jwt_type;
    // A `redox_auth_policy`.
    int32_t policy;
    // What every path of the API follows. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL. Tokens go to its origin only.
    const char *base_url;
    // The token endpoint. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL.
    const char *token_url;
    // Where files are uploaded to, or NULL. For `REDOX_AUTH_SERVER_CUSTOM`, else NULL.
    const char *upload_url;
    // What assertions name as `aud`, or NULL for the token URL.
    const char *audience;
    // The scope to ask for, or NULL for none: SMART requires one, Redox does without.
    const char *scope;
    // The OAuth API key: one, or while keys are being rotated all that may be registered, the preferred one first.
    const struct redox_auth_oauth_key *oauth_keys;
    // How many there are.
    size_t oauth_key_count;
    // The legacy API key, or NULL: alone, or beside the OAuth API key that is to take over from it.
    const char *legacy_api_key;
    // Its secret.
    const char *legacy_secret;
    // The source that requests come from, or NULL. Needed with an OAuth API key in an environment of several sources.
    const char *source_id;
    // Seconds since 1970: nothing is signed by a clock that shows an earlier time. 0 for the date of this release; a
    // firmware that knows the date of its own build gives that.
    uint64_t earliest_time;
    // What another server than Redox asks for, or NULL for nothing.
    const struct redox_auth_dialect *dialect;
    // Where the session keeps its token, or NULL for `REDOX_AUTH_TOKEN_CAPACITY` bytes in itself: for servers whose tokens
    // are longer. Nobody else uses that memory until the session is ended; a session that is configured again keeps it. End such
    // a session before its memory is made another, or the token stays there.
    uint8_t *token_memory;
    // Its length in bytes, of which a session uses 65,535.
    size_t token_memory_len;
} redox_auth_config;

// What a session has done, since it was initialized. The numbers stop at their greatest.
typedef struct redox_auth_counters {
    // Requests begun, of every kind.
    uint32_t requests;
    // Tokens from the OAuth API key.
    uint32_t oauth_tokens;
    // Tokens from the legacy API key.
    uint32_t legacy_tokens;
    // Refusals by the server, for whatever reason.
    uint32_t refusals;
    // Requests without a usable answer.
    uint32_t failures;
    // Tokens dropped because the API rejected them.
    uint32_t rejections;
    // Times that the clock was learned from the server or corrected by it.
    uint32_t clock_corrections;
} redox_auth_counters;

// A token that a session holds: a secret.
typedef struct redox_auth_token {
    // What goes behind `Authorization: Bearer `, and nowhere else: printable ASCII without spaces, without a NUL at its
    // end. It lies in the session until the next call that can change that.
    struct redox_auth_text text;
    // Its number among those of this session, for `redox_auth_session_rejected`. Never 0.
    uint32_t generation;
    // The credential that got it.
    redox_auth_served_by served_by;
    // Which OAuth API key signed: an index into `oauth_keys`.
    size_t oauth_key;
} redox_auth_token;

// What goes on a request to the API.
typedef struct redox_auth_authorized {
    // The token, for `Authorization: Bearer`.
    struct redox_auth_token token;
    // The source, for the header `Redox-Source-Id` and for `Meta.Source.ID`; no text where there is none. Printable
    // ASCII.
    struct redox_auth_text source_id;
} redox_auth_authorized;

// A server's no. `redox_auth_refusal_words` makes its words readable.
typedef struct redox_auth_refusal {
    // The HTTP status.
    uint16_t http_status;
    // The OAuth error code.
    redox_auth_error_code code;
    // Who has to do something about it.
    redox_auth_reason reason;
    // The claim or header, for `REDOX_AUTH_REASON_CLAIM`.
    struct redox_auth_text claim;
    // What it usually means and what to check. It lives for ever.
    struct redox_auth_text hint;
    // The body of the answer, as it came: where the words are. It may repeat a secret.
    struct redox_auth_text body;
} redox_auth_refusal;

// What is to be done.
typedef struct redox_auth_next {
    // What to do.
    redox_auth_action action;
    // When to ask again, in milliseconds of the caller's clock; 0 for at once, `UINT64_MAX` for never.
    uint64_t until_ms;
    // The token, for `REDOX_AUTH_ACTION_USE` and `REDOX_AUTH_ACTION_RENEW`.
    struct redox_auth_token token;
    // Why there is none, for `REDOX_AUTH_ACTION_STOP`.
    redox_auth_stop stop;
    // What the server said, for `REDOX_AUTH_STOP_REFUSED`. Its own words are gone.
    struct redox_auth_refusal refusal;
    // What was wrong with its answer, for `REDOX_AUTH_STOP_ANSWER`.
    redox_auth_answer_error answer_error;
} redox_auth_next;

// What time it is, on both clocks of the caller's.
typedef struct redox_auth_now {
    // Milliseconds of a clock that never goes backwards and counts through sleep, from a beginning of the caller's
    // choice: when a token dies.
    uint64_t instant_ms;
    // Seconds since 1970, for the dates in assertions; 0 where there is no such clock, or none that was set.
    uint64_t unix_secs;
} redox_auth_now;

// An answer to a request, as it was received. The header values are as they came; `data` is NULL where there was none.
typedef struct redox_auth_response {
    // The HTTP status.
    uint16_t status;
    // A `redox_auth_channel`.
    int32_t channel;
    // The header `Date`.
    struct redox_auth_text date;
    // The header `Age`: how many seconds ago the server wrote the `Date`, when the answer passed through a cache.
    struct redox_auth_text age;
    // The header `Cache-Control`: no cache stores an answer with `no-store`, and an `Age` on it means nothing.
    struct redox_auth_text cache_control;
    // The header `Retry-After`.
    struct redox_auth_text retry_after;
    // The whole body. It is changed in place, and wiped unless it is a refusal.
    char *body;
    // Its length.
    size_t body_len;
} redox_auth_response;

// What an answer was, and what it said.
typedef struct redox_auth_received {
    // What it was.
    redox_auth_outcome outcome;
    // The credential that got the token, for `REDOX_AUTH_OUTCOME_TOKEN`.
    redox_auth_served_by served_by;
    // Which OAuth API key signed.
    size_t oauth_key;
    // The token before came from another credential, or there was none: worth an event.
    bool changed;
    // What the server said, for `REDOX_AUTH_OUTCOME_REFUSED`.
    struct redox_auth_refusal refusal;
    // What was wrong, for `REDOX_AUTH_OUTCOME_UNUSABLE`.
    redox_auth_answer_error answer_error;
} redox_auth_received;

// A request to send.
//
// Its target is `path` with `path_rest` behind it. The texts lie in the configuration, in the library, and `body` in the
// caller's buffer.
typedef struct redox_auth_request {
    // To hand in the answer with. Never 0.
    uint32_t ticket;
    // `GET` or `POST`, with a NUL at its end.
    const char *method;
    // Whether the connection is to be made with TLS, the server's certificate verified.
    bool is_https;
    // The port to connect to.
    uint16_t port;
    // The host to connect to, an IPv6 address in its brackets.
    struct redox_auth_text host;
    // The path and query of the URL.
    struct redox_auth_text path;
    // What follows `path`; mostly nothing.
    struct redox_auth_text path_rest;
    // The value of `Content-Type`; no text for `GET`.
    struct redox_auth_text content_type;
    // The body: a secret until it is sent. Wipe it then.
    struct redox_auth_text body;
    // How long the buffer must be, for `REDOX_AUTH_STATUS_BUFFER_TOO_SMALL`.
    size_t needed;
    // When to ask again, for `REDOX_AUTH_STATUS_NOT_NOW`.
    uint64_t until_ms;
} redox_auth_request;

// A request that may still lack its signature.
typedef struct redox_auth_prepared {
    // To finish it and to hand in the answer with. Never 0.
    uint32_t ticket;
    // Whether there is something to sign. Where there is not, `request` is ready to be sent.
    bool is_unsigned;
    // Which OAuth API key is to sign: an index into `oauth_keys`.
    size_t oauth_key;
    // What it is to be signed with.
    redox_auth_algorithm algorithm;
    // How long the signature must be, in bytes.
    size_t signature_len;
    // How many bytes `digest` has.
    size_t digest_len;
    // The hash to be signed, by a key that takes no message.
    uint8_t digest[REDOX_AUTH_MAX_DIGEST_LEN];
    // The message to be signed, by a key that hashes itself. It lies in the caller's buffer.
    struct redox_auth_text signing_input;
    // The request, when there is nothing to sign; else only `needed` and `until_ms`.
    struct redox_auth_request request;
} redox_auth_prepared;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// Checks what a server asks for, and keeps it in `dialect` for sessions. `size` is `sizeof *dialect`.
//
// The struct `config` is not needed any more after the call. Its texts stay where they are, and as they are, for as long
// as a session has this dialect.
redox_auth_status redox_auth_dialect_init(struct redox_auth_dialect *dialect,
                                          size_t size,
                                          const struct redox_auth_dialect_config *config);

#if defined(REDOX_AUTH_DPOP)
// Writes the value of the header `DPoP` for one request, signed, and a NUL behind it. A request that is sent again needs
// another.
//
// See `redox_auth_session_bind_dpop` for what makes a session take tokens that need proofs. Everything that `request` leads
// to is needed for the call only. `len` receives the length without the NUL, also when the buffer is too short: then `size`
// must be at least `*len + 1`. On any error `out` holds no signature.
redox_auth_status redox_auth_dpop_proof(const struct redox_auth_dpop_request *request,
                                        char *out,
                                        size_t size,
                                        size_t *len);
#endif

#if defined(REDOX_AUTH_DPOP)
// Whether an API asks for another nonce in the proof: by the value of its header `WWW-Authenticate`, in an answer of status
// 401. The nonce is in the header `DPoP-Nonce` of the same answer.
//
// If it does, the request is worth one repetition with that nonce and the same token; else, see
// `redox_auth_session_rejected`. Where there are several such headers, ask for each.
redox_auth_status redox_auth_dpop_asks_for_nonce(const char *www_authenticate,
                                                 size_t len,
                                                 bool *asks);
#endif

// Reads a private key on P-256 for ES256 from PEM or DER (PKCS#8 or SEC1) or a private JWK, and checks it.
//
// `size` is `sizeof *key`. `signer` is filled in for `key`, which must stay where it is while the signer is in use.
// `input` is not needed afterwards: wipe it.
redox_auth_status redox_auth_es256_key_init(struct redox_auth_es256_key *key,
                                            size_t size,
                                            const uint8_t *input,
                                            size_t input_len,
                                            struct redox_auth_signer *signer);

// Writes the public half of the key, to register with the server.
redox_auth_status redox_auth_es256_key_public(const struct redox_auth_es256_key *key,
                                              struct redox_auth_public_key *public_key,
                                              size_t size);

// Ends the key and wipes its memory. Its signer then signs nothing any more.
redox_auth_status redox_auth_es256_key_deinit(struct redox_auth_es256_key *key);

// As `redox_auth_es256_key_init`, for a private key on P-384 and ES384.
redox_auth_status redox_auth_es384_key_init(struct redox_auth_es384_key *key,
                                            size_t size,
                                            const uint8_t *input,
                                            size_t input_len,
                                            struct redox_auth_signer *signer);

// As `redox_auth_es256_key_public`.
redox_auth_status redox_auth_es384_key_public(const struct redox_auth_es384_key *key,
                                              struct redox_auth_public_key *public_key,
                                              size_t size);

// As `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_es384_key_deinit(struct redox_auth_es384_key *key);

#if defined(REDOX_AUTH_ES512)
// As `redox_auth_es256_key_init`, for a private key on P-521 and ES512. Only in a library with the feature `es512`.
redox_auth_status redox_auth_es512_key_init(struct redox_auth_es512_key *key,
                                            size_t size,
                                            const uint8_t *input,
                                            size_t input_len,
                                            struct redox_auth_signer *signer);
#endif

#if defined(REDOX_AUTH_ES512)
// As `redox_auth_es256_key_public`.
redox_auth_status redox_auth_es512_key_public(const struct redox_auth_es512_key *key,
                                              struct redox_auth_public_key *public_key,
                                              size_t size);
#endif

#if defined(REDOX_AUTH_ES512)
// As `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_es512_key_deinit(struct redox_auth_es512_key *key);
#endif

// As `redox_auth_es256_key_init`, for a private RSA key of 2048 bits (PKCS#8, PKCS#1 or JWK).
//
// `algorithm` is a `redox_auth_algorithm`: what the key is to sign with, if its JWK names nothing else. With
// `REDOX_AUTH_ALGORITHM_NONE` it signs with what its JWK names, else with RS384. The salt of PS256 comes from key and
// message.
redox_auth_status redox_auth_rsa_key_init(struct redox_auth_rsa_key *key,
                                          size_t size,
                                          int32_t algorithm,
                                          const uint8_t *input,
                                          size_t input_len,
                                          struct redox_auth_signer *signer);

// As `redox_auth_es256_key_public`.
redox_auth_status redox_auth_rsa_key_public(const struct redox_auth_rsa_key *key,
                                            struct redox_auth_public_key *public_key,
                                            size_t size);

// As `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_rsa_key_deinit(struct redox_auth_rsa_key *key);

// As `redox_auth_rsa_key_init`, for a private key of any kind that is supported, RSA up to 4096 bits; on P-521 only in a
// library with the feature `es512`. On a curve `algorithm` is no choice, but must be the curve's if it is not
// `REDOX_AUTH_ALGORITHM_NONE`.
redox_auth_status redox_auth_any_key_init(struct redox_auth_any_key *key,
                                          size_t size,
                                          int32_t algorithm,
                                          const uint8_t *input,
                                          size_t input_len,
                                          struct redox_auth_signer *signer);

// As `redox_auth_es256_key_public`.
redox_auth_status redox_auth_any_key_public(const struct redox_auth_any_key *key,
                                            struct redox_auth_public_key *public_key,
                                            size_t size);

// As `redox_auth_es256_key_deinit`.
redox_auth_status redox_auth_any_key_deinit(struct redox_auth_any_key *key);

#if defined(REDOX_AUTH_METADATA)
// Writes the URL to send a `GET` to, and a NUL behind it: that of the document of this `kind`, a
// `redox_auth_metadata_kind`, of an issuer or of a FHIR server with this base URL.
//
// Follow no redirect, and take no answer over a connection whose server was not verified. `len` receives the length
// without the NUL, also when the buffer is too short: then `size` must be at least `*len + 1`.
redox_auth_status redox_auth_metadata_url(int32_t kind,
                                          const char *base_url,
                                          char *out,
                                          size_t size,
                                          size_t *len);
#endif

#if defined(REDOX_AUTH_METADATA)
// Reads a metadata document, compares it with what was asked for, and writes what a session needs of it into `out`.
//
// The document is a stranger's word. Its token endpoint is taken only on the host, and at the port, that was asked, or
// that is among the `confirmed` ones: `confirmed_count` texts that end with a NUL, each as `login.example`, or
// `login.example:8443` where the port is not that of the scheme. The issuer of `REDOX_AUTH_METADATA_KIND_OAUTH` and
// `_OPENID` must be `base_url`, character for character.
//
// `document` is changed in place, and not needed any more after the call; `out` must stay as it is for as long as a
// session has its texts. After any error, but for a pointer or a number that is wrong, fetch the document anew.
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

// The public half of a key that lives elsewhere, such as in a secure element: the uncompressed point (SEC1 §2.3.3), 4, x
// and y, of 65 bytes for ES256, of 97 for ES384 and of 133 for ES512. `size` is `sizeof *public_key`, `algorithm` a
// `redox_auth_algorithm`.
redox_auth_status redox_auth_public_key_from_point(struct redox_auth_public_key *public_key,
                                                   size_t size,
                                                   int32_t algorithm,
                                                   const uint8_t *point,
                                                   size_t point_len);

// The same for an RSA key and one of its algorithms: modulus and public exponent, the first byte the highest.
redox_auth_status redox_auth_public_key_from_rsa(struct redox_auth_public_key *public_key,
                                                 size_t size,
                                                 int32_t algorithm,
                                                 const uint8_t *modulus,
                                                 size_t modulus_len,
                                                 const uint8_t *exponent,
                                                 size_t exponent_len);

// Writes a JWK Set (RFC 7517 §5) with this key alone, as Redox's dashboard takes it, and a NUL behind it.
//
// `len` receives its length without the NUL, also when the buffer is too short: then `size` must be at least
// `*len + 1`.
redox_auth_status redox_auth_public_key_jwks(const struct redox_auth_public_key *public_key,
                                             const char *key_id,
                                             char *out,
                                             size_t size,
                                             size_t *len);

// Writes the thumbprint of the key (RFC 7638, with SHA-256) and a NUL behind it: a good key ID where nobody assigned
// one. `size` must be at least `REDOX_AUTH_THUMBPRINT_SIZE`.
redox_auth_status redox_auth_public_key_thumbprint(const struct redox_auth_public_key *public_key,
                                                   char *out,
                                                   size_t size);

// Makes `session` a session without a token. `size` is `sizeof *session`. What was in the memory is wiped.
redox_auth_status redox_auth_session_init(struct redox_auth_session *session,
                                          size_t size,
                                          const struct redox_auth_config *config);

// Ends the session and wipes its memory, its token with it.
redox_auth_status redox_auth_session_deinit(struct redox_auth_session *session);

// Goes on with other keys, secrets or settings: the way to rotate them at run time.
//
// The token is kept, for it is still good; what was refused may be tried again at once. When the configuration is
// refused, the session goes on with the one it has. A session for another client ID or server is a new session.
redox_auth_status redox_auth_session_reconfigure(struct redox_auth_session *session,
                                                 const struct redox_auth_config *config);

// Writes what the session has done so far.
redox_auth_status redox_auth_session_counters(const struct redox_auth_session *session,
                                              struct redox_auth_counters *counters);

// What to put on a request to `api`, a `redox_auth_api`, at `url`: the token, and the source that it is for.
//
// An error comes before anything is sent: no token at the moment, a token that this API does not take, or a host that it
// must not reach.
redox_auth_status redox_auth_session_authorize(const struct redox_auth_session *session,
                                               uint64_t instant_ms,
                                               int32_t api,
                                               const char *url,
                                               struct redox_auth_authorized *authorized);

#if defined(REDOX_AUTH_DPOP)
// Binds the session's tokens to a key (RFC 9449, DPoP), of which this is the public half: only tokens of the type `DPoP` are
// taken from an OAuth API key. To be called before the first request.
//
// From then on each request for a token needs a `redox_auth_dpop_proof`, and so does each request with one: its token goes
// into `Authorization: DPoP` where `served_by` is `REDOX_AUTH_SERVED_BY_OAUTH`. When the token endpoint asks for a nonce, the
// outcome is `REDOX_AUTH_OUTCOME_REFUSED`. `redox_auth_session_next` then asks for another request at once. Put the nonce of
// that answer into its proof.
//
// `public_key` stays where it is until the session is ended. NULL ends the binding. A token that was bound to another key, or
// to none, is dropped.
redox_auth_status redox_auth_session_bind_dpop(struct redox_auth_session *session,
                                               const struct redox_auth_public_key *public_key);
#endif

// What is to be done at the moment `instant_ms`. The same moment always gives the same answer, and asking changes
// nothing.
redox_auth_status redox_auth_session_next(const struct redox_auth_session *session,
                                          uint64_t instant_ms,
                                          struct redox_auth_next *next);

// Takes the answer to the request of `ticket`, received at the moment `now`. The ticket is used up.
//
// Whatever the answer is, `redox_auth_session_next` knows what to do then.
redox_auth_status redox_auth_session_receive(struct redox_auth_session *session,
                                             uint32_t ticket,
                                             struct redox_auth_now now,
                                             const struct redox_auth_response *response,
                                             struct redox_auth_received *received);

// There is no answer to the request of `ticket`: the connection failed, or it took too long. The ticket is used up, and
// another attempt is allowed after a while.
redox_auth_status redox_auth_session_failed(struct redox_auth_session *session,
                                            uint32_t ticket,
                                            uint64_t instant_ms);

// The ticket was lost: whatever was on its way is given up, and another attempt is allowed at once.
redox_auth_status redox_auth_session_abandon(struct redox_auth_session *session);

// The API answered 401 to a request with the token of this `generation`.
redox_auth_status redox_auth_session_rejected(struct redox_auth_session *session,
                                              uint32_t generation,
                                              uint64_t instant_ms,
                                              redox_auth_rejected *rejected);

// Writes the token, and a legacy key's refresh token, into `record`, to survive a reboot or a deep sleep.
//
// The record holds them as they are: keep it as safe as the private key. `len` receives its length, also when the buffer
// is too short.
redox_auth_status redox_auth_session_save(const struct redox_auth_session *session,
                                          struct redox_auth_now now,
                                          uint8_t *record,
                                          size_t size,
                                          size_t *len);

// Goes on with the token of a record that `redox_auth_session_save` wrote, if it is still good.
//
// A device without a clock first learns the time: it does what `redox_auth_session_next` says until
// `redox_auth_session_unix_time` knows it. On any error the session is as it was.
redox_auth_status redox_auth_session_restore(struct redox_auth_session *session,
                                             struct redox_auth_now now,
                                             const uint8_t *record,
                                             size_t len);

// Writes what the server said in one line for a person, and a NUL behind it: `error`, `error_description` and
// `error_uri`, or the texts that other servers send instead, or the beginning of the body. It has no control character
// and nothing that looks like a JWT. `secret` is not shown either, which is that of the legacy API key, or NULL.
//
// The body of the answer must still be there. `len` receives the length without the NUL, 0 when the server said nothing,
// also when the buffer is too short: then `size` must be at least `*len + 1`.
redox_auth_status redox_auth_refusal_words(const struct redox_auth_refusal *refusal,
                                           const char *secret,
                                           char *out,
                                           size_t size,
                                           size_t *len);

// Writes the request that `redox_auth_session_next` asks for, signed by the key's signer, into `buffer`.
//
// `random` has `REDOX_AUTH_RANDOM_LEN` bytes from a cryptographic random source, new for every call. The request counts
// as sent at `now`, so send it at once. `buffer` must stay as it is until then. On any error the session is as it was,
// and the buffer holds no signature.
redox_auth_status redox_auth_session_request(struct redox_auth_session *session,
                                             struct redox_auth_now now,
                                             const uint8_t *random,
                                             char *buffer,
                                             size_t size,
                                             struct redox_auth_request *request);

// As `redox_auth_session_request`, but that nothing is signed: for a key that is elsewhere or takes its time.
//
// From here on the request is on its way. Sign `digest` or `signing_input`, and hand the signature to
// `redox_auth_session_finish`; `buffer` must stay where it is, and as it is, until then. If the request cannot be signed
// or sent after all, say so with `redox_auth_session_failed`.
redox_auth_status redox_auth_session_prepare(struct redox_auth_session *session,
                                             struct redox_auth_now now,
                                             const uint8_t *random,
                                             char *buffer,
                                             size_t size,
                                             struct redox_auth_prepared *prepared);

// Puts the signature into a request that was prepared, which is then ready to be sent.
//
// ECDSA signatures are r and s one after the other, not DER. Whether it is the right one, only the public key can tell;
// that is not checked. `REDOX_AUTH_STATUS_SIGNATURE_LENGTH` leaves the request as it was.
redox_auth_status redox_auth_session_finish(struct redox_auth_session *session,
                                            uint32_t ticket,
                                            const uint8_t *signature,
                                            size_t signature_len,
                                            struct redox_auth_request *request);

// Cuts over to one credential, or back: from now on, without dropping the token that is there. `preference` is a
// `redox_auth_preference`.
redox_auth_status redox_auth_session_prefer(struct redox_auth_session *session,
                                            int32_t preference);

// Whether the secret of the legacy API key can be replaced now.
redox_auth_status redox_auth_session_rotation(const struct redox_auth_session *session,
                                              uint64_t instant_ms,
                                              redox_auth_rotation *rotation);

// The time at the server, in seconds since 1970: that of our own clock, or, once the server has shown another, the
// server's; 0 while it is unknown.
redox_auth_status redox_auth_session_unix_time(const struct redox_auth_session *session,
                                               struct redox_auth_now now,
                                               uint64_t *unix_secs);

// A sentence about a status, for a log; never NULL, whatever the number. It ends with a NUL and lives for ever. Statuses of a
// feature that the library was built without are unknown to it.
const char *redox_auth_status_text(int32_t status);

// The version of the library that is linked: major · 65536 + minor · 256 + patch.
//
// `REDOX_AUTH_VERSION` is the header's: where the two differ, the library was built from another release.
uint32_t redox_auth_version(void);

// Overwrites memory with zeros in a way that no compiler leaves out: for buffers that held a request or an answer.
redox_auth_status redox_auth_wipe(void *memory,
                                  size_t size);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* REDOX_AUTH_H */
