#!/usr/bin/env bash
# Software: hl7 0.4.5 (PyPI), Message.escape, and hl7kit 0.2.0 as the reader at the other end.
# Behaviour: escape() writes the hex of the code point, padded with a blank instead of a zero: a line feed becomes
#   "\X a\", and a letter above U+00FF becomes one number of three or four digits that even this library's own
#   unescape() reads as two other letters. MSH-18 plays no part.
# One would guess: \Xdd...\ has two hex digits for each byte in the message's character set, as HL7 v2 chapter 2 says.
# Why it matters: a note with a line feed or a name such as "Dvorak" with its caron arrives damaged, and a plain ASCII
#   test with no control character never shows it.
# Remedy: escape only the five delimiters oneself and leave letters to MSH-18.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7==0.4.5 hl7kit==0.2.0
cat >check.py <<'PY'
import sys
import hl7, hl7kit

head = "MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\r"
message = hl7.parse(head + "PID|1\r")
rows = []
for text in ("a\nb", "caf\u00e9", "Dvo\u0159\u00e1k"):
    escaped = message.escape(text)
    own = message.unescape(escaped)
    other = hl7kit.parse(head + "PID|1||1||" + escaped).get("PID-5")
    rows.append((escaped, own == text, other == text))
    print(f"{text!r:12} -> {escaped:14} own unescape: {own!r:14} hl7kit: {other!r}")
expected = [("a\\X a\\b", True, False), ("caf\\Xe9\\", True, False), ("Dvo\\X159\\\\Xe1\\k", False, False)]
if rows != expected:
    sys.exit(f"changed: expected {expected}, found {rows}")
PY
venv/bin/python check.py
