"""What people make of key files: other encodings, wrappers and mistakes, in the folder that is the argument."""
import base64
import gzip
import json
import sys
import zipfile
from pathlib import Path

from jwcrypto import jwk

folder = Path(sys.argv[1])


def read(name):
    return (folder / name).read_text()


def put(name, content):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def encoded(text):
    return base64.b64encode(text.encode()).decode()


pem, certificate = read("p256.pem"), read("cert.pem")
lines = pem.splitlines()[1:-1]

put("escaped.txt", pem.replace("\n", "\\n"))
put("escaped_crlf.txt", pem.replace("\n", "\\r\\n"))
put("escaped_p256_with_cert.txt", (certificate + pem).replace("\n", "\\n"))
put("quoted.txt", '"' + pem.replace("\n", "\\n") + '"\n')
put("base64_of_pem.txt", encoded(pem))
put("base64_of_der.txt", "".join(lines))
put("base64_of_der_in_lines.txt", "\n".join(lines) + "\n")
put("base64_of_p12.txt", base64.b64encode((folder / "bundle.p12").read_bytes()))
put("utf16_le.pem", b"\xff\xfe" + pem.encode("utf-16-le"))
put("utf16_le_no_mark.pem", pem.encode("utf-16-le"))
put("utf16_be.pem", b"\xfe\xff" + pem.encode("utf-16-be"))
put("utf16_be_no_mark.pem", pem.encode("utf-16-be"))
put("utf16.jwk", b"\xff\xfe" + read("node_ec.jwk").encode("utf-16-le"))
put("utf8_mark.pem", b"\xef\xbb\xbf" + pem.encode())
put("one_line.pem", pem.replace("\n", " "))
put("crlf.pem", pem.replace("\n", "\r\n"))
put("certificate_before.pem", certificate + pem)
put("certificate_behind.pem", pem + certificate)
put("two_certificates_and_key.pem", certificate + pem + certificate)
put("two_keys.pem", pem + certificate + read("p384.pem"))
put("same_key_twice.pem", pem + read("p256.sec1.pem"))
put("dashes.pem", pem.replace("-----", "\u2014"))
with gzip.open(folder / "key.pem.gz", "wb") as file:
    file.write(pem.encode())
with zipfile.ZipFile(folder / "key.zip", "w") as file:
    file.writestr("p256.pem", pem)

put("google_service_account.json", json.dumps({
    "type": "service_account",
    "project_id": "p",
    "private_key_id": "0",
    "private_key": read("rsa2048.pem"),
    "client_email": "t@p.iam.gserviceaccount.com",
}, indent=2))
put("kubernetes_secret.yaml",
    f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: key\ndata:\n  key.pem: {encoded(pem)}\n")
put("kubernetes_secret.json", json.dumps({
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "key"},
    "data": {"tls.crt": encoded(certificate), "tls.key": encoded(pem)},
}))
# The credentials of AWS's own documentation.
put("aws_credentials", "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n")
put("token.jwt", "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJjbGllbnQifQ.c2lnbmF0dXJl")
put("age.txt", "AGE-SECRET-KEY-1EXAMPLE\n")
put("azure.txt", "DefaultEndpointsProtocol=https;AccountName=example;AccountKey=AAAA;EndpointSuffix=core.windows.net\n")
put("dotnet.xml", "<RSAKeyValue><Modulus>AQAB</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>\n")
put("page.html", "<!DOCTYPE html>\n<html></html>\n")
put("key.pdf", "%PDF-1.7\n")
put("tss2.pem", "-----BEGIN TSS2 PRIVATE KEY-----\nMAUGA2eBBQ==\n-----END TSS2 PRIVATE KEY-----\n")
put("empty.pem", "")
put("text.txt", "not a key\n")

key = json.loads(read("node_ec.jwk"))
put("wrapped.json", json.dumps({"name": "key 1", "key": key}))
put("wrapped_pem.json", json.dumps({"privateKey": pem}))
put("wrapped_deep.json", json.dumps({
    "boxAppSettings": {"clientID": "c", "appAuth": {"publicKeyID": "k", "privateKey": pem}},
}))
put("wrapped.array.json", json.dumps([key]))
put("jwk_escaped.txt", json.dumps(json.dumps(key))[1:-1])


def with_members(name, **members):
    changed = {**key, **members}
    put(name, json.dumps({name: value for name, value in changed.items() if value is not ...}))


with_members("jwk_padding.jwk", x=key["x"] + "=")
with_members("jwk_standard_base64.jwk", x="+/" + key["x"][2:])
with_members("jwk_numeric_kid.jwk", kid=7)
with_members("jwk_without_y.jwk", y=...)
with_members("jwk_without_crv.jwk", crv=...)
with_members("jwk_without_kty.jwk", kty=...)
with_members("jwk_public.jwk", d=...)
with_members("jwk_use_enc.jwk", use="enc", key_ops=["deriveKey"])
put("jwk_twice.jwk", json.dumps(key).replace("{", '{"x":"AA",', 1))
rsa = json.loads(read("joserfc_rsa.jwk"))
put("jwk_oth_null.jwk", json.dumps({**rsa, "oth": None}))
put("rsa_without_primes.jwk", json.dumps({name: rsa[name] for name in ("kty", "n", "e", "d")}))
long = jwk.JWK.from_pem((folder / "rsa4096.pem").read_bytes()).export_private(as_dict=True)
put("rsa4096.jwk", json.dumps({name: value for name, value in long.items() if name != "kid"}))
