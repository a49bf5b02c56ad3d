#!/bin/sh
# Makes the files in `openssl/`: keys and other files in the formats of other programs. The keys have no other use. OpenSSL 3.0
# and OpenSSH's ssh-keygen made the current files. Run this again only to add a format.
set -eu
cd "$(dirname "$0")/openssl"

rsa() { openssl genpkey -quiet -algorithm RSA -out "$@"; }
curve() { openssl genpkey -quiet -algorithm EC -out "$1" -pkeyopt "ec_paramgen_curve:$2"; }

# Supported keys.
rsa rsa_2049.pem -pkeyopt rsa_keygen_bits:2049
rsa rsa_2050.pem -pkeyopt rsa_keygen_bits:2050
rsa rsa_exponent_3.pem -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_pubexp:3
openssl ecparam -name prime256v1 -genkey -out p256_after_parameters.pem
curve p256.pem P-256
openssl ec -in p256.pem -conv_form compressed -out p256_compressed.pem
openssl ec -in p256.pem -no_public -out p256_without_public.pem

# Unsupported keys.
rsa rsa_1024.pem -pkeyopt rsa_keygen_bits:1024
rsa rsa_8192.pem -pkeyopt rsa_keygen_bits:8192
rsa rsa_three_primes.pem -pkeyopt rsa_keygen_bits:2048 -pkeyopt rsa_keygen_primes:3
openssl genpkey -quiet -algorithm RSA-PSS -out rsa_pss.pem -pkeyopt rsa_keygen_bits:2048
curve p521.pem P-521
curve secp256k1.pem secp256k1
curve brainpool.pem brainpoolP256r1
openssl ec -in p256.pem -param_enc explicit -out p256_explicit_parameters.pem
openssl genpkey -quiet -algorithm ED25519 -out ed25519.pem
openssl genpkey -quiet -algorithm X25519 -out x25519.pem

# Files without a private key, and private keys with a password.
openssl pkcs8 -topk8 -in p256.pem -out encrypted_pkcs8.pem -passout pass:password
openssl ec -in p256.pem -aes256 -out encrypted_sec1.pem -passout pass:password
openssl pkey -in p256.pem -pubout -out public.pem
openssl req -new -x509 -key p256.pem -days 36500 -subj /CN=example.com -out certificate.pem
openssl req -new -key p256.pem -subj /CN=example.com -out certificate_request.pem
openssl pkcs12 -export -inkey p256.pem -in certificate.pem -out bundle.p12 -passout pass:password
openssl ecparam -name prime256v1 -out parameters.pem
rm -f openssh openssh.pub
ssh-keygen -q -t ecdsa -N '' -C example -f openssh
