"""An authorization server on PyPI's Authlib, without a web framework, for as long as standard input stays open.

It takes client assertions (RFC 7523 section 2.2) for the client credentials grant, and the jwt-bearer grant of
section 2.1. It remembers each `jti` of a client assertion; Authlib has no such place for the grant.

Standard input, first line, JSON: {"clients": [{"client_id", "jwks"}], "as_shipped": bool, "users": [subject, ...]}.
`as_shipped` leaves the algorithms to Authlib; otherwise the `alg` of the client's JWK is the one.
Standard output, one line, JSON: {"event": "listening", "issuer", "token_url"}.
"""

import json
import os
import secrets
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

# It listens on the loopback address alone.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    ClientMixin,
    InvalidClientError,
    InvalidGrantError,
    OAuth2Request,
)
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion, JWTBearerGrant
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

LOOPBACK = "127.0.0.1"
TOKEN_LIFETIME_SECS = 300
SCOPES = {"system/*.read"}

settings = json.loads(sys.stdin.readline())


class Client(ClientMixin):
    def __init__(self, registered):
        self.client_id = registered["client_id"]
        self.keys = KeySet.import_key_set(registered["jwks"])

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return " ".join(name for name in (scope or "").split() if name in SCOPES)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == JWTBearerClientAssertion.CLIENT_AUTH_METHOD

    def check_grant_type(self, grant_type):
        return grant_type in (ClientCredentialsGrant.GRANT_TYPE, JWTBearerGrant.GRANT_TYPE)


clients = {registered["client_id"]: Client(registered) for registered in settings["clients"]}


def claims_of(assertion, keys, refusal):
    """As both classes of Authlib decode an assertion, but with the `alg` of the client's JWK."""
    try:
        return jwt.decode(assertion, keys, algorithms=[key.alg for key in keys.keys]).claims
    except JoseError as error:
        raise refusal(description=error.description) from error


class Assertion(JWTBearerClientAssertion):
    def __init__(self, audiences):
        super().__init__()
        self.audiences = audiences
        self.seen = set()
        self.seen_lock = threading.Lock()

    def get_audiences(self):
        return self.audiences

    def validate_jti(self, claims, jti):
        use = (claims["sub"], jti)
        with self.seen_lock:
            is_new = use not in self.seen
            self.seen.add(use)
        return is_new

    def resolve_client_public_key(self, client):
        return client.keys

    def process_assertion_claims(self, assertion, resolve_key):
        if settings["as_shipped"]:
            return super().process_assertion_claims(assertion, resolve_key)
        claims = claims_of(assertion, resolve_key, InvalidClientError)
        self.verify_claims(claims)
        return claims


class ClientCredentials(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = [JWTBearerClientAssertion.CLIENT_AUTH_METHOD]


class JwtBearer(JWTBearerGrant):
    def get_audiences(self):
        return [issuer, token_url]

    def resolve_issuer_client(self, issuer):
        return clients.get(issuer)

    def resolve_client_public_key(self, client):
        return client.keys

    def process_assertion_claims(self, assertion):
        if settings["as_shipped"]:
            return super().process_assertion_claims(assertion)
        _, claims = self.extract_assertion(assertion)
        client = self.resolve_issuer_client(claims.get("iss"))
        if client is None:
            raise InvalidGrantError(description="The client does not exist on this server.")
        claims = claims_of(assertion, client.keys, InvalidGrantError)
        self.verify_claims(claims)
        # Like Google and others: the scope is a claim, and no form field.
        self.request.payload.data.setdefault("scope", claims.get("scope"))
        return claims

    def authenticate_user(self, subject):
        return subject if subject in settings["users"] else None

    def has_granted_permission(self, client, user):
        return True


class Request(OAuth2Request):
    def __init__(self, form, headers):
        super().__init__("POST", "/token", headers=headers)
        self.payload = BasicOAuth2Payload(form)

    @property
    def form(self):
        return self.payload.data


class Server(AuthorizationServer):
    def query_client(self, client_id):
        return clients.get(client_id)

    def save_token(self, token, request):
        pass

    def send_signal(self, name, *args, **kwargs):
        pass

    def create_oauth2_request(self, request):
        return request

    def handle_response(self, status, body, headers):
        return status, body, headers


class Endpoint(BaseHTTPRequestHandler):
    # So that a connection is kept.
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        request = Request(dict(parse_qsl(form)), self.headers)
        status, body, headers = server.create_token_response(request)
        body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        pass


http = ThreadingHTTPServer((LOOPBACK, 0), Endpoint)
http.daemon_threads = True
issuer = f"http://{LOOPBACK}:{http.server_port}"
token_url = f"{issuer}/token"

server = Server(scopes_supported=SCOPES)
generator = BearerTokenGenerator(
    lambda **_: secrets.token_urlsafe(32), expires_generator=TOKEN_LIFETIME_SECS
)
server.register_token_generator("default", generator)
server.register_client_auth_method(
    JWTBearerClientAssertion.CLIENT_AUTH_METHOD, Assertion([issuer, token_url])
)
server.register_grant(ClientCredentials)
server.register_grant(JwtBearer)

threading.Thread(target=http.serve_forever, daemon=True).start()
print(json.dumps({"event": "listening", "issuer": issuer, "token_url": token_url}), flush=True)
# Our caller is gone, in whatever way: leave too.
sys.stdin.read()
