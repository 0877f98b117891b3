"""Background work of the channels: consumers, jobs, jobs by the clock, and the mail listener."""

from careloom.channels.jobs import chat, mail
from careloom.platform.eventlog.consumer import Consumer
from careloom.platform.jobs import Periodic, Task
from careloom.platform.runtime import Runtime


def consumers(runtime: Runtime) -> list[Consumer]:
    """What follows the event log."""
    return [*mail.consumers(runtime), *chat.consumers()]


def tasks(runtime: Runtime) -> list[Task]:
    """What is deferred."""
    return [*mail.tasks(runtime), *chat.tasks(runtime)]


def periodic(runtime: Runtime) -> list[Periodic]:
    """What runs by the clock."""
    return [*mail.periodic(runtime), *chat.periodic(runtime)]
