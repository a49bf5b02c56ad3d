/*
 * What every function says to a program that does it wrong: a status, never a crash. To be run under AddressSanitizer
 * and valgrind, which see what a status does not.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "redox_auth.h"

_Static_assert(sizeof(redox_auth_session) == REDOX_AUTH_SESSION_SIZE, "size");
_Static_assert(sizeof(redox_auth_es256_key) == REDOX_AUTH_ES256_KEY_SIZE, "size");
_Static_assert(sizeof(redox_auth_es384_key) == REDOX_AUTH_ES384_KEY_SIZE, "size");
#ifdef REDOX_AUTH_ES512
_Static_assert(sizeof(redox_auth_es512_key) == REDOX_AUTH_ES512_KEY_SIZE, "size");
#endif
_Static_assert(sizeof(redox_auth_rsa_key) == REDOX_AUTH_RSA_KEY_SIZE, "size");
_Static_assert(sizeof(redox_auth_any_key) == REDOX_AUTH_ANY_KEY_SIZE, "size");
_Static_assert(sizeof(redox_auth_public_key) == REDOX_AUTH_PUBLIC_KEY_SIZE, "size");
_Static_assert(_Alignof(redox_auth_session) <= REDOX_AUTH_ALIGN, "alignment");

static int count;
static int failures;

static void expect(redox_auth_status expected, redox_auth_status found, const char *call, int line)
{
    count++;
    if (found == expected)
        return;
    failures++;
    printf("line %d: %s\n  is \"%s\", expected \"%s\"\n", line, call, redox_auth_status_text(found),
           redox_auth_status_text(expected));
}

#define IS(name, call) expect(REDOX_AUTH_STATUS_##name, (call), #call, __LINE__)
#define TRUE(condition) expect(REDOX_AUTH_STATUS_OK, (condition) ? 0 : -1, #condition, __LINE__)

/* A pointer that is aligned for nothing but bytes. */
static void *odd(const void *pointer)
{
    return (char *)(uintptr_t)pointer + 1;
}

/* The keys of RFC 7515, appendices A.3 and A.4, and one made for this file: known to everybody. */
static const char es256_jwk[] =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";
static const char es384_jwk[] =
    "{\"kty\":\"EC\",\"crv\":\"P-384\",\"x\":\"a5-1PDYcoUwULGtNC32w-GL9sfX2AsK83xCrH0dA_6dXkIVb-VRaPk6sZm9sB46B\","
    "\"y\":\"jSEm0iRMovkgOo9R4nyL369c1xUXKSul9LUyj1Z2M9EaiON5oJtuovxl6lXUO3oi\","
    "\"d\":\"BRY_rUNJB-bsP_p59rBQUIfvCLbyXR_jzO2XV15TqZ0qPodWFuVwxnYmXnvgTHfa\"}";
static const char es512_jwk[] =
    "{\"kty\":\"EC\",\"crv\":\"P-521\","
    "\"x\":\"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk\","
    "\"y\":\"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2\","
    "\"d\":\"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C\"}";

static const uint8_t some_random[2][REDOX_AUTH_RANDOM_LEN] = {{1}, {2}};
static const struct redox_auth_now now = {1000, 1800000000};

static redox_auth_session session;
static struct redox_auth_signer signer;
static struct redox_auth_oauth_key key = {"client-1", "key-1", &signer};
static struct redox_auth_config config;
static char buffer[2048];

static int32_t sign(void *context, const uint8_t *digest, size_t digest_len, uint8_t *signature, size_t signature_len)
{
    (void)context;
    (void)digest;
    memset(signature, 7, signature_len);
    return digest_len == 32 ? 0 : -1;
}

/* A session that wants a token, signed for by `sign`. */
static void begin(void)
{
    memset(&signer, 0, sizeof signer);
    signer.algorithm = REDOX_AUTH_ALGORITHM_ES256;
    signer.signature_len = 64;
    signer.sign_digest = sign;
    memset(&config, 0, sizeof config);
    config.oauth_keys = &key;
    config.oauth_key_count = 1;
    IS(OK, redox_auth_session_init(&session, sizeof session, &config));
}

static struct redox_auth_request request(int which)
{
    struct redox_auth_request made;
    IS(OK, redox_auth_session_request(&session, now, some_random[which], buffer, sizeof buffer, &made));
    return made;
}

static redox_auth_status answer(uint32_t ticket, struct redox_auth_received *received)
{
    char body[] = "{\"access_token\":\"opaque\",\"token_type\":\"Bearer\",\"expires_in\":300}";
    struct redox_auth_response response;
    memset(&response, 0, sizeof response);
    response.status = 200;
    response.body = body;
    response.body_len = sizeof body - 1;
    return redox_auth_session_receive(&session, ticket, now, &response, received);
}

/* A session with a token. */
static void begin_with_token(void)
{
    struct redox_auth_received received;
    begin();
    IS(OK, answer(request(0).ticket, &received));
    TRUE(received.outcome == REDOX_AUTH_OUTCOME_TOKEN && received.changed);
    TRUE(received.served_by == REDOX_AUTH_SERVED_BY_OAUTH && received.oauth_key == 0);
}

