"""The suite's result as a dated report that a client's auditor can read: Markdown, HTML, JSON."""

from __future__ import annotations

import html
import platform
import subprocess
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from careloom import __version__
from careloom.evidence.isolation.limits import Limit, limits
from careloom.evidence.isolation.outcome import Outcome

COMMAND = "careloom evidence isolation"


class Report(Struct, frozen=True):
    """What was run, when, of which version, and what came of it."""

    title: str
    made_at: str
    version: str
    commit: str
    python: str
    passed: bool
    probes: int
    findings: int
    seconds: float
    repeat: str
    outcomes: tuple[Outcome, ...]
    limits: tuple[Limit, ...]


_INTRODUCTION = (
    "Two clients, A and B, were set up side by side in an empty database, with people, customers, conversations, mail, "
    "chats, files, queues, offers, jobs and rows in every table. Then everything that A's people, keys, visitors and "
    "jobs can name was tried on B, and compared with the same for names that nobody has. The database enforces the "
    "separation by forced row-level security on every table that holds anything of a client; the probes go through the "
    "program and past it."
)
_LIMITS = (
    "What this does not show: that the machine, its operating system and its administrators can be trusted; that "
    "roles are granted to the right people; other ways of learning than contents, answers and the time they take. What "
    "the probes leave out, or let be, is named here with its reason."
)


def report_of(outcomes: list[Outcome], moment: datetime) -> Report:
    """The report of a run that ended at `moment`."""
    return Report(
        title="Isolation between clients",
        made_at=moment.isoformat(timespec="seconds"),
        version=__version__,
        commit=commit(),
        python=platform.python_version(),
        passed=not any(one.findings for one in outcomes),
        probes=sum(one.probes for one in outcomes),
        findings=sum(len(one.findings) for one in outcomes),
        seconds=round(sum(one.seconds for one in outcomes), 1),
        repeat=COMMAND,
        outcomes=tuple(outcomes),
        limits=limits(),
    )


def write(report: Report, folder: Path) -> list[Path]:
    """Writes the report in its three forms; answers the files."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"isolation-{report.made_at[:10]}"
    forms = {"md": markdown(report), "html": page(report), "json": msgspec.json.format(_json(report)).decode() + "\n"}
    files = [folder / f"{stem}.{suffix}" for suffix in forms]
    for file, text in zip(files, forms.values(), strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def markdown(report: Report) -> str:
    """For reading as text and for a repository."""
    lines = [
        f"# {report.title}",
        "",
        f"**{_verdict(report)}**",
        "",
        f"{_made(report)} To repeat it, on any machine with the package installed: `{report.repeat}`.",
        "",
        _INTRODUCTION,
        "",
        "| what was tried | probes | findings |",
        "|---|---:|---:|",
        *(f"| {one.title} | {one.probes:,} | {len(one.findings)} |" for one in report.outcomes),
        f"| all | {report.probes:,} | {report.findings} |",
        "",
    ]
    for one in report.outcomes:
        lines += [f"## {one.title}", "", one.tried, ""]
        lines += [f"- {each}" for each in one.findings] or [f"{one.probes:,} probes, nothing found."]
        lines.append("")
    lines += ["## Limits", "", _LIMITS, ""]
    for limit in report.limits:
        lines += [f"### {limit.title}", ""]
        lines += [f"- {', '.join(f'`{name}`' for name in one.names)}: {one.reason}" for one in limit.exemptions]
        lines.append("")
    return "\n".join(lines)


def page(report: Report) -> str:
    """One page for a browser, with nothing from elsewhere."""
    rows = "".join(
        f"<tr><td>{html.escape(one.title)}</td><td>{one.probes:,}</td><td>{len(one.findings)}</td></tr>"
        for one in report.outcomes
    )
    classes = "".join(
        f"<h2>{html.escape(one.title)}</h2><p>{html.escape(one.tried)}</p>"
        + ("<ul>" + "".join(f"<li>{html.escape(each)}</li>" for each in one.findings) + "</ul>" if one.findings else "")
        for one in report.outcomes
    )
    limited = "".join(
        f"<h3>{html.escape(limit.title)}</h3><dl>"
        + "".join(
            f"<dt>{html.escape(', '.join(one.names))}</dt><dd>{html.escape(one.reason)}</dd>"
            for one in limit.exemptions
        )
        + "</dl>"
        for limit in report.limits
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(report.title)}</title><style>{_STYLE}</style><main><h1>{html.escape(report.title)}</h1>"
        f'<p class="verdict {"good" if report.passed else "bad"}">{html.escape(_verdict(report))}</p>'
        f"<p>{html.escape(_made(report))} To repeat it: <code>{html.escape(report.repeat)}</code></p>"
        f"<p>{html.escape(_INTRODUCTION)}</p><table><thead><tr><th>What was tried<th>Probes<th>Findings</thead>"
        f"<tbody>{rows}</tbody><tfoot><tr><td>All<td>{report.probes:,}<td>{report.findings}</tfoot></table>"
        f"{classes}<h2>Limits</h2><p>{html.escape(_LIMITS)}</p>{limited}</main></html>\n"
    )


_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff;margin:0}main{max-width:760px;margin:auto;"
    "padding:32px 16px}.verdict{padding:12px 16px;border-radius:6px;font-weight:600}.good{background:#e3f4e8}.bad{"
    "background:#fde5e3}table{width:100%;border-collapse:collapse}td,th{padding:6px 0;border-bottom:1px solid #d9dee6;"
    "text-align:start}td+td,th+th{text-align:end;font-variant-numeric:tabular-nums}tfoot{font-weight:600}h2{font-size:"
    "18px;margin:32px 0 4px}dt{font-family:monospace;font-size:14px;overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{background:#14181f;color:#e6eaf0}.good{background:"
    "#17402a}.bad{background:#5a1d1a}td,th{border-color:#2c3440}}"
)


def _made(report: Report) -> str:
    return (
        f"Made {report.made_at}, Careloom {report.version}, commit {report.commit}, Python {report.python}, "
        f"in {report.seconds:.0f} s."
    )


def _verdict(report: Report) -> str:
    if report.passed:
        return f"Nothing of one client could be read, changed or told apart by the other, in {report.probes:,} probes."
    return f"{report.findings} of {report.probes:,} probes found something; each is listed below."


def _json(report: Report) -> bytes:
    return msgspec.json.encode(report)


def commit() -> str:
    """The commit of the checkout that the program runs from; an installed package has its version alone."""
    try:
        found = subprocess.run(  # noqa: S603
            ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
            timeout=5,
        )
    except (OSError, subprocess.SubprocessError):
        return "of the package"
    return found.stdout.strip()
