"""JSON over HTTP as the client of the procedures system needs it: bounded, and without redirects.

Sessions are kept for each running event loop, because aiohttp binds connections to one.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.dossiers.model import GatewayUnavailable

LARGEST_ANSWER = 2 * 1024 * 1024
PIECE = 64 * 1024
# Seconds before a request is repeated, and the longest that a server may ask to wait.
PAUSE, LONGEST_PAUSE = 0.1, 1.0
BUSY = (502, 503, 504)


class RequestFailed(GatewayUnavailable):
    """A request brought no usable answer. The text holds nothing of request or answer.

    `pause` says after how many seconds it may be repeated safely, None that it may not.
    """

    def __init__(self, reason: str, pause: float | None = None) -> None:
        """See the class."""
        super().__init__(reason)
        self.pause = pause


@dataclass(frozen=True)
class Answer:
    """A status and, if it is 200, the JSON document."""

    status: int
    document: Any = None


@dataclass
class Line:
    """What belongs to one event loop; `signing_in` lets one look-up sign in for all."""

    session: aiohttp.ClientSession
    signing_in: asyncio.Lock
    holder: AsyncGenerator[aiohttp.ClientSession, None]


class Lines:
    """One line for each running event loop."""

    def __init__(self, timeout: float) -> None:
        """`timeout`: seconds for a whole request, from the name look-up to the last byte."""
        self._timeout = timeout
        self._lines: dict[asyncio.AbstractEventLoop, Line] = {}

    async def line(self) -> Line:
        """The running loop's line; lines of closed loops are dropped."""
        loop = asyncio.get_running_loop()
        found = self._lines.get(loop)
        if found is None or found.session.closed:
            await self._drop_closed()
            holder = _session(self._timeout)
            session = await holder.__anext__()
            found = self._lines[loop] = Line(session, asyncio.Lock(), holder)
        return found

    async def close(self) -> None:
        """Close the running loop's session."""
        line = self._lines.pop(asyncio.get_running_loop(), None)
        if line is not None:
            await line.holder.aclose()

    async def _drop_closed(self) -> None:
        for loop in [loop for loop in self._lines if loop.is_closed()]:
            await self._lines.pop(loop).session.close()

    def __del__(self) -> None:
        """At the end of a process whose loop was closed without a word, aiohttp would complain."""
        for loop, line in self._lines.items():
            if loop.is_closed() and not line.session.closed:
                # Nothing is waited for where the loop is closed: one step goes to the end.
                closing = line.session.close()
                try:
                    closing.send(None)
                except StopIteration:
                    pass
                else:
                    closing.close()


async def _session(timeout: float) -> AsyncGenerator[aiohttp.ClientSession, None]:
    """A generator, because loops end theirs before they close (`shutdown_asyncgens`)."""
    async with aiohttp.ClientSession(
        # Unless told not to, aiohttp rounds a time-out of 5 seconds up to nearly 6.
        timeout=aiohttp.ClientTimeout(total=timeout, ceil_threshold=math.inf),
        cookie_jar=aiohttp.DummyCookieJar(),
        # A small answer may unfold to a huge one.
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
    ) as session:
        yield session


async def request(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    parameters: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    token: str = "",
) -> Answer:
    """Send a request; 200, 400, 401, 403 and 404 are answers, all else is a failure.

    Raises:
        RequestFailed: no answer, not in time, one that makes no sense, or another status.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        async with session.request(
            method, url, params=parameters, data=form, headers=headers, allow_redirects=False
        ) as response:
            try:
                if response.status == 200:
                    return Answer(200, await _document(response))
                if response.status in (400, 401, 403, 404):
                    return Answer(response.status)
                failure = RequestFailed(f"status {response.status}", _pause(response))
            finally:
                # A whole answer leaves nothing behind, and its connection is kept for the next.
                if not response.content.at_eof():
                    _forget(response)
    # Texts of these errors may hold the address with its parameters: none is passed on.
    except asyncio.TimeoutError:
        failure = RequestFailed("time-out")
    except aiohttp.ClientConnectorError:
        failure = RequestFailed("no connection", PAUSE)
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
        failure = RequestFailed("connection lost", PAUSE)
    except aiohttp.ClientError:
        failure = RequestFailed("not HTTP")
    raise failure


async def _document(response: aiohttp.ClientResponse) -> Any:
    kind = response.content_type
    if kind != "application/json" and not kind.endswith("+json"):
        raise RequestFailed("not JSON by its content type")
    content = bytearray()
    async for piece in response.content.iter_chunked(PIECE):
        content += piece
        if len(content) > LARGEST_ANSWER:
            raise RequestFailed("answer too large")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        pass
    raise RequestFailed("broken JSON")


def _forget(response: aiohttp.ClientResponse) -> None:
    """What was not read may name a person: it must not wait in a kept connection's buffer."""
    if response.content.exception() is None:
        response.content.read_nowait()
    response.close()


def _pause(response: aiohttp.ClientResponse) -> float | None:
    """How long to wait before asking again; a server that asks for more time gets it."""
    wish = response.headers.get("Retry-After", "").strip()
    if response.status != 429 and response.status not in BUSY:
        return None
    if not wish:
        return PAUSE if response.status in BUSY else None
    if not wish.isdecimal() or int(wish) > LONGEST_PAUSE:
        return None
    return float(wish)
