"""`make audit`: what services answer is understood; a version that its index withdrew is found, where pip looks."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest

_PATH = Path(__file__).parents[2] / "scripts" / "audit.py"
_WITHDRAWN = frozenset({("withered", "1.0")})


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", _PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _wheel(name: str, version: str) -> bytes:
    content, info = BytesIO(), f"{name}-{version}.dist-info"
    with zipfile.ZipFile(content, "w") as file:
        for path, text in {
            f"{name}.py": "",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/RECORD": "",
        }.items():
            file.writestr(zipfile.ZipInfo(path), text)
    return content.getvalue()


_WHEELS = {(name, version): _wheel(name, version) for name in ("fresh", "withered") for version in ("1.0", "1.1")}


class _Index(BaseHTTPRequestHandler):
    """A package index with two versions of two packages, of which one was withdrawn."""

    def do_GET(self) -> None:
        name = self.path.strip("/").rpartition("/")[2]
        found = [one for one in _WHEELS if f"{one[0]}-{one[1]}-py3-none-any.whl" == name]
        content = _WHEELS[found[0]] if found else self._page(name)
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream" if found else "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _page(self, name: str) -> bytes:
        links = ""
        for one in (each for each in _WHEELS if each[0] == name):
            file = f"{one[0]}-{one[1]}-py3-none-any.whl"
            mark = ' data-yanked="breaks on Mondays"' if one in _WITHDRAWN else ""
            links += f'<a href="/files/{file}"{mark}>{file}</a>'
        return f"<!DOCTYPE html><html><body>{links}</body></html>".encode()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        return


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """pip asks an index on this machine, and no other."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Index)
    serving = threading.Thread(target=server.serve_forever, args=(0.02,))
    serving.start()
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_address[1]}/simple")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    yield
    server.shutdown()
    serving.join()
    server.server_close()


def _locked(folder: Path, *pinned: tuple[str, str]) -> Path:
    lock = folder / "requirements.lock"
    lock.write_text(
        "".join(
            f"{name}=={version} --hash=sha256:{hashlib.sha256(_WHEELS[name, version]).hexdigest()}\n"
            for name, version in pinned
        )
    )
    return lock


@pytest.mark.usefixtures("index")
def test_a_version_that_was_withdrawn_is_named_with_the_reason(audit: ModuleType, tmp_path: Path) -> None:
    (found,) = audit.ask_index(_locked(tmp_path, ("fresh", "1.0"), ("withered", "1.0")))
    assert found.startswith("withered 1.0: withdrawn")
    assert "breaks on Mondays" in found


@pytest.mark.usefixtures("index")
def test_other_versions_of_the_same_package_are_none_of_it(audit: ModuleType, tmp_path: Path) -> None:
    assert audit.ask_index(_locked(tmp_path, ("fresh", "1.0"), ("withered", "1.1"))) == []


def test_no_index_is_no_answer(audit: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(audit.UnreachableError):
        audit.ask_index(_locked(tmp_path, ("fresh", "1.0")))


def test_what_the_advisory_services_find_is_told(audit: ModuleType) -> None:
    weak = {"name": "jinja", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    sound = {"name": "nh3", "version": "0.3"}
    said = "WARNING: x\n" + json.dumps({"dependencies": [weak, {**sound, "vulns": []}]})
    assert list(audit.python_findings(said)) == ["jinja 1.0: PYSEC-1, fixed in 1.1"]
    said = json.dumps({"vulnerabilities": {"left": {"range": "<2", "severity": "high"}}})
    assert list(audit.npm_findings(said)) == ["left <2: high"]
    assert list(audit.npm_findings('{"vulnerabilities": {}}')) == []


@pytest.mark.parametrize(
    "said", ["", "connection refused", "{", '{"dependencies": [{"name": "nh3", "skip_reason": "not found"}]}']
)
def test_no_answer_is_not_taken_for_no_finding(audit: ModuleType, said: str) -> None:
    with pytest.raises(audit.UnreachableError):
        list(audit.python_findings(said))
    with pytest.raises(audit.UnreachableError):
        list(audit.npm_findings(said or '{"message": "405 Method Not Allowed - POST somewhere"}'))
