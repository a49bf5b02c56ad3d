#define _POSIX_C_SOURCE 200809L

#include "http.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* How long the server may say nothing, in seconds. */
#define TIMEOUT_SECS 30

static int connect_to(http_text host, uint16_t port)
{
    char name[256];
    char service[8];
    struct addrinfo hints;
    struct addrinfo *found = NULL;
    int line = -1;

    /* An IPv6 address comes in brackets, which getaddrinfo does not know. */
    if (host.len >= 2 && host.data[0] == '[') {
        host.data += 1;
        host.len -= 2;
    }
    if (host.len >= sizeof name)
        return -1;
    memcpy(name, host.data, host.len);
    name[host.len] = '\0';
    snprintf(service, sizeof service, "%u", (unsigned)port);

    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(name, service, &hints, &found) != 0)
        return -1;
    for (struct addrinfo *address = found; address != NULL && line < 0; address = address->ai_next) {
        struct timeval timeout = {TIMEOUT_SECS, 0};
        line = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
        if (line < 0)
            continue;
        setsockopt(line, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
        setsockopt(line, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
        if (connect(line, address->ai_addr, address->ai_addrlen) != 0) {
            close(line);
            line = -1;
        }
    }
    freeaddrinfo(found);
    return line;
}

static int send_all(int line, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(line, data, len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return -1;
        data += sent;
        len -= (size_t)sent;
    }
    return 0;
}

/* Reads until the server closes the connection, as it was asked to. Returns the length, or -1. */
static ssize_t read_all(int line, char *buffer, size_t size)
{
    size_t len = 0;
    while (len < size) {
        ssize_t got = recv(line, buffer + len, size - len, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            return (ssize_t)len;
        len += (size_t)got;
    }
    /* Longer than any answer that is expected here. */
    return -1;
}

/* The value of a header line of this name, or NULL for another line. */
static http_text header_value(const char *line, size_t len, const char *name)
{
    http_text value = {NULL, 0};
    size_t name_len = strlen(name);
    if (len <= name_len || line[name_len] != ':' || strncasecmp(line, name, name_len) != 0)
        return value;
    value.data = line + name_len + 1;
    value.len = len - name_len - 1;
    while (value.len > 0 && (value.data[0] == ' ' || value.data[0] == '\t')) {
        value.data += 1;
        value.len -= 1;
    }
    while (value.len > 0 && (value.data[value.len - 1] == ' ' || value.data[value.len - 1] == '\t'))
        value.len -= 1;
    return value;
}

static void keep(http_text *where, const char *line, size_t len, const char *name)
{
    http_text value = header_value(line, len, name);
    if (value.data != NULL)
        *where = value;
}

/* Returns 0 for a body as long as its Content-Length says, or without one; -1 for anything else. */
static int parse(char *buffer, size_t len, struct http_answer *answer)
{
    static const char protocol[] = "HTTP/1.1 ";
    const size_t start = sizeof protocol - 1;
    char *end = buffer + len;
    char *line = buffer;
    http_text content_length = {NULL, 0};
    http_text transfer_encoding = {NULL, 0};
    bool is_first = true;

    memset(answer, 0, sizeof *answer);
    for (;;) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t line_len;
        if (newline == NULL)
            return -1;
        line_len = (size_t)(newline - line);
        if (line_len > 0 && line[line_len - 1] == '\r')
            line_len -= 1;
        if (is_first) {
            if (line_len < start + 3 || memcmp(line, protocol, start) != 0)
                return -1;
            for (size_t at = start; at < start + 3; at++) {
                if (line[at] < '0' || line[at] > '9')
                    return -1;
                answer->status = (uint16_t)(answer->status * 10 + (line[at] - '0'));
            }
            is_first = false;
        } else if (line_len == 0) {
            line = newline + 1;
            break;
        } else {
            keep(&answer->date, line, line_len, "date");
            keep(&answer->age, line, line_len, "age");
            keep(&answer->cache_control, line, line_len, "cache-control");
            keep(&answer->retry_after, line, line_len, "retry-after");
            keep(&content_length, line, line_len, "content-length");
            keep(&transfer_encoding, line, line_len, "transfer-encoding");
        }
        line = newline + 1;
    }
    answer->body = line;
    answer->body_len = (size_t)(end - line);
    if (transfer_encoding.data != NULL)
        return -1; /* This example reads no chunks. */
    if (content_length.data != NULL) {
        size_t expected = 0;
        for (size_t at = 0; at < content_length.len; at++) {
            char digit = content_length.data[at];
            if (digit < '0' || digit > '9' || expected > 1000000)
                return -1;
            expected = expected * 10 + (size_t)(digit - '0');
        }
        if (expected != answer->body_len)
            return -1;
    }
    return 0;
}

int http_exchange(http_text host, uint16_t port, const char *head, size_t head_len, http_text body, char *buffer,
                  size_t size, struct http_answer *answer)
{
    ssize_t len = -1;
    int line = connect_to(host, port);
    if (line < 0)
        return -1;
    if (send_all(line, head, head_len) == 0 && send_all(line, body.data, body.len) == 0)
        len = read_all(line, buffer, size);
    close(line);
    if (len < 0)
        return -1;
    return parse(buffer, (size_t)len, answer);
}
