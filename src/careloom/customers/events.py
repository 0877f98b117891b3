"""What happens to customers: ids alone, so that the log holds nothing personal that erasure would miss."""

from uuid import UUID

from careloom.customers.types import CustomerId, MergeId
from careloom.platform.eventlog.event import Event


class CustomerChanged(Event, frozen=True, kw_only=True):
    """A customer was made or changed."""

    customer_id: CustomerId

    @property
    def stream(self) -> str:
        """One stream a customer."""
        return str(self.customer_id)


class CustomersMerged(Event, frozen=True, kw_only=True):
    """`merged_id` is the same person as `kept_id` from now on; what points to the former moves to the latter."""

    merge_id: MergeId
    kept_id: CustomerId
    merged_id: CustomerId

    @property
    def stream(self) -> str:
        """The stream of the customer who stays."""
        return str(self.kept_id)


class CustomersUnmerged(Event, frozen=True, kw_only=True):
    """A merge was undone: what it moved goes back to `merged_id`."""

    merge_id: MergeId
    kept_id: CustomerId
    merged_id: CustomerId

    @property
    def stream(self) -> str:
        """The stream of the customer who stayed."""
        return str(self.kept_id)


class ConsentChanged(Event, frozen=True, kw_only=True):
    """A customer gave or withdrew a consent."""

    customer_id: CustomerId
    purpose: str
    granted: bool
    consent_id: UUID
