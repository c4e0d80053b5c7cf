"""The identity check over HTTP: `POST {url}/match` with two numbers, `{"match": true}` back."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field

import aiohttp

from bot.identity.check import IdentityCheckUnavailable
from bot.settings import Settings

TIMEOUT = 5.0
# `{"match": false}` with blanks; whatever is longer holds more than yes or no.
LARGEST_ANSWER = 64
_IDENTITY_NUMBER = re.compile(r"[0-9]{9}|[0-9]{12}")
_PHONE = re.compile(r"0[0-9]{9,10}")


class _Pairs(list[tuple[str, object]]):
    """A JSON object; a JSON list is a plain list."""


@dataclass(frozen=True)
class HttpIdentityCheck:
    """See `bot.identity.check.IdentityCheck`. `timeout` is in seconds, for the whole request.

    A request is never repeated: each counts at the desk as a look at the person.
    """

    url: str
    token: str = field(repr=False)
    timeout: float = TIMEOUT

    @classmethod
    def from_settings(cls, settings: Settings) -> HttpIdentityCheck:
        """The check at the address and with the token of the settings."""
        return cls(settings.identity_check_url, settings.identity_check_token)

    async def matches(self, identity_number: str, phone: str) -> bool:
        """Whether the person with this identity number has this telephone number.

        Raises:
            IdentityCheckUnavailable: no answer, or one that is more than yes or no.
            ValueError: a number is not of its form; nothing was sent.
        """
        if not _IDENTITY_NUMBER.fullmatch(identity_number):
            raise ValueError("An identity number has 9 or 12 digits.")
        if not _PHONE.fullmatch(phone):
            raise ValueError("A telephone number has 10 or 11 digits, the first of them 0.")
        try:
            body = await self._post({"identity_number": identity_number, "phone": phone})
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            # Without the cause: its text is not ours to vouch for.
            reason = f"The identity check does not answer ({type(error).__name__})."
            raise IdentityCheckUnavailable(reason) from None
        return _verdict(body)

    async def _post(self, numbers: dict[str, str]) -> bytes:
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"},
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            # A redirect would hand the numbers on to somebody else.
            target = f"{self.url}/match"
            async with session.post(target, json=numbers, allow_redirects=False) as response:
                if response.status != 200:
                    raise IdentityCheckUnavailable(
                        f"The identity check answered with status {response.status}."
                    )
                return await _read(response.content)


async def _read(content: aiohttp.StreamReader) -> bytes:
    """The whole answer, unless it is too long to be yes or no."""
    body = b""
    async for piece in content.iter_chunked(LARGEST_ANSWER + 1):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise _no_verdict()
    return body


def _verdict(body: bytes) -> bool:
    """The single boolean `match` of a JSON object."""
    try:
        # As pairs, so that a name given twice is seen.
        answer = json.loads(body, object_pairs_hook=_Pairs)
    except ValueError:
        raise IdentityCheckUnavailable("The identity check answered with broken JSON.") from None
    if isinstance(answer, _Pairs) and [name for name, _ in answer] == ["match"]:
        verdict = answer[0][1]
        if isinstance(verdict, bool):
            return verdict
    raise _no_verdict()


def _no_verdict() -> IdentityCheckUnavailable:
    return IdentityCheckUnavailable(
        "The identity check answered with something else than yes or no."
    )
