#!/usr/bin/env bash
# Software: pkcs11-tool of OpenSC 0.23.0-0.3+deb12u2 with SoftHSM 2.6.1-2.1 (Debian 12).
# Behaviour: `--sign --label NAME` does not choose the key by its label. The first private key of the token signs, and
#   the exit code is 0. `--id` does choose. For `--read-object` the label does choose.
# One would guess: the manual calls --label "the name of the object to operate on", so it chooses here, too.
# Why it matters: a token holds the old and the new key during a rotation, or one key per clinic. The signature is
#   valid, but by another key than the `kid` in the header says, and the server answers invalid_client.
# Remedy: --id for every signature, and verify one with the registered public key.
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
tool() { pkcs11-tool --module "$module" --login --pin 1234 "$@" 2>/dev/null; }

for key in 1 2; do
  tool --keypairgen --key-type rsa:2048 --id "0$key" --label "key-$key" >/dev/null
  tool --read-object --type pubkey --label "key-$key" --output-file $key.der
  openssl pkey -pubin -inform DER -in $key.der -out $key.pem
done
echo "header.claims" >input
signer() {
  tool --sign --mechanism SHA384-RSA-PKCS "$@" --input-file input --output-file signature >/dev/null
  for key in 1 2; do
    if openssl dgst -sha384 -verify $key.pem -signature signature input >/dev/null 2>&1; then echo "key-$key"; fi
  done
}
by_id="$(signer --id 01) $(signer --id 02)"
by_label="$(signer --label key-1) $(signer --label key-2)"
echo "--id 01, --id 02:             signed by $by_id"
echo "--label key-1, --label key-2: signed by $by_label"
if [ "$by_id" != "key-1 key-2" ] || [ "$by_label" = "key-1 key-2" ]; then
  echo "changed: expected 'key-1 key-2' by id and one key twice by label, found '$by_id' and '$by_label'"
  exit 1
fi
