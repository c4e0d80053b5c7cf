"""Offices, their hours and digital teams as plain values; empty text is an unknown fact."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from bot.sources import Source

PROVINCE_CENTRE, COMMUNE_CENTRE = "province_centre", "commune_centre"
BRANCH, OTHER = "branch", "other"
KINDS = (PROVINCE_CENTRE, COMMUNE_CENTRE, BRANCH, OTHER)


@dataclass(frozen=True)
class Office:
    """An office; `unit_code` is the commune it serves, empty for the whole province."""

    key: str
    kind: str
    name: str
    unit_code: str
    address: str
    telephone: str
    email: str
    website: str
    note: str
    source: Source

    @property
    def has_contact(self) -> bool:
        """Whether any way to reach it is known."""
        return bool(self.address or self.telephone or self.email or self.website)


@dataclass(frozen=True)
class Span:
    """A stretch of a weekday (0 is Monday) in which an office is open."""

    weekday: int
    opens: dt.time
    closes: dt.time


@dataclass(frozen=True)
class Hours:
    """All spans of an office in the order of the week, and where they come from."""

    spans: tuple[Span, ...]
    source: Source

    def on(self, weekday: int) -> tuple[Span, ...]:
        """Spans of one weekday."""
        return tuple(span for span in self.spans if span.weekday == weekday)


@dataclass(frozen=True)
class Team:
    """A digital technology group; without a hamlet it serves the whole commune."""

    unit_code: str
    hamlet: str
    name: str
    contact: str
    telephone: str
    note: str
    source: Source