/* Every function of a type of key. `alg` is nothing, or NO_CHOICE for a type that can be told what to sign with. */
#define NO_CHOICE REDOX_AUTH_ALGORITHM_NONE,
#define KEY(name, input, expected, alg)                                                                                \
    static void name##_key(void)                                                                                       \
    {                                                                                                                  \
        static redox_auth_##name##_key key_memory;                                                                     \
        static redox_auth_##name##_key copy;                                                                           \
        static redox_auth_public_key public_key;                                                                       \
        struct redox_auth_signer made;                                                                                 \
        uint8_t signature[512];                                                                                        \
        const uint8_t *bytes = (const uint8_t *)(input);                                                               \
        size_t len = sizeof(input) - 1;                                                                                \
        IS(NULL_ARGUMENT, redox_auth_##name##_key_init(NULL, sizeof key_memory, alg bytes, len, &made));               \
        IS(NULL_ARGUMENT, redox_auth_##name##_key_init(&key_memory, sizeof key_memory, alg NULL, len, &made));         \
        IS(NULL_ARGUMENT, redox_auth_##name##_key_init(&key_memory, sizeof key_memory, alg bytes, len, NULL));         \
        IS(UNALIGNED, redox_auth_##name##_key_init(odd(&key_memory), sizeof key_memory, alg bytes, len, &made));       \
        IS(UNALIGNED, redox_auth_##name##_key_init(&key_memory, sizeof key_memory, alg bytes, len, odd(&made)));       \
        IS(MEMORY_TOO_SMALL, redox_auth_##name##_key_init(&key_memory, sizeof key_memory - 1, alg bytes, len, &made)); \
        IS(BAD_VALUE, redox_auth_##name##_key_init(&key_memory, sizeof key_memory, alg bytes, SIZE_MAX, &made));       \
        IS(KEY_EMPTY, redox_auth_##name##_key_init(&key_memory, sizeof key_memory, alg NULL, 0, &made));               \
        TRUE(made.sign_message == NULL && made.sign_digest == NULL);                                                   \
        for (size_t cut = 1; cut < len; cut++)                                                                         \
            TRUE(redox_auth_##name##_key_init(&key_memory, sizeof key_memory, alg bytes, cut, &made) != 0);            \
        IS(NOT_INITIALIZED, redox_auth_##name##_key_public(&key_memory, &public_key, sizeof public_key));              \
        IS(NOT_INITIALIZED, redox_auth_##name##_key_deinit(&key_memory));                                              \
                                                                                                                       \
        IS(expected, redox_auth_##name##_key_init(&key_memory, sizeof key_memory, alg bytes, len, &made));             \
        if (REDOX_AUTH_STATUS_##expected != REDOX_AUTH_STATUS_OK)                                                      \
            return;                                                                                                    \
        IS(NULL_ARGUMENT, redox_auth_##name##_key_public(NULL, &public_key, sizeof public_key));                       \
        IS(NULL_ARGUMENT, redox_auth_##name##_key_public(&key_memory, NULL, sizeof public_key));                       \
        IS(UNALIGNED, redox_auth_##name##_key_public(odd(&key_memory), &public_key, sizeof public_key));               \
        IS(UNALIGNED, redox_auth_##name##_key_public(&key_memory, odd(&public_key), sizeof public_key));               \
        IS(MEMORY_TOO_SMALL, redox_auth_##name##_key_public(&key_memory, &public_key, sizeof public_key - 1));         \
        IS(OK, redox_auth_##name##_key_public(&key_memory, &public_key, sizeof public_key));                           \
                                                                                                                       \
        /* Its signer, called by hand. */                                                                              \
        TRUE(made.signature_len <= sizeof signature);                                                                  \
        IS(OK, made.sign_message(made.context, bytes, len, signature, made.signature_len));                            \
        TRUE(made.sign_message(made.context, bytes, len, signature, made.signature_len - 1) != 0);                     \
        IS(NULL_ARGUMENT, made.sign_message(NULL, bytes, len, signature, made.signature_len));                         \
        IS(NULL_ARGUMENT, made.sign_message(made.context, NULL, len, signature, made.signature_len));                  \
        IS(NULL_ARGUMENT, made.sign_message(made.context, bytes, len, NULL, made.signature_len));                      \
                                                                                                                       \
        /* A copy is none, and an end is one. */                                                                       \
        memcpy(&copy, &key_memory, sizeof copy);                                                                       \
        IS(NOT_INITIALIZED, redox_auth_##name##_key_deinit(&copy));                                                    \
        IS(NULL_ARGUMENT, redox_auth_##name##_key_deinit(NULL));                                                       \
        IS(UNALIGNED, redox_auth_##name##_key_deinit(odd(&key_memory)));                                               \
        IS(OK, redox_auth_##name##_key_deinit(&key_memory));                                                           \
        IS(NOT_INITIALIZED, redox_auth_##name##_key_deinit(&key_memory));                                              \
        IS(NOT_INITIALIZED, made.sign_message(made.context, bytes, len, signature, made.signature_len));               \
        for (size_t at = 0; at < sizeof key_memory; at++)                                                              \
            TRUE(((const unsigned char *)&key_memory)[at] == 0);                                                       \
    }

KEY(es256, es256_jwk, OK, )
KEY(es384, es384_jwk, OK, )
#ifdef REDOX_AUTH_ES512
KEY(es512, es512_jwk, OK, )
#endif
/* No RSA key is known to everybody; those of examples/with_sandbox.rs are made for each run. */
KEY(rsa, es256_jwk, KEY_OTHER_ALGORITHM, NO_CHOICE)
KEY(any, es384_jwk, OK, NO_CHOICE)

/* What only a type takes that can be told what to sign with. */
static void chosen_algorithms(void)
{
    static redox_auth_any_key memory;
    struct redox_auth_signer made;
    const uint8_t *bytes = (const uint8_t *)es384_jwk;
    size_t len = sizeof es384_jwk - 1;
    IS(BAD_VALUE, redox_auth_any_key_init(&memory, sizeof memory, 8, bytes, len, &made));
    IS(BAD_VALUE, redox_auth_any_key_init(&memory, sizeof memory, -1, bytes, len, &made));
    IS(KEY_OTHER_ALGORITHM,
       redox_auth_any_key_init(&memory, sizeof memory, REDOX_AUTH_ALGORITHM_RS256, bytes, len, &made));
    IS(OK, redox_auth_any_key_init(&memory, sizeof memory, REDOX_AUTH_ALGORITHM_ES384, bytes, len, &made));
    TRUE(made.algorithm == REDOX_AUTH_ALGORITHM_ES384);
    IS(OK, redox_auth_any_key_deinit(&memory));
}

/* What a library is built for decides about a key on P-521. */
static void any_key_on_p521(void)
{
    static redox_auth_any_key memory;
    struct redox_auth_signer made;
    const uint8_t *bytes = (const uint8_t *)es512_jwk;
    size_t len = sizeof es512_jwk - 1;
    int none = REDOX_AUTH_ALGORITHM_NONE;
    const char *text = redox_auth_status_text(REDOX_AUTH_STATUS_KEY_UNSUPPORTED);
#ifdef REDOX_AUTH_ES512
    IS(OK, redox_auth_any_key_init(&memory, sizeof memory, none, bytes, len, &made));
    TRUE(made.algorithm == REDOX_AUTH_ALGORITHM_ES512 && made.signature_len == 132);
    IS(OK, redox_auth_any_key_deinit(&memory));
    TRUE(strstr(text, "P-521") != NULL);
#else
    IS(KEY_UNSUPPORTED, redox_auth_any_key_init(&memory, sizeof memory, none, bytes, len, &made));
    TRUE(strstr(text, "P-521") == NULL);
#endif
}

static void rsa_key_without_a_key(void)
{
    static redox_auth_rsa_key memory;
    static redox_auth_public_key public_key;
    IS(NULL_ARGUMENT, redox_auth_rsa_key_public(NULL, &public_key, sizeof public_key));
    IS(UNALIGNED, redox_auth_rsa_key_public(odd(&memory), &public_key, sizeof public_key));
    IS(NOT_INITIALIZED, redox_auth_rsa_key_public(&memory, &public_key, sizeof public_key));
    IS(NULL_ARGUMENT, redox_auth_rsa_key_deinit(NULL));
    IS(UNALIGNED, redox_auth_rsa_key_deinit(odd(&memory)));
}

static void public_keys(void)
{
    static redox_auth_public_key public_key;
    uint8_t point[133] = {4};
    uint8_t modulus[256] = {0xff};
    uint8_t exponent[3] = {1, 0, 1};
    char thumbprint[REDOX_AUTH_THUMBPRINT_SIZE];
    size_t size = sizeof public_key;
    size_t len;
    size_t again;
    int es256 = REDOX_AUTH_ALGORITHM_ES256;
    int rs256 = REDOX_AUTH_ALGORITHM_RS256;

    IS(NOT_INITIALIZED, redox_auth_public_key_thumbprint(&public_key, thumbprint, sizeof thumbprint));
    IS(NOT_INITIALIZED, redox_auth_public_key_jwks(&public_key, "k", buffer, sizeof buffer, &len));

    IS(NULL_ARGUMENT, redox_auth_public_key_from_point(NULL, size, es256, point, 65));
    IS(NULL_ARGUMENT, redox_auth_public_key_from_point(&public_key, size, es256, NULL, 65));
    IS(UNALIGNED, redox_auth_public_key_from_point(odd(&public_key), size, es256, point, 65));
    IS(MEMORY_TOO_SMALL, redox_auth_public_key_from_point(&public_key, size - 1, es256, point, 65));
    IS(BAD_VALUE, redox_auth_public_key_from_point(&public_key, size, 8, point, 65));
    IS(BAD_VALUE, redox_auth_public_key_from_point(&public_key, size, -1, point, 65));
    IS(KEY_MALFORMED, redox_auth_public_key_from_point(&public_key, size, es256, point, 64));
    IS(KEY_MALFORMED, redox_auth_public_key_from_point(&public_key, size, es256, NULL, 0));
    IS(KEY_UNSUPPORTED, redox_auth_public_key_from_point(&public_key, size, REDOX_AUTH_ALGORITHM_RS384, point, 65));
    IS(OK, redox_auth_public_key_from_point(&public_key, size, REDOX_AUTH_ALGORITHM_ES384, point, 97));
    IS(OK, redox_auth_public_key_from_point(&public_key, size, REDOX_AUTH_ALGORITHM_ES512, point, 133));
    IS(OK, redox_auth_public_key_from_point(&public_key, size, es256, point, 65));

    IS(NULL_ARGUMENT, redox_auth_public_key_from_rsa(NULL, size, rs256, modulus, 256, exponent, 3));
    IS(NULL_ARGUMENT, redox_auth_public_key_from_rsa(&public_key, size, rs256, NULL, 256, exponent, 3));
    IS(NULL_ARGUMENT, redox_auth_public_key_from_rsa(&public_key, size, rs256, modulus, 256, NULL, 3));
    IS(UNALIGNED, redox_auth_public_key_from_rsa(odd(&public_key), size, rs256, modulus, 256, exponent, 3));
    IS(MEMORY_TOO_SMALL, redox_auth_public_key_from_rsa(&public_key, size - 1, rs256, modulus, 256, exponent, 3));
    IS(BAD_VALUE, redox_auth_public_key_from_rsa(&public_key, size, 0, modulus, 256, exponent, 3));
    IS(KEY_UNSUPPORTED, redox_auth_public_key_from_rsa(&public_key, size, es256, modulus, 256, exponent, 3));
    IS(KEY_RSA_BITS, redox_auth_public_key_from_rsa(&public_key, size, rs256, modulus, 255, exponent, 3));
    IS(KEY_RSA_EXPONENT, redox_auth_public_key_from_rsa(&public_key, size, rs256, modulus, 256, NULL, 0));
    IS(OK, redox_auth_public_key_from_rsa(&public_key, size, rs256, modulus, 256, exponent, 3));

    IS(NULL_ARGUMENT, redox_auth_public_key_jwks(NULL, "k", buffer, sizeof buffer, &len));
    IS(NULL_ARGUMENT, redox_auth_public_key_jwks(&public_key, NULL, buffer, sizeof buffer, &len));
    IS(NULL_ARGUMENT, redox_auth_public_key_jwks(&public_key, "k", NULL, sizeof buffer, &len));
    IS(NULL_ARGUMENT, redox_auth_public_key_jwks(&public_key, "k", buffer, sizeof buffer, NULL));
    IS(UNALIGNED, redox_auth_public_key_jwks(odd(&public_key), "k", buffer, sizeof buffer, &len));
    IS(UNALIGNED, redox_auth_public_key_jwks(&public_key, "k", buffer, sizeof buffer, odd(&len)));
    IS(NOT_UTF8, redox_auth_public_key_jwks(&public_key, "\xff", buffer, sizeof buffer, &len));
    IS(EMPTY_TEXT, redox_auth_public_key_jwks(&public_key, "", buffer, sizeof buffer, &len));
    IS(BUFFER_TOO_SMALL, redox_auth_public_key_jwks(&public_key, "k", NULL, 0, &len));
    for (size_t shorter = 0; shorter <= len; shorter++) {
        /* Of exactly this length, so that a sanitizer sees a byte too many. */
        char *exact = malloc(shorter + 1);
        IS(BUFFER_TOO_SMALL, redox_auth_public_key_jwks(&public_key, "k", exact, shorter, &again));
        TRUE(again == len);
        free(exact);
    }
    IS(OK, redox_auth_public_key_jwks(&public_key, "k", buffer, len + 1, &again));
    TRUE(again == len && strlen(buffer) == len && strstr(buffer, "\"kty\":\"RSA\"") != NULL);
    IS(OK, redox_auth_public_key_jwks(&public_key, "k", buffer, sizeof buffer, &again));
    TRUE(again == len && strlen(buffer) == len);

    IS(NULL_ARGUMENT, redox_auth_public_key_thumbprint(NULL, thumbprint, sizeof thumbprint));
    IS(NULL_ARGUMENT, redox_auth_public_key_thumbprint(&public_key, NULL, sizeof thumbprint));
    IS(UNALIGNED, redox_auth_public_key_thumbprint(odd(&public_key), thumbprint, sizeof thumbprint));
    for (size_t shorter = 0; shorter < sizeof thumbprint; shorter++)
        IS(BUFFER_TOO_SMALL, redox_auth_public_key_thumbprint(&public_key, thumbprint, shorter));
    IS(OK, redox_auth_public_key_thumbprint(&public_key, thumbprint, sizeof thumbprint));
    TRUE(strlen(thumbprint) == sizeof thumbprint - 1);
}

/* Sets one member of a good configuration to something else, and says what comes of it. */
#define WITH(member, value, name)                                                                                      \
    do {                                                                                                               \
        begin();                                                                                                       \
        config.member = (value);                                                                                       \
        IS(name, redox_auth_session_init(&session, sizeof session, &config));                                          \
    } while (0)

/* Checks one member alone of what another server asks for. */
#define DIALECT(member, value, name)                                                                                   \
    do {                                                                                                               \
        memset(&asked, 0, sizeof asked);                                                                               \
        IS(OK, redox_auth_dialect_init(&dialect, sizeof dialect, &asked));                                             \
        asked.member = (value);                                                                                        \
        IS(name, redox_auth_dialect_init(&dialect, sizeof dialect, &asked));                                           \
    } while (0)

static void dialects(void)
{
    static redox_auth_dialect dialect, copy;
    static redox_auth_dialect_config asked;
    DIALECT(grant, 2, BAD_VALUE);
    DIALECT(flags, 16, BAD_VALUE);
    DIALECT(lifetime_secs, 301, LIFETIME);
    DIALECT(lifetime_secs, 5, LIFETIME);
    DIALECT(lifetime_secs, 6, OK);
    DIALECT(subject, "\xff", NOT_UTF8);
    DIALECT(claims, "purposeId", DIALECT_JSON);
    DIALECT(claims, "{\"iss\":1}", DIALECT_RESERVED);
    DIALECT(claims, "{\"a\":1,\"a\":2}", DIALECT_TWICE);
    DIALECT(header, "{\"\":1}", DIALECT_NAME);
    DIALECT(header, "{\"kid\":1}", DIALECT_RESERVED);
    DIALECT(fields, "a b=c", DIALECT_FORM);
    DIALECT(fields, "scope=a", DIALECT_RESERVED);
    DIALECT(fields, "a=1&a=2", DIALECT_TWICE);

    /* One that was refused is none. */
    WITH(dialect, &dialect, NOT_INITIALIZED);
    memset(&asked, 0, sizeof asked);
    IS(NULL_ARGUMENT, redox_auth_dialect_init(NULL, sizeof dialect, &asked));
    IS(NULL_ARGUMENT, redox_auth_dialect_init(&dialect, sizeof dialect, NULL));
    IS(UNALIGNED, redox_auth_dialect_init(odd(&dialect), sizeof dialect, &asked));
    IS(UNALIGNED, redox_auth_dialect_init(&dialect, sizeof dialect, odd(&asked)));
    IS(MEMORY_TOO_SMALL, redox_auth_dialect_init(&dialect, sizeof dialect - 1, &asked));
    IS(OK, redox_auth_dialect_init(&dialect, sizeof dialect, &asked));
    WITH(dialect, &dialect, OK);
    WITH(dialect, odd(&dialect), UNALIGNED);
    memcpy(&copy, &dialect, sizeof copy);
    WITH(dialect, &copy, NOT_INITIALIZED);
}

static void configurations(void)
{
    static const struct redox_auth_oauth_key no_client = {NULL, "key-1", &signer};
    static const struct redox_auth_oauth_key no_key = {"client-1", NULL, &signer};
    static const struct redox_auth_oauth_key no_signer = {"client-1", "key-1", NULL};
    static const struct redox_auth_oauth_key empty = {"", "key-1", &signer};
    static struct redox_auth_oauth_key odd_signer = {"client-1", "key-1", NULL};
    odd_signer.signer = odd(&signer);

    WITH(server, 3, BAD_VALUE);
    WITH(server, -1, BAD_VALUE);
    WITH(jwt_type, 2, BAD_VALUE);
    WITH(policy, 2, BAD_VALUE);
    WITH(base_url, "https://r.example", BAD_VALUE);
    WITH(token_url, "https://r.example", BAD_VALUE);
    WITH(upload_url, "https://r.example", BAD_VALUE);
    WITH(server, REDOX_AUTH_SERVER_CUSTOM, NULL_ARGUMENT);
    WITH(audience, "", EMPTY_TEXT);
    WITH(audience, "\xff", NOT_UTF8);
    WITH(scope, "\xff", NOT_UTF8);
    WITH(source_id, "\xff", NOT_UTF8);
    WITH(legacy_api_key, "id", EMPTY_TEXT);
    WITH(legacy_secret, "secret", EMPTY_TEXT);
    WITH(oauth_keys, NULL, NULL_ARGUMENT);
    WITH(oauth_keys, odd(&key), UNALIGNED);
    WITH(oauth_keys, &no_client, NULL_ARGUMENT);
    WITH(oauth_keys, &no_key, NULL_ARGUMENT);
    WITH(oauth_keys, &no_signer, NULL_ARGUMENT);
    WITH(oauth_keys, &odd_signer, UNALIGNED);
    WITH(oauth_keys, &empty, EMPTY_TEXT);
    WITH(oauth_key_count, 0, NO_CREDENTIAL);
    WITH(oauth_key_count, SIZE_MAX, BAD_VALUE);
    WITH(token_memory_len, 1, NULL_ARGUMENT);
    WITH(token_memory_len, SIZE_MAX, BAD_VALUE);

    begin();
    signer.algorithm = 0;
    IS(BAD_VALUE, redox_auth_session_init(&session, sizeof session, &config));
    begin();
    signer.signature_len = 63;
    IS(SIGNATURE_LENGTH, redox_auth_session_init(&session, sizeof session, &config));
    signer.signature_len = SIZE_MAX;
    IS(SIGNATURE_LENGTH, redox_auth_session_init(&session, sizeof session, &config));

    begin();
    config.server = REDOX_AUTH_SERVER_CUSTOM;
    config.base_url = "https://r.example";
    config.token_url = "http://r.example/token";
    IS(URL_PLAIN_HTTP, redox_auth_session_init(&session, sizeof session, &config));
    config.token_url = "r.example/token";
    IS(URL_SCHEME, redox_auth_session_init(&session, sizeof session, &config));
    config.token_url = "https://r.example/token";
    config.upload_url = "https://u@r.example/token";
    IS(URL_USER_INFO, redox_auth_session_init(&session, sizeof session, &config));
    config.upload_url = NULL;
    IS(OK, redox_auth_session_init(&session, sizeof session, &config));
}

static void beginnings_and_ends(void)
{
    redox_auth_session copy;
    begin();
    IS(NULL_ARGUMENT, redox_auth_session_init(NULL, sizeof session, &config));
    IS(NULL_ARGUMENT, redox_auth_session_init(&session, sizeof session, NULL));
    IS(UNALIGNED, redox_auth_session_init(odd(&session), sizeof session, &config));
    IS(UNALIGNED, redox_auth_session_init(&session, sizeof session, odd(&config)));
    IS(MEMORY_TOO_SMALL, redox_auth_session_init(&session, sizeof session - 1, &config));

    IS(NULL_ARGUMENT, redox_auth_session_reconfigure(NULL, &config));
    IS(NULL_ARGUMENT, redox_auth_session_reconfigure(&session, NULL));
    IS(UNALIGNED, redox_auth_session_reconfigure(odd(&session), &config));
    IS(UNALIGNED, redox_auth_session_reconfigure(&session, odd(&config)));
    config.policy = 9;
    IS(BAD_VALUE, redox_auth_session_reconfigure(&session, &config));
    config.policy = REDOX_AUTH_POLICY_TEFCA;
    IS(OK, redox_auth_session_reconfigure(&session, &config));

    begin_with_token();
    memcpy(&copy, &session, sizeof copy);
    IS(NOT_INITIALIZED, redox_auth_session_deinit(&copy));
    IS(NULL_ARGUMENT, redox_auth_session_deinit(NULL));
    IS(UNALIGNED, redox_auth_session_deinit(odd(&session)));
    IS(OK, redox_auth_session_deinit(&session));
    IS(NOT_INITIALIZED, redox_auth_session_deinit(&session));
    for (size_t at = 0; at < sizeof session; at++)
        TRUE(((const unsigned char *)&session)[at] == 0);

    IS(NULL_ARGUMENT, redox_auth_wipe(NULL, 1));
    IS(OK, redox_auth_wipe(NULL, 0));
    IS(OK, redox_auth_wipe(&copy, sizeof copy));
    IS(BAD_VALUE, redox_auth_wipe(&copy, SIZE_MAX));
    TRUE(((const unsigned char *)&copy)[sizeof copy - 1] == 0);
}

/* Calls every function of a session, all other arguments being good. */
static void every_function(redox_auth_session *it, redox_auth_status expected)
{
    struct redox_auth_next next;
    struct redox_auth_request made;
    struct redox_auth_prepared prepared;
    struct redox_auth_received received;
    struct redox_auth_authorized authorized;
    struct redox_auth_counters counters;
    struct redox_auth_response response;
    redox_auth_rejected rejected;
    redox_auth_rotation rotation;
    uint8_t bytes[64] = {0};
    char room[64];
    uint64_t secs;
    size_t len;
    memset(&response, 0, sizeof response);
#define EACH(call) expect(expected, (call), #call, __LINE__)
    EACH(redox_auth_session_reconfigure(it, &config));
    EACH(redox_auth_session_counters(it, &counters));
    EACH(redox_auth_session_unix_time(it, now, &secs));
    EACH(redox_auth_session_next(it, 0, &next));
    EACH(redox_auth_session_request(it, now, some_random[0], room, sizeof room, &made));
    EACH(redox_auth_session_prepare(it, now, some_random[0], room, sizeof room, &prepared));
    EACH(redox_auth_session_finish(it, 1, bytes, sizeof bytes, &made));
    EACH(redox_auth_session_receive(it, 1, now, &response, &received));
    EACH(redox_auth_session_failed(it, 1, 0));
    EACH(redox_auth_session_abandon(it));
    EACH(redox_auth_session_rejected(it, 1, 0, &rejected));
    EACH(redox_auth_session_authorize(it, 0, REDOX_AUTH_API_FHIR, "https://api.redoxengine.com/", &authorized));
    EACH(redox_auth_session_save(it, now, bytes, sizeof bytes, &len));
    EACH(redox_auth_session_restore(it, now, bytes, sizeof bytes));
    EACH(redox_auth_session_prefer(it, REDOX_AUTH_PREFERENCE_OAUTH_ONLY));
    EACH(redox_auth_session_rotation(it, 0, &rotation));
    EACH(redox_auth_session_deinit(it));
}

static int32_t calls_its_session(void *context, const uint8_t *input, size_t input_len, uint8_t *signature,
                                 size_t signature_len)
{
    every_function(context, REDOX_AUTH_STATUS_BUSY);
    IS(BUSY, redox_auth_session_init(context, sizeof session, &config));
    return sign(NULL, input, input_len, signature, signature_len);
}

static void no_session(void)
{
    static redox_auth_session zeros;
    redox_auth_session garbage;
    redox_auth_session copy;
    memset(&garbage, 0xA5, sizeof garbage);
    begin_with_token();
    memcpy(&copy, &session, sizeof copy);
    every_function(NULL, REDOX_AUTH_STATUS_NULL_ARGUMENT);
    every_function(odd(&session), REDOX_AUTH_STATUS_UNALIGNED);
    every_function(&zeros, REDOX_AUTH_STATUS_NOT_INITIALIZED);
    every_function(&garbage, REDOX_AUTH_STATUS_NOT_INITIALIZED);
    every_function(&copy, REDOX_AUTH_STATUS_NOT_INITIALIZED);
    IS(OK, redox_auth_session_deinit(&session));
    every_function(&session, REDOX_AUTH_STATUS_NOT_INITIALIZED);
    /* One type of object is not another. */
    IS(NOT_INITIALIZED, redox_auth_session_deinit((void *)&zeros));

    /* A signer that calls the session which called it. */
    begin();
    signer.sign_digest = calls_its_session;
    signer.context = &session;
    request(0);
}

static void null_and_unaligned_arguments(void)
{
    struct redox_auth_next next;
    struct redox_auth_request made;
    struct redox_auth_prepared prepared;
    struct redox_auth_received received;
    struct redox_auth_authorized authorized;
    struct redox_auth_counters counters;
    struct redox_auth_response response;
    redox_auth_rejected rejected;
    redox_auth_rotation rotation;
    uint8_t record[REDOX_AUTH_MAX_RECORD_LEN];
    uint64_t secs;
    size_t len;
    size_t again;
    uint32_t ticket;
    const char *url = "https://api.redoxengine.com/endpoint";

    begin_with_token();
    IS(NULL_ARGUMENT, redox_auth_session_counters(&session, NULL));
    IS(UNALIGNED, redox_auth_session_counters(&session, odd(&counters)));
    IS(NULL_ARGUMENT, redox_auth_session_unix_time(&session, now, NULL));
    IS(UNALIGNED, redox_auth_session_unix_time(&session, now, odd(&secs)));
    IS(NULL_ARGUMENT, redox_auth_session_next(&session, 0, NULL));
    IS(UNALIGNED, redox_auth_session_next(&session, 0, odd(&next)));
    IS(NULL_ARGUMENT, redox_auth_session_rejected(&session, 1, 0, NULL));
    IS(UNALIGNED, redox_auth_session_rejected(&session, 1, 0, odd(&rejected)));
    IS(NULL_ARGUMENT, redox_auth_session_rotation(&session, 0, NULL));
    IS(UNALIGNED, redox_auth_session_rotation(&session, 0, odd(&rotation)));
    IS(BAD_VALUE, redox_auth_session_prefer(&session, 3));
    IS(BAD_VALUE, redox_auth_session_prefer(&session, -1));
    IS(NULL_ARGUMENT, redox_auth_session_authorize(&session, 2000, REDOX_AUTH_API_FHIR, NULL, &authorized));
    IS(NULL_ARGUMENT, redox_auth_session_authorize(&session, 2000, REDOX_AUTH_API_FHIR, url, NULL));
    IS(UNALIGNED, redox_auth_session_authorize(&session, 2000, REDOX_AUTH_API_FHIR, url, odd(&authorized)));
    IS(BAD_VALUE, redox_auth_session_authorize(&session, 2000, 6, url, &authorized));
    IS(BAD_VALUE, redox_auth_session_authorize(&session, 2000, -1, url, &authorized));
    IS(NOT_UTF8, redox_auth_session_authorize(&session, 2000, REDOX_AUTH_API_FHIR, "\xff", &authorized));
    TRUE(authorized.token.text.data == NULL);

    IS(NULL_ARGUMENT, redox_auth_session_save(&session, now, NULL, sizeof record, &len));
    IS(NULL_ARGUMENT, redox_auth_session_save(&session, now, record, sizeof record, NULL));
    IS(UNALIGNED, redox_auth_session_save(&session, now, record, sizeof record, odd(&len)));
    IS(OK, redox_auth_session_save(&session, now, record, sizeof record, &len));
    for (size_t shorter = 0; shorter < len; shorter++) {
        uint8_t *exact = malloc(shorter + 1);
        IS(BUFFER_TOO_SMALL, redox_auth_session_save(&session, now, exact, shorter, &again));
        TRUE(again == len);
        free(exact);
    }
    IS(HAS_TOKEN, redox_auth_session_restore(&session, now, record, len));
    begin();
    IS(NULL_ARGUMENT, redox_auth_session_restore(&session, now, NULL, len));
    IS(RECORD_DAMAGED, redox_auth_session_restore(&session, now, NULL, 0));
    IS(NO_TOKEN, redox_auth_session_save(&session, now, record, sizeof record, &again));
    for (size_t shorter = 0; shorter < len; shorter++)
        IS(RECORD_DAMAGED, redox_auth_session_restore(&session, now, record, shorter));
    IS(OK, redox_auth_session_restore(&session, now, record, len));

    begin();
    IS(NULL_ARGUMENT, redox_auth_session_request(&session, now, NULL, buffer, sizeof buffer, &made));
    IS(NULL_ARGUMENT, redox_auth_session_request(&session, now, some_random[0], NULL, sizeof buffer, &made));
    IS(NULL_ARGUMENT, redox_auth_session_request(&session, now, some_random[0], buffer, sizeof buffer, NULL));
    IS(UNALIGNED, redox_auth_session_request(&session, now, some_random[0], buffer, sizeof buffer, odd(&made)));
    IS(NULL_ARGUMENT, redox_auth_session_prepare(&session, now, NULL, buffer, sizeof buffer, &prepared));
    IS(NULL_ARGUMENT, redox_auth_session_prepare(&session, now, some_random[0], NULL, sizeof buffer, &prepared));
    IS(NULL_ARGUMENT, redox_auth_session_prepare(&session, now, some_random[0], buffer, sizeof buffer, NULL));
    IS(UNALIGNED, redox_auth_session_prepare(&session, now, some_random[0], buffer, sizeof buffer, odd(&prepared)));
    IS(BUFFER_TOO_SMALL, redox_auth_session_request(&session, now, some_random[0], NULL, 0, &made));
    len = made.needed;
    for (size_t shorter = 0; shorter < len; shorter++) {
        char *exact = malloc(shorter + 1);
        IS(BUFFER_TOO_SMALL, redox_auth_session_request(&session, now, some_random[0], exact, shorter, &made));
        TRUE(made.needed == len && made.ticket == 0);
        IS(BUFFER_TOO_SMALL, redox_auth_session_prepare(&session, now, some_random[0], exact, shorter, &prepared));
        TRUE(prepared.request.needed == len && prepared.ticket == 0);
        free(exact);
    }
    IS(OK, redox_auth_session_request(&session, now, some_random[0], buffer, len, &made));
    ticket = made.ticket;

    memset(&response, 0, sizeof response);
    IS(NULL_ARGUMENT, redox_auth_session_receive(&session, ticket, now, NULL, &received));
    IS(NULL_ARGUMENT, redox_auth_session_receive(&session, ticket, now, &response, NULL));
    IS(UNALIGNED, redox_auth_session_receive(&session, ticket, now, odd(&response), &received));
    IS(UNALIGNED, redox_auth_session_receive(&session, ticket, now, &response, odd(&received)));
    response.body_len = 1;
    IS(NULL_ARGUMENT, redox_auth_session_receive(&session, ticket, now, &response, &received));
    response.body_len = 0;
    response.channel = 2;
    IS(BAD_VALUE, redox_auth_session_receive(&session, ticket, now, &response, &received));
    response.channel = REDOX_AUTH_CHANNEL_AUTHENTICATED;
    response.date.data = "x";
    response.date.len = SIZE_MAX;
    IS(BAD_VALUE, redox_auth_session_receive(&session, ticket, now, &response, &received));
    response.date.len = 1;
    /* None of these used the ticket up. */
    IS(OK, redox_auth_session_receive(&session, ticket, now, &response, &received));
    TRUE(received.outcome == REDOX_AUTH_OUTCOME_REFUSED || received.outcome == REDOX_AUTH_OUTCOME_UNUSABLE);

    IS(NULL_ARGUMENT, redox_auth_refusal_words(NULL, NULL, buffer, sizeof buffer, &len));
    IS(UNALIGNED, redox_auth_refusal_words(odd(&received.refusal), NULL, buffer, sizeof buffer, &len));
    IS(NULL_ARGUMENT, redox_auth_refusal_words(&received.refusal, NULL, NULL, 1, &len));
    IS(NULL_ARGUMENT, redox_auth_refusal_words(&received.refusal, NULL, buffer, sizeof buffer, NULL));
    /* It said nothing, which takes a NUL. */
    IS(BUFFER_TOO_SMALL, redox_auth_refusal_words(&received.refusal, NULL, NULL, 0, &len));
    TRUE(len == 0);
    buffer[0] = 'x';
    IS(OK, redox_auth_refusal_words(&received.refusal, "secret", buffer, 1, &len));
    TRUE(len == 0 && buffer[0] == 0);
}

#ifdef REDOX_AUTH_METADATA
static void documents(void)
{
    static const char url[] = "https://as.example/a";
    static const char *const hosts[] = {"login.example", NULL};
    static const char *const wrong_hosts[] = {"\xff"};
    char document[128];
    struct redox_auth_metadata found;
    size_t len = 7;
    int32_t kind = REDOX_AUTH_METADATA_KIND_SMART;

    IS(NULL_ARGUMENT, redox_auth_metadata_url(kind, NULL, buffer, sizeof buffer, &len));
    TRUE(len == 0);
    IS(NULL_ARGUMENT, redox_auth_metadata_url(kind, url, NULL, 1, &len));
    IS(NULL_ARGUMENT, redox_auth_metadata_url(kind, url, buffer, sizeof buffer, NULL));
    IS(UNALIGNED, redox_auth_metadata_url(kind, url, buffer, sizeof buffer, odd(&len)));
    IS(BAD_VALUE, redox_auth_metadata_url(4, url, buffer, sizeof buffer, &len));
    IS(BAD_VALUE, redox_auth_metadata_url(-1, url, buffer, sizeof buffer, &len));
    IS(NOT_UTF8, redox_auth_metadata_url(kind, "\xff", buffer, sizeof buffer, &len));
    IS(URL_SCHEME, redox_auth_metadata_url(kind, "as.example", buffer, sizeof buffer, &len));
    IS(URL_QUERY, redox_auth_metadata_url(kind, "https://as.example/?a", buffer, sizeof buffer, &len));
    IS(BUFFER_TOO_SMALL, redox_auth_metadata_url(kind, url, NULL, 0, &len));
    TRUE(len == strlen("https://as.example/a/.well-known/smart-configuration"));
    IS(OK, redox_auth_metadata_url(kind, url, buffer, len + 1, &len));

#define READ(document, len, hosts, count, out, size, found)                                                            \
    redox_auth_metadata_read(kind, url, document, len, hosts, count, out, size, found)
    IS(NULL_ARGUMENT, redox_auth_metadata_read(kind, NULL, document, 0, NULL, 0, buffer, sizeof buffer, &found));
    IS(BAD_VALUE, redox_auth_metadata_read(4, url, document, 0, NULL, 0, buffer, sizeof buffer, &found));
    IS(NULL_ARGUMENT, READ(NULL, 1, NULL, 0, buffer, sizeof buffer, &found));
    IS(BAD_VALUE, READ(document, SIZE_MAX, NULL, 0, buffer, sizeof buffer, &found));
    IS(NULL_ARGUMENT, READ(document, 0, NULL, 1, buffer, sizeof buffer, &found));
    IS(UNALIGNED, READ(document, 0, odd(hosts), 1, buffer, sizeof buffer, &found));
    IS(BAD_VALUE, READ(document, 0, hosts, SIZE_MAX, buffer, sizeof buffer, &found));
    IS(NULL_ARGUMENT, READ(document, 0, hosts, 2, buffer, sizeof buffer, &found));
    IS(NOT_UTF8, READ(document, 0, wrong_hosts, 1, buffer, sizeof buffer, &found));
    IS(NULL_ARGUMENT, READ(document, 0, NULL, 0, NULL, 1, &found));
    IS(NULL_ARGUMENT, READ(document, 0, NULL, 0, buffer, sizeof buffer, NULL));
    IS(UNALIGNED, READ(document, 0, NULL, 0, buffer, sizeof buffer, odd(&found)));
    IS(METADATA_MALFORMED, READ(NULL, 0, NULL, 0, buffer, sizeof buffer, &found));
    TRUE(found.token_url == NULL && found.needed == 0);
    strcpy(document, "{\"token_endpoint\":\"https://as.example/b\"}");
    for (size_t cut = 1; cut < strlen(document); cut++) {
        char part[128];
        memcpy(part, document, cut);
        IS(METADATA_MALFORMED, READ(part, cut, NULL, 0, buffer, sizeof buffer, &found));
    }
    IS(BUFFER_TOO_SMALL, READ(document, strlen(document), hosts, 1, NULL, 0, &found));
    TRUE(found.needed == strlen("https://as.example/b") + 1);
    strcpy(document, "{\"token_endpoint\":\"https://as.example/b\"}");
    IS(OK, READ(document, strlen(document), hosts, 1, buffer, found.needed, &found));
    TRUE(strcmp(found.token_url, "https://as.example/b") == 0 && found.issuer == NULL);
}
#endif

#ifdef REDOX_AUTH_DPOP
static void proofs(void)
{
    static redox_auth_public_key public_key;
    static const uint8_t point[65] = {
        4,    0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
        0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
        0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
        0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5,
    };
    static redox_auth_public_key copy;
    struct redox_auth_dpop_request good;
    struct redox_auth_dpop_request wrong;
    struct redox_auth_response response;
    struct redox_auth_received received;
    char body[] = "{\"access_token\":\"opaque\",\"token_type\":\"DPoP\",\"expires_in\":300}";
    size_t len;
    bool asks = true;

    begin();
    memset(&good, 0, sizeof good);
    good.signer = &signer;
    good.public_key = &public_key;
    good.method = "GET";
    good.url = "https://api.example/a";
    good.unix_secs = now.unix_secs;
    good.random = some_random[0];
    IS(NOT_INITIALIZED, redox_auth_dpop_proof(&good, buffer, sizeof buffer, &len));
    IS(OK, redox_auth_public_key_from_point(&public_key, sizeof public_key, REDOX_AUTH_ALGORITHM_ES256, point,
                                            sizeof point));
    IS(OK, redox_auth_dpop_proof(&good, buffer, sizeof buffer, &len));
    TRUE(strlen(buffer) == len);
    IS(NULL_ARGUMENT, redox_auth_dpop_proof(NULL, buffer, sizeof buffer, &len));
    IS(UNALIGNED, redox_auth_dpop_proof(odd(&good), buffer, sizeof buffer, &len));
    IS(NULL_ARGUMENT, redox_auth_dpop_proof(&good, NULL, 1, &len));
    IS(NULL_ARGUMENT, redox_auth_dpop_proof(&good, buffer, sizeof buffer, NULL));
    IS(UNALIGNED, redox_auth_dpop_proof(&good, buffer, sizeof buffer, odd(&len)));
#define WRONG(status, change)                                                                                          \
    wrong = good;                                                                                                      \
    wrong.change;                                                                                                      \
    IS(status, redox_auth_dpop_proof(&wrong, buffer, sizeof buffer, &len));                                            \
    TRUE(len == 0)
    WRONG(NULL_ARGUMENT, signer = NULL);
    WRONG(UNALIGNED, signer = odd(&signer));
    WRONG(NULL_ARGUMENT, public_key = NULL);
    WRONG(UNALIGNED, public_key = odd(&public_key));
    WRONG(NULL_ARGUMENT, method = NULL);
    WRONG(EMPTY_TEXT, method = "");
    WRONG(NOT_UTF8, method = "\xff");
    WRONG(NULL_ARGUMENT, url = NULL);
    WRONG(URL_SCHEME, url = "");
    WRONG(NOT_UTF8, url = "\xff");
    WRONG(NULL_ARGUMENT, random = NULL);
    WRONG(TIME_UNKNOWN, unix_secs = 0);
    wrong = good;
    wrong.nonce.data = "a\"b";
    wrong.nonce.len = 3;
    IS(DPOP_NONCE, redox_auth_dpop_proof(&wrong, buffer, sizeof buffer, &len));
    wrong.nonce.len = SIZE_MAX;
    IS(BAD_VALUE, redox_auth_dpop_proof(&wrong, buffer, sizeof buffer, &len));
    wrong = good;
    wrong.access_token.data = "\xff";
    wrong.access_token.len = 1;
    IS(NOT_UTF8, redox_auth_dpop_proof(&wrong, buffer, sizeof buffer, &len));
    signer.sign_digest = NULL;
    IS(SIGN_FAILED, redox_auth_dpop_proof(&good, buffer, sizeof buffer, &len));
    signer.sign_digest = sign;

    IS(NULL_ARGUMENT, redox_auth_dpop_asks_for_nonce(NULL, 1, &asks));
    TRUE(!asks);
    IS(NULL_ARGUMENT, redox_auth_dpop_asks_for_nonce("DPoP", 4, NULL));
    IS(BAD_VALUE, redox_auth_dpop_asks_for_nonce("DPoP", SIZE_MAX, &asks));
    IS(OK, redox_auth_dpop_asks_for_nonce(NULL, 0, &asks));
    TRUE(!asks);

    begin();
    IS(NULL_ARGUMENT, redox_auth_session_bind_dpop(NULL, &public_key));
    IS(UNALIGNED, redox_auth_session_bind_dpop(odd(&session), &public_key));
    IS(UNALIGNED, redox_auth_session_bind_dpop(&session, odd(&public_key)));
    memset(&copy, 0, sizeof copy);
    IS(NOT_INITIALIZED, redox_auth_session_bind_dpop(&session, &copy));
    IS(OK, redox_auth_session_bind_dpop(&session, &public_key));
    memset(&response, 0, sizeof response);
    response.status = 200;
    response.body = body;
    response.body_len = sizeof body - 1;
    IS(OK, redox_auth_session_receive(&session, request(0).ticket, now, &response, &received));
    TRUE(received.outcome == REDOX_AUTH_OUTCOME_TOKEN);
    /* A token that is bound to a key is no other session's. */
    IS(OK, redox_auth_session_bind_dpop(&session, NULL));
    memcpy(body, "{\"access_token\":\"opaque\",\"token_type\":\"DPoP\",\"expires_in\":300}", sizeof body);
    IS(OK, redox_auth_session_receive(&session, request(1).ticket, now, &response, &received));
    TRUE(received.outcome == REDOX_AUTH_OUTCOME_UNUSABLE);
}
#endif

static void wrong_order(void)
{
    struct redox_auth_request made;
    struct redox_auth_prepared prepared;
    struct redox_auth_received received;
    struct redox_auth_authorized authorized;
    redox_auth_rejected rejected;
    uint8_t signature[64] = {7};
    uint32_t ticket;

    begin();
    IS(TICKET_UNKNOWN, answer(0, &received));
    IS(TICKET_UNKNOWN, answer(1, &received));
    IS(TICKET_UNKNOWN, redox_auth_session_failed(&session, 1, 0));
    IS(TICKET_UNKNOWN, redox_auth_session_finish(&session, 1, signature, sizeof signature, &made));
    IS(OK, redox_auth_session_abandon(&session));
    IS(NO_TOKEN, redox_auth_session_authorize(&session, 0, REDOX_AUTH_API_FHIR, "https://api.redoxengine.com/",
                                              &authorized));
    IS(OK, redox_auth_session_rejected(&session, 0, 0, &rejected));
    TRUE(rejected == REDOX_AUTH_REJECTED_REPLACED);

    ticket = request(0).ticket;
    IS(NOT_NOW, redox_auth_session_request(&session, now, some_random[1], buffer, sizeof buffer, &made));
    TRUE(made.until_ms > now.instant_ms && made.ticket == 0);
    IS(NOT_NOW, redox_auth_session_prepare(&session, now, some_random[1], buffer, sizeof buffer, &prepared));
    TRUE(prepared.request.until_ms > now.instant_ms);
    IS(NOTHING_TO_SIGN, redox_auth_session_finish(&session, ticket, signature, sizeof signature, &made));
    IS(OK, answer(ticket, &received));
    IS(TICKET_UNKNOWN, answer(ticket, &received));
    TRUE(received.outcome == REDOX_AUTH_OUTCOME_NONE);
    IS(TICKET_UNKNOWN, redox_auth_session_failed(&session, ticket, 0));

    /* A ticket that was lost, and the answer that comes all the same. */
    begin();
    ticket = request(0).ticket;
    IS(OK, redox_auth_session_abandon(&session));
    IS(TICKET_UNKNOWN, answer(ticket, &received));
    IS(REPEATED_RANDOM, redox_auth_session_request(&session, now, some_random[0], buffer, sizeof buffer, &made));
    IS(OK, answer(request(1).ticket, &received));

    /* Signed elsewhere. */
    begin();
    IS(OK, redox_auth_session_prepare(&session, now, some_random[0], buffer, sizeof buffer, &prepared));
    TRUE(prepared.is_unsigned && prepared.digest_len == 32 && prepared.signature_len == 64);
    TRUE(prepared.algorithm == REDOX_AUTH_ALGORITHM_ES256 && prepared.signing_input.len > 0);
    ticket = prepared.ticket;
    IS(NOT_SIGNED, answer(ticket, &received));
    IS(NULL_ARGUMENT, redox_auth_session_finish(&session, ticket, NULL, sizeof signature, &made));
    IS(NULL_ARGUMENT, redox_auth_session_finish(&session, ticket, signature, sizeof signature, NULL));
    IS(UNALIGNED, redox_auth_session_finish(&session, ticket, signature, sizeof signature, odd(&made)));
    for (size_t shorter = 0; shorter < sizeof signature; shorter++)
        IS(SIGNATURE_LENGTH, redox_auth_session_finish(&session, ticket, signature, shorter, &made));
    IS(TICKET_UNKNOWN, redox_auth_session_finish(&session, ticket + 1, signature, sizeof signature, &made));
    IS(OK, redox_auth_session_finish(&session, ticket, signature, sizeof signature, &made));
    TRUE(made.ticket == ticket && made.body.len > 0);
    IS(NOTHING_TO_SIGN, redox_auth_session_finish(&session, ticket, signature, sizeof signature, &made));
    IS(OK, answer(ticket, &received));

    /* Prepared and given up: the buffer is not touched any more, wherever it has gone. */
    begin();
    {
        char *gone = malloc(2048);
        IS(OK, redox_auth_session_prepare(&session, now, some_random[0], gone, 2048, &prepared));
        free(gone);
    }
    IS(OK, redox_auth_session_failed(&session, prepared.ticket, now.instant_ms));
    IS(OK, redox_auth_session_deinit(&session));

    /* No signer, and one that fails. */
    begin();
    signer.sign_digest = NULL;
    IS(SIGN_FAILED, redox_auth_session_request(&session, now, some_random[0], buffer, sizeof buffer, &made));
    signer.sign_digest = sign;
    IS(OK, redox_auth_session_request(&session, now, some_random[0], buffer, sizeof buffer, &made));
}

int main(void)
{
    TRUE(redox_auth_version() == REDOX_AUTH_VERSION);
    TRUE((int)redox_auth_version() ==
         REDOX_AUTH_VERSION_MAJOR * 65536 + REDOX_AUTH_VERSION_MINOR * 256 + REDOX_AUTH_VERSION_PATCH);
    TRUE(strcmp(redox_auth_status_text(REDOX_AUTH_STATUS_OK), "done") == 0);
    for (int32_t status = 0; status <= REDOX_AUTH_STATUS_KEY_JWK_MEMBER; status++) {
        int known = 1;
#ifndef REDOX_AUTH_METADATA
        known = known && (status < REDOX_AUTH_STATUS_METADATA_MALFORMED || status > REDOX_AUTH_STATUS_METADATA_REDOX);
#endif
#ifndef REDOX_AUTH_DPOP
        known = known && status != REDOX_AUTH_STATUS_DPOP_NONCE;
#endif
        TRUE((strcmp(redox_auth_status_text(status), "unknown status") != 0) == known);
    }
    TRUE(strcmp(redox_auth_status_text(REDOX_AUTH_STATUS_KEY_JWK_MEMBER), "a member of the JWK is missing, duplicate or malformed") == 0);
    TRUE(strcmp(redox_auth_status_text(REDOX_AUTH_STATUS_KEY_JWK_MEMBER + 1), "unknown status") == 0);
    TRUE(strcmp(redox_auth_status_text(INT32_MIN), "unknown status") == 0);

    es256_key();
    es384_key();
#ifdef REDOX_AUTH_ES512
    es512_key();
#endif
    rsa_key();
    rsa_key_without_a_key();
    any_key();
    chosen_algorithms();
    any_key_on_p521();
    public_keys();
    configurations();
    dialects();
    beginnings_and_ends();
    no_session();
    null_and_unaligned_arguments();
#ifdef REDOX_AUTH_METADATA
    documents();
#endif
#ifdef REDOX_AUTH_DPOP
    proofs();
#endif
    wrong_order();
    printf("%d calls, %d of them with another answer than expected\n", count, failures);
    return failures == 0 ? 0 : 1;
}
