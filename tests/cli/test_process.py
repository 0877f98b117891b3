"""What a process asks of the system."""

import resource
import subprocess
import sys

_ASK = """
import resource
from careloom.cli.process import allow_connections
allow_connections()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
"""


def _allowed(soft: int, hard: int) -> int:
    """How many files a process may open that was started with these limits and asks for more."""
    asked = subprocess.run(
        [sys.executable, "-c", _ASK],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
        capture_output=True,
        check=True,
        text=True,
    )
    return int(asked.stdout)


def test_a_process_may_hold_as_many_connections_as_the_system_lets_it_ask_for() -> None:
    assert _allowed(256, 2_000) == 2_000


def test_a_process_that_may_hold_many_keeps_what_it_was_given() -> None:
    assert _allowed(1_500, 1_500) == 1_500
