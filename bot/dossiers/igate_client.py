"""Dossiers of the procedures system (VNPT iGate 2), asked over HTTP at every look-up.

Source: design notes on the interface (`igate_fields.yml` holds its names). One look-up takes at
most twice the time-out of a request: signing in, the search and one repetition share that.
A time-out is not repeated: the asker has waited long enough, and a slow system would get slower.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.codes import normalise_dossier_code
from bot.dossiers.igate_circuit import Circuit
from bot.dossiers.igate_fields import Fields, read_fields
from bot.dossiers.igate_http import Answer, Line, Lines, RequestFailed, request
from bot.dossiers.igate_mapping import belongs_to, record_of
from bot.dossiers.igate_token import SignIn, Tokens
from bot.dossiers.model import GatewayUnavailable, Record
from bot.dossiers.verification import digits_of, person_hash
from bot.settings import Settings, SettingsError

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

FAILURES, OPEN_SECONDS = 5, 30.0
CACHE_SIZE = 1000
# Dossiers on a page of results, and the most pages that are read.
CODE_PAGE, PERSON_PAGE, MOST_PAGES = 10, 50, 5


class IGateGateway:
    """See `bot.dossiers.gateway.DossierGateway`."""

    answer_seconds = 0.5

    def __init__(
        self,
        url: str,
        sign_in: SignIn,
        fields: Fields,
        secret: str,
        *,
        timeout: float = 5,
        cache_seconds: float = 30,
        open_seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is sent before the first look-up.

        Args:
            url: address of the interface, without a slash at its end.
            sign_in: who the bot is there.
            fields: what is found where in a record.
            secret: key of the hashes of applicants' numbers.
            timeout: seconds for one request.
            cache_seconds: how long an answer about a code is given again; 0: not at all.
            open_seconds: how long the system is left in peace after failures in a row.
            clock: seconds that only grow; for tests.
        """
        self._url = url + fields.search.path
        self._fields = fields
        self._secret = secret
        self._bound = 2 * timeout
        self._lines = Lines(timeout)
        self._tokens = Tokens(sign_in, clock)
        self._circuit = Circuit(FAILURES, open_seconds)
        self._cache = _Cache(cache_seconds, clock)
        self._running: set[asyncio.Task[Any]] = set()
        self._warned: set[str] = set()
        self._warned_of_404 = False

    @classmethod
    def from_settings(cls, settings: Settings) -> IGateGateway:
        """The gateway that the settings describe.

        Raises:
            SettingsError: a setting is missing, or the file of fields is not of its form.
        """
        needed = {
            "BOT_IGATE_URL": settings.igate_url,
            "BOT_IGATE_SSO_URL": settings.igate_sso_url,
            "BOT_IGATE_CLIENT_ID": settings.igate_client_id,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise SettingsError(f"To ask the procedures system, set {' and '.join(missing)}.")
        sign_in = SignIn(
            settings.igate_sso_url,
            settings.igate_realm,
            settings.igate_client_id,
            settings.igate_client_secret,
            settings.igate_username,
            settings.igate_password,
        )
        return cls(
            settings.igate_url,
            sign_in,
            read_fields(settings.igate_fields),
            settings.secret,
            timeout=settings.igate_timeout,
            cache_seconds=settings.igate_cache,
        )

    async def by_code(self, code: str) -> Record | None:
        """The dossier with exactly this code, or None; an answer may be some seconds old."""
        wanted = normalise_dossier_code(code)
        if wanted is None:
            return None
        kept = self._cache.get(wanted)
        return kept.record if kept else await self._run(lambda: self._find(wanted))

    async def by_person(self, phone: str, identity_number: str) -> list[Record]:
        """All dossiers whose applicant has both numbers, the latest first (at most 250)."""
        person = person_hash(self._secret, phone, identity_number)
        if not person:
            return []
        digits = digits_of(identity_number)
        return await self._run(lambda: self._owned(digits, person))

    async def close(self) -> None:
        """Close the running loop's connections; the next look-up opens new ones."""
        await self._lines.close()

    async def _run(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """A look-up as a task of its own: an asker who leaves must not count as a failure."""
        task = asyncio.ensure_future(self._look_up(call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return await asyncio.shield(task)

    async def _look_up(self, call: Callable[[], Awaitable[Result]]) -> Result:
        try:
            result = await self._circuit.run(lambda: self._in_time(call))
        except GatewayUnavailable as failure:
            # One line for each kind of failure until it works again; no codes, no addresses.
            # Not the exception itself: handlers that keep it would keep what the frames hold.
            if str(failure) not in self._warned:
                self._warned.add(str(failure))
                logger.warning("The procedures system cannot be asked: %s", str(failure))
            raise
        self._warned.clear()
        return result

    async def _in_time(self, call: Callable[[], Awaitable[Result]]) -> Result:
        try:
            return await asyncio.wait_for(call(), self._bound)
        except asyncio.TimeoutError:
            pass
        raise GatewayUnavailable("time-out")

    async def _find(self, code: str) -> Record | None:
        """The code filter is a search, which may bring others as well."""
        found = None
        for page in range(MOST_PAGES):
            entries, is_last = await self._page(self._fields.search.code, code, CODE_PAGE, page)
            records = (record_of(entry, self._fields, self._secret) for entry in entries)
            found = next((r for r in records if r and r.dossier.code == code), None)
            if found or is_last:
                break
        self._cache.put(code, found)
        return found

    async def _owned(self, identity_number: str, person: str) -> list[Record]:
        records: dict[str, Record] = {}
        parameter = self._fields.search.identity_number
        for page in range(MOST_PAGES):
            entries, is_last = await self._page(parameter, identity_number, PERSON_PAGE, page)
            for entry in entries:
                record = record_of(entry, self._fields, self._secret)
                if record and belongs_to(entry, self._fields, self._secret, person):
                    records.setdefault(record.dossier.code, record)
            if is_last:
                break
        by_code = sorted(records.values(), key=lambda r: r.dossier.code)
        return sorted(by_code, key=lambda r: r.dossier.received_on or dt.date.min, reverse=True)

    async def _page(
        self, parameter: str, value: str, size: int, page: int
    ) -> tuple[list[dict[str, Any]], bool]:
        """Entries of one page of results, and whether it is the last."""
        fixed = self._fields.search.parameters
        answer = await self._get({**fixed, parameter: value, "page": str(page), "size": str(size)})
        if answer.status == 404:
            self._warn_of_404()
            return [], True
        content = answer.document.get("content") if isinstance(answer.document, dict) else None
        if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
            raise GatewayUnavailable("JSON of another shape")
        is_last = answer.document.get("last")
        if not isinstance(is_last, bool):
            is_last = len(content) < size
        return content, is_last or not content

    def _warn_of_404(self) -> None:
        """A search that finds nothing has status 200 on the installations that are known."""
        if not self._warned_of_404:
            self._warned_of_404 = True
            logger.warning(
                "The procedures system answers a search with status 404, which counts as "
                "“no such dossier”. If no dossier is ever found, check BOT_IGATE_URL."
            )

    async def _get(self, parameters: dict[str, str]) -> Answer:
        """Ask once, and once more after a refused token or a failure that may pass by itself."""
        line = await self._lines.line()
        token = await self._tokens.token(line)
        try:
            answer = await self._ask(line, token, parameters)
            if answer.status != 401:
                return answer
            token = await self._tokens.token(line, refused=token)
        except RequestFailed as failure:
            if failure.pause is None:
                raise
            await asyncio.sleep(failure.pause)
        answer = await self._ask(line, token, parameters)
        if answer.status == 401:
            raise GatewayUnavailable("status 401 with a new token")
        return answer

    async def _ask(self, line: Line, token: str, parameters: dict[str, str]) -> Answer:
        answer = await request(line.session, "GET", self._url, parameters=parameters, token=token)
        if answer.status in (400, 403):
            raise RequestFailed(f"status {answer.status}")
        return answer


@dataclass(frozen=True)
class _Kept:
    """An answer about a code (None: there is no such dossier), good until a time of the clock."""

    until: float
    record: Record | None


class _Cache:
    """Answers by code; the oldest leave first."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def get(self, code: str) -> _Kept | None:
        """What was kept not too long ago."""
        kept = self._kept.get(code)
        return kept if kept and self._clock() < kept.until else None

    def put(self, code: str, record: Record | None) -> None:
        """Keep an answer."""
        if self._seconds:
            self._kept[code] = _Kept(self._clock() + self._seconds, record)
            self._kept.move_to_end(code)
            while len(self._kept) > CACHE_SIZE:
                self._kept.popitem(last=False)
