#!/usr/bin/env bash
# Software: txHL7 0.5.0 with Twisted 26.10.0, hl7 0.4.5 and mllp-http 1.1.4 (PyPI).
# Behaviour: raw_message of the first message on a connection is the bare text. From the second one on it begins with
#   the CR of the last block and the start mark, "\r\x0bMSH". The hl7 package strips that, so nothing is seen until the
#   text is used otherwise: put into a block again, it is refused by mllp-http.
# One would guess: the text between the marks each time, as the documentation of MessageContainer says.
# Why it matters: a receiver that checks for "MSH", or stores or forwards the text, works in each test with one message
#   and fails in operation, where the sender keeps the connection.
# Remedy: raw_message.strip("\r\x0b") at the start of one's own MessageContainer.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check txHL7==0.5.0 Twisted==26.10.0 hl7==0.4.5 mllp-http==1.1.4 six==1.17.0 || exit 2
cat >check.py <<'PY'
import sys
import logging, hl7
from mllp_http.mllp import read_mllp
from twisted.internet.testing import StringTransport
from txHL7.mllp import MLLPFactory
from txHL7.receiver import AbstractReceiver

found = []
logging.disable()

class Receiver(AbstractReceiver):
    def handleMessage(self, container):
        text = container.raw_message
        forwarded = list(read_mllp(iter(f"\x0b{text}\x1c\r".encode())))
        by_hl7 = str(hl7.parse(text).segment("PID")[3][0][0])
        found.append((text[:text.index("|")], by_hl7, len(forwarded)))

def block(control_id, patient):
    return (f"\x0bMSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501120000||ADT^A01^ADT_A01|{control_id}|T|2.5.1\r"
            f"EVN||20240501120000\rPID|1||{patient}^^^HOSP^MR||Smith^Jane\rPV1||O\r\x1c\r").encode()

connection = MLLPFactory(Receiver()).buildProtocol(None)
connection.makeConnection(StringTransport())
for control_id, patient in [("A", "1001"), ("B", "2002"), ("C", "3003")]:
    connection.dataReceived(block(control_id, patient))
for start, by_hl7, forwarded in found:
    print(f"raw_message begins with {start!r}; patient by hl7: {by_hl7}; messages that mllp-http reads when it is forwarded: {forwarded}")
expected = [("MSH", "1001", 1), ("\r\x0bMSH", "2002", 0), ("\r\x0bMSH", "3003", 0)]
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
