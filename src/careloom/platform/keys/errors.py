"""Why something that is encrypted with a client's key cannot be read or written."""

from careloom.platform.errors import CareloomError


class ShreddedError(CareloomError):
    """This client's keys were destroyed. What they encrypted is gone for good, and nothing new can be encrypted."""

    status = 410


class CipherBrokenError(CareloomError):
    """What is stored does not belong here, or was changed. Restore it from a backup."""

    status = 409


class MasterKeyMissingError(CareloomError):
    """The master key that wraps this client's key is not configured. Put it back into CARELOOM_MASTER_KEYS."""

    status = 503


class NoMasterKeysError(CareloomError):
    """This process was started without master keys, so it can neither read nor write what is encrypted."""

    status = 503
