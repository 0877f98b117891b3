"""The certificate: what is refused at the start, what is served, and what a renewal changes."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from careloom.platform.tls import Certificate, CertificateError
from tests.certificates import make_certificate, trusting


def served(certificate: Certificate, client: ssl.SSLContext) -> tuple[str, bytes]:
    """The version and the certificate that `client` gets to see; raises ssl.SSLError."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    theirs = client.wrap_bio(to_client, to_server, server_hostname="localhost")
    ours = certificate.context.wrap_bio(to_server, to_client, server_side=True)
    done: set[ssl.SSLObject] = set()
    while len(done) < 2:
        for one in (theirs, ours):
            try:
                one.do_handshake()
                done.add(one)
            except ssl.SSLWantReadError:
                continue
    return theirs.version() or "", theirs.getpeercert(binary_form=True) or b""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_certificate(tmp_path)
    return tmp_path


@pytest.fixture
def certificate(folder: Path) -> Certificate:
    return opened(folder)


def opened(folder: Path) -> Certificate:
    return Certificate(folder / "certificate.pem", folder / "key.pem")


def test_it_is_served_by_tls_1_2_and_newer(certificate: Certificate, folder: Path) -> None:
    client = trusting(folder)
    assert served(certificate, client)[0] == "TLSv1.3"
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    assert served(certificate, client)[0] == "TLSv1.2"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_older_versions_are_refused(certificate: Certificate, folder: Path) -> None:
    client = trusting(folder)
    client.set_ciphers("ALL:@SECLEVEL=0")
    client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError):
        served(certificate, client)


def test_what_does_not_work_is_refused_with_what_to_change(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(CertificateError, match="cannot be read"):
        Certificate(folder / "none.pem", folder / "key.pem")
    (folder / "text.pem").write_text("no certificate")
    with pytest.raises(CertificateError, match="Name a PEM file"):
        Certificate(folder / "text.pem", folder / "key.pem")
    other = tmp_path_factory.mktemp("other")
    make_certificate(other)
    with pytest.raises(CertificateError, match="its own key"):
        Certificate(folder / "certificate.pem", other / "key.pem")
    make_certificate(other, passphrase=b"a word")
    with pytest.raises(CertificateError, match="without a passphrase"):
        opened(other)


def test_a_renewed_certificate_is_served_to_new_connections(certificate: Certificate, folder: Path) -> None:
    assert not certificate.renew()
    before = served(certificate, trusting(folder))[1]
    make_certificate(folder)
    assert certificate.renew()
    assert served(certificate, trusting(folder))[1] != before
    assert not certificate.renew()


def test_while_certificate_and_key_do_not_fit_the_old_ones_are_served(certificate: Certificate, folder: Path) -> None:
    client = trusting(folder)
    before = served(certificate, client)[1]
    key = (folder / "key.pem").read_bytes()
    make_certificate(folder)
    new = (folder / "key.pem").read_bytes()
    (folder / "key.pem").write_bytes(key)
    assert not certificate.renew()
    (folder / "key.pem").unlink()
    assert not certificate.renew()
    assert served(certificate, client)[1] == before
    (folder / "key.pem").write_bytes(new)
    assert certificate.renew()
    assert served(certificate, trusting(folder))[1] != before
