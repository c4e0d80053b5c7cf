"""Public look-ups of offices and digital teams: a connection per call, plain values out.

Every function raises bot.database.DatabaseUnavailable if the database is down.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot import database
from bot.offices import hamlets, opening
from bot.offices import tables as t
from bot.offices.model import (
    BRANCH,
    COMMUNE_CENTRE,
    PROVINCE_CENTRE,
    Hours,
    Office,
    Source,
    Span,
    Team,
)

# The centre first, then what helps out, then the rest.
_KIND_ORDER = (PROVINCE_CENTRE, COMMUNE_CENTRE, BRANCH)


def count() -> int:
    """Number of offices."""
    with database.connect() as connection:
        query = sa.select(sa.func.count()).select_from(t.offices)
        return int(connection.execute(query).scalar_one())


def all_offices() -> tuple[Office, ...]:
    """Every office, centres first."""
    with database.connect() as connection:
        return _offices(connection, sa.true())


def offices_of_province() -> tuple[Office, ...]:
    """The centre of the province and its further receiving points."""
    with database.connect() as connection:
        return _offices(connection, _serves_province())


def offices_of_commune(new_ward: str) -> tuple[Office, ...]:
    """Offices of a commune of today, given by its name ("Xã Vạn Tường")."""
    with database.connect() as connection:
        return _offices(connection, t.offices.c.unit_code.in_(_codes_of(new_ward)))


def offices_serving(new_ward: str) -> tuple[Office, ...]:
    """Where people of a commune of today can file: its own offices, then the province's."""
    with database.connect() as connection:
        own = _offices(connection, t.offices.c.unit_code.in_(_codes_of(new_ward)))
        return (*own, *_offices(connection, _serves_province()))


def hours(key: str) -> Hours | None:
    """Hours of an office; None if they are unknown."""
    with database.connect() as connection:
        return _hours(connection, key)


def is_open(key: str, moment: dt.datetime) -> bool | None:
    """Whether an office is open at a moment (without a zone: local); None if unknown."""
    known = hours(key)
    return None if known is None else opening.is_open(known, moment)


def next_opening(key: str, moment: dt.datetime) -> dt.datetime | None:
    """When an office opens next after a moment, in local time; None if unknown."""
    known = hours(key)
    return None if known is None else opening.next_opening(known, moment)


def teams(new_ward: str, hamlet: str = "") -> tuple[Team, ...]:
    """Digital teams of a commune of today, of one hamlet if that is given.

    `hamlet` is its name, or a text that holds it; accents make no difference. A hamlet of
    which nothing is known has no teams.
    """
    columns = t.digital_teams.c
    query = (
        sa.select(t.digital_teams)
        .where(columns.unit_code.in_(_codes_of(new_ward)))
        .order_by(columns.hamlet, columns.name)
    )
    with database.connect() as connection:
        found = [_team(dict(row)) for row in connection.execute(query).mappings()]
    return tuple(team for team in found if not hamlet or hamlets.names(hamlet, team.hamlet))


def _codes_of(new_ward: str) -> Any:
    columns = t.administrative_units.c
    return sa.select(columns.new_code).where(columns.new_ward == new_ward)


def _serves_province() -> Any:
    columns = t.offices.c
    return sa.and_(columns.unit_code == "", columns.kind.in_((PROVINCE_CENTRE, BRANCH)))


def _offices(connection: Connection, where: Any) -> tuple[Office, ...]:
    rows = connection.execute(sa.select(t.offices).where(where).order_by(t.offices.c.key))
    found = [_office(dict(row)) for row in rows.mappings()]
    return tuple(sorted(found, key=lambda office: _rank(office.kind)))


def _rank(kind: str) -> int:
    return _KIND_ORDER.index(kind) if kind in _KIND_ORDER else len(_KIND_ORDER)


def _hours(connection: Connection, key: str) -> Hours | None:
    columns = t.office_hours.c
    query = (
        sa.select(t.office_hours)
        .where(columns.office_key == key)
        .order_by(columns.weekday, columns.opens)
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    spans = [
        Span(row.weekday, dt.time.fromisoformat(row.opens), dt.time.fromisoformat(row.closes))
        for row in rows
    ]
    # The source that was looked at longest ago: no span is newer than it says.
    oldest = min(rows, key=lambda row: row.checked_on)
    source = Source(oldest.source_title, oldest.source_url, oldest.checked_on)
    return Hours(tuple(spans), source)


def _source_of(values: dict[str, Any]) -> Source:
    """Takes the source's columns out of the values of a row."""
    return Source(values.pop("source_title"), values.pop("source_url"), values.pop("checked_on"))


def _office(values: dict[str, Any]) -> Office:
    source = _source_of(values)
    return Office(**values, source=source)


def _team(values: dict[str, Any]) -> Team:
    del values["id"]
    source = _source_of(values)
    return Team(**values, source=source)
