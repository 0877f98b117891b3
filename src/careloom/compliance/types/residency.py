"""What an installation declares of where it and its stores stand."""

from msgspec import Struct


class Declared(Struct, frozen=True):
    """The regions that are served, where attachments lie and where the relay stands. No `regions`: every one is taken;
    None: nothing was said.
    """

    regions: tuple[str, ...]
    files_region: str | None
    relay_region: str | None
