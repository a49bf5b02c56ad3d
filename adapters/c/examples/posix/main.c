/*
 * Gets a token from a server on this machine and sends a Data Model message with it.
 *
 * Its settings are what `redox-auth sandbox` prints: REDOX_BASE_URL, REDOX_CLIENT_ID, REDOX_KEY_FILE, REDOX_SOURCE_ID,
 * REDOX_DESTINATION_ID. For Redox itself, give http.c a TLS connection and leave out the base URL.
 */
#define _DEFAULT_SOURCE
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http.h"
#include "redox_auth.h"
#include "signer.h"

#if defined(CLOCK_BOOTTIME)
#define MONOTONIC CLOCK_BOOTTIME /* counts through sleep */
#else
#define MONOTONIC CLOCK_MONOTONIC
#endif

/* All that stays: no heap is used. */
static struct redox_auth_session session;
static struct redox_auth_signer signer;
static struct redox_auth_public_key public_key;
static char buffer[16 * 1024];

static struct redox_auth_now now(void)
{
    struct redox_auth_now both;
    struct timespec since;
    clock_gettime(MONOTONIC, &since);
    both.instant_ms = (uint64_t)since.tv_sec * 1000 + (uint64_t)since.tv_nsec / 1000000;
    both.unix_secs = (uint64_t)time(NULL);
    return both;
}

static int random_bytes(uint8_t *out, size_t len)
{
    FILE *source = fopen("/dev/urandom", "rb");
    size_t got = source == NULL ? 0 : fread(out, 1, len, source);
    if (source != NULL)
        fclose(source);
    return got == len ? 0 : -1;
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    if (value == NULL || value[0] == '\0') {
        fprintf(stderr, "%s is not set\n", name);
        exit(2);
    }
    return value;
}

static int is_ok(const char *what, redox_auth_status status)
{
    if (status == REDOX_AUTH_STATUS_OK)
        return 1;
    fprintf(stderr, "%s: %s\n", what, redox_auth_status_text(status));
    return 0;
}

/* Words of a server must not reach a terminal as they are. */
static void print_words(const char *what, struct redox_auth_text words)
{
    fprintf(stderr, "  %s: ", what);
    for (size_t at = 0; at < words.len; at++)
        fputc(words.data[at] >= ' ' && words.data[at] <= '~' ? words.data[at] : '?', stderr);
    fputc('\n', stderr);
}

/* Writes the private key's file into `out`. Returns its length, or 0. */
static size_t read_file(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "rb");
    size_t len = file == NULL ? 0 : fread(out, 1, size, file);
    if (file != NULL)
        fclose(file);
    return len < size ? len : 0;
}

/* Gets a token: what `redox_auth_session_next` asks for is done once. Returns 0, or -1. */
static int get_token(void)
{
    static char body[4096];
    uint8_t random[REDOX_AUTH_RANDOM_LEN];
    struct redox_auth_request request;
    struct redox_auth_response response;
    struct redox_auth_received received;
    struct http_answer answer;
    char head[1024];
    int head_len;
    int sent;

    if (random_bytes(random, sizeof random) != 0)
        return -1;
    if (!is_ok("the request", redox_auth_session_request(&session, now(), random, body, sizeof body, &request)))
        return -1;
    head_len = snprintf(head, sizeof head,
                        "%s %.*s%.*s HTTP/1.1\r\nHost: %.*s:%u\r\nContent-Type: %.*s\r\nContent-Length: %zu\r\n"
                        "Connection: close\r\n\r\n",
                        request.method, (int)request.path.len, request.path.data, (int)request.path_rest.len,
                        request.path_rest.data, (int)request.host.len, request.host.data, (unsigned)request.port,
                        (int)request.content_type.len, request.content_type.len > 0 ? request.content_type.data : "",
                        request.body.len);
    if (head_len < 0 || (size_t)head_len >= sizeof head || request.is_https)
        sent = -1;
    else
        sent = http_exchange(request.host, request.port, head, (size_t)head_len, request.body, buffer, sizeof buffer,
                             &answer);
    redox_auth_wipe(body, sizeof body);
    if (sent != 0) {
        fprintf(stderr, "no answer from the token endpoint\n");
        redox_auth_session_failed(&session, request.ticket, now().instant_ms);
        return -1;
    }

    memset(&response, 0, sizeof response);
    response.status = answer.status;
    /* The library sends secrets over plain http only to this machine, where nobody is in between. */
    response.channel = REDOX_AUTH_CHANNEL_AUTHENTICATED;
    response.date = answer.date;
    response.age = answer.age;
    response.cache_control = answer.cache_control;
    response.retry_after = answer.retry_after;
    response.body = answer.body;
    response.body_len = answer.body_len;
    if (!is_ok("the answer", redox_auth_session_receive(&session, request.ticket, now(), &response, &received)))
        return -1;
    if (received.outcome == REDOX_AUTH_OUTCOME_REFUSED) {
        fprintf(stderr, "the server refused with status %u\n", (unsigned)received.refusal.http_status);
        char words[512];
        size_t len;
        if (redox_auth_refusal_words(&received.refusal, NULL, words, sizeof words, &len) == REDOX_AUTH_STATUS_OK)
            fprintf(stderr, "  server said: %s\n", words);
        print_words("hint", received.refusal.hint);
    }
    redox_auth_wipe(buffer, sizeof buffer);
    return 0;
}

