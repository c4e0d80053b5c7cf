"""From the place that a citizen names, old or new, to the commune that serves it now."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bot import database
from bot import text as vn
from bot.offices import tables as t

WHOLE = "whole"
# Words that stand before a place's name; without one of them "an phú" is no place.
_KIND = r"xa|phuong|thi tran|dac khu|huyen|thi xa|thanh pho|tp|tt|p|x|h|dao"
_WARD_KIND = r"xa|phuong|thi tran|dac khu|tt|p|x"
_LOCATIVE = r"o|tai|que|ve|ben|tren|duoi|ngoai"
_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
_KIND_PREFIX = re.compile(rf"^(?:{_KIND})\s+")


@dataclass(frozen=True)
class Unit:
    """A row of the table: an old ward of an old district and the new ward it went to."""

    old_province: str
    old_district: str
    old_ward: str
    new_ward: str
    new_type: str
    new_code: str
    share: str = WHOLE


@dataclass(frozen=True)
class Place:
    """What a message says of a place.

    `named` is the place as the table writes it, `new_wards` the present communes that may
    be meant, in the table's order: one is an answer, several want a question. `rest` is the
    message without the place.
    """

    named: str
    new_wards: tuple[str, ...]
    rest: str


class UnitIndex:
    """Names of all units, folded and without their kind."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._wards: dict[str, list[Unit]] = {}
        self._districts: dict[str, list[Unit]] = {}
        self._new: dict[str, list[Unit]] = {}
        for unit in units:
            self._new.setdefault(bare(unit.new_ward), []).append(unit)
            self._districts.setdefault(bare(unit.old_district), []).append(unit)
            if unit.old_ward:
                self._wards.setdefault(bare(unit.old_ward), []).append(unit)

    def find(self, message: str) -> Place | None:
        """The place a message names, the most exact reading first; None if it names none."""
        # Punctuation stays as a word of its own: no name reaches across it.
        words = _WORD_OR_MARK.findall(vn.nfc(message))
        line = f" {' '.join(vn.fold(word) for word in words)} "
        district = _longest(line, self._districts)
        ward = _longest(line, self._wards, loose=district is not None)
        new = _longest(line, self._new)
        names = [name for name in (ward, new, district) if name]
        if not names:
            return None
        rest = _without(words, names)
        # "ở Bình Sơn" means the whole of the old district, "xã Bình Sơn" one commune.
        if district and ward in (None, district) and not _has_kind(line, district, _WARD_KIND):
            rows = self._districts[district]
            return Place(rows[0].old_district, _new_wards(rows), rest)
        if ward:
            rows = self._wards[ward]
            if district:
                rows = [row for row in rows if bare(row.old_district) == district] or rows
            # Where accents are written they tell Ba Tơ from Ba Tô.
            spelt = " ".join(words).lower()
            exact = [row for row in rows if _spelt(row.old_ward) in spelt]
            if district in (None, ward) and new == ward and self._may_be_of_today(line, ward):
                return self._of_either(ward, exact, spelt, rest)
            rows = exact or rows
            return Place(rows[0].old_ward, _new_wards(rows), rest)
        if new:
            spelt = " ".join(words).lower()
            rows = self._new[new]
            rows = [row for row in rows if _spelt(row.new_ward) in spelt] or rows
            return Place(rows[0].new_ward, _new_wards(rows), rest)
        return None

    def _may_be_of_today(self, line: str, name: str) -> bool:
        """Whether a commune of today has the kind that is written before the name, if one is."""
        kinds = {vn.fold(row.new_ward).removesuffix(f" {name}") for row in self._new[name]}
        return not _has_kind(line, name, _WARD_KIND) or _has_kind(line, name, "|".join(kinds))

    def _of_either(self, name: str, old: Sequence[Unit], spelt: str, rest: str) -> Place:
        """A name that a commune of today has, and one of before, too.

        Where accents are written they tell Sơn Hà from the old Sơn Hạ; else both may be meant.
        """
        today = [row for row in self._new[name] if _spelt(row.new_ward) in spelt]
        if not today and not old:  # no accents are written
            today, old = self._new[name], self._wards[name]
        if not today:
            return Place(old[0].old_ward, _new_wards(old), rest)
        wards = tuple(dict.fromkeys((*(row.new_ward for row in today), *_new_wards(old))))
        return Place(today[0].new_ward, wards, rest)


def _longest(line: str, names: Iterable[str], *, loose: bool = False) -> str | None:
    """The longest name that stands behind a kind or a locative word (or anywhere: loose)."""
    found = [
        name
        for name in names
        if f" {name} " in line
        and (
            _has_kind(line, name, _KIND)
            or (" " in name and (loose or _has_kind(line, name, _LOCATIVE)))
        )
    ]
    # A name right behind its kind goes before a longer one that merely stands there.
    return max(found, key=lambda n: (_has_kind(line, n, _KIND), len(n))) if found else None


def _has_kind(line: str, name: str, kinds: str) -> bool:
    return re.search(rf" (?:{kinds}) {re.escape(name)} ", line) is not None


def _new_wards(rows: Iterable[Unit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.new_ward for row in rows))


def _without(words: Sequence[str], names: Iterable[str]) -> str:
    """The words without the names and the kinds or locatives before them."""
    line = f" {' '.join(words)} "
    for name in names:
        folded = f" {' '.join(vn.fold(word) for word in line.split())} "
        match = re.search(rf"(?: (?:{_KIND}|{_LOCATIVE}))* {re.escape(name)} ", folded)
        if match:
            before = len(folded[: match.start()].split())
            taken = len(match[0].split())
            kept = line.split()
            line = f" {' '.join(kept[:before] + kept[before + taken :])} "
    return " ".join(word for word in line.split() if word[0].isalnum())


def bare(name: str) -> str:
    """A unit's folded name without its kind: "Xã Bình Hải" becomes "binh hai"."""
    return _KIND_PREFIX.sub("", vn.fold(name))


def _spelt(name: str) -> str:
    """A unit's name with accents and without its kind, in lower case."""
    words = name.lower().split()
    return " ".join(words[len(words) - len(bare(name).split()) :])


class _Cache:
    """The index of the stored table; the table changes with a release or an import."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[str, int, int] | None = None
        self._index = UnitIndex([])

    def get(self) -> UnitIndex:
        columns = t.administrative_units.c
        with database.connect() as connection:
            state = connection.execute(
                sa.select(sa.func.count(), sa.func.coalesce(sa.func.max(columns.id), 0))
            ).one()
            key = (str(connection.engine.url), int(state[0]), int(state[1]))
            if key != self._key:
                with self._lock:
                    fields = (columns[name] for name in Unit.__dataclass_fields__)
                    rows = connection.execute(sa.select(*fields).order_by(columns.id))
                    self._index = UnitIndex([Unit(*row) for row in rows])
                    self._key = key
            return self._index


_cache = _Cache()


def find_place(message: str) -> Place | None:
    """The place a message names, with the communes of today that may serve it.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    return _cache.get().find(message)
