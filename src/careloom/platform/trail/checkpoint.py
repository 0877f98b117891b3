"""What the installation signs: a chain's head at a moment, to be kept where whoever owns the database does not reach
(a checkpoint), and what an export shows of an entry that leaves without its seal.
"""

import hashlib
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import Struct

from careloom.platform.trail.link import FORM, Link, canonical, instant

_FOLDER = "audit"


class Checkpoint(Struct, frozen=True):
    """The chain had `number` links, the last with `hash`, at that moment; `key` is the public key, as hex."""

    chain: str
    number: int
    hash: str
    at: str
    key: str
    signature: str


class Notary:
    """Signs with a key that follows from the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"careloom audit\0" + secret).digest())
        self.public_key = self._key.public_key().public_bytes_raw().hex()

    def sign(self, chain: str, number: int, head: str, at: datetime) -> Checkpoint:
        """A checkpoint of the chain's head."""
        blank = Checkpoint(chain, number, head, instant(at), self.public_key, "")
        return msgspec.structs.replace(blank, signature=self._key.sign(_signed(blank)).hex())

    def vouch(self, link: Link) -> Link:
        """The same link, whose content is not what was sealed, with a signature that it is what left in its place."""
        return msgspec.structs.replace(link, vouched=self._key.sign(_shown(link)).hex())


def is_signed(one: Checkpoint) -> bool:
    """Whether the signature is that of the key that the checkpoint names."""
    return _is_by(one.key, one.signature, _signed(one))


def is_vouched(link: Link, key: str) -> bool:
    """Whether the key's holder signed that the link's content is what left in place of what was sealed."""
    return isinstance(link.vouched, str) and _is_by(key, link.vouched, _shown(link))


def _is_by(key: str, signature: str, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(bytes.fromhex(signature), signed)
    except (ValueError, InvalidSignature):
        return False
    return True


def keep(home: Path, one: Checkpoint) -> None:
    """Keeps the chain's last checkpoint in a file of the data folder, beside the database."""
    folder = home / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / f"{one.chain}.new"
    fresh.write_bytes(msgspec.json.encode(one))
    fresh.replace(folder / f"{one.chain}.json")


def kept(home: Path, chain: str) -> list[Checkpoint]:
    """The checkpoint that `keep` kept; none where there is none or its file cannot be read as one."""
    try:
        return [msgspec.json.decode((home / _FOLDER / f"{chain}.json").read_bytes(), type=Checkpoint)]
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return []


def _shown(one: Link) -> bytes:
    named = {"form": one.form, "chain": one.chain, "number": one.number, "hash": one.hash}
    return canonical({**named, "content": one.content})


def _signed(one: Checkpoint) -> bytes:
    return canonical({"form": FORM, "chain": one.chain, "number": one.number, "hash": one.hash, "at": one.at})
