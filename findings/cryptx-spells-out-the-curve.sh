#!/usr/bin/env bash
# Software: CryptX 0.077 (Perl, libcryptx-perl 0.077-1+b1 of Debian 12), read by certtool of GnuTLS 3.7.9-2+deb12u7.
# Behaviour: Crypt::PK::ECC writes a key that was made for the named curve secp384r1 with the whole curve spelled out
#   (prime, coefficients, generator) by export_key_pem('private') and ('public'). GnuTLS cannot read such a key. The
#   curve's name stands only in ('private_short') and ('public_short').
# One would guess: a key of a named curve is written with the curve's name; RFC 5480 allows nothing else in certificates.
# Why it matters: the key works on the machine where it was made and with OpenSSL, and is refused by the server's or
#   the HSM's import; `openssl pkcs8` keeps the long form, so converting does not help.
# Remedy: 'private_short' and 'public_short', or the JWK export.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="libcryptx-perl=0.077-1+b1 gnutls-bin=3.7.9-2+deb12u7"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"; done
export LD_LIBRARY_PATH PATH="$dir/root/usr/bin:$PATH"
for lib in "$dir"/root/usr/lib/*-linux-gnu*/perl5/*; do PERL5LIB="$lib:${PERL5LIB:-}"; done
export PERL5LIB
perl -MCrypt::PK::ECC -e '
  my $key = Crypt::PK::ECC->new->generate_key("secp384r1");
  for my $form ("private", "private_short") {
    open my $file, ">", "$form.pem" or die; print $file $key->export_key_pem($form);
  }'
found=
for form in private private_short; do
  openssl pkey -in $form.pem -noout
  curve=spelled-out
  if openssl asn1parse -in $form.pem | grep -q 'OBJECT *:secp384r1'; then curve=named; fi
  openssl pkcs8 -topk8 -nocrypt -in $form.pem -out $form.p8
  gnutls=refuses
  if certtool --key-info --infile $form.p8 >/dev/null 2>&1; then gnutls=reads; fi
  echo "$form: curve $curve, $(wc -c <$form.pem) bytes, OpenSSL reads it, GnuTLS $gnutls it as PKCS#8"
  found="$found$curve $gnutls "
done
if [ "$found" != "spelled-out refuses named reads " ]; then
  echo "changed: expected 'spelled-out refuses named reads ', found '$found'"
  exit 1
fi
