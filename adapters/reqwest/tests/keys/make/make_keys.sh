#!/usr/bin/env bash
# Makes the keys of `corpus/` anew, in the folder that is the argument: test keys, used nowhere else. They are kept, since
# nobody wants to install all of these programs to run the tests; `corpus.tsv` says which version made which.
set -euo pipefail
make=$(cd "$(dirname "$0")" && pwd)
cd "$1"

# openssl
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem 2>/dev/null
openssl genrsa -out rsa2048.pem 2048 2>/dev/null
openssl ec -in p256.pem -out p256.sec1.pem 2>/dev/null
openssl ecparam -name prime256v1 -genkey -out p256.with_parameters.pem
openssl pkcs8 -topk8 -in p256.pem -passout pass:secret -out p256.encrypted.pem
openssl ec -in p256.pem -aes256 -passout pass:secret -out p256.encrypted_sec1.pem 2>/dev/null
openssl req -x509 -new -key p256.pem -subj /CN=t -days 3650 -out cert.pem
openssl req -new -key p256.pem -subj /CN=t -out request.pem
openssl req -new -key p256.pem -subj /CN=t -outform DER -out request.der
openssl pkey -in p256.pem -pubout -out public.pem
openssl pkcs12 -export -inkey p256.pem -in cert.pem -passout pass:secret -name k -out bundle.p12
openssl pkcs12 -export -legacy -inkey p256.pem -in cert.pem -passout pass:secret -name k -out old.p12
openssl pkcs12 -in bundle.p12 -nodes -passin pass:secret -out bundle.pem
openssl ecparam -name prime256v1 -genkey -param_enc explicit -noout -out explicit.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:brainpoolP256r1 -out brainpool.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:secp256k1 -out secp256k1.pem
openssl genpkey -algorithm SM2 -out sm2.pem || openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out sm2.pem
for a in ED25519 X25519 ED448 X448; do openssl genpkey -algorithm $a -out $(echo $a | tr A-Z a-z).pem; done
openssl dsaparam -out dsaparam.pem 2048 2>/dev/null; openssl gendsa -out dsa.pem dsaparam.pem 2>/dev/null; openssl dsa -in dsa.pem -outform DER -out dsa.der 2>/dev/null; openssl pkey -in dsa.pem -traditional -out dsa.traditional.pem
openssl genpkey -algorithm DH -pkeyopt group:ffdhe2048 -out dh.pem; openssl dhparam -dsaparam -out dhparam.pem 2048 2>/dev/null
openssl ecparam -name prime256v1 -out ecparam.pem
openssl genpkey -algorithm RSA-PSS -pkeyopt rsa_keygen_bits:2048 -out rsa_pss.pem 2>/dev/null
openssl genrsa -primes 3 -out rsa_three_primes.pem 2048 2>/dev/null
openssl genrsa -out rsa1024.pem 1024 2>/dev/null
openssl genrsa -out rsa8192.pem 8192 2>/dev/null
openssl rsa -in rsa2048.pem -outform PVK -pvk-none -out rsa.pvk 2>/dev/null || openssl rsa -in rsa2048.pem -outform PVK -passout pass: -out rsa.pvk || true
openssl rsa -in rsa2048.pem -outform MSBLOB -out rsa.blob 2>/dev/null || true
openssl crl2pkcs7 -nocrl -certfile cert.pem -out certs.p7b
openssl crl2pkcs7 -nocrl -certfile cert.pem -outform DER -out certs.p7b.der
# ssh
ssh-keygen -q -t ecdsa -b 256 -N '' -f openssh_ecdsa; ssh-keygen -q -t ecdsa -b 384 -N secret -f openssh_encrypted; ssh-keygen -q -t ed25519 -N '' -f openssh_ed25519; ssh-keygen -q -t rsa -b 2048 -N '' -f openssh_rsa
ssh-keygen -q -t ecdsa -b 256 -m PEM -N '' -f openssh_pem
# java
keytool -genkeypair -keyalg EC -groupname secp256r1 -alias k -dname CN=t -storetype JKS -keystore java.jks -storepass secret -keypass secret 2>/dev/null
keytool -genkeypair -keyalg RSA -keysize 2048 -alias k -dname CN=t -storetype JCEKS -keystore java.jceks -storepass secret -keypass secret 2>/dev/null
keytool -genkeypair -keyalg EC -groupname secp384r1 -alias k -dname CN=t -storetype PKCS12 -keystore java.p12 -storepass secret 2>/dev/null
# gnutls
certtool --generate-privkey --key-type ecdsa --curve secp256r1 --no-text --outfile gnutls_p256.pem 2>/dev/null
certtool --generate-privkey --key-type rsa --bits 2048 --outfile gnutls_rsa.pem 2>/dev/null
certtool --generate-privkey --key-type ecdsa --curve secp256r1 --pkcs8 --password secret --outfile gnutls_encrypted.pem 2>/dev/null
# botan
botan keygen --algo=ECDSA --params=secp256r1 > botan_p256.pem; botan keygen --algo=RSA --params=2048 > botan_rsa.pem
botan keygen --algo=ECDSA --params=secp256r1 --passphrase=secret > botan_encrypted.pem || true
# putty
for version in 2 3; do
  puttygen -q -t ecdsa -b 256 -O private --ppk-param version=$version --new-passphrase /dev/null -o putty_v$version.ppk
done
puttygen -q -t rsa -b 2048 -O private --new-passphrase /dev/null -o putty_rsa.ppk
puttygen -q -t ed25519 -O private --new-passphrase /dev/null -o putty_ed25519.ppk
puttygen -q -t ecdsa -b 256 -O private --new-passphrase <(printf secret) -o putty_encrypted.ppk
certtool --to-p12 --load-privkey gnutls_p256.pem --load-certificate cert.pem --password secret --p12-name k \
  --outfile gnutls_p12.pem
puttygen -q putty_rsa.ppk -O private-sshcom -o sshcom.key
ssh-keygen -e -f openssh_ecdsa.pub | sed '/^Comment/d' > openssh_ecdsa.ssh2.pub
# bouncy castle
keytool -importkeystore -srcstoretype JKS -srckeystore java.jks -srcstorepass secret -deststoretype BKS \
  -destkeystore java.bks -deststorepass secret -providerpath /usr/share/java/bcprov.jar \
  -providerclass org.bouncycastle.jce.provider.BouncyCastleProvider
# gnupg
GNUPGHOME=$(mktemp -d) && export GNUPGHOME
gpg -q --batch --passphrase '' --quick-gen-key test@example.com rsa2048
gpg -q --export-secret-keys > pgp.bin
# libraries; the packages of npm and PyPI stand in the working directory and in its virtual environment
openssl genrsa -out rsa4096.pem 4096
python3 "$make/make_keys.py" .
node "$make/make_keys.mjs" .
ruby "$make/make_keys.rb" .
php "$make/make_keys.php" .
go run "$make/make_keys.go" .
python3 "$make/make_texts.py" .
rm -f rsa4096.pem dsa.traditional.pem openssh_{ed25519,encrypted,pem,rsa}.pub
