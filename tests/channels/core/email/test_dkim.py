"""Signatures hold for what was signed and for nothing else, as independent code checks them."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from careloom.channels.core.email.dkim import Signer, make_key, record_of, sign_mail
from careloom.channels.types.signing import SigningAlgorithm

AT = datetime(2024, 1, 1, tzinfo=UTC)
RSA = make_key(SigningAlgorithm.RSA)
ED25519 = make_key(SigningAlgorithm.ED25519)
HEAD = b"From: Care <care@brand.example>\r\nTo: ada@example.org\r\nSubject: Your\r\n parcel\r\n"


def _signed(raw: bytes, algorithm: SigningAlgorithm = SigningAlgorithm.RSA) -> bytes:
    key = RSA if algorithm is SigningAlgorithm.RSA else ED25519
    return sign_mail(raw, Signer("brand.example", "s1", algorithm, key.private), AT)


def _verifies(raw: bytes) -> bool:
    name, value = record_of("s1", "brand.example", SigningAlgorithm.RSA, RSA.public)

    def lookup(asked: bytes, timeout: int = 5) -> bytes | None:
        return value.encode() if asked == name.encode() + b"." else None

    return dkim.verify(raw, dnsfunc=lookup)


@settings(max_examples=60)
@given(body=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300))
def test_any_body_verifies(body: str) -> None:
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    raw = "".join(f"{line}\r\n" for line in lines).encode()  # as SMTP carries it: the last line ends, too
    assert _verifies(_signed(HEAD + b"\r\n" + raw))


def test_blanks_that_change_on_the_way_do_no_harm() -> None:
    signed = _signed(HEAD + b"\r\nTomorrow,  at noon.\r\n\r\n")
    assert _verifies(signed.replace(b"Your\r\n parcel", b"Your parcel").replace(b",  at", b", at") + b"\r\n")


@pytest.mark.parametrize("change", [(b"noon", b"dusk"), (b"care@", b"scam@"), (b"ada@", b"eve@")])
def test_anything_else_that_changes_breaks_it(change: tuple[bytes, bytes]) -> None:
    assert not _verifies(_signed(HEAD + b"\r\nTomorrow at noon.\r\n").replace(*change))


def test_a_second_sender_cannot_be_added() -> None:
    signed = _signed(HEAD + b"\r\nTomorrow.\r\n")
    assert not _verifies(b"From: eve@example.net\r\n" + signed)


def test_ed25519_signs_the_hash_of_what_rsa_would_sign() -> None:
    """The library of the other tests needs a package for Ed25519 that has no use here: this follows RFC 8463."""
    signed = _signed(HEAD + b"\r\nTomorrow.\r\n", SigningAlgorithm.ED25519)
    field, _, _ = signed.partition(b"\r\nFrom:")
    value, _, signature = field.removeprefix(b"DKIM-Signature:").replace(b"\r\n", b"").rpartition(b"b=")
    squeezed = re.sub(rb"[ \t]+", b" ", value + b"b=").strip()
    text = b"from:Care <care@brand.example>\r\nto:ada@example.org\r\nsubject:Your parcel\r\ndkim-signature:" + squeezed
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(ED25519.public))
    proof = base64.b64decode(re.sub(rb"\s", b"", signature))
    public.verify(proof, hashlib.sha256(text).digest())
    with pytest.raises(InvalidSignature):
        public.verify(proof, hashlib.sha256(text + b".").digest())
