"""What a class of probes tried and found."""

from dataclasses import dataclass, field

from msgspec import Struct


class Outcome(Struct, frozen=True):
    """A class of probes: what was tried, how often, and each thing that should not have been possible."""

    name: str
    title: str
    tried: str
    probes: int
    findings: tuple[str, ...]
    seconds: float = 0.0


@dataclass
class Tally:
    """Counts probes and keeps what they found."""

    probes: int = 0
    findings: list[str] = field(default_factory=list[str])

    def probe(self, found: str | None) -> None:
        """One more probe; `found` is None where all was well."""
        self.probes += 1
        if found is not None:
            self.findings.append(found)

    def outcome(self, name: str, title: str, tried: str) -> Outcome:
        """The class as a value."""
        return Outcome(name, title, tried, self.probes, tuple(self.findings))
