#!/usr/bin/env bash
# Software: certtool of GnuTLS 3.7.9-2+deb12u7 (Debian 12) with cryptography 50.0.2, joserfc 1.8.0 (PyPI).
# Behaviour: GnuTLS writes the private value of an EC key like a signed integer: every second P-384 key begins with a
#   zero octet and has 49 octets. cryptography refuses those keys with "private key value is too short", and so does
#   joserfc, which is built on it. OpenSSL reads all of them.
# One would guess: 48 octets, as RFC 5915 prescribes, or a reader that accepts a zero in front; and no library that can
#   read one key of certtool and not the next one, made by the same command.
# Why it matters: the test key works, and the key of production, made in the same way, does not, or the other way round.
#   The error says too short, while the value is too long.
# Remedy: rewrite the key with `openssl pkey -in key.pem -out key8.pem`.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="gnutls-bin=3.7.9-2+deb12u7 libgnutls30=3.7.9-2+deb12u7 libgnutls-dane0=3.7.9-2+deb12u7"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
libs=
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do libs="$dir/$lib:$libs"; done
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2 joserfc==1.8.0 || exit 2

for number in $(seq 1 40); do
  LD_LIBRARY_PATH="$libs" root/usr/bin/certtool --generate-privkey --key-type=ecdsa --curve=secp384r1 --no-text \
    --outfile "$number.pem" 2>/dev/null
  openssl pkey -in "$number.pem" -out "$number.rewritten"
done
cat >check.py <<'PY'
import subprocess, sys
from collections import Counter
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.jwk import ECKey

def octets(file):
    lines = subprocess.run(["openssl", "asn1parse", "-in", file], capture_output=True, text=True, check=True).stdout
    line = next(line for line in lines.splitlines() if "OCTET STRING" in line)
    return len(line.split("]:")[1]) // 2

def attempt(read, pem):
    try:
        read(pem)
        return "read"
    except Exception as error:
        return str(error).split(". ")[0]

found = Counter()
for number in range(1, 41):
    pem = open(f"{number}.pem", "rb").read()
    rewritten = open(f"{number}.rewritten", "rb").read()
    found[octets(f"{number}.pem"), attempt(lambda p: load_pem_private_key(p, None), pem),
          attempt(lambda p: ECKey.import_key(p).as_dict(private=True), pem) == "read",
          attempt(lambda p: load_pem_private_key(p, None), rewritten)] += 1
error = "EC private key is not encoded properly: private key value is too short"
for (length, result, by_joserfc, rewritten), count in sorted(found.items()):
    print(f"{count} keys of {length} octets. cryptography: {result}; joserfc: {'read' if by_joserfc else 'error'}; rewritten: {rewritten}")
short = {key for key in found if key[0] < 48}
if set(found) - short != {(48, "read", True, "read"), (49, error, False, "read")}:
    sys.exit("changed: expected keys of 48 octets that are read, and keys of 49 octets that are not until rewritten")
PY
venv/bin/python check.py
