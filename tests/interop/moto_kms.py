"""AWS KMS as PyPI's moto has it, with one user who may use it, for as long as standard input stays open.

From then on moto verifies the signature of each request (SigV4), as AWS does.

Standard input, first line, JSON: {}.
Standard output, one line, JSON: {"event": "listening", "issuer", "token_url", "access_key_id", "secret_access_key"}, where both
URLs are that of the API.
"""

import json
import sys
import urllib.request

import boto3
from moto.server import ThreadedMotoServer

LOOPBACK = "127.0.0.1"
REGION = "us-east-1"
USER = "clinic"

sys.stdin.readline()

server = ThreadedMotoServer(ip_address=LOOPBACK, port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"

iam = boto3.client(
    "iam", REGION, endpoint_url=url, aws_access_key_id="setup", aws_secret_access_key="setup"
)
statement = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
policy = {"Version": "2012-10-17", "Statement": [statement]}
iam.create_user(UserName=USER)
iam.put_user_policy(UserName=USER, PolicyName="kms", PolicyDocument=json.dumps(policy))
key = iam.create_access_key(UserName=USER)["AccessKey"]
# So many more requests are taken without a look at who sends them.
count = urllib.request.Request(
    f"{url}/moto-api/reset-auth", data=b"0", headers={"Content-Type": "text/plain"}
)
urllib.request.urlopen(count).close()

listening = {
    "event": "listening",
    "issuer": url,
    "token_url": url,
    "access_key_id": key["AccessKeyId"],
    "secret_access_key": key["SecretAccessKey"],
}
print(json.dumps(listening), flush=True)
# Our caller is gone, in whatever way: leave too.
sys.stdin.read()
server.stop()
