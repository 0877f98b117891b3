"""What a check of `careloom doctor` is, and what it finds."""

from collections.abc import Callable
from dataclasses import dataclass

from careloom.platform.settings import Settings


@dataclass(frozen=True)
class Wrong:
    """What is wrong, and what to do about it: a line each."""

    what: str
    advice: str


@dataclass(frozen=True)
class Check:
    """Finds what is wrong; `advice` is for whoever reads an error that it raises."""

    find: Callable[[Settings], Wrong | None]
    advice: str
