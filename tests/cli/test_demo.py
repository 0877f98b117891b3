"""`careloom demo`: it is for this machine alone, for whoever reaches it may sign in as anyone."""

from pathlib import Path

import pytest

from careloom.cli.command import command_parser, main


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that no demo starts in, so that what is not refused here ends as well."""
    home = tmp_path / "home"
    (home / "postgres").mkdir(parents=True)
    monkeypatch.setenv("CARELOOM_HOME", str(home))
    return home


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "care.example.com", ""])
@pytest.mark.parametrize("more", [[], ["--reset"], ["--no-traffic"], ["--traffic-only"]])
@pytest.mark.usefixtures("elsewhere")
def test_a_demo_that_others_would_reach_is_refused_with_what_to_change(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str, more: list[str]
) -> None:
    monkeypatch.setenv("CARELOOM_HOST", host)
    assert main(["demo", *more]) == 2
    said = capsys.readouterr().err
    assert f"loopback CARELOOM_HOST only, which {host!r} is not" in said
    assert "set it to 127.0.0.1" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.usefixtures("elsewhere")
def test_a_demo_on_this_machine_goes_on_to_its_data_folder(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    monkeypatch.setenv("CARELOOM_HOST", host)
    monkeypatch.setenv("CARELOOM_PORT", "0")
    monkeypatch.setenv("CARELOOM_SMTP_PORT", "0")
    assert main(["demo"]) == 2
    assert "This data folder holds an installation that is not a demo." in capsys.readouterr().err


def test_a_refused_demo_leaves_the_data_folder_as_it_was(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    monkeypatch.setenv("CARELOOM_HOST", "0.0.0.0")
    assert main(["demo", "--reset"]) == 2
    assert [one.name for one in elsewhere.iterdir()] == ["postgres"]


@pytest.mark.parametrize("pace", ["0", "-1", "nan", "inf", "1e999", "fast"])
def test_a_pace_that_is_no_number_above_zero_is_refused_before_anything_starts(
    capsys: pytest.CaptureFixture[str], pace: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        command_parser().parse_args(["demo", f"--pace={pace}"])
    assert ended.value.code == 2
    assert f"--pace: {pace} is not a number above 0; 1 is real time" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "pace"), [("5", 5.0), ("0.5", 0.5)])
def test_a_pace_may_be_faster_or_slower_than_real_time(text: str, pace: float) -> None:
    assert command_parser().parse_args(["demo", "--pace", text]).pace == pace
