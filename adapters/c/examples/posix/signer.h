/* What signs: signer_library.c has the library do it, signer_openssl.c is one of your own making. */
#ifndef EXAMPLE_SIGNER_H
#define EXAMPLE_SIGNER_H

#include "redox_auth.h"

/*
 * Reads a private key (`len` bytes of PEM) and fills in what signs with it and its public half.
 * Returns 0, or -1 after saying on stderr what is wrong.
 */
int signer_open(const char *pem, size_t len, struct redox_auth_signer *signer, struct redox_auth_public_key *public_key);

/* Wipes the key. */
void signer_close(void);

#endif
