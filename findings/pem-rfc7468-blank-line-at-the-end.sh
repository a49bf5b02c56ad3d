#!/usr/bin/env bash
# Software: pem-rfc7468 1.0.0 (Rust), the PEM reader under RustCrypto's pkcs8, sec1, x509-cert, p256, p384 and rsa.
# Behaviour: a second line end after the last boundary makes the file unreadable (PreEncapsulationBoundary, the name of
#   the part before), as do lines of 76 characters and base64 on one line. Any text before the first boundary is fine,
#   and so is a file with no line end at all.
# One would guess: white space around a PEM block is harmless; text before it is accepted, after all.
# Why it matters: a key that was pasted into a secret store or printed by `echo "$KEY"` has that blank line, and base64
#   tools wrap at 76. OpenSSL reads all of them, so the key "is fine", and the client says it is not.
# Remedy: trim the end of the file before parsing, and re-wrap with `openssl pkey`.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'T'
[package]
name = "check"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
pem-rfc7468 = { version = "=1.0.0", features = ["alloc"] }
T
cat >src/main.rs <<'R'
fn main() {
    for file in std::env::args().skip(1) {
        let pem = std::fs::read(&file).unwrap();
        match pem_rfc7468::decode_vec(&pem) {
            Ok((label, der)) => println!("{file} {label}, {} bytes", der.len()),
            Err(error) => println!("{file} error: {error}"),
        }
    }
}
R
openssl ecparam -name secp384r1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt -out as-written
base64=$(sed '1d;$d' as-written | tr -d '\n')
{ cat as-written; echo; } >blank-line-after
{ echo "the clinic's key"; cat as-written; } >text-before
printf '%s' "$(cat as-written)" >no-line-end
{ sed -n 1p as-written; printf '%s\n' "$base64" | fold -w 76; sed -n '$p' as-written; } >lines-of-76
{ sed -n 1p as-written; printf '%s\n' "$base64"; sed -n '$p' as-written; } >one-line
set -- as-written text-before no-line-end blank-line-after lines-of-76 one-line
for file in "$@"; do openssl pkey -in "$file" -noout; done
echo "OpenSSL reads all six."
cargo run -q -- "$@" | tee out
found=$(sed 's/.*error.*/error/; s/.*bytes/read/' out | tr '\n' ' ')
if [ "$found" != "read read read error error error " ]; then
  echo "changed: expected 'read read read error error error ', found '$found'"
  exit 1
fi
