"""Settings from CARELOOM_* variables or a TOML file, checked at start with messages that say what to change."""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final, get_type_hints

import msgspec
from msgspec import Struct

from careloom.platform.errors import TerminalError
from careloom.platform.outbound import is_address


class SettingsError(TerminalError):
    """A setting is not valid."""


class Settings(Struct, frozen=True):
    """Everything an operator can set. Names are the variables' without CARELOOM_, in lower case."""

    home: Path = Path(".home")
    """Data folder: embedded database, attachments, keys."""
    database_url: str | None = None
    """PostgreSQL >= 16 with pgvector, as the role that owns no table; unset: the embedded server."""
    database_owner_url: str | None = None
    """The same database as the role that owns the tables; used by `careloom migrate` alone."""
    host: str = "127.0.0.1"
    """Address that the web role listens on."""
    port: int = 8000
    """Port of the web role."""
    shared_port: bool = False
    """Several web processes of one machine listen on `port`; the kernel spreads connections over them."""
    drain_seconds: int | None = None
    """Seconds that a process serves on when told to stop, not ready; unset: 5 for a web role with a port of its own."""
    public_url: str | None = None
    """Address under which people reach the web role; unset: http://host:port, or https with `tls_certificate`."""
    tls_certificate: Path | None = None
    """PEM file with the certificate and its chain: the web role then serves https, the mail listener STARTTLS."""
    tls_key: Path | None = None
    """PEM file with the certificate's private key, without a passphrase."""
    smtp_host: str = "127.0.0.1"
    """Address that the mail listener binds."""
    smtp_port: int = 8025
    """Port of the mail listener."""
    smtp_protocol: str = "smtp"
    """`smtp` or `lmtp` on the mail listener."""
    relay_host: str = "127.0.0.1"
    """Where outgoing mail is handed to."""
    relay_port: int = 8026
    """Port of the relay."""
    relay_user: str | None = None
    """User name at the relay."""
    relay_password: str | None = None
    """Password at the relay."""
    relay_tls: str = "none"
    """`none`, `starttls` or `tls` towards the relay."""
    mailbox_networks: tuple[str, ...] = ()
    """Private networks, such as 10.0.0.0/8, in which mailboxes to poll and their token servers may lie."""
    sso_networks: tuple[str, ...] = ()
    """Private networks, such as 10.0.0.0/8, in which identity providers may lie."""
    regions: tuple[str, ...] = ()
    """Regions whose clients' data may be kept and worked on here; empty: of every region."""
    files_region: str | None = None
    """Region in which attachments are stored; only that region's clients may have some. Unset: all may; where
    `regions` are declared, what uses it does not start.
    """
    relay_region: str | None = None
    """Region of the mail relay; only that region's clients may send through it. Unset: all may; where
    `regions` are declared, what uses it does not start.
    """
    files_url: str | None = None
    """`s3://bucket/prefix` to keep attachments in an S3-compatible store; unset: a folder in home."""
    s3_endpoint: str | None = None
    """Endpoint of the S3-compatible store, where it is not the vendor's default."""
    s3_access_key: str | None = None
    """Access key of the S3-compatible store."""
    s3_secret_key: str | None = None
    """Secret key of the S3-compatible store."""
    max_upload_bytes: int = 20_000_000
    """Largest attachment and largest mail, in bytes."""
    session_hours: int = 12
    """How long a sign-in lasts without use."""
    break_glass_minutes: int = 60
    """The longest that an emergency access may last, in minutes; at most 240."""
    alert_sender: str | None = None
    """Address from which alerts are mailed to the people of the house; unset: none are mailed."""
    secret_key: str | None = None
    """Key for signatures, the same on every machine; unset: `secret.key` in home."""
    master_keys: tuple[str, ...] = ()
    """Keys that wrap clients' data keys, newest first; unset: `secret_key`, else `master.keys` in home."""
    secure_cookies: bool = False
    """Send cookies over https only, also where `public_url` does not say https."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses of proxies whose X-Forwarded-For is believed."""
    demo: bool = False
    """Persona sign-in and demo traffic; takes effect with `demo_confirm`, on loopback alone."""
    demo_confirm: str = ""
    """Must be `this-is-a-demo` for `demo` to take effect."""
    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    @property
    def base_url(self) -> str:
        """The address that links and the widget use, without a trailing slash."""
        scheme = "https" if self.tls_certificate else "http"
        return (self.public_url or f"{scheme}://{self.host}:{self.port}").rstrip("/")

    @property
    def by_https(self) -> bool:
        """Whether people come by https: browsers then send cookies by it alone and come by nothing else."""
        return self.secure_cookies or self.base_url.startswith("https://")


