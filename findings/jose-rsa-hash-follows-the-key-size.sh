#!/usr/bin/env bash
# Software: jose (the C implementation and command) 11-2+deb12u1 of Debian 12.
# Behaviour: for an RSA key without `alg` the size of the key decides the algorithm: RS256 for 2048 bits, RS384 for 3072
#   and RS512 for 4096. Each of the three takes any of these sizes (RFC 7518 section 3.3).
# One would guess: RS256, as other tools choose, or a request for `alg`; the manual says only that the algorithm is
#   inferred.
# Why it matters: a server of SMART backend services takes RS384 and ES384. With the test key of 3072 bits the command
#   makes the right assertion by chance. A stronger key for production, of 4096 bits, gives RS512 and invalid_client.
# Remedy: write "alg":"RS384" into the JWK, or give -s '{"protected":{"alg":"RS384"}}'.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="jose=11-2+deb12u1 libjose0=11-2+deb12u1"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"; done
export LD_LIBRARY_PATH PATH="$dir/root/usr/bin:$PATH"

echo -n '{"iss":"client-1"}' >claims
header() { jose jws sig -I claims -c "$@" | cut -d. -f1 | jose b64 dec -i-; }
found=
for bits in 2048 3072 4096; do
  jose jwk gen -i "{\"kty\":\"RSA\",\"bits\":$bits}" -o key.jwk
  found="$found $(header -k key.jwk)"
  echo "$bits bits: $(header -k key.jwk)"
done
stated=$(header -k key.jwk -s '{"protected":{"alg":"RS384"}}')
echo "4096 bits, RS384 in the template: $stated"
if [ "$found" != ' {"alg":"RS256"} {"alg":"RS384"} {"alg":"RS512"}' ] || [ "$stated" != '{"alg":"RS384"}' ]; then
  echo "changed: expected RS256, RS384, RS512 by size and RS384 when it is stated; found$found and $stated"
  exit 1
fi
