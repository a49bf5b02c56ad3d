/* The C way: an ES256 client assertion, its JSON and base64url by hand, its signature by Mbed TLS. */
#include "board.h"

#include <string.h>

#include <mbedtls/base64.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/pk.h>
#include <mbedtls/sha256.h>

/* The least that does. */
static unsigned char heap[3 * 1024];
static char pem[512], line[1024];

/* Stands for the board's random numbers. Mbed TLS blinds with them; the nonce comes from RFC 6979. */
static int pseudo_random(void *state, unsigned char *out, size_t len)
{
    uint32_t *word = state;
    for (size_t at = 0; at < len; at++) {
        *word = *word * 1664525u + 1013904223u;
        out[at] = (unsigned char)(*word >> 24);
    }
    return 0;
}

/* Appends to a text of 512 bytes; nothing is escaped. */
static size_t put(char *out, size_t len, const char *text)
{
    size_t more = strlen(text);
    if (len + more > 512) {
        return 512;
    }
    memcpy(out + len, text, more);
    return len + more;
}

static size_t put_number(char *out, size_t len, uint32_t number)
{
    char digits[11] = "";
    char *first = digits + 10;
    do {
        *--first = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    return put(out, len, first);
}

/* Mbed TLS knows base64 only. Gives the length, or 0 when it does not fit. */
static size_t put_base64url(char *out, size_t room, const void *bytes, size_t len)
{
    size_t written;
    if (mbedtls_base64_encode((unsigned char *)out, room, &written, bytes, len) != 0) {
        return 0;
    }
    while (written > 0 && out[written - 1] == '=') {
        written--;
    }
    for (size_t at = 0; at < written; at++) {
        out[at] = out[at] == '+' ? '-' : out[at] == '/' ? '_' : out[at];
    }
    return written;
}

/* Gives the length of the JWT, or 0 when something went wrong. Not inlined, or its stack would not count. */
__attribute__((noinline)) static size_t write_jwt(mbedtls_pk_context *key, const char *key_id, uint32_t now, char *out, size_t room,
                        uint32_t *random)
{
    char json[512];
    unsigned char digest[32], signature[64];
    mbedtls_ecp_keypair *pair = mbedtls_pk_ec(*key);
    mbedtls_mpi r, s;

    size_t len = put(json, 0, "{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"");
    len = put(json, len, key_id);
    len = put(json, len, "\"}");
    size_t at = put_base64url(out, room, json, len);
    out[at++] = '.';
    len = put(json, 0, "{\"iss\":\"firmware\",\"sub\":\"firmware\",\"aud\":\"https://api.redoxengine.com/v2/auth/token\",\"iat\":");
    len = put_number(json, len, now - 5);
    len = put(json, len, ",\"exp\":");
    len = put_number(json, len, now + 295);
    len = put(json, len, ",\"jti\":\"BwcHBwcHBwcHBwcHBwcHBw\"}");
    at += put_base64url(out + at, room - at, json, len);

    mbedtls_mpi_init(&r);
    mbedtls_mpi_init(&s);
    int failed = mbedtls_sha256((const unsigned char *)out, at, digest, 0) != 0 ||
                 mbedtls_ecdsa_sign_det_ext(&pair->private_grp, &r, &s, &pair->private_d, digest, sizeof digest,
                                            MBEDTLS_MD_SHA256, pseudo_random, random) != 0 ||
                 mbedtls_mpi_write_binary(&r, signature, 32) != 0 || mbedtls_mpi_write_binary(&s, signature + 32, 32) != 0;
    mbedtls_mpi_free(&r);
    mbedtls_mpi_free(&s);
    out[at++] = '.';
    size_t signature_len = put_base64url(out + at, room - at, signature, sizeof signature);
    return failed || signature_len == 0 ? 0 : at + signature_len;
}

__attribute__((noinline)) static int read_key(mbedtls_pk_context *key, size_t len, uint32_t *random)
{
    mbedtls_pk_init(key);
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, len, 0, 0, pseudo_random, random);
}

static void print_row(const char *what)
{
    uint32_t instructions = board_instructions(), stack = board_stack_bytes();
    char row[512];
    size_t len = put(row, 0, what);
    len = put(row, len, " ");
    len = put_number(row, len, instructions);
    len = put(row, len, " ");
    len = put_number(row, len, stack);
    len = put(row, len, "\n");
    row[len] = 0;
    board_print(row);
}

int main(void)
{
    char *jwt = line + put(line, 0, "ES256 ");
    size_t room = sizeof line - (size_t)(jwt - line) - 1;
    uint32_t random = 1;
    char key_id[64] = "";
    mbedtls_pk_context key;

    mbedtls_memory_buffer_alloc_init(heap, sizeof heap);
    /* The length that Mbed TLS wants includes a zero at the end. */
    size_t len = board_read("es256.pem", pem, sizeof pem - 1) + 1;
    board_read("es256.thumbprint", key_id, sizeof key_id - 1);
    uint32_t now = board_time();

    board_measure();
    int failed = read_key(&key, len, &random);
    print_row("Mbed TLS, ES256: a key read and checked");
    if (failed) {
        board_print("no key\n");
        return 1;
    }

    board_measure();
    len = write_jwt(&key, key_id, now, jwt, room, &random);
    print_row("Mbed TLS, ES256: an assertion signed");
    if (len == 0) {
        board_print("no assertion\n");
        return 1;
    }
    jwt[len++] = '\n';
    board_write("mbedtls.txt", line, (size_t)(jwt - line) + len);
    return 0;
}
