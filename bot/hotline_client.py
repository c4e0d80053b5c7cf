"""Client of the hotline (`/webhooks/hotline`) and the signature of its requests.

Used by the terminal client and by the adapters below `examples/`; needs aiohttp and nothing else
of the project, so that it can be copied.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

WEBHOOK, POLL = "/webhooks/hotline/webhook", "/webhooks/hotline/poll"
TIMESTAMP, SIGNATURE = "X-Timestamp", "X-Signature"
# A request whose time is further off than so many seconds is refused.
WINDOW = 300
_TRIES = 3
# What a server says that is overloaded or about to start again; its answer may be had later.
_PASSING = (502, 503, 504)
_TIMEOUT = 30.0
# The first pause between two tries, in seconds; the next ones are twice as long each.
_PAUSE = 1.0


class HotlineUnreachable(RuntimeError):
    """No answer after all tries; whether the message was taken is unknown."""


class HotlineNotRunning(HotlineUnreachable):
    """Nothing listens there, so the message was not taken."""


class HotlineRefused(RuntimeError):
    """The hotline answers, but not with pages.

    `code` and `message` are those of its error, empty if it names none; `retry_after` is in
    seconds, None if it does not say.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None) -> None:
        """See the class."""
        super().__init__(f"The hotline answers with status {status} {code}".rstrip())
        self.status, self.code, self.message = status, code, message
        self.retry_after = retry_after


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The value of `X-Signature`."""
    signed = timestamp.encode("utf-8") + b"." + body
    return "sha256=" + hmac.new(secret.encode("utf-8"), signed, hashlib.sha256).hexdigest()


def signed_headers(secret: str, body: bytes, now: float | None = None) -> dict[str, str]:
    """The headers that a body is sent with, at a time in Unix seconds."""
    timestamp = str(int(time.time() if now is None else now))
    return {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        SIGNATURE: sign(secret, timestamp, body),
    }


def is_signed(
    secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None
) -> bool:
    """Whether a body was signed with the secret, no longer ago than `WINDOW` seconds."""
    timestamp, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not (secret and timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        return False
    if abs((time.time() if now is None else now) - int(timestamp)) > WINDOW:
        return False
    expected = sign(secret, timestamp, body)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


@dataclass(frozen=True)
class HotlineClient:
    """Talks to a hotline at an address such as http://127.0.0.1:5005.

    A message that got no answer is sent again under the same identifier, so that it is handled
    once; `tries` is how often in all. `pause` and `timeout` are in seconds.
    """

    session: aiohttp.ClientSession
    url: str
    secret: str
    tries: int = _TRIES
    pause: float = _PAUSE
    timeout: float = _TIMEOUT

    async def send(
        self, sender: str, text: str, message_id: str, *, form: str = "", sent_at: int | None = None
    ) -> list[str]:
        """Say something; the pages of the answer.

        Args:
            sender: a telephone number, or what else stays the same through a talk.
            message_id: the same for each delivery of this message, and for no other.
            form: "unaccented" or "accented"; the hotline's own choice if empty.
            sent_at: when the citizen sent it, in Unix seconds.

        Raises:
            HotlineNotRunning, HotlineUnreachable, HotlineRefused: there is no answer.
        """
        message: dict[str, Any] = {"from": sender, "text": text, "message_id": message_id}
        if form:
            message["form"] = form
        if sent_at is not None:
            message["sent_at"] = sent_at
        return await self._post(WEBHOOK, message, self.tries)

    async def poll(self, sender: str) -> list[str]:
        """What a person of the staff has said meanwhile; asked once, as it may be asked again.

        Raises:
            HotlineNotRunning, HotlineUnreachable, HotlineRefused: there is no answer.
        """
        return await self._post(POLL, {"from": sender}, 1)

    async def _post(self, path: str, message: dict[str, Any], tries: int) -> list[str]:
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
        for number in range(1, tries + 1):
            try:
                return await self._post_once(path, body)
            except HotlineNotRunning:
                raise
            except HotlineUnreachable:
                if number == tries:
                    raise
            except HotlineRefused as error:
                if number == tries or error.status not in _PASSING:
                    raise
            await asyncio.sleep(self.pause * 2 ** (number - 1))
        raise HotlineUnreachable("not tried")  # pragma: no cover: tries are at least 1

    async def _post_once(self, path: str, body: bytes) -> list[str]:
        try:
            # Signed anew each time: the signature tells when it was sent.
            async with self.session.post(
                self.url.rstrip("/") + path,
                data=body,
                headers=signed_headers(self.secret, body),
                timeout=aiohttp.ClientTimeout(total=self.timeout),
                allow_redirects=False,
            ) as response:
                answer = _parsed(await response.read())
                if response.status != 200:
                    raise _refusal(response.status, answer, response.headers)
                return _pages(answer)
        except aiohttp.ClientConnectorError:
            raise HotlineNotRunning("nothing listens there") from None
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            # Its text may hold the address; its kind says enough.
            raise HotlineUnreachable(type(error).__name__) from None


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _pages(answer: dict[str, Any]) -> list[str]:
    pages = answer.get("messages")
    if not isinstance(pages, list) or not all(isinstance(page, str) for page in pages):
        raise HotlineRefused(200, "no_pages", "", None)
    return pages


def _refusal(status: int, answer: dict[str, Any], headers: Mapping[str, str]) -> HotlineRefused:
    error = answer.get("error")
    told = error if isinstance(error, dict) else {}
    after = headers.get("Retry-After", "")
    seconds = int(after) if after.isascii() and after.isdecimal() and len(after) < 7 else None
    return HotlineRefused(status, str(told.get("code", "")), str(told.get("message", "")), seconds)
