"""What `careloom doctor` looks for that makes an installation less safe than it could be: docs/hardening.md."""

import os
import stat
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from cryptography import x509

from careloom.cli.findings import Check, Wrong
from careloom.platform.clock import now
from careloom.platform.database.policies import OPEN
from careloom.platform.settings import Settings
from careloom.platform.tls import open_certificate

_SOON = timedelta(days=14)
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_OPEN_TABLES = (
    "SELECT string_agg(relname, ', ' ORDER BY relname) FROM pg_class WHERE relkind IN ('r', 'p') "
    "AND relnamespace = 'public'::regnamespace AND NOT (relrowsecurity AND relforcerowsecurity) "
    "AND relname <> ALL (%s)"
)
_ENCRYPTED = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


def _secret_key(settings: Settings) -> Wrong | None:
    config = os.environ.get("CARELOOM_CONFIG")
    own = _readable(settings.home / "secret.key", stat.S_IRWXG | stat.S_IRWXO)
    return own or (_readable(Path(config), stat.S_IRWXO) if config else None)


def _https(settings: Settings) -> Wrong | None:
    if settings.base_url.startswith("https://") or urlsplit(settings.base_url).hostname in _LOOPBACK:
        return None
    return Wrong(
        "Passwords and customers' data cross the network in the clear.",
        "Set CARELOOM_PUBLIC_URL to an https:// address, and put a proxy in front or set CARELOOM_TLS_CERTIFICATE.",
    )


def _proxy(settings: Settings) -> Wrong | None:
    ends_elsewhere = settings.base_url.startswith("https://") and settings.tls_certificate is None
    if not ends_elsewhere or settings.trusted_proxies:
        return None
    return Wrong(
        "All people seem to come from the proxy: wrong passwords of one lock out all.",
        "Set CARELOOM_TRUSTED_PROXIES to the proxy's address.",
    )


def _certificate(settings: Settings) -> Wrong | None:
    if open_certificate(settings) is None or settings.tls_certificate is None or settings.tls_key is None:
        return None
    found = x509.load_pem_x509_certificate(settings.tls_certificate.read_bytes())
    left = found.not_valid_after_utc - now()
    if left < _SOON:
        words = f"It ends on {found.not_valid_after_utc:%Y-%m-%d}."
        return Wrong(words, "Renew it; the running program takes the new files by itself.")
    host = urlsplit(settings.base_url).hostname or ""
    if host not in _LOOPBACK and not _is_for(found, host):
        return Wrong(f"It is not for {host}.", "Get one for the host of CARELOOM_PUBLIC_URL.")
    return _readable(settings.tls_key, stat.S_IRWXO)


def open_tables(connection: psycopg.Connection) -> Wrong | None:
    """Tables that show every client's rows to whoever asks."""
    tables = (connection.execute(_OPEN_TABLES, [list(OPEN)]).fetchone() or (None,))[0]
    if tables is None:
        return None
    return Wrong(
        f"Row-level security is not forced on {tables}.",
        "As the owner, run for each: ALTER TABLE ... ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
    )


def open_link(connection: psycopg.Connection) -> Wrong | None:
    """A connection that others on the network can read."""
    host = connection.info.host
    if host.startswith("/") or _is_near(host) or connection.execute(_ENCRYPTED).fetchone() == (True,):
        return None
    return Wrong(
        "Everything crosses the network to it in the clear.",
        "Let PostgreSQL serve TLS, and add ?sslmode=verify-full to CARELOOM_DATABASE_URL.",
    )


def _relay_link(settings: Settings) -> Wrong | None:
    if settings.relay_tls != "none" or _is_near(settings.relay_host):
        return None
    return Wrong(
        f"Mail crosses the network to {settings.relay_host} in the clear.",
        "Set CARELOOM_RELAY_TLS to starttls or tls.",
    )


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in _LOOPBACK


def _is_for(certificate: x509.Certificate, host: str) -> bool:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return False
    known = [str(one) for kind in (x509.DNSName, x509.IPAddress) for one in names.get_values_for_type(kind)]
    return host in known or f"*.{host.partition('.')[2]}" in known


def _readable(path: Path, by: int) -> Wrong | None:
    if not path.is_file() or not path.stat().st_mode & by:
        return None
    return Wrong(
        f"Other users of this machine may read {path}.", f"Run: chmod o= {path}, or 600 where no group needs it"
    )


HARDENING: Final = {
    "secret key": Check(_secret_key, "See to the rights in the data folder."),
    "https": Check(_https, "Correct CARELOOM_PUBLIC_URL."),
    "proxy": Check(_proxy, "Correct CARELOOM_TRUSTED_PROXIES."),
    "certificate": Check(_certificate, "Correct CARELOOM_TLS_CERTIFICATE and CARELOOM_TLS_KEY."),
    "relay link": Check(_relay_link, "Correct CARELOOM_RELAY_HOST."),
}
