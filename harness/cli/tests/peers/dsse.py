"""Verifies a seal with securesystemslib, which shares no code with this program: dsse.py SEAL PUBLIC-KEY...

Every key has to have signed. From version 0.27 on the library reads the envelope itself; before, it verifies signatures alone."""

import base64
import json
import sys

from securesystemslib.signer import Signature, SSlibKey


def key(path):
    pem = open(path).read()
    pem = pem[pem.index("-----BEGIN"):]
    der = base64.b64decode("".join(pem.splitlines()[1:-1]))
    if len(der) == 44:
        return "ed25519", "ed25519", der[-32:].hex()
    return "ecdsa", "ecdsa-sha2-nistp256", pem


def named(path, keyid):
    kind, scheme, public = key(path)
    return SSlibKey(keyid, kind, scheme, {"public": public})


envelope = json.load(open(sys.argv[1]))
keys = [named(path, each["keyid"]) for path, each in zip(sys.argv[2:], envelope["signatures"], strict=True)]
try:
    from securesystemslib.dsse import Envelope
except ImportError:
    kind, payload = envelope["payloadType"].encode(), base64.b64decode(envelope["payload"])
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    for each, signature in zip(keys, envelope["signatures"]):
        each.verify_signature(Signature(each.keyid, base64.b64decode(signature["sig"]).hex()), signed)
else:
    Envelope.from_dict(envelope).verify(keys, len(keys))
print(len(keys), "signatures hold")
