"""Which office a citizen's message means."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from bot import text as vn
from bot.offices import service
from bot.offices.model import OTHER, Office
from bot.offices.routing import bare

AGENCIES = Path(__file__).resolve().parent / "seed" / "agencies.txt"
_LINE = re.compile(r" (?:tong dai|hotline|duong day nong|so nong) ")
_SHORT_NUMBER = re.compile(r"1[\d ]{2,10}")
_PROVINCE = re.compile(
    # Not "tinh quang ngai": people end a commune's address with it.
    r" (?:cap|hanh chinh cong|hcc|tthcc|trung tam|mot cua|o|tai|len|tren|cua) tinh "
)
_POINTS_BACK = re.compile(r" (?:o|cho|noi|ben|cua|tren|duoi)(?: cho| noi)? do ")


@dataclass(frozen=True)
class Finding:
    """Offices that a message means.

    `agency` is an authority that it names and of which nothing is stored; the offices are
    then the province's. `of_commune`: they are those of the citizen's commune.
    `asks_commune`: nothing told which commune's office is meant.
    """

    offices: tuple[Office, ...]
    agency: str = ""
    of_commune: bool = False
    asks_commune: bool = False


def find(message: str, new_ward: str = "", spoken_of: str = "") -> Finding:
    """The offices that a message means.

    `new_ward` is the citizen's commune, `spoken_of` names the place that was told just
    before ("số điện thoại ở đó"); either may be empty.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    line = _line(message)
    stored = service.all_offices()
    others = [office for office in stored if office.kind == OTHER]
    lines = tuple(o for o in others if _SHORT_NUMBER.fullmatch(o.telephone))
    exact = tuple(o for o in lines if f" {o.telephone} " in line)
    if exact or (lines and _LINE.search(line)):
        return Finding(exact or lines)
    named = [office for office in others if _line(office.name) in line]
    if named:
        return Finding((max(named, key=lambda office: len(office.name)),))
    agency = named_agency(message)
    if not agency and _POINTS_BACK.search(line):
        agency = named_agency(spoken_of)
    if agency:
        return Finding(service.offices_of_province(), agency=agency)
    if new_ward and not speaks_of_province(message):
        own = service.offices_of_commune(new_ward)
        if own:
            return Finding(own, of_commune=True)
    return Finding(
        service.offices_of_province(), asks_commune=not new_ward and not speaks_of_province(message)
    )


def located_in(place: str) -> tuple[Office, ...]:
    """The province's offices whose address names a place, old or new, without its kind."""
    name = f" {bare(place)} "
    return tuple(o for o in service.offices_of_province() if name in _line(o.address))


def speaks_of_province(message: str) -> bool:
    """Whether a message asks for the province's own office."""
    return _PROVINCE.search(_line(message)) is not None


def named_agency(message: str) -> str:
    """The authority that a message names, as the list writes it; empty if none."""
    line = _line(message)
    found = [name for name in _agencies() if _line(name) in line]
    return max(found, key=len, default="")


@functools.lru_cache(maxsize=1)
def _agencies() -> tuple[str, ...]:
    lines = AGENCIES.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _line(text: str) -> str:
    return f" {' '.join(vn.words(vn.fold(vn.normalise(text))))} "
