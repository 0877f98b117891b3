"""Who acts, and what they may do: permissions as named verbs, each grant over a reach of clients and programs."""

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from msgspec import Struct

from careloom.platform.errors import ForbiddenError
from careloom.platform.texts.languages import Language
from careloom.platform.texts.text import Text, say


class Permission(StrEnum):
    """A verb that a role may hold."""

    ORGANIZATIONS_READ = "organizations.read"
    ORGANIZATIONS_WRITE = "organizations.write"
    PEOPLE_READ = "people.read"
    PEOPLE_WRITE = "people.write"
    ROLES_WRITE = "roles.write"
    API_KEYS_WRITE = "api_keys.write"
    SECURITY_WRITE = "security.write"
    GLASS_BREAK = "glass.break"
    AUDIT_READ = "audit.read"
    EVENTS_REPAIR = "events.repair"
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_WRITE = "customers.write"
    CUSTOMERS_MERGE = "customers.merge"
    CONVERSATIONS_READ = "conversations.read"
    CONVERSATIONS_REPLY = "conversations.reply"
    CONVERSATIONS_NOTE = "conversations.note"
    CONVERSATIONS_ASSIGN = "conversations.assign"
    CONVERSATIONS_WRITE = "conversations.write"
    MESSAGES_INGEST = "messages.ingest"
    KNOWLEDGE_READ = "knowledge.read"
    KNOWLEDGE_WRITE = "knowledge.write"
    QUEUES_READ = "queues.read"
    QUEUES_WRITE = "queues.write"
    PRESENCE_SET = "presence.set"
    PRESENCE_SET_OTHERS = "presence.set_others"
    LIVE_READ = "live.read"
    PRIVACY_WRITE = "privacy.write"
    PRIVACY_REVEAL = "privacy.reveal"
    CHANNELS_READ = "channels.read"
    CHANNELS_WRITE = "channels.write"
    DATA_IMPORT = "data.import"
    DATA_EXPORT = "data.export"
    DATA_RESTORE = "data.restore"
    COMPLIANCE_READ = "compliance.read"
    COMPLIANCE_WRITE = "compliance.write"


DORMANT = frozenset({Permission.GLASS_BREAK})
"""What alone shows nothing: a reach that holds no more counts once its person has broken the glass, in a session."""

_IN_WORDS: Final = {
    Permission.ORGANIZATIONS_READ: say("See clients and programs"),
    Permission.ORGANIZATIONS_WRITE: say("Change clients, programs, sites and teams"),
    Permission.PEOPLE_READ: say("See people"),
    Permission.PEOPLE_WRITE: say("Change people and grants"),
    Permission.ROLES_WRITE: say("Make and change roles"),
    Permission.API_KEYS_WRITE: say("Make API keys"),
    Permission.SECURITY_WRITE: say("Set sign-in rules, single sign-on and networks"),
    Permission.AUDIT_READ: say("Read the audit trail"),
    Permission.EVENTS_REPAIR: say("Repair parked events"),
    Permission.CUSTOMERS_READ: say("See customers"),
    Permission.CUSTOMERS_WRITE: say("Change customers"),
    Permission.CUSTOMERS_MERGE: say("Merge customers"),
    Permission.CONVERSATIONS_READ: say("Read contacts"),
    Permission.CONVERSATIONS_REPLY: say("Answer contacts"),
    Permission.CONVERSATIONS_NOTE: say("Write notes"),
    Permission.CONVERSATIONS_ASSIGN: say("Assign contacts"),
    Permission.CONVERSATIONS_WRITE: say("Change contacts"),
    Permission.MESSAGES_INGEST: say("Hand in customers' messages"),
    Permission.KNOWLEDGE_READ: say("See macros and outcomes"),
    Permission.KNOWLEDGE_WRITE: say("Change macros and outcomes"),
    Permission.QUEUES_READ: say("See queues"),
    Permission.QUEUES_WRITE: say("Change queues and skills"),
    Permission.PRESENCE_SET: say("Set one's own state"),
    Permission.PRESENCE_SET_OTHERS: say("Set others' state"),
    Permission.LIVE_READ: say("See the live board"),
    Permission.PRIVACY_WRITE: say("Set what is masked or removed"),
    Permission.PRIVACY_REVEAL: say("See what was masked"),
    Permission.CHANNELS_READ: say("See addresses and widgets"),
    Permission.CHANNELS_WRITE: say("Change addresses and widgets"),
    Permission.DATA_IMPORT: say("Import customers and conversations"),
    Permission.DATA_EXPORT: say("Export a whole client"),
    Permission.DATA_RESTORE: say("Restore the archive of a client"),
    Permission.COMPLIANCE_READ: say("See rules, requests and incidents"),
    Permission.COMPLIANCE_WRITE: say("Set rules and holds, answer requests, handle incidents"),
    Permission.GLASS_BREAK: say("Take emergency access to a client"),
}
"""What each lets one do, as the screens of roles call it."""


def named(permission: Permission) -> Text:
    """A permission as people and programs know it: “See customers” (customers.read)."""
    return say("“{words}” ({permission})", words=_IN_WORDS[permission], permission=permission)


