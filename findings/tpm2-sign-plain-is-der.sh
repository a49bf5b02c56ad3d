#!/usr/bin/env bash
# Software: tpm2_sign of tpm2-tools 5.4-1 with swtpm 0.7.1-1.3 (Debian 12).
# Behaviour: `--format=plain` writes an ECDSA signature as ASN.1 DER (a SEQUENCE of two INTEGERs, 70 to 72 bytes for
#   P-256, 102 to 104 for P-384) and no option writes r and s alone. For RSA "plain" is the bare signature.
# One would guess: "plain" is r and s in full length, side by side: that is what "plain" means for ECDSA in
#   BSI TR-03111, and the file is called plain in contrast to the TPM's own structure.
# Why it matters: a JWS (ES256, ES384) needs r and s side by side. The DER bytes in base64url give an assertion that
#   each server answers with invalid_client, although the key and the claims are right.
# Remedy: convert the DER to r and s, each padded to 32 (48) bytes.
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
printf 'header.claims' >text
found=
for key in ecc256:sha256 ecc384:sha384 rsa2048:sha384; do
  name=${key%:*} hash=${key#*:}
  tpm2_create -Q -C primary.ctx -G "$name" -u $name.pub -r $name.priv -c $name.ctx
  tpm2_flushcontext -t
  tpm2_readpublic -Q -c $name.ctx -f pem -o $name.pem
  tpm2_sign -Q -c $name.ctx -g "$hash" -f plain -o $name.sig text
  tpm2_flushcontext -t
  if openssl asn1parse -inform DER -in $name.sig >log 2>/dev/null && [ "$(grep -c INTEGER log)" = 2 ]; then form=der; else form=bare; fi
  openssl dgst "-$hash" -verify $name.pem -signature $name.sig text >/dev/null
  echo "$name, --format=plain: $(wc -c <$name.sig) bytes, $form"
  found="$found$form "
done
if [ "$found" != "der der bare " ]; then
  echo "changed: expected 'der der bare ', found '$found'"
  exit 1
fi
