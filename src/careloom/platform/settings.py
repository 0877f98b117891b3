"""Settings from CARELOOM_* variables or a TOML file, checked at start with messages that say what to change."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from careloom.platform.errors import CareloomError


class SettingsError(CareloomError):
    """A setting is not valid."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
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
    public_url: str | None = None
    """Address under which people reach the web role; unset: http://host:port."""
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
    secret_key: str | None = None
    """Key for signatures, the same on every machine; unset: `secret.key` in home."""
    secure_cookies: bool = False
    """Send cookies over https only; set it wherever TLS ends in front of the web role."""
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
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


_CHOICES = {
    "smtp_protocol": ("smtp", "lmtp"),
    "relay_tls": ("none", "starttls", "tls"),
    "log_level": ("debug", "info", "warning", "error"),
}


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Reads CARELOOM_CONFIG (a TOML file), then CARELOOM_* over it; raises SettingsError naming the setting."""
    environment = os.environ if environment is None else environment
    values = _from_file(environment.get("CARELOOM_CONFIG"))
    values.update(_from_environment(environment))
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsError(f"A setting is not valid: {error}. Correct it in the environment or file.") from None
    check_settings(settings)
    return msgspec.structs.replace(settings, home=settings.home.expanduser().absolute())


def _decode(kind: type, value: object) -> object:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise msgspec.ValidationError(f"expected {kind.__name__}, got {value!r}")


def _from_file(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(Path(path).read_text())
    except FileNotFoundError:
        raise SettingsError(f"CARELOOM_CONFIG names {path}, which does not exist.") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    names = Settings.__struct_fields__
    values: dict[str, Any] = {}
    for key, value in environment.items():
        if not key.startswith("CARELOOM_") or key == "CARELOOM_CONFIG":
            continue
        name = key.removeprefix("CARELOOM_").lower()
        if name not in names:
            known = ", ".join(f"CARELOOM_{known.upper()}" for known in names)
            raise SettingsError(f"{key} is not a setting. Known are: {known}.")
        values[name] = value.split(",") if name == "trusted_proxies" else _literal(value)
    return values


def _literal(value: str) -> str | bool:
    return {"true": True, "yes": True, "false": False, "no": False}.get(value.lower(), value)


def check_settings(settings: Settings) -> None:
    """Raises SettingsError for what no installation may run with; for whoever replaces a setting, too."""
    for name, choices in _CHOICES.items():
        if getattr(settings, name) not in choices:
            raise SettingsError(f"CARELOOM_{name.upper()} must be one of: {', '.join(choices)}.")
    for name in ("port", "smtp_port", "relay_port"):
        if not 0 <= getattr(settings, name) <= 65535:
            raise SettingsError(f"CARELOOM_{name.upper()} must be a port from 0 to 65535.")
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
