"""Debian's Glewlwyd with its OpenID Connect plugin, for as long as standard input stays open.

Its database is a new SQLite file in a temporary folder. The plugin and the clients are set up through its own
administration API, as API.md of the package says.

Standard input, first line, JSON: {"clients": [{"client_id", "jwks"}], "tables": file}, where the
file is the SQL script of the package that makes its tables.
Standard output, one line, JSON: {"event": "listening", "issuer", "token_url"}.
"""

import json
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOOPBACK = "127.0.0.1"
TOKEN_LIFETIME_SECS = 300
SCOPE = "system"
# What the package's script says.
ADMINISTRATOR = {"username": "admin", "password": "password"}

CONFIGURATION = """
port={port}
bind_address="{loopback}"
external_url="{url}"
api_prefix="api"
log_mode="console"
log_level="DEBUG"
cookie_domain="{loopback}"
cookie_secure=0
session_key="session"
session_expiration=3600
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database = {{ type = "sqlite3"; path = "{database}"; }};
"""


class Administration:
    def __init__(self, url):
        self.url = url
        self.headers = {"Content-Type": "application/json"}

    def log_in(self, server):
        """Knocks until the server listens: it says that it started a moment before."""
        while True:
            try:
                cookie = self.post("auth/", ADMINISTRATOR)
                break
            except urllib.error.URLError as error:
                has_answered = isinstance(error, urllib.error.HTTPError)
                if has_answered or server.poll() is not None:
                    raise
                time.sleep(0.01)
        self.headers["Cookie"] = cookie.split(";")[0]

    def post(self, path, body):
        request = urllib.request.Request(f"{self.url}/{path}", json.dumps(body).encode(), self.headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.headers.get("Set-Cookie")
        except urllib.error.HTTPError as error:
            print(path, error, error.read().decode(), file=sys.stderr, flush=True)
            raise


def show(log, until=None):
    """The server's log goes where our caller shows it when a test fails."""
    for line in log:
        print(line, end="", file=sys.stderr, flush=True)
        if until is not None and until in line:
            return
    if until is not None:
        sys.exit(f"glewlwyd ended before it said {until!r}")


def free_port():
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return listener.getsockname()[1]


def plugin(issuer):
    key = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    parameters = {
        "iss": issuer,
        "jwt-type": "ecdsa",
        "jwt-key-size": "256",
        "key": key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
        "cert": key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode(),
        "access-token-duration": TOKEN_LIFETIME_SECS,
        "refresh-token-duration": TOKEN_LIFETIME_SECS,
        "code-duration": TOKEN_LIFETIME_SECS,
        "refresh-token-rolling": False,
        "allow-non-oidc": True,
        # Of the grants, client credentials alone.
        "auth-type-client-enabled": True,
        "auth-type-code-enabled": False,
        "auth-type-token-enabled": False,
        "auth-type-id-token-enabled": False,
        "auth-type-none-enabled": False,
        "auth-type-password-enabled": False,
        "auth-type-refresh-enabled": False,
        "auth-type-device-enabled": False,
        # Which client assertions need as well; 300 s is what they live at most.
        "request-parameter-allow": True,
        "request-maximum-exp": 300,
        "client-jwks-parameter": "jwks",
        "client-jwks_uri-parameter": "jwks_uri",
        "client-pubkey-parameter": "pubkey",
    }
    return {
        "module": "oidc",
        "name": "oidc",
        "display_name": "oidc",
        "order_rank": 0,
        "parameters": parameters,
    }


def client(registered):
    return {
        "client_id": registered["client_id"],
        "name": registered["client_id"],
        "enabled": True,
        "confidential": True,
        "authorization_type": ["client_credentials"],
        "token_endpoint_auth_method": ["private_key_jwt"],
        "jwks": registered["jwks"],
        "scope": [SCOPE],
        "redirect_uri": [],
    }


def main():
    settings = json.loads(sys.stdin.readline())
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        database = folder / "glewlwyd.db"
        connection = sqlite3.connect(database)
        tables = pathlib.Path(settings["tables"]).read_text()
        connection.executescript(f"BEGIN;\n{tables}\nCOMMIT;")
        connection.close()
        port = free_port()
        url = f"http://{LOOPBACK}:{port}"
        issuer = f"{url}/api/oidc"
        configuration = folder / "glewlwyd.conf"
        configuration.write_text(CONFIGURATION.format(port=port, loopback=LOOPBACK, url=url, database=database))
        command = ["glewlwyd", "-c", configuration]
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            show(server.stdout, until="Glewlwyd started on port")
            threading.Thread(target=show, args=[server.stdout], daemon=True).start()
            administration = Administration(f"{url}/api")
            administration.log_in(server)
            administration.post("mod/plugin/", plugin(issuer))
            administration.post("scope/", {"name": SCOPE, "display_name": SCOPE, "password_required": False})
            for registered in settings["clients"]:
                administration.post("client/", client(registered))
            listening = {"event": "listening", "issuer": issuer, "token_url": f"{issuer}/token"}
            print(json.dumps(listening), flush=True)
            # Our caller is gone, in whatever way: leave too.
            sys.stdin.read()
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
