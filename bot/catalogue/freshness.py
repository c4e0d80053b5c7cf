"""Facts that have ended by law, or that nobody has checked for long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from bot.catalogue import repository
from bot.catalogue.model import FACT_GROUPS, FEES, Procedure

EXPIRED, STALE = "expired", "stale"


@dataclass(frozen=True)
class Doubt:
    """A group of facts that may hold no longer; `since` is its last day, or of its last check."""

    code: str
    name: str
    group: str
    reason: str
    since: dt.date


def doubt_of(
    procedure: Procedure, group: str, today: dt.date, stale_after_days: int
) -> tuple[str, dt.date] | None:
    """Why a group of facts is to be doubted, and since when; None if it is not."""
    ended = dict(procedure.expired).get(group)
    if ended is not None:
        return EXPIRED, ended
    source = procedure.source_of(group)
    if source is not None and (today - source.checked_on).days > stale_after_days:
        return STALE, source.checked_on
    return None


def doubtful(connection: Connection, today: dt.date, stale_after_days: int) -> Iterator[Doubt]:
    """All groups of facts to be doubted today, by code."""
    codes = repository.all_codes(connection, today)
    for found in repository.get_many(connection, codes, today):
        told = []
        for group in (*FACT_GROUPS, FEES):
            doubt = doubt_of(found, group, today, stale_after_days)
            # Fees that share the doubt of their channels are not listed again.
            if doubt is None or not getattr(found, group) or ("channels", doubt) in told:
                continue
            told.append((group, doubt))
            yield Doubt(found.code, found.display_name, group, *doubt)
