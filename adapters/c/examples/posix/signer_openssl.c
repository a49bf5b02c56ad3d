/*
 * A signer of your own: here OpenSSL holds the private key, on P-256 or P-384. With a secure element it is the same
 * shape: a digest goes in, r and s come out.
 */
#include "signer.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

static EVP_PKEY *key;

/* OpenSSL gives signatures in DER; a JWT wants r and s one after the other, each as long as the curve's numbers. */
static int der_to_raw(const unsigned char *der, size_t der_len, uint8_t *raw, size_t raw_len)
{
    int half = (int)(raw_len / 2);
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)der_len);
    int is_done = signature != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, half) == half &&
                  BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + half, half) == half;
    ECDSA_SIG_free(signature);
    return is_done ? 0 : -1;
}

static int32_t sign_digest(void *context, const uint8_t *digest, size_t digest_len, uint8_t *signature,
                           size_t signature_len)
{
    unsigned char der[160];
    size_t der_len = sizeof der;
    int32_t answer = -1;
    EVP_PKEY_CTX *signing = EVP_PKEY_CTX_new(context, NULL);
    if (signing != NULL && EVP_PKEY_sign_init(signing) == 1 &&
        EVP_PKEY_sign(signing, der, &der_len, digest, digest_len) == 1)
        answer = der_to_raw(der, der_len, signature, signature_len);
    EVP_PKEY_CTX_free(signing);
    return answer;
}

int signer_open(const char *pem, size_t len, struct redox_auth_signer *signer, struct redox_auth_public_key *public_key)
{
    unsigned char point[97];
    size_t point_len = 0;
    redox_auth_status status;
    BIO *input = BIO_new_mem_buf(pem, (int)len);
    key = PEM_read_bio_PrivateKey(input, NULL, NULL, NULL);
    BIO_free(input);
    if (key == NULL || EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point, sizeof point,
                                                       &point_len) != 1) {
        fprintf(stderr, "the private key: OpenSSL cannot read it, or it is on no curve\n");
        return -1;
    }

    memset(signer, 0, sizeof *signer);
    signer->algorithm = EVP_PKEY_get_bits(key) == 256 ? REDOX_AUTH_ALGORITHM_ES256 : REDOX_AUTH_ALGORITHM_ES384;
    signer->signature_len = EVP_PKEY_get_bits(key) == 256 ? 64 : 96;
    signer->context = key;
    signer->sign_digest = sign_digest;

    status = redox_auth_public_key_from_point(public_key, sizeof *public_key, signer->algorithm, point, point_len);
    if (status == REDOX_AUTH_STATUS_OK)
        return 0;
    fprintf(stderr, "the public key: %s\n", redox_auth_status_text(status));
    return -1;
}

void signer_close(void)
{
    EVP_PKEY_free(key);
    key = NULL;
}
