"""A passkey authenticator in software, as a browser drives one: makes keys and signs challenges."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_PRESENT, _VERIFIED, _HOLDS_KEY = 0x01, 0x04, 0x40


class Authenticator:
    """One passkey. `origin` is what the browser says, whatever the page pretends; `counter` can be turned back."""

    def __init__(self, origin: str = "http://localhost:8000", *, verifies: bool = True) -> None:
        self.origin = origin
        self.counter = 0
        self.user_handle = b""
        self._flags = _PRESENT | (_VERIFIED if verifies else 0)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = secrets.token_bytes(16)
        self._host = ""

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer of `navigator.credentials.create`."""
        self._host = options["rp"]["id"]
        self.user_handle = base64url_to_bytes(options["user"]["id"])
        client = self._client("webauthn.create", options["challenge"])
        attested = bytes(16) + len(self._id).to_bytes(2, "big") + self._id + self._public_key()
        data = self._data(self._flags | _HOLDS_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential({"clientDataJSON": _text(client), "attestationObject": _text(attestation)})

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer of `navigator.credentials.get`."""
        self.counter += 1
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(self._flags)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": _text(client),
                "authenticatorData": _text(data),
                "signature": _text(signature),
                "userHandle": _text(self.user_handle),
            }
        )

    def _client(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self._host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")

    def _public_key(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": _text(self._id), "rawId": _text(self._id), "type": "public-key", "response": response}


def _text(value: bytes) -> str:
    return bytes_to_base64url(value)
