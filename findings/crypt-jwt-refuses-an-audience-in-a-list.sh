#!/usr/bin/env bash
# Software: Crypt::JWT 0.034 (libcrypt-jwt-perl 0.034-1 of Debian 12); PyJWT 2.15.1 and joserfc 1.8.0 (PyPI) to
#   compare.
# Behaviour: decode_jwt() with verify_aud => "URL" refuses a token whose `aud` is a list, even a list of that one URL:
#   "aud claim scalar check failed". A regular expression fails in the same way. Only a function sees the list.
# One would guess: a list is accepted when the expected audience is one of its values, as RFC 7519 section 4.1.3 says
#   and as PyJWT and joserfc do.
# Why it matters: some clients always send a list of one (idpyoidc does), others name the issuer next to the token
#   endpoint. A server made with this module refuses their assertions, and no log shows a wrong claim.
# Remedy: verify_aud => sub { my $aud = shift; grep { $_ eq $url } ref $aud ? @$aud : $aud }
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="libcrypt-jwt-perl=0.034-1 libcryptx-perl=0.077-1+b1"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"; done
for lib in "$dir"/root/usr/lib/*-linux-gnu*/perl5/* "$dir/root/usr/share/perl5"; do PERL5LIB="$lib:${PERL5LIB:-}"; done
export LD_LIBRARY_PATH PERL5LIB
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check PyJWT==2.15.1 joserfc==1.8.0 cryptography==50.0.2
cat >verify.pl <<'PL'
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt);
use Crypt::PK::ECC;
my ($pem, $url) = @ARGV;
my $key = Crypt::PK::ECC->new($pem);
my %check = (
    string   => $url,
    regexp   => qr/^\Q$url\E$/,
    function => sub { my $aud = shift; grep { $_ eq $url } ref $aud ? @$aud : $aud },
);
chomp(my $token = <STDIN>);
for my $kind ("string", "regexp", "function") {
    my $claims = eval { decode_jwt(token => $token, key => $key, accepted_alg => "ES384", verify_aud => $check{$kind}) };
    warn $@ if !$claims;
    print $claims ? "y" : "n";
}
PL
cat >check.py <<'PY'
import subprocess, sys, time
import jwt, joserfc.jwk, joserfc.jwt

url, issuer = "https://as.example/token", "https://as.example"
key = joserfc.jwk.ECKey.generate_key("P-384")
private, public = (key.as_pem(private=private).decode() for private in (True, False))
with open("public.pem", "w") as file:
    file.write(public)

def verify(audience):
    now = int(time.time())
    claims = {"iss": "client-1", "sub": "client-1", "aud": audience, "jti": "1", "iat": now, "exp": now + 60}
    token = jwt.encode(claims, private, algorithm="ES384")
    run = subprocess.run(["perl", "verify.pl", "public.pem", url], input=token, capture_output=True, text=True, check=True)
    others = ""
    try:
        jwt.decode(token, public, algorithms=["ES384"], audience=url)
        others += "y"
    except jwt.InvalidTokenError:
        others += "n"
    try:
        decoded = joserfc.jwt.decode(token, joserfc.jwk.ECKey.import_key(public), algorithms=["ES384"])
        joserfc.jwt.JWTClaimsRegistry(aud={"essential": True, "value": url}).validate(decoded.claims)
        others += "y"
    except joserfc.errors.JoseError:
        others += "n"
    return run.stdout + others, run.stderr.splitlines()[:1]

cases = [(url, "yyyyy"), ([url], "nnyyy"), ([issuer, url], "nnyyy"), ([issuer], "nnnnn"), (issuer, "nnnnn")]
print("accepted (y) or not (n): Crypt::JWT with a string, a regexp, a function; PyJWT; joserfc")
changed = []
for audience, expected in cases:
    found, message = verify(audience)
    print(f"{found}  aud {audience}  {' '.join(message)}")
    if found != expected:
        changed.append(f"{audience}: expected {expected}")
if changed:
    sys.exit("changed: " + "; ".join(changed))
PY
venv/bin/python check.py
