"""Settings: from variables, from a file, and refused with words that help."""

from __future__ import annotations

from pathlib import Path

import pytest

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


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"CARELOOM_PROT": "8000"}, "CARELOOM_PROT"),
        ({"CARELOOM_PORT": "eighty"}, "port"),
        ({"CARELOOM_PORT": "70000"}, "CARELOOM_PORT"),
        ({"CARELOOM_SMTP_PROTOCOL": "uucp"}, "lmtp"),
        ({"CARELOOM_RELAY_TLS": "ssl"}, "starttls"),
        ({"CARELOOM_LOG_LEVEL": "loud"}, "warning"),
        ({"CARELOOM_SECURE_COOKIES": "perhaps"}, "secure_cookies"),
        ({"CARELOOM_CONFIG": "nowhere.toml"}, "nowhere.toml"),
        ({"CARELOOM_DEMO": "true"}, "CARELOOM_DEMO_CONFIRM"),
        (
            {"CARELOOM_DEMO": "true", "CARELOOM_DEMO_CONFIRM": "this-is-a-demo", "CARELOOM_HOST": "0.0.0.0"},
            "loopback",
        ),
    ],
)
def test_a_wrong_setting_is_refused_by_name(environment: dict[str, str], word: str) -> None:
    with pytest.raises(SettingsError, match=word):
        load_settings(environment)


def test_a_demo_on_loopback_that_was_confirmed_is_allowed() -> None:
    assert load_settings({"CARELOOM_DEMO": "true", "CARELOOM_DEMO_CONFIRM": "this-is-a-demo"}).demo


@pytest.mark.parametrize("text", ["port = ", "prot = 1\n", 'port = "x"\n'])
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "careloom.toml"
    file.write_text(text)
    with pytest.raises(SettingsError):
        load_settings({"CARELOOM_CONFIG": str(file)})


def test_every_setting_can_be_given_by_a_variable_of_its_name() -> None:
    assert "home" in Settings.__struct_fields__
    for name in Settings.__struct_fields__:
        if name not in ("demo", "trusted_proxies"):
            value = str(getattr(Settings(), name) if getattr(Settings(), name) is not None else "x")
            load_settings({f"CARELOOM_{name.upper()}": value})
