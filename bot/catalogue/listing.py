"""Lists and counts of procedures by field, level, authority, or what is done online."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.engine import Engine

from bot import clock, database
from bot import text as vn
from bot.catalogue import repository
from bot.catalogue.model import ONLINE, Procedure, Source


@dataclass(frozen=True)
class Query:
    """Procedures to be listed; empty ones ask for all.

    `subject` and `agency` are any words of the names of fields and authorities, `level` is
    one of `LEVELS`, `service_level` one of `SERVICE_LEVELS`, `online_payment`: whose fee is paid
    on-line. Where no field has the words of the subject, the procedures whose names have them
    are meant.
    """

    subject: str = ""
    level: str = ""
    agency: str = ""
    online: bool = False
    service_level: str = ""
    online_payment: bool = False


@dataclass(frozen=True)
class Listing:
    """How many procedures answer a description, and the first of them, everyday ones first.

    `published` of those described have a published service level, whichever was asked for; where
    on-line payment was asked for, so many have a published flag of it, be it yes or no.
    `fields` are those of the procedures counted, the fullest first. `by_name`: no field is
    called so, the words stand in the procedures' names. `source` is that of most of them.
    """

    count: int
    published: int
    levels: tuple[tuple[str, int], ...]
    fields: tuple[tuple[str, int], ...]
    by_name: bool
    shown: tuple[Procedure, ...]
    source: Source | None


@dataclass(frozen=True)
class _Listed:
    """What a procedure is counted by."""

    code: str
    names: str
    field: str
    level: str
    agency: str
    online: bool
    service_level: str
    online_payment: bool | None
    source: Source | None


def listing(query: Query, limit: int = 10, among: Collection[str] | None = None) -> Listing:
    """The procedures of today that a query asks for; at most `limit` of them are shown.

    `among`: only those with these codes.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    today = clock.today()
    known = _listed(*_state(today))
    subject, agency = query.subject, _authority(query.agency)
    by_name = bool(subject) and not any(has_words(p.field, subject) for p in known)
    described = [
        p
        for p in known
        if (among is None or p.code in among)
        and query.level in ("", p.level)
        and (p.online or not query.online)
        and (not agency or f" {agency} " in p.agency)
        and (not subject or has_words(p.names if by_name else p.field, subject))
    ]
    counted = [
        p
        for p in described
        if query.service_level in ("", p.service_level)
        and (p.online_payment or not query.online_payment)
    ]
    published = [
        p.online_payment is not None if query.online_payment else bool(p.service_level)
        for p in described
    ]
    with database.connect() as connection:
        codes = [p.code for p in counted[:limit]]
        shown = tuple(repository.get_many(connection, codes, today))
    sources = Counter(p.source for p in counted if p.source)
    return Listing(
        count=len(counted),
        published=sum(published),
        levels=tuple(Counter(p.level for p in counted).items()),
        fields=tuple(Counter(p.field for p in counted).most_common()),
        by_name=by_name,
        shown=shown,
        source=sources.most_common(1)[0][0] if sources else None,
    )


def those(test: Callable[[Procedure], bool]) -> frozenset[str]:
    """Codes of all procedures of today of which what any source tells passes a test.

    The test is a function of a module: what it says of a revision is remembered.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _those(*_state(clock.today()), test)


@functools.lru_cache(maxsize=2)
def _those(
    _engine: Engine, _revision: int, today: dt.date, test: Callable[[Procedure], bool]
) -> frozenset[str]:
    with database.connect() as connection:
        codes = repository.all_codes(connection, today)
        found = repository.layers_of_many(connection, codes, today)
        return frozenset(code for code, layers in found if any(map(test, layers.values())))


def _state(today: dt.date) -> tuple[Engine, int, dt.date]:
    """What an answer about all procedures depends on."""
    with database.connect() as connection:
        return connection.engine, repository.current_revision(connection), today


# Reading every procedure takes a second; the next question about this revision none.
@functools.lru_cache(maxsize=1)
def _listed(_engine: Engine, _revision: int, today: dt.date) -> tuple[_Listed, ...]:
    """All procedures: curated ones first, those with most phrases of citizens before others."""
    with database.connect() as connection:
        codes = repository.all_codes(connection, today)
        procedures = list(repository.get_many(connection, codes, today))
    procedures.sort(key=lambda p: (not p.curated, -len(p.aliases), p.code))
    return tuple(
        _Listed(
            p.code,
            f"{p.name}; {p.plain_name}",
            p.field,
            p.level,
            f" {_authority(p.agency)} ",
            p.online if p.online is not None else any(c.kind == ONLINE for c in p.channels),
            p.service_level,
            p.online_payment,
            p.source,
        )
        for p in procedures
    )


def has_words(text: str, words: str) -> bool:
    """Whether a text has these words in a row; words without accents may be any."""
    text, words = (" ".join(vn.words(vn.tone_style(vn.nfc(t).lower()))) for t in (text, words))
    if not vn.is_accented(words):
        text = vn.fold(text)
    return f" {words} " in f" {text} "


# "Công an cấp Xã", "Công an phường" are one to be looked up, as are "Thuế" and "Cơ quan thuế".
_OF_NO_ACCOUNT = re.compile(r"\b(?:cap|co quan) ")
_COMMUNES = re.compile(r"\b(?:phuong|dac khu|thi tran)\b")


def _authority(name: str) -> str:
    """An authority's words as they are compared, folded."""
    words = _OF_NO_ACCOUNT.sub("", " ".join(vn.words(vn.fold(vn.nfc(name)))))
    return _COMMUNES.sub("xa", words)
