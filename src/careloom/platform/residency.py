"""Where this process and its stores stand, and whose data may therefore be here; travels with the database's pool."""

from typing import Final, LiteralString

from msgspec import Struct

from careloom.platform.database.transactions import Tx
from careloom.platform.errors import CareloomError
from careloom.platform.settings import Settings
from careloom.platform.texts.text import Value

OPTION: Final = "residency"


class RegionRefusedError(CareloomError):
    """This client's data may not be kept or worked on here."""

    status = 409

    def __init__(self, detail: LiteralString, *, unsaid: bool = False, **values: Value) -> None:
        """`unsaid`: the operator has yet to say where a store stands, so another time may end otherwise."""
        self.unsaid = unsaid
        super().__init__(detail, (), **values)


class Residency(Struct, frozen=True):
    """The regions that the operator declared. No `regions`: nothing was declared, and every region is taken. With some,
    a store or relay of which nothing was said takes nothing.
    """

    regions: tuple[str, ...] = ()
    files: str | None = None
    relay: str | None = None

    def require(self, region: str, *, files: bool = False, relay: bool = False) -> None:
        """Raises RegionRefusedError unless data of `region` may be here; with `files`, `relay` also there."""
        if self.regions and region not in self.regions:
            raise RegionRefusedError(
                "Data of the region {region} may not be worked on here, which serves {here}.",
                region=region,
                here=self.regions,
            )
        if files:
            self._require_files(region)
        if relay:
            self._require_relay(region)

    def require_mailbox(self, region: str, where: str | None) -> None:
        """Raises RegionRefusedError unless mail of a client of `region` may lie in a mailbox elsewhere, in `where`."""
        if self._unsaid(where):
            raise RegionRefusedError(
                "Say in which region the mailbox lies: mail of the region {region} may lie there alone.", region=region
            )
        if where not in (None, region):
            raise RegionRefusedError(
                "Mail of the region {region} may not lie in a mailbox in {where}.", region=region, where=str(where)
            )

    def _require_files(self, region: str) -> None:
        if self._unsaid(self.files):
            raise RegionRefusedError(
                "Files of the region {region} are refused until the operator says where files are stored: "
                "CARELOOM_FILES_REGION is not set.",
                unsaid=True,
                region=region,
            )
        if self.files not in (None, region):
            raise RegionRefusedError(
                "Files of the region {region} may not be stored in {where}.", region=region, where=str(self.files)
            )

    def _require_relay(self, region: str) -> None:
        if self._unsaid(self.relay):
            raise RegionRefusedError(
                "Mail of the region {region} is refused until the operator says where the mail relay stands: "
                "CARELOOM_RELAY_REGION is not set.",
                unsaid=True,
                region=region,
            )
        if self.relay not in (None, region):
            raise RegionRefusedError(
                "Mail of the region {region} may not leave through a relay in {where}.",
                region=region,
                where=str(self.relay),
            )

    def _unsaid(self, where: str | None) -> bool:
        """Whether regions are declared and of this place nobody said where it is: then nothing may go there."""
        return bool(self.regions) and where is None

    def names(self, region: str) -> bool:
        """Whether the operator said of `region` that something of here stands in it."""
        return region in (*self.regions, self.files, self.relay)

    @property
    def declared(self) -> bool:
        """Whether there is anything to hold against a client's region."""
        return bool(self.regions or self.files or self.relay)


def residency_here(settings: Settings) -> Residency:
    """What this installation's settings declare."""
    return Residency(settings.regions, settings.files_region, settings.relay_region)


def residency_of(tx: Tx) -> Residency:
    """What the process that opened the transaction declared."""
    connection = tx.sync_connection
    return Residency() if connection is None else connection.get_execution_options().get(OPTION, Residency())
