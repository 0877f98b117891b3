"""Hands a mail to the relay over SMTP, and tells a refusal for good from one for now."""

import ssl
from typing import Final

import aiosmtplib

from careloom.platform.settings import Settings

_TIMEOUT_SECONDS: Final = 60
_LONGEST_ANSWER: Final = 10_000


class RelayRefusedError(Exception):
    """The relay did not take the mail. `permanent`: trying again is pointless. `answer`: its own words."""

    def __init__(self, answer: str, *, permanent: bool) -> None:
        self.answer = answer[:_LONGEST_ANSWER]
        self.permanent = permanent
        super().__init__(self.answer)


async def hand_over(settings: Settings, sender: str, recipient: str, raw: bytes) -> str:
    """Sends one mail to one recipient; answers the relay's words. Raises RelayRefusedError."""
    try:
        _, answer = await aiosmtplib.send(
            raw,
            sender=sender,
            recipients=[recipient],
            hostname=settings.relay_host,
            port=settings.relay_port,
            username=settings.relay_user,
            password=settings.relay_password,
            local_hostname=sender.rpartition("@")[2],
            use_tls=settings.relay_tls == "tls",
            start_tls=settings.relay_tls == "starttls",
            timeout=_TIMEOUT_SECONDS,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        raise _refused(refused.code, refused.message) from error
    except aiosmtplib.SMTPAuthenticationError as error:
        # Wrong credentials are the operator's to correct: the mail waits.
        raise RelayRefusedError(f"{error.code} {error.message}", permanent=False) from error
    except aiosmtplib.SMTPResponseException as error:
        raise _refused(error.code, error.message) from error
    except (aiosmtplib.SMTPNotSupported, aiosmtplib.SMTPException, OSError, ssl.SSLError) as error:
        raise RelayRefusedError(f"The relay does not answer: {error}", permanent=False) from error
    except (ValueError, UnicodeError) as error:
        raise RelayRefusedError(str(error), permanent=True) from error
    return answer


def _refused(code: int, message: str) -> RelayRefusedError:
    return RelayRefusedError(f"{code} {message}", permanent=500 <= code < 600)
