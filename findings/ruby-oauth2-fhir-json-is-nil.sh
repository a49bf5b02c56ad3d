#!/usr/bin/env bash
# Software: ruby-oauth2 1.4.4-1+deb12u1 with Ruby 3.1 (Debian 12).
# Behaviour: token.get(url).parsed is a Hash for application/json and nil for application/fhir+json, though the body is
#   the same JSON. There is no error.
# One would guess: a type that ends in +json is JSON (RFC 6839 section 3.1) and is parsed; or parsed raises an error for
#   a type that it does not know.
# Why it matters: application/fhir+json is the media type of FHIR, and each server answers with it. parsed["id"] fails
#   with an error on nil, or `if parsed` takes the patient for missing.
# Remedy: OAuth2::Response.register_parser(:fhir, ["application/fhir+json"]) { |body| JSON.parse(body) }.
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="ruby-oauth2=1.4.4-1+deb12u1 ruby3.1 libruby3.1 ruby-rubygems ruby-faraday ruby-jwt ruby-multi-json ruby-multi-xml ruby-rack
  ruby-multipart-post ruby-ruby2-keywords"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
{ echo "ruby-oauth2=1.4.4-1+deb12u1"; for package in $want $more; do echo "$package"; done | grep -v '^ruby-oauth2'; } | sort -u |
  xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do libs="$dir/$lib:${libs:-}"; done
rubylib=
for lib in root/usr/lib/ruby/vendor_ruby root/usr/lib/ruby/3.1.0 root/usr/lib/*-linux-gnu*/ruby/3.1.0 \
  root/usr/lib/*-linux-gnu*/ruby/vendor_ruby/3.1.0 root/usr/share/rubygems-integration/*/gems/*/lib; do rubylib="$rubylib:$dir/$lib"; done
cat >client.rb <<'RB'
require "json"
require "oauth2"
client = OAuth2::Client.new("client-1", "secret", site: ARGV[0], token_url: "/token")
token = client.client_credentials.get_token
types = ["application/json", "application/json; charset=utf-8", "application/fhir+json", "application/fhir+json; fhirVersion=4.0"]
found = types.to_h { |type| [type, token.get("/Patient/1", headers: { "Accept" => type }).parsed&.fetch("id")] }
OAuth2::Response.register_parser(:fhir, ["application/fhir+json"]) { |body| JSON.parse(body) }
found["registered"] = token.get("/Patient/1", headers: { "Accept" => "application/fhir+json" }).parsed&.fetch("id")
puts JSON.generate(found)
RB
cat >check.py <<'PY'
import http.server, json, os, subprocess, sys, threading

class Server(http.server.BaseHTTPRequestHandler):
    def answer(self, media_type, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer("application/json", {"access_token": "a", "token_type": "Bearer", "expires_in": 300})

    def do_GET(self):
        self.answer(self.headers["Accept"], {"resourceType": "Patient", "id": "1"})

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
ruby, libs, rubylib = sys.argv[1:]
environment = os.environ | {"LD_LIBRARY_PATH": libs, "RUBYLIB": rubylib}
run = subprocess.run([ruby, "--disable-gems", "-rrubygems", "client.rb", f"http://127.0.0.1:{server.server_port}"],
                     capture_output=True, text=True, env=environment)
if run.returncode:
    sys.exit(f"changed: the client failed with {run.stderr}")
found = json.loads(run.stdout)
for name, value in found.items():
    print(f"{name}: {value}")
expected = {"application/json": "1", "application/json; charset=utf-8": "1", "application/fhir+json": None,
            "application/fhir+json; fhirVersion=4.0": None, "registered": "1"}
if found != expected:
    sys.exit(f"changed: expected {expected}")
PY
python3 check.py "$dir/root/usr/bin/ruby3.1" "$libs" "$rubylib"
