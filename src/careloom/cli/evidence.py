"""`careloom evidence`: proves to others, by a dated report, what the program claims of itself."""

import argparse
import asyncio
from pathlib import Path

from careloom.evidence.isolation.outcome import Outcome
from careloom.evidence.isolation.report import report_of, write
from careloom.evidence.isolation.suite import PROBES, run_suite
from careloom.platform.clock import now
from careloom.platform.logging import configure_logging


def declare(parser: argparse.ArgumentParser) -> None:
    """The options of `careloom evidence`."""
    parser.add_argument("about", choices=("isolation",), help="what to prove")
    parser.add_argument("--out", type=Path, default=Path("evidence"), help="the folder to write the report to")
    parser.add_argument("--only", choices=sorted(PROBES), action="append", help="only this class of probes")


def run(options: argparse.Namespace) -> int:
    """Answers 0 where nothing was found, 1 otherwise. Touches no installation: its database is made and thrown away."""
    configure_logging("error")
    outcomes = asyncio.run(run_suite(options.only or list(PROBES), _tell))
    report = report_of(outcomes, now())
    for file in write(report, options.out):
        print(f"written {file}")
    print(f"{report.probes:,} probes, {report.findings} findings")
    return 0 if report.passed else 1


def _tell(one: Outcome) -> None:
    print(
        f"{'FOUND ' if one.findings else 'ok    '}{one.title}: {one.probes:,} probes in {one.seconds:.0f} s", flush=True
    )
    for each in one.findings[:20]:
        print(f"      {each[:300]}")
