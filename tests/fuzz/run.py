"""Fuzzes one target: `python -m tests.fuzz.run NAME RUNS SEED CORPUS FINDINGS`, led by what the input reaches.

Ends with status 0 after so many runs; a finding ends it at once, and lies in FINDINGS.
"""

from __future__ import annotations

import sys
from typing import Any

import atheris  # pyright: ignore[reportMissingImports]

_atheris: Any = atheris
with _atheris.instrument_imports(include=["careloom.channels.core", "careloom.platform.redaction"]):
    from tests.fuzz.targets import TARGETS


def main() -> None:
    name, runs, seed, corpus, findings = sys.argv[1:]
    flags = [f"-runs={runs}", f"-seed={seed}", "-timeout=10", "-max_len=8192", "-rss_limit_mb=3000"]
    _atheris.Setup(
        [sys.argv[0], *flags, "-print_final_stats=1", f"-artifact_prefix={findings}/", corpus], TARGETS[name]
    )
    _atheris.Fuzz()


if __name__ == "__main__":
    main()
