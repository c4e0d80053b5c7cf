"""What is put into a layer of the catalogue, and what became of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace

from bot.catalogue.model import OPEN, Dates, Procedure, Source


@dataclass
class Changes:
    """What writing a layer did: codes by what became of them."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True)
class Unread:
    """A record that was not read again, since what it was read from has not changed."""

    code: str
    source: Source

    def checked(self, source: Source) -> Unread:
        """The same of another source."""
        return replace(self, source=source)


@dataclass(frozen=True)
class Read:
    """A record with what it was read from, compressed, and the hash of that ("" where unknown)."""

    procedure: Procedure
    raw_hash: str = ""
    original: bytes = b""

    @property
    def code(self) -> str:
        return self.procedure.code

    @property
    def source(self) -> Source | None:
        return self.procedure.source

    @property
    def effective(self) -> Dates:
        return self.procedure.effective

    @property
    def mark(self) -> str:
        return fingerprint(self.procedure)

    def checked(self, source: Source) -> Read:
        """The same of another source."""
        return replace(self, procedure=replace(self.procedure, source=source))


@dataclass(frozen=True)
class Staged:
    """A record that stands in the database already, not yet as one of its layer.

    `row_id` is its row in the table of procedures, `mark` its fingerprint. Groups of its facts
    have no sources of their own.
    """

    code: str
    row_id: int
    mark: str
    raw_hash: str
    effective: Dates
    source: Source

    def checked(self, source: Source) -> Staged:
        """The same of another source."""
        return replace(self, source=source)


Record = Read | Staged | Unread


def fingerprint(procedure: Procedure) -> str:
    """Hash of a record's facts; equal hashes mean that only the source may be newer."""
    facts = replace(
        procedure,
        aliases=(),
        source=None,
        sources=(),
        known_from=None,
        expired=(),
        upcoming=(),
        curated=False,
    )
    # Sources of single groups are facts, too; their day of checking alone is not.
    origins = [(group, source.title, source.url) for group, source in procedure.sources]
    return hashlib.sha256(repr((facts, origins)).encode()).hexdigest()


def effective_of(record: Record) -> Dates:
    """The days on which a record holds; those of one that was not read again are not known."""
    return OPEN if isinstance(record, Unread) else record.effective
