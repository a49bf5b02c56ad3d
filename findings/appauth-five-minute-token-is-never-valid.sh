#!/usr/bin/env bash
# Software: @openid/appauth 1.4.0 (npm), AppAuth for JavaScript; esbuild 0.28.2 (npm) makes it loadable for node.
# Behaviour: TokenResponse.isValid() takes ten minutes off the lifetime. A token of 300 seconds is not valid in the
#   moment it is made; one of 601 seconds is valid for one second. toJson() turns the number expires_in into a string.
# One would guess: a margin of some seconds, as other clients have it, or one that is shorter than the lifetime.
# Why it matters: SMART backend services recommends an expires_in of 300. A client that asks isValid() before each call
#   fetches a new token for each call, and some servers then limit or lock it. With the hour of a test server nothing
#   is seen.
# Remedy: isValid(-30).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @openid/appauth@1.4.0 esbuild@0.28.2 || exit 2
cat >check.mjs <<'JS'
import { TokenResponse } from "@openid/appauth/built/src/token_response.js";
const answer = (expires_in) => ({ access_token: "a", token_type: "Bearer", expires_in });
const found = [];
for (const seconds of [3600, 620, 580, 300]) {
  const token = new TokenResponse(answer(seconds));
  found.push([seconds, token.isValid(), token.isValid(-30)]);
  console.log(`${seconds} s, just made: isValid() ${token.isValid()}, isValid(-30) ${token.isValid(-30)}`);
}
const written = new TokenResponse(answer(300)).toJson().expires_in;
console.log("expires_in of toJson():", JSON.stringify(written));
const expected = [[3600, true, true], [620, true, true], [580, false, true], [300, false, true]];
if (JSON.stringify(found) !== JSON.stringify(expected) || written !== "300") {
  console.log("changed: expected", expected, 'and "300"');
  process.exit(1);
}
JS
node_modules/.bin/esbuild check.mjs --bundle --platform=node --format=esm --outfile=bundle.mjs --log-level=error
node bundle.mjs
