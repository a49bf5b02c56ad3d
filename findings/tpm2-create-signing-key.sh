#!/usr/bin/env bash
# Software: tpm2-tools 5.4-1 with swtpm 0.7.1-1.3 (Debian 12).
# Behaviour: tpm2_create makes a signing key of rsa2048:rsassa-sha384, and for rsa2048:rsapss-sha384 it fails with
#   "unsupported symmetric algorithm or key size". rsa2048:rsapss-sha384:null works (and tpm2_sign needs
#   -s rsapss for it). And ecc384:ecdsa makes a P-384 key that is bound to SHA-256: it cannot sign ES384, and nothing can
#   change that later.
# One would guess: the two RSA schemes of the manual are written alike, as a signing key has no symmetric algorithm; and
#   a scheme without a hash leaves the hash open, as ecc384 alone does, or takes the one of the curve.
# Why it matters: PS384 seems to be impossible with this TPM, and the key for ES384 is found to be useless only when the
#   first assertion is signed, after it was registered with the server.
# Remedy: rsa2048:rsapss-sha384:null; ecc384 or ecc384:ecdsa-sha384.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
tpm=
trap 'if [ -n "$tpm" ]; then kill "$tpm" 2>/dev/null || true; fi; rm -rf "$dir"' EXIT
cd "$dir"
want="tpm2-tools=5.4-1 swtpm=0.7.1-1.3"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu* root/usr/lib/*-linux-gnu*/swtpm; do LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"; done
export LD_LIBRARY_PATH PATH="$dir/root/usr/bin:$PATH"
mkdir state
swtpm socket --tpm2 --tpmstate dir="$dir/state" --server type=unixio,path="$dir/tpm" \
  --ctrl type=unixio,path="$dir/tpm.ctrl" --flags not-need-init,startup-clear >swtpm.log 2>&1 &
tpm=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do if [ -S tpm ]; then break; fi; sleep 0.5; done
export TPM2TOOLS_TCTI="swtpm:path=$dir/tpm"

tpm2_createprimary -Q -C o -G ecc -c primary.ctx
tpm2_flushcontext -t
printf 'header.claims' >text
# Creates a key of the given kind and signs with it and SHA-384; prints what happened.
attempt() {
  if ! tpm2_create -Q -C primary.ctx -G "$1" -u key.pub -r key.priv -c key.ctx 2>error.txt \
    -a "sign|fixedtpm|fixedparent|sensitivedataorigin|userwithauth"; then
    tpm2_flushcontext -t
    if grep -q "unsupported symmetric algorithm" error.txt; then echo "no key (symmetric)"; else echo "no key"; fi
    return
  fi
  tpm2_flushcontext -t
  tpm2_readpublic -Q -c key.ctx -f pem -o key.pem
  tpm2_flushcontext -t
  pss= scheme=
  case $1 in *pss*) pss="-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest" scheme="-s rsapss" ;; esac
  # shellcheck disable=SC2086
  if ! tpm2_sign -Q -c key.ctx -g sha384 $scheme -f plain -o signature text 2>error.txt; then
    echo "cannot sign with SHA-384"
  # shellcheck disable=SC2086
  elif openssl dgst -sha384 $pss -verify key.pem -signature signature text >/dev/null; then
    echo "signs with SHA-384"
  fi
  tpm2_flushcontext -t
}
check() {
  result=$(attempt "$1")
  echo "$1: $result"
  if [ "$result" != "$2" ]; then
    echo "changed: expected '$2'"
    changed=1
  fi
}
changed=0
check rsa2048:rsassa-sha384 "signs with SHA-384"
check rsa2048:rsapss-sha384 "no key (symmetric)"
check rsa2048:rsapss-sha384:null "signs with SHA-384"
check ecc384 "signs with SHA-384"
check ecc384:ecdsa-sha384 "signs with SHA-384"
check ecc384:ecdsa "cannot sign with SHA-384"
exit $changed
