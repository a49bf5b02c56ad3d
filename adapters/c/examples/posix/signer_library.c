#include "signer.h"

#include <stdio.h>

/* Whatever algorithm the key file is for. A device that knows its own takes redox_auth_es256_key, which is smaller. */
static struct redox_auth_any_key key;

int signer_open(const char *pem, size_t len, struct redox_auth_signer *signer, struct redox_auth_public_key *public_key)
{
    redox_auth_status status = redox_auth_any_key_init(&key, sizeof key, REDOX_AUTH_ALGORITHM_NONE,
                                                       (const uint8_t *)pem, len, signer);
    if (status == REDOX_AUTH_STATUS_OK)
        status = redox_auth_any_key_public(&key, public_key, sizeof *public_key);
    if (status == REDOX_AUTH_STATUS_OK)
        return 0;
    fprintf(stderr, "the private key: %s\n", redox_auth_status_text(status));
    return -1;
}

void signer_close(void)
{
    redox_auth_any_key_deinit(&key);
}
