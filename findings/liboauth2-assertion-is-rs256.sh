#!/usr/bin/env bash
# Software: liboauth2 1.4.5.4-1 (Debian 12), the library of mod_oauth2 and of the OAuth 2.0 module for NGINX. The script
#   also needs g++.
# Behaviour: private_key_jwt always signs RS256, also with a JWK that says "alg":"RS384", and the header has no `kid`,
#   though the JWK has one. An EC key is taken by the configuration and refused when the first token request is made:
#   "jwk is not an RSA key: (null)".
# One would guess: the key is configured as a JWK, so its `alg` and `kid` are used; a key of a type that cannot be used
#   is refused when it is configured.
# Why it matters: SMART backend services asks for RS384 or ES384 and a `kid`. The configuration loads without a word,
#   and the server answers invalid_client.
# Remedy: no option sets the algorithm. Use client_cert where the server allows it, or a proxy that signs.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="liboauth2-dev=1.4.5.4-1 liboauth2-0=1.4.5.4-1 libcjose-dev=0.6.2.1-1+deb12u2
  libcjose0=0.6.2.1-1+deb12u2 libjansson-dev=2.14-2 libjansson4=2.14-2"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
link=
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do
  LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"
  link="$link -L$lib -Wl,-rpath-link,$lib"
done
export LD_LIBRARY_PATH
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check joserfc==1.8.0 || exit 2
cat >assertion.cpp <<'C'
#include <cstdio>
extern "C" {
#include <oauth2/oauth2.h>
}

// Configures private_key_jwt with the JWK in the first argument; prints both results and the assertion.
int main(int, char **argv) {
  oauth2_log_t *log = oauth2_init(OAUTH2_LOG_ERROR, &oauth2_log_sink_stderr);
  oauth2_nv_list_t *options = oauth2_nv_list_init(log);
  oauth2_nv_list_add(log, options, "client_id", "client-1");
  oauth2_nv_list_add(log, options, "aud", "https://as.example/token");
  oauth2_nv_list_add(log, options, "jwk", argv[1]);
  oauth2_cfg_endpoint_auth_t *auth = oauth2_cfg_endpoint_auth_init(log);
  char *error = oauth2_cfg_set_endpoint_auth(log, auth, "private_key_jwt", options, nullptr);
  oauth2_nv_list_t *form = oauth2_nv_list_init(log);
  oauth2_http_call_ctx_t *call = oauth2_http_call_ctx_init(log);
  bool added = oauth2_http_ctx_auth_add(log, call, auth, form);
  const char *assertion = oauth2_nv_list_get(log, form, "client_assertion");
  std::printf("%s %s %s\n", error ? "refused" : "configured", added ? "signed" : "failed", assertion ? assertion : "none");
  return 0;
}
C
# shellcheck disable=SC2086
g++ -std=c++17 -Iroot/usr/include assertion.cpp -o assertion $link -loauth2 -Wl,--allow-shlib-undefined
cat >check.py <<'PY'
import base64, json, subprocess, sys
from joserfc.jwk import ECKey, RSAKey

keys = {
    "RS384": RSAKey.generate_key(2048, {"kid": "2026-11", "alg": "RS384", "use": "sig"}),
    "ES384": ECKey.generate_key("P-384", {"kid": "2026-11", "alg": "ES384", "use": "sig"}),
}
found = {}
for alg, key in keys.items():
    run = subprocess.run(["./assertion", json.dumps(key.as_dict(private=True))], capture_output=True, text=True, check=True)
    configuration, signing, assertion = run.stdout.split()
    head = assertion.split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))) if signing == "signed" else None
    found[alg] = (configuration, signing, header)
    print(f"JWK with {alg} and a kid: {configuration}, {signing}; header {header}", run.stderr.strip())
expected = {"RS384": ("configured", "signed", {"alg": "RS256", "typ": "JWT"}), "ES384": ("configured", "failed", None)}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
