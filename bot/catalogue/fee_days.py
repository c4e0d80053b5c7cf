"""Fees by their days, and words about fees in the notes of channels."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from bot.catalogue.amounts import names_a_sum
from bot.catalogue.model import Dates, Fee

_SENTENCE_END = re.compile(r"(?<=[.;])\s+|\n+")
_OF_FEES = re.compile(r"\b(?:phí|USD|đô la)\b", re.IGNORECASE)


def of_day(fees: Iterable[Fee], day: dt.date) -> tuple[Fee, ...]:
    """The fees that hold on a day; where all have ended they stay, each with its last day."""
    begun = tuple(fee for fee in fees if fee.dates.begun(day))
    return tuple(fee for fee in begun if not fee.dates.ended(day)) or begun


def within(inner: Dates, outer: Dates) -> Dates:
    """The days that lie in both."""
    starts = [d for d in (inner.effective_from, outer.effective_from) if d is not None]
    ends = [d for d in (inner.effective_to, outer.effective_to) if d is not None]
    return Dates(max(starts, default=None), min(ends, default=None))


def start_of(dates: Dates, day: dt.date) -> dt.date | None:
    """When that begins which has not begun on a day; None where it has."""
    return None if dates.begun(day) else dates.effective_from


def overlap(one: Dates, other: Dates) -> bool:
    """Whether there is a day on which both hold."""
    shared = within(one, other)
    if shared.effective_from is None or shared.effective_to is None:
        return True
    return shared.effective_from <= shared.effective_to


def without_fees(note: str) -> str:
    """A channel's note without the sentences that speak of fees, which other fees contradict."""
    sentences = _SENTENCE_END.split(note)
    kept = [s for s in sentences if not names_a_sum(s) and not _OF_FEES.search(s)]
    return note if len(kept) == len(sentences) else " ".join(kept)
