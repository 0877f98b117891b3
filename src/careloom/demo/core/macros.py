"""The clients' macros, made of the canned replies that the real agents had."""

from collections.abc import Mapping

from careloom.demo.core.tasks import DOMAIN_CLIENT, TASKS
from careloom.demo.types import MacroSpec

_LONGEST_SHORTCUT = 36


def macros_of(replies: Mapping[str, Mapping[str, str]]) -> tuple[MacroSpec, ...]:
    """Return one macro for each different reply of a client.

    A reply that several programs of the client share belongs to all of them. Shortcuts are unique in a
    client.
    """
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for task, bodies in replies.items():
        for label, body in bodies.items():
            found.setdefault((TASKS[task].client, body), []).append((task, label))
    macros: list[MacroSpec] = []
    taken: set[tuple[str, str]] = set()
    for (client, body), uses in found.items():
        programs = {TASKS[task].program for task, _ in uses}
        task, label = uses[0]
        words = _words(label)
        title = TASKS[task].title if len(programs) == 1 else "General"
        shortcut = _free(client, "-".join(_short(title, words))[:_LONGEST_SHORTCUT].rstrip("-"), taken)
        macros.append(
            MacroSpec(
                client=client,
                program=programs.pop() if len(programs) == 1 else None,
                name=f"{title}: {' '.join(words)}",
                shortcut=shortcut,
                body=body,
                label=label,
            )
        )
    return tuple(macros)


def _words(label: str) -> list[str]:
    parts = [part for part in label.split("_") if not part.isdigit()]
    return parts[1:] if len(parts) > 1 and parts[0] in DOMAIN_CLIENT else parts


def _short(title: str, words: list[str]) -> list[str]:
    return [title.lower().replace(" ", "-"), *(word for word in words if word not in {"inform", "ask"})]


def _free(client: str, wanted: str, taken: set[tuple[str, str]]) -> str:
    name, number = wanted, 1
    while (client, name) in taken:
        number += 1
        name = f"{wanted}-{number}"
    taken.add((client, name))
    return name
