"""Settings: from variables, from a file, and refused with words that help."""

from __future__ import annotations

from pathlib import Path

import pytest

from careloom.cli.command import main
from careloom.platform.settings import Settings, SettingsError, load_settings


def test_without_any_setting_everything_has_a_default() -> None:
    assert load_settings({}).port == 8000
    assert load_settings({"UNRELATED": "x"}) == load_settings({})


def test_variables_win_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "careloom.toml"
    file.write_text('port = 9000\nsmtp_port = 2525\ntrusted_proxies = ["10.0.0.1"]\n')
    found = load_settings({"CARELOOM_CONFIG": str(file), "CARELOOM_PORT": "9001"})
    assert (found.port, found.smtp_port, found.trusted_proxies) == (9001, 2525, ("10.0.0.1",))


def test_home_is_made_absolute() -> None:
    assert load_settings({"CARELOOM_HOME": "data"}).home == Path.cwd() / "data"
    assert load_settings({"CARELOOM_HOME": "~/data"}).home == Path.home() / "data"


@pytest.mark.parametrize(("text", "value"), [("true", True), ("yes", True), ("FALSE", False), ("no", False)])
def test_switches_take_plain_words(text: str, value: bool) -> None:
    assert load_settings({"CARELOOM_SECURE_COOKIES": text}).secure_cookies is value


def test_a_list_is_written_with_commas() -> None:
    found = load_settings({"CARELOOM_TRUSTED_PROXIES": "10.0.0.1,10.0.0.2"})
    assert found.trusted_proxies == ("10.0.0.1", "10.0.0.2")


def test_spaces_and_other_spellings_of_an_address_do_not_matter() -> None:
    found = load_settings({"CARELOOM_TRUSTED_PROXIES": "10.0.0.1, 2001:DB8:0::1,"})
    assert found.trusted_proxies == ("10.0.0.1", "2001:db8::1")


@pytest.mark.parametrize("word", ["no", "true", "12345"])
def test_a_text_that_looks_like_something_else_stays_a_text(word: str) -> None:
    assert load_settings({"CARELOOM_RELAY_PASSWORD": word}).relay_password == word


