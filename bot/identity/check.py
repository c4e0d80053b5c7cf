"""Whether a person is who they say: the one question the bot may ask of the population database.

The one-stop desk reads 20 fields of it. The bot reads none: it hands over two numbers that the
citizen has given and is told yes or no. Off unless `BOT_IDENTITY_CHECK_URL` is set.
"""

from __future__ import annotations

from typing import Protocol

from bot.settings import settings


class IdentityCheckUnavailable(RuntimeError):
    """The check cannot be asked, or answers with anything but yes or no.

    The text holds nothing of the person, of the answer or of the token.
    """


class IdentityCheck(Protocol):
    """Tells whether two numbers belong to the same person, and nothing else."""

    async def matches(self, identity_number: str, phone: str) -> bool:
        """Whether the person with this identity number has this telephone number.

        Args:
            identity_number: 9 or 12 digits.
            phone: 10 or 11 digits, with the leading zero.

        Raises:
            IdentityCheckUnavailable: no answer, or one that is more than yes or no.
            ValueError: a number is not of its form; nothing was sent.
        """


def identity_check() -> IdentityCheck | None:
    """The check that the settings name, or None: then no identity is checked."""
    if not settings().identity_check_url:
        return None
    from bot.identity.http_check import HttpIdentityCheck

    return HttpIdentityCheck.from_settings(settings())
