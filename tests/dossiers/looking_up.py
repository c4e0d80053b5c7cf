"""Looking dossiers up in tests, as callers that have no event loop of their own."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers import audit, lookup
from bot.dossiers.csv_import import import_dossiers
from bot.dossiers.model import Asker, Dossier
from bot.dossiers.tables import dossiers, lookup_failures
from bot.settings import settings
from tests.dossiers.files import CODE, write_csv
from tests.dossiers.gateways import WatchedGateway

# Two dossiers of one person (`CODE` is the other), one of which no number is known, and none.
OTHER, WITHOUT_NUMBERS, UNKNOWN = "H48.16-230512-0004", "H48.16-230512-0005", "H48.16-230512-9999"
NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
MINUTE = dt.timedelta(minutes=1)
OWNER = Asker("the-owner", "web", "an-address")
DIRECT = Asker("on-this-machine", "rest")


def import_and_watch(folder: Path, patch: pytest.MonkeyPatch) -> WatchedGateway:
    """Import the three dossiers; look-ups ask the gateway that is returned."""
    nobody = {"applicant_phone": "", "applicant_identity_number": ""}
    file = write_csv(
        folder / "dossiers.csv",
        {"code": CODE},
        {"code": OTHER, "received_on": "2026-07-02"},
        {"code": WITHOUT_NUMBERS, **nobody},
    )
    import_dossiers(file)
    with database.begin() as connection:
        connection.execute(sa.update(dossiers).values(imported_at=NOON))
    watched = WatchedGateway()
    patch.setattr(lookup, "gateway", lambda: watched)
    return watched


def change_setting(patch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """As if the process had been started with it."""
    patch.setenv(name, value)
    settings.cache_clear()


def somebody(number: int) -> Asker:
    """An asker who shares neither conversation nor address with others."""
    return Asker(f"session-{number}", "web", f"address-{number}")


def look_up(
    code: str, digits: str, asker: Asker = OWNER, now: dt.datetime = NOON
) -> Dossier | None:
    """`lookup.look_up`."""
    return asyncio.run(lookup.look_up(code, digits, asker, now))


def look_up_person(
    phone: str, identity: str, asker: Asker = OWNER, now: dt.datetime = NOON
) -> list[str]:
    """The codes that `lookup.look_up_person` finds."""
    found = asyncio.run(lookup.look_up_person(phone, identity, asker, now))
    return [dossier.code for dossier in found]


def counted() -> dict[str, int]:
    """Failures by what they are counted for."""
    kind = lookup_failures.c.kind
    with database.connect() as connection:
        query = sa.select(kind, sa.func.count()).group_by(kind)
        return {row[0]: row[1] for row in connection.execute(query)}


def outcomes() -> list[tuple[str, str]]:
    """Ways and outcomes of all tries, the earliest first."""
    return [(entry.way, entry.outcome) for entry in audit.entries()]
