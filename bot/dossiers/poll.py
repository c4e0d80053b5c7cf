"""Asking the procedures system whether dossiers have changed that citizens want to be told of."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot import database
from bot.database import DatabaseUnavailable
from bot.dossiers import notices, statuses
from bot.dossiers import tables as t
from bot.dossiers.gateway import DossierGateway
from bot.dossiers.model import GatewayUnavailable
from bot.dossiers.subscriptions import LASTS, is_active

# Dossiers asked for at a time: the procedures system has others to serve.
PARALLEL = 4
# Failures in a row after which a round ends; the next one begins with what this one left.
MOST_FAILURES = 3

_COLUMN = t.subscriptions.c
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Report:
    """Dossiers of one round.

    `checked` were found, `changed` of them have another status than at the last round, `failed`
    could not be asked for, `unknown` the gateway does not know (any more), `left` were not asked
    for because the round ended early.
    """

    checked: int = 0
    changed: int = 0
    failed: int = 0
    unknown: int = 0
    left: int = 0


async def poll(
    gateway: DossierGateway, tell: notices.Tell | None = None, now: dt.datetime | None = None
) -> Report:
    """Ask once for each dossier with active subscriptions; write and tell what has changed.

    A change becomes a notice for each subscriber, in one transaction with the status that they
    know from then on: a round that runs twice, even at the same time, makes no second one.

    Args:
        gateway: where to ask.
        tell: sends to connected citizens; without it notices wait until they come back.
        now: the time, UTC; for tests.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    codes = await asyncio.to_thread(_due, now or dt.datetime.utcnow())
    work = _Round(gateway, codes, now)
    await asyncio.gather(*(work.run() for _ in range(min(PARALLEL, len(codes)))))
    if tell is not None:
        await notices.deliver(tell, now)
    return work.report()


class _Round:
    """What the parallel runs of one round share."""

    def __init__(
        self, gateway: DossierGateway, codes: Sequence[str], now: dt.datetime | None
    ) -> None:
        self._gateway = gateway
        self._codes = list(reversed(codes))
        self._now = now
        self._failures_in_a_row = 0
        self._checked = self._changed = self._failed = self._unknown = 0

    async def run(self) -> None:
        """Ask for one dossier after the other while any is left."""
        while self._codes and self._failures_in_a_row < MOST_FAILURES:
            code = self._codes.pop()
            try:
                await self._ask(code)
                self._failures_in_a_row = 0
            except Exception as error:
                self._failed += 1
                self._failures_in_a_row += 1
                if not isinstance(error, GatewayUnavailable | DatabaseUnavailable):
                    # One odd record must not keep others from being told. Its text stays out.
                    _log.error("A dossier could not be polled: %s", type(error).__name__)

    async def _ask(self, code: str) -> None:
        asked_at = self._now or dt.datetime.utcnow()
        try:
            record = await self._gateway.by_code(code)
        except Exception:
            # A dossier that fails each time goes to the end of the next round's queue.
            await asyncio.to_thread(_take_up, code, "", asked_at)
            raise
        status = record.dossier.status.strip() if record else ""
        changed = await asyncio.to_thread(_take_up, code, status, asked_at)
        self._unknown += record is None
        self._checked += record is not None
        self._changed += changed

    def report(self) -> Report:
        """The round in numbers."""
        counts = (self._checked, self._changed, self._failed, self._unknown)
        return Report(*counts, left=len(self._codes))


def _due(now: dt.datetime) -> list[str]:
    """Codes to ask for, those that have waited longest first; what is too old is ended."""
    asked_at = sa.func.min(sa.func.coalesce(_COLUMN.checked_at, _COLUMN.consented_at))
    query = sa.select(_COLUMN.dossier_code).where(is_active(now)).group_by(_COLUMN.dossier_code)
    outlived = (_COLUMN.ended_at.is_(None), _COLUMN.consented_at <= now - LASTS)
    with database.begin() as connection:
        connection.execute(sa.update(t.subscriptions).where(*outlived).values(ended_at=now))
        return list(connection.execute(query.order_by(asked_at, _COLUMN.dossier_code)).scalars())


def _take_up(code: str, status: str, asked_at: dt.datetime) -> bool:
    """Write what the source said at a moment; whether somebody is to be told of a change.

    An empty status says nothing: the source left it out, or was not there.
    """
    found = statuses.find(status) if status else None
    is_final = found is not None and found.is_final
    subscribers = (
        is_active(asked_at),
        _COLUMN.dossier_code == code,
        # Who was asked for later knows better.
        sa.func.coalesce(_COLUMN.checked_at, _COLUMN.consented_at) <= asked_at,
    )
    query = sa.select(t.subscriptions).where(*subscribers).order_by(_COLUMN.id)
    changed = False
    with database.begin() as connection:
        # A second round waits here, and then finds the status that the first has written.
        for row in connection.execute(query.with_for_update()).all():
            values: dict[str, object] = {"checked_at": asked_at}
            if status:
                values["last_status"] = status
            if is_final:
                values["ended_at"] = asked_at
            update = sa.update(t.subscriptions).where(_COLUMN.id == row.id)
            connection.execute(update.values(values))
            if status and not _means_the_same(row.last_status, status):
                changed = True
                connection.execute(
                    sa.insert(t.notices).values(
                        session=row.session,
                        channel=row.channel,
                        dossier_code=code,
                        status=status,
                        made_at=asked_at,
                    )
                )
    return changed


def _means_the_same(one: str, other: str) -> bool:
    """Whether a citizen would read the same of two texts of the source."""
    found = statuses.find(other)
    return one.strip() == other or (found is not None and found == statuses.find(one))
