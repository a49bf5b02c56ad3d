/*
 * The same request for a token on every processor: the same key, time and random bytes give the same bytes.
 * For each key file of the arguments it prints one line, the body of the request.
 */
#include <stdio.h>
#include <string.h>

#include "redox_auth.h"

static redox_auth_any_key key;
static struct redox_auth_signer signer;
static redox_auth_session session;
static char input[4096];
static char buffer[4096];

static const struct redox_auth_oauth_key oauth_key = {"client-1", "key-1", &signer};
static const struct redox_auth_config config = {
    .server = REDOX_AUTH_SERVER_CUSTOM,
    .base_url = "https://as.example",
    .token_url = "https://as.example/token",
    .scope = "system/Patient.rs",
    .oauth_keys = &oauth_key,
    .oauth_key_count = 1,
};
static const struct redox_auth_now now = {1000, 1800000000};
static const uint8_t some_random[REDOX_AUTH_RANDOM_LEN] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static int check(const char *what, redox_auth_status status)
{
    if (status != REDOX_AUTH_STATUS_OK)
        fprintf(stderr, "%s: %s\n", what, redox_auth_status_text(status));
    return status == REDOX_AUTH_STATUS_OK;
}

static int print_request(const char *path)
{
    struct redox_auth_request request;
    int none = REDOX_AUTH_ALGORITHM_NONE;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 0;
    }
    size_t len = fread(input, 1, sizeof input, file);
    fclose(file);
    if (!check(path, redox_auth_any_key_init(&key, sizeof key, none, (const uint8_t *)input, len, &signer)) ||
        !check(path, redox_auth_session_init(&session, sizeof session, &config)) ||
        !check(path, redox_auth_session_request(&session, now, some_random, buffer, sizeof buffer, &request)))
        return 0;
    printf("%.*s\n", (int)request.body.len, request.body.data);
    return check(path, redox_auth_session_deinit(&session)) && check(path, redox_auth_any_key_deinit(&key));
}

int main(int argc, char **argv)
{
    for (int at = 1; at < argc; at++)
        if (!print_request(argv[at]))
            return 1;
    return argc > 1 ? 0 : 2;
}
