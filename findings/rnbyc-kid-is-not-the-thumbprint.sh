#!/usr/bin/env bash
# Software: rnbyc 1.1.11-1 (Debian 12), the command of the C library Rhonabwy, and jose 11 (Debian 12) to compare.
# Behaviour: rnbyc gives each key that has no `kid` one: 43 characters of base64url that look like the RFC 7638
#   thumbprint. They are the SHA-256 of the SubjectPublicKeyInfo (DER) instead.
# One would guess: a 43-character `kid` made from the key is its JWK thumbprint, as in most JOSE libraries.
# Why it matters: a client that leaves `kid` to its library signs with the thumbprint, while the JWK Set made by rnbyc
#   publishes the other value. The server looks for a `kid` that it does not have and answers invalid_client.
# Remedy: rnbyc -k "$(jose jwk thp -i key.jwk)".
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="rnbyc=1.1.11-1 jose=11-2+deb12u1 libjose0=11-2+deb12u1 librhonabwy1.1=1.1.11-1"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"; done
export LD_LIBRARY_PATH PATH="$dir/root/usr/bin:$PATH"

openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out key.pem
rnbyc -j -f key.pem -n 0 | sed 's/^{"keys": *\[//; s/\]}$//' >key.jwk
kid=$(sed 's/.*"kid": *"\([^"]*\)".*/\1/' key.jwk)
thumbprint=$(jose jwk thp -i key.jwk)
spki=$(openssl pkey -in key.pem -pubout -outform DER | openssl dgst -sha256 -binary | base64 | tr '+/' '-_' | tr -d '=')
echo "rnbyc's kid:                  $kid"
echo "RFC 7638 thumbprint:          $thumbprint"
echo "SHA-256 of the public key DER: $spki"
if [ "$kid" = "$thumbprint" ] || [ "$kid" != "$spki" ]; then
  echo "changed: expected the kid to be the hash of the DER and not the thumbprint, found kid $kid"
  exit 1
fi
