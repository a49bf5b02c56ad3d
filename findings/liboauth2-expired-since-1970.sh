#!/usr/bin/env bash
# Software: liboauth2 1.4.5.4-1 (Debian 12), the library of mod_oauth2, which guards APIs behind Apache and NGINX. The
#   script also needs g++.
# Behaviour: an `exp` with decimals is read as 0. A token that lives for five more minutes is refused as expired, with
#   "JWT expired 1796127089 seconds ago". An `iat` with decimals is fine.
# One would guess: RFC 7519 section 2 allows a NumericDate with decimals, as 1796127089.5; a JSON library reads it, and
#   a reader that cannot do so says that the claim is no integer.
# Why it matters: some servers write the time as their clock gives it, with decimals. Their tokens are refused at once,
#   and the log points at a clock that is wrong by more than fifty years.
# Remedy: cut the decimals where the token is made; verify.exp=skip would give up the check.
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
cat >verify.cpp <<'C'
#include <cstdio>
extern "C" {
#include <oauth2/oauth2.h>
}

// Verifies the token in the second argument with the JWK in the first.
int main(int, char **argv) {
  oauth2_log_t *log = oauth2_init(OAUTH2_LOG_ERROR, &oauth2_log_sink_stderr);
  oauth2_cfg_token_verify_t *verify = nullptr;
  char *error = oauth2_cfg_token_verify_add_options(log, &verify, "jwk", argv[1], nullptr);
  json_t *claims = nullptr;
  bool verified = !error && oauth2_token_verify(log, nullptr, verify, argv[2], &claims);
  std::printf("%s\n", verified ? "accepted" : "refused");
  return 0;
}
C
# shellcheck disable=SC2086
g++ -std=c++17 -Iroot/usr/include verify.cpp -o verify $link -loauth2 -Wl,--allow-shlib-undefined
cat >check.py <<'PY'
import json, re, subprocess, sys, time
from joserfc import jwt
from joserfc.jwk import RSAKey

key = RSAKey.generate_key(2048, {"kid": "2026-11", "alg": "RS384"})
now = int(time.time())
cases = {
    "both without decimals": ({"iat": now, "exp": now + 300}, "accepted", None),
    "iat with decimals": ({"iat": now - 0.5, "exp": now + 300}, "accepted", None),
    "exp with decimals": ({"iat": now, "exp": now + 300.5}, "refused", r"JWT expired (\d+) seconds ago"),
}
changed = []
for name, (times, expected, pattern) in cases.items():
    token = jwt.encode({"alg": "RS384", "kid": "2026-11"}, {"iss": "https://as.example"} | times, key, algorithms=["RS384"])
    run = subprocess.run(["./verify", json.dumps(key.as_dict(private=False)), token], capture_output=True, text=True, check=True)
    found = run.stdout.strip()
    said = re.search(pattern, run.stderr) if pattern else None
    print(f"{name}: {found}", said[0] if said else "")
    if found != expected or bool(said) != bool(pattern) or (said and int(said[1]) < now):
        changed.append(f"{name}: expected {expected}, with a reason that matches {pattern}; found {found}, {run.stderr}")
if changed:
    sys.exit("changed: " + "; ".join(changed))
PY
venv/bin/python check.py