_CHOICES: Final = {
    "smtp_protocol": ("smtp", "lmtp"),
    "relay_tls": ("none", "starttls", "tls"),
    "log_level": ("debug", "info", "warning", "error"),
}
_RANGES: Final = {
    "port": (0, 65_535, "a port"),
    "drain_seconds": (0, 600, "a number of seconds"),
    "smtp_port": (0, 65_535, "a port"),
    "relay_port": (0, 65_535, "a port"),
    "max_upload_bytes": (100_000, 1_000_000_000, "a number of bytes"),
    "session_hours": (1, 8_760, "a number of hours"),
    "break_glass_minutes": (5, 240, "a number of minutes"),
}
_ORIGIN: Final = r"https?://(\[[0-9A-Fa-f:.]+\]|[^\s/?#:@\[\]]+)(:\d{1,5})?"
_FORMS: Final = {
    "database_url": (r"postgresql://\S+", "postgresql://careloom_app:password@db.internal/careloom"),
    "database_owner_url": (r"postgresql://\S+", "postgresql://careloom_owner:password@db.internal/careloom"),
    "public_url": (rf"{_ORIGIN}(/[^\s?#]*)?", "https://care.example.com"),
    "files_url": (r"s3://[^\s/?#]+(/[^\s?#]*)?", "s3://bucket/prefix"),
    "s3_endpoint": (rf"{_ORIGIN}/?", "https://s3.example.com"),
    "alert_sender": (r"[^@\s<>]+@[^@\s<>]+", "careloom@example.com"),
}
_CALLED: Final = ("public_url", "s3_endpoint")
_LEAST_SECRET: Final = 32
_TYPES: Final = get_type_hints(Settings)
_KINDS: Final = {
    int: "a whole number",
    int | None: "a whole number",
    bool: "true or false",
    Path: "a path",
    Path | None: "a path",
    tuple[str, ...]: 'a list of addresses, in a file written as ["10.0.0.5"]',
}


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Reads CARELOOM_CONFIG (a TOML file), then CARELOOM_* over it; raises SettingsError naming the setting."""
    environment = os.environ if environment is None else environment
    values = _from_file(environment.get("CARELOOM_CONFIG"))
    values.update(_from_environment(environment))
    settings = Settings(**{name: _converted(name, value) for name, value in values.items()})
    check_settings(settings)
    return msgspec.structs.replace(
        settings,
        home=settings.home.expanduser().absolute(),
        tls_certificate=_absolute(settings.tls_certificate),
        tls_key=_absolute(settings.tls_key),
        trusted_proxies=tuple(str(ip_address(one)) for one in settings.trusted_proxies),
    )


def check_settings(settings: Settings) -> None:
    """Raises SettingsError for what no installation may run with; for whoever replaces a setting, too."""
    for name, choices in _CHOICES.items():
        if getattr(settings, name) not in choices:
            raise SettingsError(f"{_variable(name)} must be one of: {', '.join(choices)}.")
    for name, (least, most, what) in _RANGES.items():
        value = getattr(settings, name)
        if value is not None and not least <= value <= most:
            raise SettingsError(f"{_variable(name)} must be {what} from {least} to {most}.")
    for name, (pattern, example) in _FORMS.items():
        value = getattr(settings, name)
        if value is not None and not (re.fullmatch(pattern, value) and (name not in _CALLED or is_address(value))):
            raise SettingsError(f"{_variable(name)} must look like {example}. Correct it, or unset it.")
    _check_secret(settings)
    _check_tls(settings)
    _check_masters(settings)
    _check_proxies(settings)
    _check_networks(settings)
    _check_demo(settings)


def _absolute(path: Path | None) -> Path | None:
    return None if path is None else path.expanduser().absolute()


def _variable(name: str) -> str:
    return f"CARELOOM_{name.upper()}"


def _converted(name: str, value: object) -> Any:
    try:
        return msgspec.convert(value, _TYPES[name], strict=False, dec_hook=_decode)
    except msgspec.ValidationError:
        raise SettingsError(f"{_variable(name)} must be {_KINDS.get(_TYPES[name], 'a text')}.") from None


def _decode(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise msgspec.ValidationError(f"expected {kind.__name__}")


def _from_file(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(Path(path).read_text())
    except FileNotFoundError:
        raise SettingsError(f"CARELOOM_CONFIG names {path}, which does not exist.") from None
    except OSError as error:
        raise SettingsError(f"CARELOOM_CONFIG names {path}, which cannot be read: {error.strerror}.") from None
    except ValueError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None
    for name in values:
        if name not in _TYPES:
            raise SettingsError(f"{name} in {path} is not a setting. Known are: {', '.join(_TYPES)}.")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, value in environment.items():
        if not key.startswith("CARELOOM_") or key == "CARELOOM_CONFIG":
            continue
        name = key.removeprefix("CARELOOM_").lower()
        if name not in _TYPES:
            raise SettingsError(f"{key} is not a setting. Known are: {', '.join(map(_variable, _TYPES))}.")
        values[name] = _plain(name, value)
    return values


def _plain(name: str, value: str) -> object:
    """What a variable's text stands for: a list has commas, a switch takes plain words, the rest is as written."""
    if _TYPES[name] == tuple[str, ...]:
        return [one.strip() for one in value.split(",") if one.strip()]
    if _TYPES[name] is bool:
        return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower(), value)
    return value


