#!/usr/bin/env bash
# Software: Authlib 1.9.10, python-jose 3.5.0, jwskate 0.12.2, PyJWT 2.15.1, jwcrypto 1.6.1, joserfc 1.8.0 (PyPI);
#   node-jose 2.2.0, jose 6.2.18 (npm).
# Behaviour: a JWK Set holds an ES384 key and, before it, a key of type AKP (ML-DSA, the post-quantum signature). A
#   token whose `kid` names the ES384 key cannot be verified by Authlib, jwskate and node-jose, wherever the new key
#   stands, and by python-jose when the new key comes first. The other four ignore the key that they do not know.
# One would guess: all ignore it; RFC 7517 section 5 says that unknown key types should be ignored, and `kid` names
#   the key anyway.
# Why it matters: a client publishes its first post-quantum key next to the old one, as one does before a change, and
#   every server that reads the set with one of these libraries refuses the old key, too.
# Remedy: a separate JWK Set URL for new key types until each server has been asked.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check Authlib==1.9.10 python-jose==3.5.0 jwskate==0.12.2 PyJWT==2.15.1 \
  jwcrypto==1.6.1 joserfc==1.8.0
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund node-jose@2.2.0 jose@6.2.18
cat >verify.mjs <<'JS'
import { readFileSync } from "node:fs";
import * as jose from "jose";
import nodeJose from "node-jose";
const { set, token } = JSON.parse(readFileSync(0, "utf8"));
const libraries = {
  "jose": async () => jose.jwtVerify(token, jose.createLocalJWKSet(set)),
  "node-jose": async () => nodeJose.JWS.createVerify(await nodeJose.JWK.asKeyStore(set)).verify(token),
};
const results = {};
for (const [name, run] of Object.entries(libraries)) {
  results[name] = await run().then(() => "verified", (error) => `${error.name}: ${error.message}`);
}
console.log(JSON.stringify(results));
JS
cat >check.py <<'PY'
import json, subprocess, sys, time, warnings
warnings.filterwarnings("ignore")
import jose.jwt, joserfc.jwk, joserfc.jwt, jwcrypto.jwk, jwcrypto.jwt, jwskate, jwt
from authlib.jose import JsonWebKey, JsonWebToken

now = int(time.time())
key = joserfc.jwk.ECKey.generate_key("P-384", {"kid": "ec-2026", "alg": "ES384", "use": "sig"})
new = {"kty": "AKP", "alg": "ML-DSA-44", "kid": "pq-2027", "use": "sig", "pub": "A" * 1750}
token = joserfc.jwt.encode({"alg": "ES384", "kid": "ec-2026"}, {"iss": "c", "iat": now, "exp": now + 60}, key, algorithms=["ES384"])
algs = ["ES384"]
libraries = {
    "Authlib": lambda s: JsonWebToken(algs).decode(token, JsonWebKey.import_key_set(s)),
    "python-jose": lambda s: jose.jwt.decode(token, s, algorithms=algs),
    "jwskate": lambda s: jwskate.Jwt(token).verify_signature(jwskate.JwkSet(s), algs=algs) or 1 / 0,
    "PyJWT": lambda s: jwt.decode(token, jwt.PyJWKSet.from_dict(s)["ec-2026"], algorithms=algs),
    "jwcrypto": lambda s: jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWKSet.from_json(json.dumps(s)), algs=algs, expected_type="JWS"),
    "joserfc": lambda s: joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(s), algorithms=algs),
}

def verify(*keys):
    results = {}
    for name, run in libraries.items():
        try:
            run({"keys": [dict(k) for k in keys]})
            results[name] = "verified"
        except Exception as error:
            results[name] = f"{type(error).__name__}: {error}"
    text = json.dumps({"set": {"keys": keys}, "token": token})
    return results | json.loads(subprocess.run(["node", "verify.mjs"], input=text, capture_output=True, text=True, check=True).stdout)

public = key.as_dict(private=False)
alone, before, after = verify(public), verify(new, public), verify(public, new)
found = {}
for name in alone:
    found[name] = "".join("y" if r[name] == "verified" else "n" for r in (alone, before, after))
    print(f"{name:12} alone: {alone[name]}; new key first: {before[name]:70.70}; new key last: {after[name]:.40}")
expected = {"Authlib": "ynn", "python-jose": "yny", "jwskate": "ynn", "PyJWT": "yyy", "jwcrypto": "yyy", "joserfc": "yyy",
            "jose": "yyy", "node-jose": "ynn"}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
