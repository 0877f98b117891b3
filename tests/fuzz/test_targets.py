"""What strangers send is handled: seeds and kept findings always, and so much new input."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.effort import EFFORT, SEED
from tests.fuzz.targets import RUNS, TARGETS

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
MAILS = ROOT / "tests" / "channels" / "core" / "email" / "mails"
_SLOW = 2.0


def _given(name: str) -> list[Path]:
    """What a target is given to begin with, and what went wrong once: `corpus/NAME` and `findings/NAME`."""
    own = [*(HERE / "corpus" / name).glob("*"), *(HERE / "findings" / name).glob("*")]
    return sorted([*own, *(MAILS.glob("*.eml") if name == "mail" else [])])


@pytest.mark.parametrize("name", TARGETS)
def test_every_seed_and_every_finding_is_handled(name: str) -> None:
    given = _given(name)
    assert len(given) >= 5
    for path in given:
        started = time.process_time()
        TARGETS[name](path.read_bytes())
        assert time.process_time() - started < _SLOW, path.name


@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris has no package for this system")
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_new_breaks_a_promise(name: str, tmp_path: Path) -> None:
    corpus, findings = tmp_path / "corpus", tmp_path / "findings"
    corpus.mkdir()
    findings.mkdir()
    for path in _given(name):
        shutil.copy(path, corpus / f"{path.parent.name}-{path.name}")
    wanted = len(_given(name)) + RUNS[name] * EFFORT
    command = [sys.executable, "-m", "tests.fuzz.run", name, str(wanted), str(SEED), str(corpus), str(findings)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300 * EFFORT)
    kept = ", ".join(str(one) for one in findings.iterdir())
    assert done.returncode == 0, f"seed {SEED}; keep {kept} in tests/fuzz/findings/{name}\n{done.stderr[-3000:]}"
    runs = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert runs is not None
    assert int(runs[1]) >= wanted
