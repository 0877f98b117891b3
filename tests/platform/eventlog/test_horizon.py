"""The horizon never lets a reader pass an event that may still appear."""

from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.eventlog.horizon import Horizon


def test_what_was_numbered_is_held_back_while_one_of_its_writers_runs() -> None:
    horizon = Horizon()
    assert horizon.observe(5, {"one"}) == 0
    assert horizon.observe(9, {"one", "two"}) == 0
    assert horizon.observe(12, {"two"}) == 5
    assert horizon.observe(12, {"three"}) == 12


class _Writer:
    def __init__(self, transaction: int) -> None:
        self.name = str(transaction)
        self.events: list[int] = []


def _writing(active: list[_Writer]) -> set[str]:
    return {one.name for one in active if one.events}


@given(st.data())
def test_readers_see_every_committed_event_once_whatever_the_order_of_commits(data: st.DataObject) -> None:
    """A model of PostgreSQL: transactions begin, draw event ids from a sequence, commit in any order."""
    begun, last_event = 0, 0
    active: list[_Writer] = []
    committed: list[int] = []
    read: list[int] = []
    horizon = Horizon()
    for _ in range(data.draw(st.integers(5, 60))):
        action = data.draw(st.sampled_from(["begin", "write", "commit", "rollback", "read"]))
        if action == "begin":
            begun += 1
            active.append(_Writer(begun))
        elif action == "write" and active:
            last_event += 1
            data.draw(st.sampled_from(active)).events.append(last_event)
        elif action in ("commit", "rollback") and active:
            writer = active.pop(data.draw(st.integers(0, len(active) - 1)))
            if action == "commit":
                committed += writer.events
        elif action == "read":
            safe = horizon.observe(last_event, _writing(active))
            position = read[-1] if read else 0
            read += sorted(one for one in committed if position < one <= safe)
            still_possible = [event for writer in active for event in writer.events]
            assert not any(event <= safe for event in still_possible)
    for writer in active:
        committed += writer.events
    position = read[-1] if read else 0
    read += sorted(one for one in committed if position < one <= horizon.observe(last_event, ()))
    assert read == sorted(committed)


def test_what_was_observed_of_another_server_says_nothing_of_this_one() -> None:
    horizon = Horizon()
    assert horizon.observe(90, (), server="first") == 90
    assert horizon.observe(99, {"one"}, server="first") == 90
    assert horizon.observe(70, {"two"}, server="second") == 0
    assert horizon.observe(70, (), server="second") == 70
