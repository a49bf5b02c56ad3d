#!/usr/bin/env bash
# Software: SoftHSM 2.6.1-2.1 (Debian 12), asked through pkcs11-tool of OpenSC 0.23.0-0.3+deb12u2.
# Behaviour: SoftHSM offers SHA384-RSA-PKCS, but for elliptic curves only the bare ECDSA mechanism: ECDSA-SHA256,
#   ECDSA-SHA384 and the like fail with CKR_MECHANISM_INVALID. The caller must hash first.
# One would guess: a token that hashes for RSA hashes for ECDSA, too; hardware tokens mostly do.
# Why it matters: code written against an HSM with CKM_ECDSA_SHA384 (ES384) cannot be tested on SoftHSM, and code that
#   changes only the mechanism to ECDSA signs the text itself instead of its hash, which no server verifies.
# Remedy: hash outside and use ECDSA everywhere; both kinds of token have it.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="opensc=0.23.0-0.3+deb12u2 softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1"
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
tool() { pkcs11-tool --module "$module" --login --pin 1234 "$@"; }

tool --keypairgen --key-type EC:secp256r1 --id 01 >/dev/null 2>&1
tool --keypairgen --key-type rsa:2048 --id 02 >/dev/null 2>&1
tool --read-object --type pubkey --id 01 --output-file ec.der >/dev/null 2>&1
openssl pkey -pubin -inform DER -in ec.der -out ec.pem
printf 'header.claims' >text
openssl dgst -sha256 -binary <text >hash
sign() {
  if tool --sign --mechanism "$1" --id "$2" --signature-format openssl --input-file "$3" --output-file signature >log 2>&1
  then echo signed; else sed -n 's/.*rv = \(CKR_[A-Z_]*\).*/\1/p' log; fi
}
rsa=$(sign SHA384-RSA-PKCS 02 text)
hashed=$(sign ECDSA-SHA256 01 text)
bare_text=$(sign ECDSA 01 text)
text_verifies=no
if openssl dgst -sha256 -verify ec.pem -signature signature text >/dev/null 2>&1; then text_verifies=yes; fi
bare_hash=$(sign ECDSA 01 hash)
hash_verifies=no
if openssl dgst -sha256 -verify ec.pem -signature signature text >/dev/null 2>&1; then hash_verifies=yes; fi
found="$rsa / $hashed / $bare_text, $text_verifies / $bare_hash, $hash_verifies"
echo "SHA384-RSA-PKCS:         $rsa"
echo "ECDSA-SHA256:            $hashed"
echo "ECDSA over the text:     $bare_text; verifies as ES256: $text_verifies"
echo "ECDSA over its SHA-256:  $bare_hash; verifies as ES256: $hash_verifies"
expected="signed / CKR_MECHANISM_INVALID / signed, no / signed, yes"
if [ "$found" != "$expected" ]; then
  echo "changed: expected '$expected', found '$found'"
  exit 1
fi
