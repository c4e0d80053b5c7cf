"""Gateways for tests: what reached them, how long they take, and what they fail with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.dossiers.gateway import DossierGateway
from bot.dossiers.local_gateway import LocalGateway
from bot.dossiers.model import Record


class WatchedGateway:
    """Another gateway that answers at once, and remembers the codes and persons asked for.

    `delay` tells by the code how many seconds an answer takes; `fault` is raised instead of
    answering; `answer_seconds` as of every gateway.
    """

    def __init__(
        self,
        *,
        answer_seconds: float = 0.0,
        delay: Callable[[str], float] | None = None,
        inner: DossierGateway | None = None,
    ) -> None:
        self.answer_seconds = answer_seconds
        self.fault: Exception | None = None
        self.asked: list[str] = []
        self._delay = delay
        self._inner = inner or LocalGateway()

    async def by_code(self, code: str) -> Record | None:
        """See `DossierGateway`."""
        await self._ask(code)
        return await self._inner.by_code(code)

    async def by_person(self, phone: str, identity_number: str) -> list[Record]:
        """See `DossierGateway`."""
        await self._ask(f"{phone}/{identity_number}")
        return await self._inner.by_person(phone, identity_number)

    async def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self._delay:
            await asyncio.sleep(self._delay(what))
        if self.fault:
            raise self.fault
