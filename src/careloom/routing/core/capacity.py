"""Capacity: how many more contacts an agent can hold."""

from collections.abc import Mapping

from careloom.organizations.types import Channel
from careloom.routing.types import Capacity


def capacity_for(capacity: Capacity, channel: Channel) -> int:
    """How many contacts of `channel` a person holds at once."""
    match channel:
        case Channel.VOICE:
            return capacity.voice
        case Channel.CHAT:
            return capacity.chat
        case Channel.SMS:
            return capacity.sms
        case Channel.SOCIAL:
            return capacity.social
        case Channel.EMAIL:
            return capacity.email


def free_slots(channel: Channel, load: Mapping[Channel, int], capacity: Capacity) -> int:
    """How many more contacts of `channel` an agent with `load` can take.

    A call takes the whole person: it needs an agent who holds nothing, and while it lasts nothing else is
    added. Other channels do not interrupt each other; each has its own slots.
    """
    if channel is Channel.VOICE:
        return 0 if any(load.values()) else min(1, capacity.voice)
    if load.get(Channel.VOICE, 0) > 0:
        return 0
    return max(0, capacity_for(capacity, channel) - load.get(channel, 0))


def load_share(load: Mapping[Channel, int], capacity: Capacity) -> float:
    """How much of a person is taken: the sum over channels of held / capacity, 0 for an idle agent."""
    held = ((load.get(channel, 0), capacity_for(capacity, channel)) for channel in Channel)
    return sum(count / max(1, slots) for count, slots in held if count)
