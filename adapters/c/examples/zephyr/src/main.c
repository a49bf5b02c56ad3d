/*
 * A device on Zephyr: it signs a request for a token and prints it, instead of sending it.
 *
 * The key is that of RFC 7515, appendix A.3, which everybody knows. In a device the key is in protected storage, the
 * random bytes come from sys_csrand_get(), and the time from a clock or, with 0 for it, from the server.
 */
#include <zephyr/kernel.h>
#include <zephyr/sys/printk.h>

#include "redox_auth.h"

static const char jwk[] =
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\",\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";

static redox_auth_es256_key key;
static struct redox_auth_signer signer;
static redox_auth_session session;
static char buffer[1024];

static const struct redox_auth_oauth_key oauth_key = {"client-1", "key-1", &signer};
static const struct redox_auth_config config = {.oauth_keys = &oauth_key, .oauth_key_count = 1};

/* Nobody redeems what is signed with them. */
static const uint8_t some_random[REDOX_AUTH_RANDOM_LEN] = {7};

static bool is_done(const char *step, redox_auth_status status)
{
    if (status != REDOX_AUTH_STATUS_OK)
        printk("%s: %s\n", step, redox_auth_status_text(status));
    return status == REDOX_AUTH_STATUS_OK;
}

int main(void)
{
    struct redox_auth_now now = {k_uptime_get(), 1800000000};
    struct redox_auth_request request;
    const uint8_t *input = (const uint8_t *)jwk;

    if (is_done("the key", redox_auth_es256_key_init(&key, sizeof key, input, sizeof jwk - 1, &signer)) &&
        is_done("the session", redox_auth_session_init(&session, sizeof session, &config)) &&
        is_done("the request",
                redox_auth_session_request(&session, now, some_random, buffer, sizeof buffer, &request))) {
        printk("POST https://%.*s%.*s\n", (int)request.host.len, request.host.data, (int)request.path.len,
               request.path.data);
        printk("%.*s\n", (int)request.body.len, request.body.data);
    }
    return 0;
}
