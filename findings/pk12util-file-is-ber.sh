#!/usr/bin/env bash
# Software: pk12util of NSS 3.87.1-1+deb12u4 (Debian 12) with x509kit 0.10.0 and cryptography 50.0.2 (PyPI).
# Behaviour: pk12util exports a PKCS #12 file in BER, with indefinite lengths. x509kit reads DER only and refuses it
#   ("indefinite length not allowed"). cryptography reads it with a warning that this may become an error; OpenSSL reads it.
# One would guess: every PKCS #12 file is DER, as those of OpenSSL, keytool and certtool are.
# Why it matters: a client certificate for mTLS often comes from a database of NSS. PKCS #12 allows BER (RFC 7292), so
#   the file is valid, and the error sounds like a broken one.
# Remedy: openssl pkcs12 -in nss.p12 -nodes -out all.pem, then openssl pkcs12 -export -in all.pem -out der.p12.
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
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check x509kit==0.10.0 cryptography==50.0.2 || exit 2
cat >check.py <<'PY'
import sys, warnings
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from x509kit import PKCS12

for file in sys.argv[1:]:
    data = open(file, "rb").read()
    try:
        result = "read" if PKCS12.load(data, password="secret").key else "no key"
    except Exception as error:
        result = str(error)
    print(file, "x509kit:", result)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = "read" if load_pkcs12(data, b"secret").key else "no key"
    print(file, "cryptography:", result, "with a warning" if caught else "")
PY

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -keyout key.pem -out cert.pem -subj /CN=client-1 \
  -days 30 2>/dev/null
openssl pkcs12 -export -inkey key.pem -in cert.pem -name client-1 -passout pass:secret -out openssl.p12
mkdir db
nss certutil -N -d sql:db --empty-password
nss pk12util -i openssl.p12 -d sql:db -W secret
nss pk12util -o nss.p12 -d sql:db -n client-1 -W secret
openssl pkcs12 -in nss.p12 -passin pass:secret -nodes -out all.pem
openssl pkcs12 -export -in all.pem -name client-1 -passout pass:secret -out rewritten.p12
venv/bin/python check.py openssl.p12 nss.p12 rewritten.p12 | tee out
if [ "$(grep -c ': read' out)" != 5 ] || ! grep -q '^nss.p12 x509kit: indefinite length' out ||
  [ "$(grep 'with a warning' out)" != "nss.p12 cryptography: read with a warning" ]; then
  echo "changed: expected that x509kit refuses nss.p12, that cryptography warns of it, and no more than that"
  exit 1
fi
