#!/usr/bin/env bash
# Software: iddawc 1.1.8 (libiddawc1.1 1.1.8-1 of Debian 12), the OAuth client library for C. The script also needs
#   g++.
# Behaviour: i_run_token_request() reports I_ERROR_PARAM ("error in parameters") for a token of three parts with dots,
#   as each signed JWT is, in a session that has no keys of the server. The answer had status 200, and the session
#   holds the token. An opaque token gives I_OK. An expires_in of 300.0 or "300" is read as 0, without an error.
# One would guess: an access token is opaque to the client (RFC 6749 section 1.4), and a client that has a token
#   endpoint, an identifier and a secret has all its parameters.
# Why it matters: many health servers give JWTs, made for the FHIR server and not for the client. The same program
#   works with one server and blames its own parameters with the next one, whose log shows a token that was issued.
# Remedy: set I_OPT_OPENID_CONFIG_STRICT to I_STRICT_NO. i_init_session() turns on three flags for access tokens
#   there.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="libiddawc-dev=1.1.8-1 libiddawc1.1=1.1.8-1 librhonabwy-dev=1.1.11-1 librhonabwy1.1=1.1.11-1 libulfius-dev=2.7.13-1
  libulfius2.7=2.7.13-1 libyder-dev=1.4.19-1 libyder2.0=1.4.19-1 liborcania-dev=2.3.2-1 liborcania2.3=2.3.2-1"
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
cat >token.cpp <<'C'
#include <cstdio>
extern "C" {
#include <iddawc.h>
}

// Asks the token endpoint in the first argument; prints the result, the token and its lifetime.
int main(int count, char **argv) {
  struct _i_session session;
  i_global_init();
  i_init_session(&session);
  i_set_parameter_list(&session, I_OPT_RESPONSE_TYPE, I_RESPONSE_TYPE_CLIENT_CREDENTIALS, I_OPT_CLIENT_ID, "client-1",
                       I_OPT_CLIENT_SECRET, "secret", I_OPT_TOKEN_METHOD, I_TOKEN_AUTH_METHOD_SECRET_BASIC,
                       I_OPT_TOKEN_ENDPOINT, argv[1], I_OPT_SCOPE, "system/*.rs", I_OPT_NONE);
  if (count > 2) i_set_int_parameter(&session, I_OPT_OPENID_CONFIG_STRICT, I_STRICT_NO);
  int result = i_run_token_request(&session);
  const char *token = i_get_str_parameter(&session, I_OPT_ACCESS_TOKEN);
  std::printf("%s %s %u\n", result == I_OK ? "I_OK" : result == I_ERROR_PARAM ? "I_ERROR_PARAM" : "other", token ? token : "none",
              i_get_int_parameter(&session, I_OPT_EXPIRES_IN));
  i_clean_session(&session);
  return 0;
}
C
# shellcheck disable=SC2086
g++ -std=c++17 -Iroot/usr/include token.cpp -o token $link -liddawc -lrhonabwy -Wl,--allow-shlib-undefined
cat >check.py <<'PY'
import base64, hashlib, hmac, http.server, json, subprocess, sys, threading, time

def part(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")

head = part(b'{"alg":"HS256","typ":"at+jwt"}')
body = part(json.dumps({"iss": "https://as.example", "aud": "https://fhir.example", "exp": int(time.time()) + 300}).encode())
jwt = f"{head}.{body}." + part(hmac.digest(b"shared with the FHIR server", f"{head}.{body}".encode(), hashlib.sha256))
answer = {}

class TokenEndpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), TokenEndpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
opaque = "2YotnFZFEjr1zCsicMWpAA"
cases = [
    ("opaque", opaque, 300, [], "I_OK", "300"),
    ("JWT", jwt, 300, [], "I_ERROR_PARAM", "300"),
    ("JWT, I_STRICT_NO", jwt, 300, ["no"], "I_OK", "300"),
    ("two dots, no JWT", "v1.2YotnFZF.Ejr1zCsi", 300, [], "I_ERROR_PARAM", "300"),
    ("opaque, 300.0", opaque, 300.0, [], "I_OK", "0"),
    ("opaque, \"300\"", opaque, "300", [], "I_OK", "0"),
]
changed = []
for name, token, lifetime, strict, expected, expected_lifetime in cases:
    answer.clear()
    answer.update(access_token=token, token_type="Bearer", expires_in=lifetime)
    url = f"http://127.0.0.1:{server.server_port}/token"
    run = subprocess.run(["./token", url, *strict], capture_output=True, text=True, check=True)
    result, stored, seconds = run.stdout.split()
    print(f"{name:17} {result:14} token stored: {stored == token}, expires_in {seconds}")
    if (result, stored, seconds) != (expected, token, expected_lifetime):
        changed.append(f"{name}: expected {expected}, the token and {expected_lifetime}")
if changed:
    sys.exit("changed: " + "; ".join(changed))
PY
python3 check.py