/* Waits until there is a token. Returns 0, or -1 when waiting will not bring one. */
static int have_token(struct redox_auth_next *next)
{
    for (int tries = 0; tries < 10; tries++) {
        if (!is_ok("next", redox_auth_session_next(&session, now().instant_ms, next)))
            return -1;
        switch (next->action) {
        case REDOX_AUTH_ACTION_USE:
            return 0;
        case REDOX_AUTH_ACTION_RENEW:
        case REDOX_AUTH_ACTION_FETCH:
            if (get_token() != 0 && next->action == REDOX_AUTH_ACTION_FETCH)
                fprintf(stderr, "no token yet\n");
            break;
        case REDOX_AUTH_ACTION_WAIT: {
            uint64_t ms = next->until_ms - now().instant_ms;
            struct timespec pause;
            if (next->until_ms <= now().instant_ms || ms > 60000)
                break;
            pause.tv_sec = (time_t)(ms / 1000);
            pause.tv_nsec = (long)(ms % 1000) * 1000000;
            nanosleep(&pause, NULL);
            break;
        }
        default:
            print_words("stopped", next->refusal.hint);
            return -1;
        }
    }
    return -1;
}

/* Sends one message. Returns the HTTP status, or -1. */
static int send_message(const char *url, const char *base_url, const char *destination, uint32_t *generation)
{
    struct redox_auth_authorized authorized;
    struct http_answer answer;
    char message[1024];
    char head[2048];
    struct redox_auth_text host = {strchr(base_url, ':') + 3, 0};
    struct redox_auth_text body;
    const char *colon;
    unsigned port;
    int len;
    int sent;

    /* The base URL of this example is http://HOST:PORT. */
    colon = strrchr(base_url, ':');
    host.len = (size_t)(colon - host.data);
    port = (unsigned)strtoul(colon + 1, NULL, 10);

    if (!is_ok("the message", redox_auth_session_authorize(&session, now().instant_ms, REDOX_AUTH_API_DATA_MODEL, url,
                                                           &authorized)))
        return -1;
    *generation = authorized.token.generation;
    len = snprintf(message, sizeof message,
                   "{\"Meta\":{\"DataModel\":\"Device\",\"EventType\":\"New\",\"Source\":{\"ID\":\"%.*s\"},"
                   "\"Destinations\":[{\"ID\":\"%s\"}]},\"Patient\":{\"Identifiers\":[]}}",
                   (int)authorized.source_id.len, authorized.source_id.data, destination);
    if (len < 0 || (size_t)len >= sizeof message)
        return -1;
    body.data = message;
    body.len = (size_t)len;
    len = snprintf(head, sizeof head,
                   "POST /endpoint HTTP/1.1\r\nHost: %.*s:%u\r\nAuthorization: Bearer %.*s\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                   (int)host.len, host.data, port, (int)authorized.token.text.len, authorized.token.text.data,
                   body.len);
    if (len < 0 || (size_t)len >= sizeof head)
        return -1;
    sent = http_exchange(host, (uint16_t)port, head, (size_t)len, body, buffer, sizeof buffer, &answer);
    redox_auth_wipe(head, sizeof head);
    return sent == 0 ? answer.status : -1;
}

int main(void)
{
    const char *base_url = setting("REDOX_BASE_URL");
    const char *destination = setting("REDOX_DESTINATION_ID");
    struct redox_auth_config config;
    struct redox_auth_oauth_key key;
    struct redox_auth_next next;
    struct redox_auth_counters counters;
    char token_url[512];
    char message_url[512];
    char thumbprint[REDOX_AUTH_THUMBPRINT_SIZE];
    uint32_t generation = 0;
    size_t len;
    int status;

    if (redox_auth_version() != REDOX_AUTH_VERSION) {
        fprintf(stderr, "redox_auth.h and libredox_auth.a are of different versions\n");
        return 2;
    }
    snprintf(token_url, sizeof token_url, "%s/v2/auth/token", base_url);
    snprintf(message_url, sizeof message_url, "%s/endpoint", base_url);

    len = read_file(setting("REDOX_KEY_FILE"), buffer, sizeof buffer);
    if (signer_open(buffer, len, &signer, &public_key) != 0)
        return 2;
    redox_auth_wipe(buffer, sizeof buffer);
    if (!is_ok("the thumbprint", redox_auth_public_key_thumbprint(&public_key, thumbprint, sizeof thumbprint)))
        return 2;

    key.client_id = setting("REDOX_CLIENT_ID");
    key.key_id = getenv("REDOX_KEY_ID") != NULL ? getenv("REDOX_KEY_ID") : thumbprint;
    key.signer = &signer;
    memset(&config, 0, sizeof config);
    config.server = REDOX_AUTH_SERVER_CUSTOM;
    config.base_url = base_url;
    config.token_url = token_url;
    config.oauth_keys = &key;
    config.oauth_key_count = 1;
    config.source_id = setting("REDOX_SOURCE_ID");
    if (!is_ok("the configuration", redox_auth_session_init(&session, sizeof session, &config)))
        return 2;

    /* A 401 is worth one more attempt, with a new token, unless the session says that another would not help. */
    status = have_token(&next) == 0 ? send_message(message_url, base_url, destination, &generation) : -1;
    if (status == 401) {
        redox_auth_rejected rejected;
        redox_auth_session_rejected(&session, generation, now().instant_ms, &rejected);
        if (rejected != REDOX_AUTH_REJECTED_KEPT && have_token(&next) == 0)
            status = send_message(message_url, base_url, destination, &generation);
    }

    if (is_ok("the counters", redox_auth_session_counters(&session, &counters)))
        printf("tokens %u, requests %u, refusals %u; the message was answered with status %d\n",
               (unsigned)counters.oauth_tokens, (unsigned)counters.requests, (unsigned)counters.refusals, status);
    redox_auth_session_deinit(&session);
    signer_close();
    return status == 200 ? 0 : 1;
}
