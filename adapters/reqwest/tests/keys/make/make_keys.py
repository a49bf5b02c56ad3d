"""Private keys by five libraries of Python, into the folder that is the argument."""
import json, sys
from pathlib import Path
folder = Path(sys.argv[1])
def put(name, content):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives import serialization as s
key = ec.generate_private_key(ec.SECP384R1())
rsa_key = rsa.generate_private_key(65537, 2048)
for name, k in [("ec", key), ("rsa", rsa_key)]:
    put(f"pyca_{name}.pem", k.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()))
    put(f"pyca_{name}.traditional.pem", k.private_bytes(s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption()))
    put(f"pyca_{name}.der", k.private_bytes(s.Encoding.DER, s.PrivateFormat.PKCS8, s.NoEncryption()))
    put(f"pyca_{name}.openssh", k.private_bytes(s.Encoding.PEM, s.PrivateFormat.OpenSSH, s.NoEncryption()))
from jwcrypto import jwk, jwe
key = jwk.JWK.generate(kty="EC", crv="P-256", kid="jwcrypto-1", use="sig")
put("jwcrypto_ec.jwk", key.export_private())
put("jwcrypto_rsa.jwk", jwk.JWK.generate(kty="RSA", size=2048).export_private())
put("jwcrypto_ec.pem", key.export_to_pem(True, None))
put("jwcrypto_oct.jwk", jwk.JWK.generate(kty="oct", size=256).export())
sets = jwk.JWKSet(); sets.add(key); put("jwcrypto_set_of_one.jwks", sets.export(private_keys=True))
put("jwcrypto_public.jwks", sets.export(private_keys=False))
sets.add(jwk.JWK.generate(kty="EC", crv="P-384", kid="jwcrypto-2")); put("jwcrypto_set_of_two.jwks", sets.export(private_keys=True))
token = jwe.JWE(key.export_private().encode(), json.dumps({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 1000}))
token.allowed_algs = ["PBES2-HS256+A128KW", "A128GCM"]
token.add_recipient(jwk.JWK.from_password("secret"))
put("jwcrypto.jwe", token.serialize(True)); put("jwcrypto_json.jwe", token.serialize())
from joserfc.jwk import ECKey, RSAKey, OKPKey
put("joserfc_ec.jwk", json.dumps(ECKey.generate_key("P-384", private=True).as_dict(private=True)))
put("joserfc_rsa.jwk", json.dumps(RSAKey.generate_key(2048, private=True).as_dict(private=True)))
put("joserfc_okp.jwk", json.dumps(OKPKey.generate_key("Ed25519", private=True).as_dict(private=True)))
from authlib.jose import JsonWebKey
put("authlib_rsa.jwk", json.dumps(JsonWebKey.generate_key("RSA", 2048, is_private=True).as_dict(is_private=True)))
from base64 import urlsafe_b64decode as b
short = lambda text: len(b(text + "==")) < 32
for _ in range(100000):
    found = JsonWebKey.generate_key("EC", "P-256", is_private=True).as_dict(is_private=True)
    if short(found["x"]) or short(found["y"]):
        put("authlib_short_coordinate.jwk", json.dumps(found)); break
from Crypto.PublicKey import RSA, ECC
put("pycryptodome_rsa.pem", RSA.generate(2048).export_key("PEM"))
put("pycryptodome_rsa.pkcs8.pem", RSA.generate(2048).export_key("PEM", pkcs=8))
put("pycryptodome_ec.pem", ECC.generate(curve="P-256").export_key(format="PEM"))
put("pycryptodome_ec.sec1.pem", ECC.generate(curve="P-256").export_key(format="PEM", use_pkcs8=False))
put("pycryptodome_encrypted.pem", RSA.generate(2048).export_key("PEM", passphrase="secret"))