class Reach(Struct, frozen=True):
    """Permissions over a set of clients and providers. None means all; `program_ids` None means every program
    of those clients.
    """

    permissions: frozenset[Permission]
    client_ids: frozenset[UUID] | None = frozenset()
    provider_ids: frozenset[UUID] | None = frozenset()
    program_ids: frozenset[UUID] | None = None

    @property
    def sleeps(self) -> bool:
        """Whether it shows nothing until its person has broken the glass."""
        return self.permissions == DORMANT

    def covers(self, client_id: UUID | None, provider_id: UUID | None, program_id: UUID | None) -> bool:
        """Whether this reach includes the given owner. A client without a program means all of that client; with none
        of the three, any reach will do.
        """
        asked = client_id is not None or program_id is not None
        return (
            self.touches(client_id)
            and (provider_id is None or self.provider_ids is None or provider_id in self.provider_ids)
            and (not asked or self.program_ids is None or program_id in self.program_ids)
        )

    def touches(self, client_id: UUID | None) -> bool:
        """Whether this reach includes the client or any program of it; None is not asked about."""
        return client_id is None or self.client_ids is None or client_id in self.client_ids


class BrokenGlass(Struct, frozen=True):
    """Emergency access that is under way: to which client, until when."""

    id: UUID
    client_id: UUID
    until: datetime


class Actor(Struct, frozen=True):
    """Someone or something that acts. `ip` is where from; None inside the system. `language` is that of answers.
    `glass` is what their session has broken, if anything; what it adds is among the reaches.
    """

    name: str
    reaches: tuple[Reach, ...]
    person_id: UUID | None = None
    api_key_id: UUID | None = None
    session_id: UUID | None = None
    ip: str | None = None
    request_id: str | None = None
    language: Language = Language.EN
    glass: BrokenGlass | None = None

    @property
    def is_system(self) -> bool:
        """Whether the program acts by itself, for no person and no key."""
        return self.person_id is None and self.api_key_id is None

    def is_themselves(self, person_id: UUID | None) -> bool:
        """Whether this is that person, signed in. A key of theirs is not: it may what it is held to, and no more."""
        return person_id is not None and person_id == self.person_id and self.api_key_id is None

    @property
    def client_ids(self) -> frozenset[UUID] | None:
        """Every client that any grant reaches; None for all."""
        return _union([reach.client_ids for reach in self._awake])

    @property
    def provider_ids(self) -> frozenset[UUID] | None:
        """Every provider that any grant reaches; None for all."""
        return _union([reach.provider_ids for reach in self._awake])

    @property
    def glass_id(self) -> UUID | None:
        """The id of the emergency access that is under way."""
        return None if self.glass is None else self.glass.id

    @property
    def _awake(self) -> list[Reach]:
        return [reach for reach in self.reaches if not reach.sleeps]

    def may(
        self,
        permission: Permission,
        *,
        client_id: UUID | None = None,
        provider_id: UUID | None = None,
        program_id: UUID | None = None,
    ) -> bool:
        """Whether some grant holds `permission` over all the owners named; of a client alone, over all of it."""
        return any(
            permission in reach.permissions and reach.covers(client_id, provider_id, program_id)
            for reach in self.reaches
        )

    def require(
        self,
        permission: Permission,
        *,
        client_id: UUID | None = None,
        provider_id: UUID | None = None,
        program_id: UUID | None = None,
    ) -> None:
        """Raises ForbiddenError unless `may`."""
        if self.may(permission, client_id=client_id, provider_id=provider_id, program_id=program_id):
            return
        if program_id is None and client_id is not None and self.may_somewhere(permission, client_id):
            raise ForbiddenError(
                "You need the permission {permission} over the whole client for this.", permission=named(permission)
            )
        raise _lacks(permission)

    def may_somewhere(self, permission: Permission, client_id: UUID | None) -> bool:
        """Whether some grant holds `permission` over the client, or over at least one of its programs: for what
        whoever works for a client shares, whichever program they work in. None: over anything.
        """
        return any(permission in reach.permissions and reach.touches(client_id) for reach in self.reaches)

    def require_somewhere(self, permission: Permission, client_id: UUID | None) -> None:
        """Raises ForbiddenError unless `may_somewhere`."""
        if not self.may_somewhere(permission, client_id):
            raise _lacks(permission)

    def require_everything(self, permission: Permission) -> None:
        """Raises ForbiddenError unless some grant holds `permission` over the whole installation."""
        whole = (None, None, None)
        if not any(
            (one.client_ids, one.provider_ids, one.program_ids) == whole for one in self.reaches_for(permission)
        ):
            raise ForbiddenError(
                "You need the permission {permission} over everything for this.", permission=named(permission)
            )

    def clients_for(self, permission: Permission) -> frozenset[UUID] | None:
        """The clients over which the actor holds `permission` in at least one program; None for all."""
        return _union([reach.client_ids for reach in self.reaches if permission in reach.permissions])

    def reaches_for(self, permission: Permission) -> tuple[Reach, ...]:
        """The reaches that hold `permission`; `database.scope` turns them into filters of queries."""
        return tuple(reach for reach in self.reaches if permission in reach.permissions)

    @property
    def permissions(self) -> frozenset[Permission]:
        """Every verb held over anything."""
        return frozenset[Permission]().union(*(reach.permissions for reach in self.reaches))


def _lacks(permission: Permission) -> ForbiddenError:
    return ForbiddenError("You need the permission {permission} for this.", permission=named(permission))


def _union(sets: list[frozenset[UUID] | None]) -> frozenset[UUID] | None:
    if any(one is None for one in sets):
        return None
    return frozenset[UUID]().union(*(one for one in sets if one is not None))


def system_actor(name: str, client_id: UUID | None = None) -> Actor:
    """The program itself: over one client where the work belongs to one, else over everything."""
    clients = None if client_id is None else frozenset({client_id})
    return Actor(name=name, reaches=(Reach(frozenset(Permission), clients, None, None),))
