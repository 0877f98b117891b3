"""Served: which queues a person serves."""

from collections.abc import Iterable
from uuid import UUID

from careloom.conversations.types import QueueId
from careloom.platform.access import Actor, Permission
from careloom.routing.core.eligibility import has_skills, speaks
from careloom.routing.types import AgentProfile, Queue


class Served:
    """Which of `queues` people serve, worked out once for all who are alike."""

    __slots__ = ("_found", "_queues")

    def __init__(self, queues: Iterable[Queue]) -> None:
        self._queues = tuple(queues)
        self._found: dict[object, tuple[QueueId, ...]] = {}

    def by(self, provider_id: UUID, profile: AgentProfile, actor: Actor | None) -> tuple[QueueId, ...]:
        """The queues of the provider that the person has the skills, the language and the permission for."""
        if actor is None:
            return ()
        alike = (provider_id, profile.skills, profile.languages, actor.reaches_for(Permission.CONVERSATIONS_REPLY))
        if alike not in self._found:
            own = (one for one in self._queues if one.provider_id == provider_id)
            self._found[alike] = tuple(one.id for one in own if _can_serve(one, profile, actor))
        return self._found[alike]


def _can_serve(one: Queue, profile: AgentProfile, actor: Actor) -> bool:
    levels = {each.skill_id: each.level for each in profile.skills}
    fits = has_skills(levels, one.skills) and speaks(profile.languages, one.language)
    reply = Permission.CONVERSATIONS_REPLY
    return fits and actor.may(reply, client_id=one.client_id, program_id=one.program_id)
