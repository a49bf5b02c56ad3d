#!/usr/bin/env bash
# Software: pk12util of NSS 3.87.1-1+deb12u4 (Debian 12) with openssl 3.
# Behaviour: pk12util writes the certificates of the chain before the one of the key. `openssl pkcs12 -nodes` prints them
#   in the order of the file, so the PEM file begins with the certificate of the CA, and a TLS client that loads it as
#   certificate and key stops with "key values mismatch".
# One would guess: the certificate of the key comes first, as in the files that OpenSSL, keytool and certtool write.
# Why it matters: this conversion stands in many guides for mTLS. The key is fine and the certificate is in the file, but
#   the error says that they do not belong together, and the next step is a new key that nobody needs.
# Remedy: two commands: openssl pkcs12 -clcerts -nokeys first, then -cacerts -nokeys, into one file.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="libnss3-tools=2:3.87.1-1+deb12u4 libnss3=2:3.87.1-1+deb12u4"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
libs=
for lib in root/usr/lib/*-linux-gnu* root/usr/lib/*-linux-gnu*/nss root/lib/*-linux-gnu*; do libs="$dir/$lib:$libs"; done
nss() {
  tool=root/usr/bin/$1
  shift
  LD_LIBRARY_PATH="$libs" "$tool" "$@" >/dev/null
}
cat >check.py <<'PY'
import ssl, sys

for file in sys.argv[1:]:
    try:
        ssl.create_default_context().load_cert_chain(file, "key.pem")
        print(file, "loaded")
    except ssl.SSLError as error:
        print(file, "error:", error.reason)
PY

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout ca.key -out ca.pem -subj /CN=clinic-ca \
  -days 30 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout key.pem -out csr.pem -subj /CN=client-1 2>/dev/null
openssl x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 30 2>/dev/null
openssl pkcs12 -export -inkey key.pem -in cert.pem -certfile ca.pem -name client-1 -passout pass:secret -out openssl.p12
mkdir db
nss certutil -N -d sql:db --empty-password
nss pk12util -i openssl.p12 -d sql:db -W secret
nss pk12util -o nss.p12 -d sql:db -n client-1 -W secret
for file in openssl nss; do
  openssl pkcs12 -in $file.p12 -passin pass:secret -nodes -out $file.pem
  echo "$file.p12: $(grep '^subject' $file.pem | tr '\n' ' ')"
done
openssl pkcs12 -in nss.p12 -passin pass:secret -clcerts -nokeys -out ordered.pem
openssl pkcs12 -in nss.p12 -passin pass:secret -cacerts -nokeys >>ordered.pem
python3 check.py openssl.pem nss.pem ordered.pem | tee out
if [ "$(tr '\n' ' ' <out)" != "openssl.pem loaded nss.pem error: KEY_VALUES_MISMATCH ordered.pem loaded " ]; then
  echo "changed: expected that nss.pem alone does not load, with KEY_VALUES_MISMATCH"
  exit 1
fi
