"""What compliance refuses."""

from uuid import UUID

from careloom.platform.errors import CareloomError, ConflictError


class StepRefusedError(CareloomError):
    """This step does not follow from where it stands; load it again."""

    status = 409


class NotVerifiedError(CareloomError):
    """Check first that the request comes from the customer, and record how."""

    status = 409


class ExportGoneError(CareloomError):
    """The export has expired; build it again."""

    status = 410


class SecondPersonError(CareloomError):
    """Another person than the one who asked has to confirm this."""

    status = 409


class HeldError(CareloomError):
    """A legal hold keeps this client's data; lift it first."""

    status = 409


class ErasureOpenError(ConflictError):
    """An erasure of this customer is open already, request {request}: carry that one on."""

    path = "/customer_id"

    def __init__(self, request: UUID) -> None:
        """`request`: the one that is open."""
        super().__init__(request=str(request))
        self.about = request
