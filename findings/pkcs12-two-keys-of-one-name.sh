#!/usr/bin/env bash
# Software: certutil and pk12util of NSS 3.87.1-1+deb12u4, keytool of OpenJDK 17.0.19+10 (Debian 12), cryptography 50.0.2
#   (PyPI).
# Behaviour: after a renewal, NSS keeps two keys and two certificates under one nickname, and pk12util exports both pairs
#   to one PKCS #12 file. Java shows one entry of it, the last in the file, and says nothing of the other. Python takes
#   the first. The order in the file changes from run to run, so it may be the old or the new pair.
# One would guess: an export by name holds one pair, the newest; or a reader that loads two pairs and numbers them, as
#   Java does with pairs that have no name.
# Why it matters: two programs of one clinic load the same file with the same password and sign with different keys. One
#   of them gets invalid_client as soon as the server drops the old key.
# Remedy: give each key a name of its own (certutil requires another subject for that), and compare the certificate that
#   each program shows with the registered one.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="libnss3-tools=2:3.87.1-1+deb12u4 libnss3=2:3.87.1-1+deb12u4"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more "openjdk-17-jre-headless=17.0.19+10-1~deb12u2"; do echo "$package"; done | sort -u |
  xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
find root/usr/lib/jvm -type l -lname '/etc/*' | while read -r link; do ln -sf "$dir/root$(readlink "$link")" "$link"; done
for lib in root/usr/lib/*-linux-gnu/nss root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do libs="$dir/$lib:${libs:-}"; done
nss() { LD_LIBRARY_PATH="$libs" root/usr/bin/"$@"; }
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2 || exit 2

mkdir db
nss certutil -d sql:db -N --empty-password
for serial in 1 2; do
  head -c 64 /dev/urandom >noise
  nss certutil -d sql:db -S -x -n "clinic-a" -s "CN=clinic-a" -t u,u,u -m $serial -v 24 -k ec -q secp384r1 -z noise \
    >/dev/null 2>&1
done
nss pk12util -d sql:db -o client.p12 -n "clinic-a" -W secret >/dev/null
root/usr/lib/jvm/java-17-openjdk-*/bin/keytool -J-Duser.language=en -list -v -keystore client.p12 -storepass secret \
  >java.txt 2>&1 || { cat java.txt; exit 2; }
cat >check.py <<'PY'
import re, subprocess, sys, warnings
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from cryptography.x509 import load_pem_x509_certificates
warnings.simplefilter("ignore")

pem = subprocess.run(["openssl", "pkcs12", "-in", "client.p12", "-passin", "pass:secret", "-nodes"], capture_output=True, check=True).stdout
in_file = [certificate.serial_number for certificate in load_pem_x509_certificates(pem)]
keys = pem.count(b"BEGIN PRIVATE KEY")
python = load_pkcs12(open("client.p12", "rb").read(), b"secret").cert.certificate.serial_number
text = open("java.txt").read()
java = [int(serial, 16) for serial in re.findall(r"Serial number: (\w+)", text)]
entries = int(re.search(r"contains (\d+) entr", text)[1])
print(f"in the file: {keys} keys, certificates of serial {in_file}")
print(f"Java: entries {entries}, certificate of serial {java}")
print(f"Python: certificate of serial {python}")
if keys != 2 or sorted(in_file) != [1, 2] or entries != 1 or java != in_file[1:] or python != in_file[0]:
    sys.exit("changed: expected two keys in the file, the first in Python, and only the last in Java")
PY
venv/bin/python check.py
