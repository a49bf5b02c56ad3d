#!/usr/bin/env bash
# Software: POCO C++ Libraries 1.11.0 (libpoco-dev 1.11.0-3+deb12u1 of Debian 12), Poco::JWT. The script also needs g++.
# Behaviour: setExpiration() and setIssuedAt() write the microseconds of the time stamp: "exp":1795987278.454627. A time
#   stamp of a whole second gives an integer.
# One would guess: `exp` and `iat` are written as integers, as nearly every JWT library does.
# Why it matters: RFC 7519 allows a fraction, so most servers accept it; some want an integer (NHS England answers 400
#   "must be an integer"). Once in a million assertions the fraction is zero, and each test with a fixed time passes.
# Remedy: Timestamp::fromEpochTime(timestamp.epochTime()).
# It needs Debian's package lists (apt-get update) and unpacks the packages into a temporary folder.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
want="libpococrypto80=1.11.0-3+deb12u1 libpocofoundation80=1.11.0-3+deb12u1 libpocojson80=1.11.0-3+deb12u1 libpocojwt80=1.11.0-3+deb12u1"
# shellcheck disable=SC2086
more=$(apt-get -s --no-install-recommends install $want 2>/dev/null | sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1=\2/p')
for package in $want $more libpoco-dev=1.11.0-3+deb12u1; do echo "$package"; done | sort -u | xargs apt-get -q download >apt.log 2>&1 ||
  { cat apt.log; echo "these packages of Debian 12 could not be downloaded"; exit 2; }
for deb in ./*.deb; do dpkg -x "$deb" root; done
for lib in root/usr/lib/*-linux-gnu* root/lib/*-linux-gnu*; do LD_LIBRARY_PATH="$dir/$lib:${LD_LIBRARY_PATH:-}"; done
for lib in root/usr/lib/*-linux-gnu*; do library=$dir/$lib; done
export LD_LIBRARY_PATH
cat >check.cpp <<'CPP'
#include <Poco/JWT/Token.h>
#include <Poco/Timestamp.h>
#include <iostream>

int main() {
    Poco::Timestamp exact(1795987278454627), whole = Poco::Timestamp::fromEpochTime(exact.epochTime());
    for (const auto &time : {exact, whole}) {
        Poco::JWT::Token token;
        token.setIssuedAt(time);
        token.payload().stringify(std::cout);
        std::cout << '\n';
    }
}
CPP
g++ -I root/usr/include check.cpp -o check -L "$library" -lPocoJWT -lPocoCrypto -lPocoJSON -lPocoFoundation
found=$(./check)
echo "$found"
expected='{"iat":1795987278.454627}
{"iat":1795987278}'
if [ "$found" != "$expected" ]; then
  echo "changed: expected $expected"
  exit 1
fi
