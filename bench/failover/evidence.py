"""The report of a run, for people to read and to repeat."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from bench.failover.strikes import WAITED_FOR, Outcome
from careloom import __version__
from careloom.evidence.isolation.report import commit
from careloom.organizations.types import Channel
from tests.chaos.verdict import GAPS

_NAMES = {
    Channel.SMS: "API",
    Channel.EMAIL: "mail",
    Channel.CHAT: "chat",
    "offers": "contacts offered and taken",
    "answers": "agents' answers",
}
_MOST_SECONDS = 30.0


class Verdict(Struct, frozen=True):
    """What was found in the database and on the desks after the last strike."""

    accepted: Mapping[str, int]
    refused: Mapping[str, int]
    lost: Sequence[Any]
    unsaid: Sequence[Any]
    doubled: Sequence[Any]
    violations: Mapping[str, Sequence[Any]]
    missed: Sequence[int]
    shown_twice: int
    resets: int
    connections: Sequence[int]
    reloaded: bool
    audit_holds: bool
    audit: str

    def wrong(self, outcomes: Sequence[Outcome]) -> list[str]:
        """What does not hold, in words; empty where all does."""
        slow = [one.what for one in outcomes if one.accepting > _MOST_SECONDS]
        found = {
            "accepted messages were lost": self.lost,
            "answers of agents were lost": self.unsaid,
            "messages were stored twice": self.doubled,
            f"rules were broken: {', '.join(self.violations)}": self.violations,
            "desks were not shown every message": any(self.missed),
            "desks were shown an event twice": self.shown_twice,
            "desks were told to begin anew": self.resets,
            "the browser's page was loaded again": self.reloaded,
            "the audit trail is broken": not self.audit_holds,
            f"messages were accepted again only after more than {_MOST_SECONDS:.0f} s: {', '.join(slow)}": slow,
        }
        return [words for words, what in found.items() if what]


def written(command: str, began: datetime, load: str, outcomes: Sequence[Outcome], verdict: Verdict) -> str:
    """The report in Markdown."""
    wrong = verdict.wrong(outcomes)
    return "\n".join(
        [
            "# Failover under load",
            "",
            f"Run on {began:%Y-%m-%d %H:%M} UTC by `{command}`, Careloom {__version__}, commit",
            f"{commit()}: etcd and two PostgreSQL servers under Patroni as in [patroni.yml](../patroni.yml); two",
            f"processes each of web, worker, router and smtp behind a balancer; {load}.",
            f"All on one machine with {os.cpu_count()} cores (load average {os.getloadavg()[2]:.1f} over the last",
            "15 minutes, this run included). Killed is with `kill -9`: PostgreSQL, all its processes, and its Patroni.",
            "Customers send the same again until it was accepted.",
            "",
            f"**{'Not everything held: ' + '; '.join(wrong) if wrong else 'Everything below holds'}.**",
            "",
            "## Interruptions",
            "",
            "Seconds since the strike until: a new primary was there; the longest silence of each way in was over; the",
            "replica was in step again (the lost server comes back 10 s after the new primary); all sockets had been",
            "shown every message stored by then; a message written then was on the browser's screen.",
            "",
            *_table(outcomes),
            "",
            "## What was found afterwards",
            "",
            "| | |",
            "|---|---|",
            f"| messages accepted (2xx, 250, acknowledged) | {_counted(verdict.accepted)} |",
            f"| asked to come again, or not answered, meanwhile | {_counted(verdict.refused)} |",
            f"| accepted and lost | {len(verdict.lost) + len(verdict.unsaid)} |",
            f"| stored twice | {len(verdict.doubled)} |",
            f"| broken of {len(GAPS)} rules of the data, gapless numbers among them | {len(verdict.violations)} |",
            f"| desktops, and how often each connected | {len(verdict.connections)}: {_spread(verdict.connections)} |",
            f"| messages that a desktop was not shown | {sum(verdict.missed)} |",
            f"| events that a desktop was shown twice | {verdict.shown_twice} |",
            f"| desktops told to fetch all anew | {verdict.resets} |",
            f"| the page in Chromium was reloaded | {'yes' if verdict.reloaded else 'never'} |",
            f"| `careloom audit verify` | {verdict.audit} |",
            "",
        ]
    )


def _table(outcomes: Sequence[Outcome]) -> list[str]:
    heads = ["strike", "new primary", *[_NAMES[one] for one in WAITED_FOR], "replica in step", "all sockets", "browser"]
    rows = [
        [
            one.what,
            "" if one.promoted is None else f"{one.promoted:.1f}",
            *[f"{one.resumed[what]:.1f}" for what in WAITED_FOR],
            *[f"{value:.1f}" for value in (one.in_step, one.desks, one.browser)],
        ]
        for one in outcomes
    ]
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{_NAMES.get(name, name)} {count}" for name, count in sorted(counts.items())) or "none"


def _spread(connections: Sequence[int]) -> str:
    return ", ".join(f"{count} x {times}" for times, count in sorted(Counter(connections).items()))
