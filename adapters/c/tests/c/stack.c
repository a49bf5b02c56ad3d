/*
 * The stack of every call that takes much, measured on a Cortex-M4: one line for each, as redox_auth.h has them. The
 * folder has the keys es256.pem, es384.pem, rs384.pem of 2048 bits and rs384-4096.pem.
 */
#include <stdint.h>

#include "host.h"
#include "redox_auth.h"

#define PAINT 0x5A5A5A5Au

extern uint32_t stack_bottom[];

static union {
    redox_auth_es256_key es256;
    redox_auth_es384_key es384;
    redox_auth_rsa_key rsa;
    redox_auth_any_key any;
} key;
static struct redox_auth_signer signer;
static redox_auth_public_key public_key;
static redox_auth_session session;
static redox_auth_dialect dialect;
static char pem[4096], buffer[4096];
static size_t pem_len, len;
static struct redox_auth_request request;
static struct redox_auth_received received;
static uint8_t record[REDOX_AUTH_MAX_RECORD_LEN];
static uint8_t some_random[REDOX_AUTH_RANDOM_LEN] = {7};
static struct redox_auth_now now = {1000, 1800000000};

static const struct redox_auth_oauth_key oauth_key = {"client-1", "key-1", &signer};
static const struct redox_auth_dialect_config asked = {
    .claims = "{\"extensions\":{\"hl7-b2b\":{\"version\":\"1\"}}}",
    .header = "{\"x5c\":[\"MIIB\"]}",
    .fields = "udap=1",
};
static const struct redox_auth_config config = {
    .server = REDOX_AUTH_SERVER_CUSTOM,
    .base_url = "https://fhir.example/r4",
    .token_url = "https://as.example/token",
    .scope = "system/Patient.rs",
    .oauth_keys = &oauth_key,
    .oauth_key_count = 1,
    .dialect = &dialect,
};

#define INPUT (const uint8_t *)pem, pem_len, &signer
#define NONE REDOX_AUTH_ALGORITHM_NONE

static redox_auth_status es256_key(void) { return redox_auth_es256_key_init(&key.es256, sizeof key.es256, INPUT); }
static redox_auth_status es384_key(void) { return redox_auth_es384_key_init(&key.es384, sizeof key.es384, INPUT); }
static redox_auth_status rsa_key(void) { return redox_auth_rsa_key_init(&key.rsa, sizeof key.rsa, NONE, INPUT); }
static redox_auth_status any_key(void) { return redox_auth_any_key_init(&key.any, sizeof key.any, NONE, INPUT); }
static redox_auth_status any_key_public(void)
{
    return redox_auth_any_key_public(&key.any, &public_key, sizeof public_key);
}
static redox_auth_status jwks(void)
{
    return redox_auth_public_key_jwks(&public_key, "key-1", buffer, sizeof buffer, &len);
}
static redox_auth_status thumbprint(void)
{
    return redox_auth_public_key_thumbprint(&public_key, buffer, sizeof buffer);
}
static redox_auth_status dialect_init(void) { return redox_auth_dialect_init(&dialect, sizeof dialect, &asked); }
static redox_auth_status session_init(void) { return redox_auth_session_init(&session, sizeof session, &config); }
static redox_auth_status session_deinit(void) { return redox_auth_session_deinit(&session); }
static redox_auth_status session_request(void)
{
    return redox_auth_session_request(&session, now, some_random, buffer, sizeof buffer, &request);
}
static redox_auth_status session_receive(void)
{
    static char token[] = "{\"access_token\":\"opaque\",\"token_type\":\"Bearer\",\"expires_in\":300}";
    struct redox_auth_response response = {.status = 200, .body = token, .body_len = sizeof token - 1};
    return redox_auth_session_receive(&session, request.ticket, now, &response, &received);
}
static redox_auth_status session_refused(void)
{
    static char no[] = "{\"error\":\"invalid_client\",\"error_description\":\"Client \\\"client-1\\\" is unknown\"}";
    struct redox_auth_response response = {.status = 400, .body = no, .body_len = sizeof no - 1};
    return redox_auth_session_receive(&session, request.ticket, now, &response, &received);
}
static redox_auth_status words(void)
{
    return redox_auth_refusal_words(&received.refusal, NULL, buffer, sizeof buffer, &len);
}
static redox_auth_status authorize(void)
{
    struct redox_auth_authorized authorized;
    return redox_auth_session_authorize(&session, now.instant_ms, REDOX_AUTH_API_OTHER, "https://fhir.example/r4/Patient",
                                        &authorized);
}
static redox_auth_status next(void)
{
    struct redox_auth_next next;
    return redox_auth_session_next(&session, now.instant_ms, &next);
}
static redox_auth_status save(void)
{
    return redox_auth_session_save(&session, now, record, sizeof record, &len);
}
static redox_auth_status restore(void) { return redox_auth_session_restore(&session, now, record, len); }

static void print_number(uint32_t number)
{
    char text[11];
    char *at = text + sizeof text - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    host_print(at);
}

/* Everything below this function's frame is painted; what the call has used is another color afterwards. */
static __attribute__((noinline)) void measure(const char *name, redox_auth_status (*call)(void))
{
    volatile uint32_t top;
    const volatile uint32_t *lowest = stack_bottom;
    redox_auth_status status;
    for (volatile uint32_t *at = stack_bottom; at + 32 < &top; at++)
        *at = PAINT;
    status = call();
    while (lowest < &top && *lowest == PAINT)
        lowest++;
    if (status != REDOX_AUTH_STATUS_OK) {
        host_print(name);
        host_print(": ");
        host_print(redox_auth_status_text(status));
        host_print("\n");
        host_exit(1);
    }
    host_print(name);
    host_print(" ");
    print_number((uint32_t)((uintptr_t)&top - (uintptr_t)lowest));
    host_print("\n");
}

/* A key's own type, and a whole request with it. */
static void with_key(const char *file, const char *of_key, redox_auth_status (*init)(void), const char *of_request)
{
    pem_len = host_read(file, pem, sizeof pem);
    measure(of_key, init);
    session_init();
    measure(of_request, session_request);
    session_deinit();
}

int main(void)
{
    measure("redox_auth_dialect_init", dialect_init);
    with_key("es256.pem", "redox_auth_es256_key_init", es256_key, "redox_auth_session_request, ES256");
    with_key("es384.pem", "redox_auth_es384_key_init", es384_key, "redox_auth_session_request, ES384");
    with_key("rs384.pem", "redox_auth_rsa_key_init", rsa_key, "redox_auth_session_request, RSA of 2048 bits");
    with_key("rs384-4096.pem", "redox_auth_any_key_init, RSA of 4096 bits", any_key,
             "redox_auth_session_request, RSA of 4096 bits");
    pem_len = host_read("es256.pem", pem, sizeof pem);
    measure("redox_auth_any_key_init, ES256", any_key);
    measure("redox_auth_any_key_public", any_key_public);
    measure("redox_auth_public_key_jwks", jwks);
    measure("redox_auth_public_key_thumbprint", thumbprint);
    measure("redox_auth_session_init", session_init);
    session_request();
    measure("redox_auth_session_receive, a refusal", session_refused);
    measure("redox_auth_refusal_words", words);
    session_deinit();
    session_init();
    session_request();
    measure("redox_auth_session_receive, a token", session_receive);
    measure("redox_auth_session_authorize", authorize);
    measure("redox_auth_session_next", next);
    measure("redox_auth_session_save", save);
    session_deinit();
    session_init();
    measure("redox_auth_session_restore", restore);
    return 0;
}
