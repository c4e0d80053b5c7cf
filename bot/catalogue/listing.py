"""Lists and counts of procedures by field, level, authority, or what is done online."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
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
    one of `LEVELS`, `service_level` one of `SERVICE_LEVELS`. Where no field has the words of
    the subject, the procedures whose names have them are meant.
    """

    subject: str = ""
    level: str = ""
    agency: str = ""
    online: bool = False
    service_level: str = ""


@dataclass(frozen=True)
class Listing:
    """How many procedures answer a description, and the first of them, everyday ones first.

    `published` of those described have a published service level, whichever was asked for.
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
    source: Source | None


def listing(query: Query, limit: int = 10) -> Listing:
    """The procedures of today that a query asks for; at most `limit` of them are shown.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    today = clock.today()
    with database.connect() as connection:
        key = (connection.engine, repository.current_revision(connection), today)
    known = _listed(*key)
    subject, agency = query.subject, _authority(query.agency)
    by_name = bool(subject) and not any(has_words(p.field, subject) for p in known)
    described = [
        p
        for p in known
        if query.level in ("", p.level)
        and (p.online or not query.online)
        and (not agency or f" {agency} " in p.agency)
        and (not subject or has_words(p.names if by_name else p.field, subject))
    ]
    counted = [p for p in described if query.service_level in ("", p.service_level)]
    with database.connect() as connection:
        codes = [p.code for p in counted[:limit]]
        shown = tuple(repository.get_many(connection, codes, today))
    sources = Counter(p.source for p in counted if p.source)
    return Listing(
        count=len(counted),
        published=sum(bool(p.service_level) for p in described),
        levels=tuple(Counter(p.level for p in counted).items()),
        fields=tuple(Counter(p.field for p in counted).most_common()),
        by_name=by_name,
        shown=shown,
        source=sources.most_common(1)[0][0] if sources else None,
    )


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