def _check_secret(settings: Settings) -> None:
    if settings.secret_key is not None and len(settings.secret_key) < _LEAST_SECRET:
        raise SettingsError(
            f"CARELOOM_SECRET_KEY must have {_LEAST_SECRET} characters or more. "
            "Make one with `openssl rand -hex 32`, or unset it."
        )


def _check_tls(settings: Settings) -> None:
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        raise SettingsError(
            "CARELOOM_TLS_CERTIFICATE and CARELOOM_TLS_KEY belong together. "
            "Set both, or neither where a proxy ends TLS in front of the web role."
        )
    if settings.tls_certificate is not None and (settings.public_url or "").startswith("http://"):
        raise SettingsError(
            "CARELOOM_PUBLIC_URL begins with http://, but with CARELOOM_TLS_CERTIFICATE only https is served. "
            "Write it with https://, or unset it."
        )


def _check_masters(settings: Settings) -> None:
    if any(len(one) < _LEAST_SECRET for one in settings.master_keys):
        raise SettingsError(
            f"Each of CARELOOM_MASTER_KEYS must have {_LEAST_SECRET} characters or more. "
            "Make one with `openssl rand -hex 32`; commas stand between them, the newest comes first."
        )


def _check_proxies(settings: Settings) -> None:
    for one in settings.trusted_proxies:
        try:
            ip_address(one)
        except ValueError:
            raise SettingsError(
                f"CARELOOM_TRUSTED_PROXIES must be addresses such as 10.0.0.5, which {one!r} is not; "
                "write the address of each proxy, with commas between them, no names and no networks."
            ) from None


def _check_networks(settings: Settings) -> None:
    named = {"CARELOOM_MAILBOX_NETWORKS": settings.mailbox_networks, "CARELOOM_SSO_NETWORKS": settings.sso_networks}
    for setting, networks in named.items():
        for one in networks:
            try:
                ip_network(one)
            except ValueError:
                raise SettingsError(
                    f"{setting} must be networks such as 10.0.0.0/8, which {one!r} is not; "
                    "write them with commas between."
                ) from None


def _check_demo(settings: Settings) -> None:
    if settings.demo and settings.demo_confirm != "this-is-a-demo":
        raise SettingsError(
            "CARELOOM_DEMO opens the installation to everyone who reaches it. If it holds no real customer, "
            "set CARELOOM_DEMO_CONFIRM=this-is-a-demo as well; otherwise unset CARELOOM_DEMO."
        )
    if settings.demo and settings.host not in ("127.0.0.1", "localhost", "::1"):
        raise SettingsError(
            "A demo lets everyone in who reaches it, so it works on a loopback CARELOOM_HOST only, "
            f"which {settings.host!r} is not. Unset CARELOOM_HOST, or set it to 127.0.0.1."
        )
