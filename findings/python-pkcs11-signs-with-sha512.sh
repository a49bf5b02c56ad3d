#!/usr/bin/env bash
# Software: python-pkcs11 0.10.1 (PyPI) with SoftHSM 2.6.1-2.1 (Debian 12).
# Behaviour: key.sign(data) without a mechanism hashes with SHA-512 for an RSA key, so the signature is RS512. For an EC
#   key the same call asks for ECDSA_SHA512 whatever the curve, and SoftHSM, which has no such mechanism, refuses.
# One would guess: SHA-256 like nearly every other default, or for EC the hash that goes with the curve (P-384: SHA-384).
# Why it matters: SMART servers take RS384 and ES384. The signature is valid, its length is right, and it verifies with
#   the token itself; only the server's check of `alg` against the bytes fails.
# Remedy: name the mechanism: Mechanism.SHA384_RSA_PKCS, or Mechanism.ECDSA over a SHA-384 hash.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"; done
export LD_LIBRARY_PATH PATH="$dir/root/usr/bin:$PATH" SOFTHSM2_CONF="$dir/softhsm2.conf"
mkdir tokens
echo "directories.tokendir = $dir/tokens" >softhsm2.conf
module=$dir/root/usr/lib/softhsm/libsofthsm2.so
softhsm2-util --module "$module" --init-token --free --label clinic --pin 1234 --so-pin 1234 >/dev/null
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check python-pkcs11==0.10.1
cat >check.py <<'PY'
import sys
import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism
from pkcs11.util.ec import encode_named_curve_parameters

token = pkcs11.lib(sys.argv[1]).get_token(token_label="clinic")
with token.open(user_pin="1234", rw=True) as session:
    public, private = session.generate_keypair(KeyType.RSA, 2048, store=False)
    signature = private.sign(b"header.claims")
    names = ["SHA256_RSA_PKCS", "SHA384_RSA_PKCS", "SHA512_RSA_PKCS"]
    rsa = [n for n in names if public.verify(b"header.claims", signature, mechanism=Mechanism[n])]
    curve = {Attribute.EC_PARAMS: encode_named_curve_parameters("secp384r1")}
    _, private = session.create_domain_parameters(KeyType.EC, curve, local=True).generate_keypair(store=False)
    try:
        ec = f"{len(private.sign(b'header.claims'))} bytes"
    except pkcs11.PKCS11Error as error:
        ec = type(error).__name__
print("RSA, sign() without a mechanism:  ", *rsa)
print("P-384, sign() without a mechanism:", ec)
if (rsa, ec) != (["SHA512_RSA_PKCS"], "MechanismInvalid"):
    sys.exit(f"changed: expected ['SHA512_RSA_PKCS'] and MechanismInvalid, found {rsa} and {ec}")
PY
venv/bin/python check.py "$module"
