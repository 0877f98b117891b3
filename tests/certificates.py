"""Real certificates, signed by themselves, for tests that speak TLS."""

from __future__ import annotations

import ipaddress
import os
import ssl
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from careloom.platform.clock import now


def make_certificate(folder: Path, name: str = "localhost", days: float = 30, passphrase: bytes | None = None) -> None:
    """Writes `certificate.pem` for `name` and 127.0.0.1, and its `key.pem`, over what was there."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    begun = now() - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begun)
        .not_valid_after(now() + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    _renew(folder / "key.pem", key.private_bytes(serialization.Encoding.PEM, form, locked))
    _renew(folder / "certificate.pem", certificate.public_bytes(serialization.Encoding.PEM))


def _renew(path: Path, content: bytes) -> None:
    """Writes a file that is seen to be younger than the one before: file systems count time in some milliseconds."""
    before = path.stat().st_mtime_ns if path.exists() else None
    path.write_bytes(content)
    if before is not None:
        os.utime(path, ns=(before + 10**9, before + 10**9))


def trusting(folder: Path) -> ssl.SSLContext:
    """A client's context that trusts the certificate in `folder` and nothing else."""
    return ssl.create_default_context(cafile=folder / "certificate.pem")
