"""The installation's certificate: loaded, checked, and loaded again when it was renewed."""

import asyncio
import ssl
from pathlib import Path

import structlog

from careloom.platform.errors import TerminalError
from careloom.platform.settings import Settings

log = structlog.get_logger()
_LOOK_SECONDS = 5.0


class CertificateError(TerminalError):
    """The certificate cannot be used."""


class Certificate:
    """A certificate with its key; `context` serves it to whoever connects, by TLS 1.2 or newer."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises CertificateError with what to change."""
        self._files = certificate, key
        self._version = self._look()
        self.context = self._load()

    async def follow(self, seconds: float = _LOOK_SECONDS) -> None:
        """Until cancelled: looks for new files and serves them to new connections; keeps the old ones while they do not
        fit together.
        """
        while True:
            await asyncio.sleep(seconds)
            self.renew()

    def renew(self) -> bool:
        """Loads the files where they have changed; answers whether new ones are served."""
        version = self._look()
        if version == self._version:
            return False
        try:
            self._load()
        except CertificateError as error:
            log.warning("certificate_not_renewed", reason=error.detail)
            return False
        self.context.load_cert_chain(*self._files)
        self._version = version
        log.info("certificate_renewed")
        return True

    def _load(self) -> ssl.SSLContext:
        """A context with the files as they are now."""
        certificate, key = self._files
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE | ssl.OP_NO_RENEGOTIATION
        try:
            context.load_cert_chain(certificate, key, password=_no_passphrase)
        except ssl.SSLError as error:
            reason = error.reason or "they are no PEM files"
            raise CertificateError(
                f"CARELOOM_TLS_CERTIFICATE {certificate} and CARELOOM_TLS_KEY {key} do not work ({reason}). "
                "Name a PEM file with the certificate and its chain, and one with its own key, without a passphrase."
            ) from None
        except OSError as error:
            raise CertificateError(
                f"CARELOOM_TLS_CERTIFICATE {certificate} or CARELOOM_TLS_KEY {key} cannot be read ({error.strerror}). "
                "Correct the names, or let this user read the files."
            ) from None
        return context

    def _look(self) -> tuple[tuple[int, int] | None, ...]:
        """Changes when a file does; also when a link leads to another."""
        return tuple(_version(path) for path in self._files)


def open_certificate(settings: Settings) -> Certificate | None:
    """The certificate that the settings name; None where a proxy ends TLS. Raises CertificateError."""
    if settings.tls_certificate is None or settings.tls_key is None:
        return None
    return Certificate(settings.tls_certificate, settings.tls_key)


def _version(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino


def _no_passphrase() -> str:
    """Asked for where the key has a passphrase: no process can be asked at its start."""
    return ""
