"""`careloom user`: refuses whom the API would refuse, and makes an administrator of everything."""

import io
from pathlib import Path

import pytest

from careloom.cli.command import main
from tests.postgres import FreshDatabase


@pytest.fixture(autouse=True)
def installation(home: Path, fresh_database: FreshDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation on the test's own database."""
    monkeypatch.setenv("CARELOOM_HOME", str(home))
    monkeypatch.setenv("CARELOOM_DATABASE_URL", fresh_database.url)


def _add(monkeypatch: pytest.MonkeyPatch, *, email: str, name: str = "Ada", password: str = "a long password") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return main(["user", "add", "--email", email, "--name", name, "--password-stdin"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"email": "notmail"}, "/email: Use an e-mail address such as you@care.example"),
        ({"email": "a b@care.example"}, "/email: Use an e-mail address"),
        ({"email": f"{'a' * 250}@b.example"}, "of at most 254 characters"),
        ({"email": "ada@care.example", "name": ""}, "/name: Use one to 120 characters."),
        ({"email": "ada@care.example", "password": "short"}, "/password: Use ten to two hundred characters."),
    ],
)
def test_a_person_whom_the_api_would_refuse_is_refused_with_what_to_change(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: dict[str, str], said: str
) -> None:
    assert _add(monkeypatch, **given) == 2
    assert said in capsys.readouterr().err


def test_a_wrong_address_is_refused_before_the_password_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(_prompt: str) -> str:
        pytest.fail("asked for a password")

    monkeypatch.setattr("getpass.getpass", asked)
    assert main(["user", "add", "--email", "notmail"]) == 2


def test_an_administrator_is_made_once(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _add(monkeypatch, email="ada@care.example") == 0
    assert "ada@care.example can sign in" in capsys.readouterr().out
    assert _add(monkeypatch, email="ada@care.example") == 2
