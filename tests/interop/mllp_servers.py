"""A server of MLLP of PyPI's hl7 or hl7apy, for as long as standard input stays open.

Standard input, first line, JSON: {"which": "hl7" | "hl7apy"}.
Standard output, one line, JSON: {"event": "listening", "issuer", "token_url"}, where both are its host and port; and then a
line for each message that it acknowledges: {"event": "message", "control_id"}.
"""

import asyncio
import json
import sys
import threading

import hl7
from hl7.mllp import start_hl7_server
from hl7apy.mllp import AbstractHandler, MLLPServer

LOOPBACK = "127.0.0.1"


def say(**members):
    print(json.dumps(members), flush=True)


def listens(port):
    address = f"{LOOPBACK}:{port}"
    say(event="listening", issuer=address, token_url=address)


def until_our_caller_is_gone():
    sys.stdin.read()


async def serve_hl7():
    async def handle(reader, writer):
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                say(event="message", control_id=str(message.segment("MSH")(10)))
                writer.writemessage(message.create_ack("AA"))
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    # As it comes: ASCII, and at most 64 KiB.
    server = await start_hl7_server(handle, LOOPBACK, 0)
    listens(server.sockets[0].getsockname()[1])
    await asyncio.to_thread(until_our_caller_is_gone)


class Handler(AbstractHandler):
    def reply(self):
        header = self.incoming_message.split("\r")[0].split("|")
        say(event="message", control_id=header[9])
        return (
            f"\x0bMSH|^~\\&|||||20261130||ACK|1|P|2.3\rMSA|AA|{header[9]}\r\x1c\r"
        )


def serve_hl7apy():
    server = MLLPServer(LOOPBACK, 0, {"ADT^A01": (Handler,)})
    threading.Thread(target=server.serve_forever, daemon=True).start()
    listens(server.server_address[1])
    until_our_caller_is_gone()


match json.loads(sys.stdin.readline())["which"]:
    case "hl7":
        asyncio.run(serve_hl7())
    case "hl7apy":
        serve_hl7apy()
