#!/usr/bin/env bash
# Software: hl7types 0.9.5 (PyPI), typed HL7 v2 messages.
# Behaviour: the HL7 null (two double quotes, "delete the value") in a date or time field makes the whole message
#   unreadable: a ValidationError. In a text field the same null is accepted, as text.
# One would guess: the null is allowed in any optional field, for that is how HL7 v2 deletes a value (chapter 2).
# Why it matters: an update that clears a date of death or a discharge time is exactly where such a null stands, and
#   the receiver loses the message with all other changes in it.
# Remedy: decode_er7_hybrid(), or replace the nulls of date fields before typed parsing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7types==0.9.5
cat >check.py <<'PY'
import sys
import hl7types

def read(name, birth):
    text = "\r".join([r"MSH|^~\&|A|B|C|D|20240101120000||ADT^A08^ADT_A01|1|P|2.5.1", "EVN||20240101120000",
                      f"PID|1||1^^^X^MR||{name}||{birth}|F", "PV1|1|I"])
    try:
        return "read, PID-8 " + hl7types.decode_er7(text).PID.pid_8
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[2].strip()}"

values = read("Doe^Ann", "19700101"), read('""', "19700101"), read("Doe^Ann", '""')
for case, value in zip(("no null:         ", "null in the name:", "null in the date:"), values):
    print(case, value)
if not (values[0] == values[1] == "read, PID-8 F" and values[2].startswith("ValidationError")):
    sys.exit("changed: expected the first two to be read and the last to be a ValidationError")
PY
venv/bin/python check.py
