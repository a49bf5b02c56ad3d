/* A client for one HTTP/1.1 request at a time, over a plain TCP connection to this machine. */
#ifndef EXAMPLE_HTTP_H
#define EXAMPLE_HTTP_H

#include "redox_auth.h"

/* A part of an answer. `data` is NULL where there is none. */
typedef struct redox_auth_text http_text;

struct http_answer {
    uint16_t status;
    http_text date;
    http_text age;
    http_text cache_control;
    http_text retry_after;
    char *body;
    size_t body_len;
};

/*
 * Sends `head` (which ends with an empty line) and `body` to `host` and `port`, and reads the answer into `buffer`.
 * Returns 0, or -1 when there is no answer.
 */
int http_exchange(http_text host, uint16_t port, const char *head, size_t head_len, http_text body, char *buffer,
                  size_t size, struct http_answer *answer);

#endif
