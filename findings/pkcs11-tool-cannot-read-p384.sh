#!/usr/bin/env bash
# Software: pkcs11-tool of OpenSC 0.23.0-0.3+deb12u2 with SoftHSM 2.6.1-2.1 (Debian 12).
# Behaviour: `--read-object --type pubkey` writes the public key of P-256, P-224 and P-521, but not of P-384: "cannot
#   create EVP_PKEY". The token holds the key and signs with it; p11tool of GnuTLS exports it.
# One would guess: a curve between two that work also works.
# Why it matters: P-384 is the curve of ES384, the only elliptic curve that SMART Backend Services names. The key can
#   be made in the HSM, yet this tool cannot get out the public half that has to be registered.
# Remedy: p11tool --export "pkcs11:...;type=public", or read CKA_EC_POINT through the library.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="opensc=0.23.0-0.3+deb12u2 softhsm2=2.6.1-2.1 libsofthsm2=2.6.1-2.1 gnutls-bin=3.7.9-2+deb12u7"
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

found=
for curve in secp224r1 secp256r1 secp384r1 secp521r1; do
  tool --keypairgen --key-type EC:$curve --label $curve >/dev/null 2>&1
  if tool --read-object --type pubkey --label $curve --output-file $curve.der >log 2>&1; then
    openssl pkey -pubin -inform DER -in $curve.der -noout
    answer=read
  else
    answer=failed
  fi
  echo "$curve: $answer $(sed -n 's/^error: /(/p' log | sed 's/$/)/')"
  found="$found$answer "
done
by_p11tool=$(p11tool --provider "$module" --export "pkcs11:token=clinic;object=secp384r1;type=public" 2>/dev/null |
  openssl pkey -pubin -noout -text | grep -c "NIST CURVE: P-384" || true)
echo "p11tool exports the P-384 key: $by_p11tool"
if [ "$found$by_p11tool" != "read read failed read 1" ]; then
  echo "changed: expected 'read read failed read 1', found '$found$by_p11tool'"
  exit 1
fi
