"""The command line as a whole."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import careloom


def test_output_that_is_read_no_further_is_no_error(home: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(careloom.__file__).parents[1]), "CARELOOM_HOME": str(home)}
    command = [sys.executable, "-m", "careloom.cli", "openapi"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 128 + signal.SIGPIPE