_DEMO = {"CARELOOM_DEMO": "true", "CARELOOM_DEMO_CONFIRM": "this-is-a-demo"}


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"CARELOOM_PROT": "8000"}, "CARELOOM_PROT is not a setting. Known are: CARELOOM_HOME"),
        ({"CARELOOM_PORT": "eighty"}, "CARELOOM_PORT must be a whole number"),
        ({"CARELOOM_PORT": "70000"}, "CARELOOM_PORT must be a port from 0 to 65535"),
        ({"CARELOOM_SMTP_PROTOCOL": "uucp"}, "lmtp"),
        ({"CARELOOM_RELAY_TLS": "ssl"}, "starttls"),
        ({"CARELOOM_LOG_LEVEL": "loud"}, "warning"),
        ({"CARELOOM_SECURE_COOKIES": "perhaps"}, "CARELOOM_SECURE_COOKIES must be true or false"),
        ({"CARELOOM_CONFIG": "nowhere.toml"}, "nowhere.toml"),
        ({"CARELOOM_CONFIG": "/"}, "CARELOOM_CONFIG names /, which cannot be read"),
        ({"CARELOOM_MAX_UPLOAD_BYTES": "0"}, "CARELOOM_MAX_UPLOAD_BYTES must be a number of bytes from 100000"),
        ({"CARELOOM_MAX_UPLOAD_BYTES": "1000000001"}, "CARELOOM_MAX_UPLOAD_BYTES must be a number of bytes"),
        ({"CARELOOM_SESSION_HOURS": "0"}, "CARELOOM_SESSION_HOURS must be a number of hours from 1 to 8760"),
        ({"CARELOOM_SESSION_HOURS": "-12"}, "CARELOOM_SESSION_HOURS must be"),
        ({"CARELOOM_SECRET_KEY": "short"}, "CARELOOM_SECRET_KEY must have 32 characters or more. Make one with"),
        ({"CARELOOM_SECRET_KEY": ""}, "CARELOOM_SECRET_KEY"),
        (
            {"CARELOOM_TRUSTED_PROXIES": "10.0.0.1,proxy"},
            "CARELOOM_TRUSTED_PROXIES must be addresses .* 'proxy' is not",
        ),
        ({"CARELOOM_TRUSTED_PROXIES": "10.0.0.0/8"}, "'10.0.0.0/8' is not"),
        ({"CARELOOM_TLS_KEY": "key.pem"}, "CARELOOM_TLS_CERTIFICATE and CARELOOM_TLS_KEY belong together"),
        (
            {
                "CARELOOM_TLS_CERTIFICATE": "a.pem",
                "CARELOOM_TLS_KEY": "b.pem",
                "CARELOOM_PUBLIC_URL": "http://care.example.com",
            },
            "CARELOOM_PUBLIC_URL begins with http://",
        ),
        ({"CARELOOM_DEMO": "true"}, "CARELOOM_DEMO_CONFIRM"),
        ({**_DEMO, "CARELOOM_HOST": "0.0.0.0"}, "loopback"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(environment: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        load_settings(environment)


@pytest.mark.parametrize(
    ("name", "value", "example"),
    [
        ("CARELOOM_DATABASE_URL", "", "postgresql://careloom_app"),
        ("CARELOOM_DATABASE_URL", "mysql://db/careloom", "postgresql://careloom_app"),
        ("CARELOOM_DATABASE_URL", "db.internal/careloom", "postgresql://careloom_app"),
        ("CARELOOM_DATABASE_OWNER_URL", "host=db dbname=careloom", "postgresql://careloom_owner"),
        ("CARELOOM_PUBLIC_URL", "care.example.com", "https://care.example.com"),
        ("CARELOOM_PUBLIC_URL", "ftp://care.example.com", "https://care.example.com"),
        ("CARELOOM_PUBLIC_URL", "https://", "https://care.example.com"),
        ("CARELOOM_PUBLIC_URL", "https://care.example.com?a=b", "https://care.example.com"),
        ("CARELOOM_PUBLIC_URL", "https://care.example.com:https", "https://care.example.com"),
        ("CARELOOM_PUBLIC_URL", "https://care.example.com:99999", "https://care.example.com"),
        ("CARELOOM_PUBLIC_URL", "https://[::::]", "https://care.example.com"),
        ("CARELOOM_S3_ENDPOINT", "https://1.2.3.999", "https://s3.example.com"),
        ("CARELOOM_FILES_URL", "ftp://care", "s3://bucket/prefix"),
        ("CARELOOM_FILES_URL", "s3://", "s3://bucket/prefix"),
        ("CARELOOM_FILES_URL", "care", "s3://bucket/prefix"),
        ("CARELOOM_S3_ENDPOINT", "s3.example.com", "https://s3.example.com"),
        ("CARELOOM_ALERT_SENDER", "careloom", "careloom@example.com"),
        ("CARELOOM_ALERT_SENDER", "Careloom <a@example.com>", "careloom@example.com"),
    ],
)
def test_a_wrong_address_is_refused_with_an_example_of_a_right_one(name: str, value: str, example: str) -> None:
    with pytest.raises(SettingsError, match=f"{name} must look like {example}.* Correct it, or unset it."):
        load_settings({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://careloom_app:a%20b@db1:5432,db2:5432/careloom?sslmode=require"),
        ("DATABASE_URL", "postgresql://careloom_app@/careloom?host=/run/postgresql"),
        ("PUBLIC_URL", "http://[2001:db8::1]:8000/"),
        ("PUBLIC_URL", "https://example.com/care"),
        ("FILES_URL", "s3://bucket"),
        ("S3_ENDPOINT", "http://127.0.0.1:9000"),
    ],
)
def test_addresses_of_every_usual_form_are_accepted(name: str, value: str) -> None:
    assert getattr(load_settings({f"CARELOOM_{name}": value}), name.lower()) == value


@pytest.mark.parametrize("name", ["DATABASE_URL", "SECRET_KEY", "RELAY_PORT"])
def test_a_refusal_does_not_repeat_what_may_be_secret(name: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({f"CARELOOM_{name}": "my:password@db"})
    assert "my:password" not in refused.value.detail


@pytest.mark.parametrize("environment", [{"CARELOOM_PORT": "x"}, {"CARELOOM_PORT": "-1"}, {"CARELOOM_PROT": "1"}])
def test_the_command_says_once_that_a_setting_is_not_valid(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("careloom: A setting is not valid. CARELOOM_P")
    assert said.count("not valid") == 1


def test_a_demo_on_loopback_that_was_confirmed_is_allowed() -> None:
    assert load_settings(_DEMO).demo


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (b"port = ", "careloom.toml is not valid TOML"),
        (b"\xff", "careloom.toml is not valid TOML"),
        (b"prot = 1", "prot in .*careloom.toml is not a setting. Known are: home"),
        (b'port = "x"', "CARELOOM_PORT must be a whole number"),
        (b"relay_password = 1", "CARELOOM_RELAY_PASSWORD must be a text"),
        (b'trusted_proxies = "10.0.0.5"', "CARELOOM_TRUSTED_PROXIES must be a list of addresses"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: bytes, word: str) -> None:
    file = tmp_path / "careloom.toml"
    file.write_bytes(text)
    with pytest.raises(SettingsError, match=word):
        load_settings({"CARELOOM_CONFIG": str(file)})


def test_every_setting_can_be_given_by_a_variable_of_its_name() -> None:
    given = {
        "home": "/srv/care",
        "database_url": "postgresql://careloom_app@db/careloom",
        "database_owner_url": "postgresql://careloom_owner@db/careloom",
        "drain_seconds": "30",
        "public_url": "https://care.example.com",
        "files_url": "s3://bucket",
        "s3_endpoint": "https://s3.example.com",
        "alert_sender": "careloom@example.com",
        "secret_key": "k" * 32,
        "master_keys": f"{'m' * 32},{'n' * 40}",
        "demo_confirm": "this-is-a-demo",
        "trusted_proxies": "10.0.0.5",
        "mailbox_networks": "10.0.0.0/8,fd00::/8",
        "sso_networks": "10.0.0.0/8,fd00::/8",
    }
    needed = {
        "tls_certificate": {"CARELOOM_TLS_KEY": "key.pem"},
        "tls_key": {"CARELOOM_TLS_CERTIFICATE": "certificate.pem"},
    }
    for name in Settings.__struct_fields__:
        default = getattr(Settings(), name)
        value = given.get(name, "x" if default is None else str(default))
        load_settings({**needed.get(name, {}), f"CARELOOM_{name.upper()}": value})
