"""Signs mail for its sender's domain (DKIM, RFC 6376; Ed25519 by RFC 8463), and makes keys and their DNS records."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa
from msgspec import Struct

from careloom.channels.types.signing import SigningAlgorithm

_SIGNED = (
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "reply-to",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
)
_BLANKS = re.compile(rb"[ \t]+")
_RSA_BITS = 2_048


class NewKey(Struct, frozen=True):
    """A key pair: `private` as PEM, `public` as the base64 that stands in DNS."""

    private: str
    public: str


class Signer(Struct, frozen=True):
    """Who signs: a private key as PEM, named in DNS by `selector` below `domain`."""

    domain: str
    selector: str
    algorithm: SigningAlgorithm
    private: str


def make_key(algorithm: SigningAlgorithm) -> NewKey:
    """Return a new key pair: RSA with 2048 bits, or Ed25519."""
    if algorithm is SigningAlgorithm.ED25519:
        key = ed25519.Ed25519PrivateKey.generate()
        public = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    else:
        key = rsa.generate_private_key(public_exponent=65_537, key_size=_RSA_BITS)
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return NewKey(pem.decode(), base64.b64encode(public).decode())


def record_of(selector: str, domain: str, algorithm: SigningAlgorithm, public: str) -> tuple[str, str]:
    """Return the name and the value of the TXT record that lets receivers check the signatures."""
    return f"{selector}._domainkey.{domain}", f"v=DKIM1; k={algorithm.value}; p={public}"


def sign_mail(raw: bytes, signer: Signer, at: datetime) -> bytes:
    """Return the mail with a signature above its header; both are taken relaxed, so that blanks may change on the way.

    From is signed once more than it occurs, so that none can be added.
    """
    head, _, body = _crlf(raw).partition(b"\r\n\r\n")
    fields = _fields(head)
    names = [name for name in _SIGNED for _ in range(sum(one == name for one, _ in fields))] + ["from"]
    body_hash = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    value = (
        f"v=1; a={signer.algorithm.value}-sha256; c=relaxed/relaxed; d={signer.domain}; s={signer.selector};\r\n"
        f" t={int(at.timestamp())}; h={':'.join(names)};\r\n bh={body_hash};\r\n b="
    )
    signed = _signed_fields(fields, names) + _relaxed_field("dkim-signature", value.encode())
    signature = base64.b64encode(_signature(signer, signed)).decode()
    folded = "\r\n  ".join(signature[start : start + 72] for start in range(0, len(signature), 72))
    return f"DKIM-Signature: {value}{folded}\r\n".encode() + head + b"\r\n\r\n" + body


def _signature(signer: Signer, signed: bytes) -> bytes:
    key = serialization.load_pem_private_key(signer.private.encode(), password=None)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(hashlib.sha256(signed).digest())
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    msg = "a signing key is RSA or Ed25519"
    raise ValueError(msg)


def _signed_fields(fields: list[tuple[str, bytes]], names: list[str]) -> bytes:
    """The fields in the order of `names`, each name taking the lowest one that is left (RFC 6376, 5.4.2)."""
    left = list(fields)
    out = b""
    for name in names:
        found = next((place for place in range(len(left) - 1, -1, -1) if left[place][0] == name), None)
        if found is not None:
            out += _relaxed_field(*left.pop(found)) + b"\r\n"
    return out


def _fields(head: bytes) -> list[tuple[str, bytes]]:
    fields: list[tuple[str, bytes]] = []
    for line in head.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and fields:
            name, value = fields[-1]
            fields[-1] = (name, value + b"\r\n" + line)
        else:
            name, _, value = line.partition(b":")
            fields.append((name.decode("latin-1").strip().lower(), value))
    return fields


def _relaxed_field(name: str, value: bytes) -> bytes:
    return name.encode("latin-1") + b":" + _BLANKS.sub(b" ", value.replace(b"\r\n", b"")).strip(b" \t")


def _relaxed_body(body: bytes) -> bytes:
    lines = [_BLANKS.sub(b" ", line).rstrip(b" \t") for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
