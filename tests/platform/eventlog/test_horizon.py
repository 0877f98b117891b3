"""The horizon never lets a reader pass an event that may still appear."""

from hypothesis import given
from hypothesis import strategies as st

from careloom.platform.eventlog.horizon import Horizon


def test_nothing_is_safe_before_the_first_observation() -> None:
    assert Horizon().safe(100) == 0


def test_an_open_transaction_holds_back_what_was_numbered_since_it_began() -> None:
    horizon = Horizon()
    horizon.observe(last_event_id=5, next_transaction_id=10)
    horizon.observe(last_event_id=9, next_transaction_id=12)
    assert horizon.safe(oldest_open_transaction_id=11) == 5
    assert horizon.safe(oldest_open_transaction_id=12) == 9


class _Writer:
    def __init__(self, transaction: int) -> None:
        self.transaction = transaction
        self.events: list[int] = []


@given(st.data())
def test_readers_see_every_committed_event_once_whatever_the_order_of_commits(data: st.DataObject) -> None:
    """A model of PostgreSQL: transactions draw ids, draw event ids from a sequence, commit in any order."""
    next_transaction, last_event = 1, 0
    active: list[_Writer] = []
    committed: list[int] = []
    read: list[int] = []
    horizon = Horizon()
    for _ in range(data.draw(st.integers(5, 60))):
        action = data.draw(st.sampled_from(["begin", "write", "commit", "rollback", "read"]))
        if action == "begin":
            active.append(_Writer(next_transaction))
            next_transaction += 1
        elif action == "write" and active:
            last_event += 1
            data.draw(st.sampled_from(active)).events.append(last_event)
        elif action in ("commit", "rollback") and active:
            writer = active.pop(data.draw(st.integers(0, len(active) - 1)))
            if action == "commit":
                committed += writer.events
        elif action == "read":
            horizon.observe(last_event, next_transaction)
            safe = horizon.safe(min((one.transaction for one in active), default=next_transaction))
            position = read[-1] if read else 0
            read += sorted(one for one in committed if position < one <= safe)
            still_possible = [event for writer in active for event in writer.events]
            assert not any(event <= safe for event in still_possible)
    for writer in active:
        committed += writer.events
    horizon.observe(last_event, next_transaction)
    position = read[-1] if read else 0
    read += sorted(one for one in committed if position < one <= horizon.safe(next_transaction))
    assert read == sorted(committed)


def test_what_was_observed_of_another_server_says_nothing_of_this_one() -> None:
    horizon = Horizon()
    horizon.observe(last_event_id=90, next_transaction_id=40, server="first")
    horizon.observe(last_event_id=99, next_transaction_id=50, server="first")
    assert horizon.safe(oldest_open_transaction_id=40) == 90
    horizon.observe(last_event_id=70, next_transaction_id=55, server="second")
    assert horizon.safe(oldest_open_transaction_id=54) == 0
    assert horizon.safe(oldest_open_transaction_id=55) == 70
