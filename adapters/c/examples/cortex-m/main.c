/*
 * A device without a clock and without a heap: it learns the time, signs a token request with ES256, and uses the token.
 *
 * The host stands for the network: it has the files es256.pem (the private key) and date.txt (what a server says in its
 * header Date), and gets request.txt (the signed request) and jwks.json (what to register).
 */
#include "host.h"
#include "redox_auth.h"

static struct redox_auth_es256_key key;
static struct redox_auth_signer signer;
static struct redox_auth_public_key public_key;
static struct redox_auth_session session;
static char buffer[1024];

static const char key_id[] = "device-1";

/* In flash: a session keeps pointers to what it is given. */
static const struct redox_auth_oauth_key oauth_key = {"firmware", key_id, &signer};
static const struct redox_auth_config config = {.oauth_keys = &oauth_key, .oauth_key_count = 1};

/* A device takes these from its random number generator; nobody redeems what is signed here. */
static uint8_t random[REDOX_AUTH_RANDOM_LEN] = {7};

/* Says which step went wrong, and ends the run. */
static void check(const char *step, int is_right, redox_auth_status status)
{
    if (is_right && status == REDOX_AUTH_STATUS_OK)
        return;
    host_print(step);
    host_print(": ");
    host_print(redox_auth_status_text(status));
    host_print("\n");
    host_exit(1);
}

static size_t length(const char *text)
{
    size_t len = 0;
    while (text[len] != '\0')
        len++;
    return len;
}

static int is_text(struct redox_auth_text text, const char *expected)
{
    size_t at = 0;
    while (at < text.len && expected[at] != '\0' && text.data[at] == expected[at])
        at++;
    return at == text.len && expected[at] == '\0';
}

/* Hands in an answer of the server's. */
static redox_auth_outcome answer(uint32_t ticket, uint64_t instant_ms, uint16_t status, const char *date, char *body)
{
    struct redox_auth_now now = {instant_ms, 0};
    struct redox_auth_received received;
    struct redox_auth_response response = {
        .status = status,
        /* On a device: TLS, with the server's certificate verified. */
        .channel = REDOX_AUTH_CHANNEL_AUTHENTICATED,
        .date = {date, length(date)},
        .body = body,
        .body_len = length(body),
    };
    check("receive", 1, redox_auth_session_receive(&session, ticket, now, &response, &received));
    return received.outcome;
}

int main(void)
{
    static char pem[512];
    static char date[64];
    static char token[] = "{\"access_token\":\"opaque\",\"token_type\":\"Bearer\",\"expires_in\":300}";
    static char nothing[] = "";
    static uint8_t record[REDOX_AUTH_MAX_RECORD_LEN];
    /* Milliseconds since boot, and no clock on the wall. */
    struct redox_auth_now now = {1000, 0};
    struct redox_auth_next next;
    struct redox_auth_request request;
    struct redox_auth_authorized authorized;
    struct redox_auth_counters counters;
    redox_auth_status status;
    size_t len;

    check("version", redox_auth_version() == REDOX_AUTH_VERSION, REDOX_AUTH_STATUS_OK);
    len = host_read("es256.pem", pem, sizeof pem);
    status = redox_auth_es256_key_init(&key, sizeof key, (const uint8_t *)pem, len, &signer);
    redox_auth_wipe(pem, sizeof pem);
    check("the key", 1, status);
    check("the public key", 1, redox_auth_es256_key_public(&key, &public_key, sizeof public_key));
    check("the JWK Set", 1, redox_auth_public_key_jwks(&public_key, key_id, buffer, sizeof buffer, &len));
    check("jwks.json", host_write("jwks.json", buffer, len) == 0, REDOX_AUTH_STATUS_OK);

    /* Without the time nothing can be signed: the first request asks for it. */
    check("init", 1, redox_auth_session_init(&session, sizeof session, &config));
    status = redox_auth_session_next(&session, now.instant_ms, &next);
    check("next", next.action == REDOX_AUTH_ACTION_FETCH, status);
    status = redox_auth_session_request(&session, now, random, buffer, sizeof buffer, &request);
    check("the first request", is_text(request.host, "api.redoxengine.com") && request.body.len == 0, status);
    host_read("date.txt", date, sizeof date - 1);
    now.instant_ms += 100;
    check("the time", answer(request.ticket, now.instant_ms, 400, date, nothing) == REDOX_AUTH_OUTCOME_TIME, 0);

    /* Now it can. */
    random[0]++;
    status = redox_auth_session_request(&session, now, random, buffer, sizeof buffer, &request);
    check("the second request", is_text(request.path, "/v2/auth/token") && request.is_https, status);
    check("request.txt", host_write("request.txt", request.body.data, request.body.len) == 0, REDOX_AUTH_STATUS_OK);
    redox_auth_wipe(buffer, sizeof buffer);
    now.instant_ms += 100;
    check("the token", answer(request.ticket, now.instant_ms, 200, date, token) == REDOX_AUTH_OUTCOME_TOKEN, 0);

    status = redox_auth_session_authorize(&session, now.instant_ms, REDOX_AUTH_API_DATA_MODEL,
                                          "https://api.redoxengine.com/endpoint", &authorized);
    check("authorize", is_text(authorized.token.text, "opaque"), status);
    status = redox_auth_session_authorize(&session, now.instant_ms, REDOX_AUTH_API_DATA_MODEL,
                                          "https://elsewhere.example/endpoint", &authorized);
    check("another host", status == REDOX_AUTH_STATUS_URL_OTHER_ORIGIN, REDOX_AUTH_STATUS_OK);

    /* A reboot, and the token is still there. */
    check("save", 1, redox_auth_session_save(&session, now, record, sizeof record, &len));
    check("counters", 1, redox_auth_session_counters(&session, &counters));
    check("the counts", counters.requests == 2 && counters.oauth_tokens == 1 && counters.clock_corrections == 1, 0);
    check("deinit", 1, redox_auth_session_deinit(&session));
    check("the end", redox_auth_session_deinit(&session) == REDOX_AUTH_STATUS_NOT_INITIALIZED, 0);
    check("init again", 1, redox_auth_session_init(&session, sizeof session, &config));
    status = redox_auth_session_restore(&session, now, record, len);
    check("no time, no token", status == REDOX_AUTH_STATUS_TIME_UNKNOWN, REDOX_AUTH_STATUS_OK);
    random[0]++;
    status = redox_auth_session_request(&session, now, random, buffer, sizeof buffer, &request);
    check("the question for the time", 1, status);
    check("the time again", answer(request.ticket, now.instant_ms, 400, date, nothing) == REDOX_AUTH_OUTCOME_TIME, 0);
    check("restore", 1, redox_auth_session_restore(&session, now, record, len));
    status = redox_auth_session_next(&session, now.instant_ms, &next);
    check("the token again", next.action == REDOX_AUTH_ACTION_USE && is_text(next.token.text, "opaque"), status);

    check("deinit", 1, redox_auth_session_deinit(&session));
    check("the key's end", 1, redox_auth_es256_key_deinit(&key));
    host_print("signed, used, saved and restored\n");
    return 0;
}
