"""Requests to Zalo: bounded, without redirects, and failing without a word of what was sent."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

import aiohttp

LARGEST_ANSWER = 64 * 1024
# Seconds before a request is repeated, and the longest that Zalo may ask to wait.
PAUSE, LONGEST_PAUSE = 0.5, 3.0
# Zalo's own code of "too many requests", which comes with the HTTP status 200 as all its codes do.
RATE_LIMIT = -32
UNAUTHORIZED, TOO_MANY = 401, 429


class ZaloFailure(Exception):
    """A request was not done. The text holds nothing of it and nothing of the answer.

    `pause` says after how many seconds it may be repeated safely, None that it may not: it may
    have been done all the same.
    """

    def __init__(self, reason: str, pause: float | None = None) -> None:
        """See the class."""
        super().__init__(reason)
        self.pause = pause


async def post(
    url: str,
    headers: Mapping[str, str],
    timeout: float,
    *,
    document: Any = None,
    form: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The answer's JSON object, with whatever error code stands in it.

    A refused token may also come as a status: it is the answer `{"error": 401}`.

    Raises:
        ZaloFailure: no answer, not in time, one that makes no sense, or another status.
    """
    try:
        async with (
            aiohttp.ClientSession(
                # Unless told not to, aiohttp rounds time-outs up.
                timeout=aiohttp.ClientTimeout(total=timeout, ceil_threshold=math.inf),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            ) as session,
            # A redirect would hand token and text on to somebody else.
            session.post(
                url, json=document, data=form, headers=headers, allow_redirects=False
            ) as response,
        ):
            if response.status == UNAUTHORIZED:
                return {"error": UNAUTHORIZED}
            if response.status != 200:
                raise ZaloFailure(f"status {response.status}", _pause(response))
            return _object(await _read(response.content))
    # Texts of these errors may hold what was sent: none is passed on.
    except asyncio.TimeoutError:
        failure = ZaloFailure("time-out")
    except aiohttp.ClientConnectorError:
        failure = ZaloFailure("no connection", PAUSE)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        failure = ZaloFailure(type(error).__name__)
    raise failure


def code_of(answer: Mapping[str, Any]) -> int:
    """The error code of an answer; 0: done.

    Raises:
        ZaloFailure: there is none that makes sense.
    """
    code = answer.get("error", 0)
    if isinstance(code, str) and code.removeprefix("-").isdecimal():
        code = int(code)
    if isinstance(code, bool) or not isinstance(code, int):
        raise ZaloFailure("no error code in the answer")
    return code


async def _read(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for piece in content.iter_chunked(LARGEST_ANSWER):
        body += piece
        if len(body) > LARGEST_ANSWER:
            raise ZaloFailure("answer too large")
    return bytes(body)


def _object(body: bytes) -> dict[str, Any]:
    # Zalo's content types are not to be relied on.
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise ZaloFailure("not a JSON object")
    return answer


def _pause(response: aiohttp.ClientResponse) -> float | None:
    if response.status != TOO_MANY:
        return None
    wish = response.headers.get("Retry-After", "").strip()
    seconds = float(wish) if wish.isascii() and wish.isdecimal() else PAUSE
    return seconds if seconds <= LONGEST_PAUSE else None
