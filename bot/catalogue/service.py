"""Public look-ups of the catalogue: a connection per call, plain values out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from typing import Any

from bot import clock, database
from bot.catalogue import companions, repository
from bot.catalogue import tables as t
from bot.catalogue.model import COMMUNE, PROVINCE, Procedure, Source


def procedure(code: str, on: dt.date | None = None) -> Procedure | None:
    """One procedure with the facts of a day (default: today), or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return repository.get(connection, code, on or clock.today())


def records(code: str, on: dt.date | None = None) -> tuple[Procedure, ...]:
    """What each source by itself tells of a procedure on a day (default: today).

    The one that goes before the others comes first; none where the procedure is unknown.
    """
    day = on or clock.today()
    with database.connect() as connection:
        found = dict(repository.layers_of_many(connection, [code], day)).get(code, {})
    return tuple(found[layer] for layer in t.LAYERS if layer in found)


def last_day(code: str) -> dt.date | None:
    """The day from which a procedure is in the catalogue no longer; None if it never was."""
    with database.connect() as connection:
        return repository.last_day(connection, code, clock.today())


def general_fact(topic: str) -> tuple[str, Source] | None:
    """Text and source of a fact that belongs to no single procedure."""
    with database.connect() as connection:
        return companions.general_fact(connection, topic)


def as_json(value: Procedure) -> dict[str, Any]:
    """A procedure as JSON values; dates are ISO strings, an unknown fact is null or ""."""
    record = dataclasses.asdict(value)
    record["sources"] = {group: dataclasses.asdict(source) for group, source in value.sources}
    record["dates"] = {group: dataclasses.asdict(dates) for group, dates in value.dates}
    for name in ("expired", "upcoming"):
        record[name] = dict(getattr(value, name))
    record["display_name"] = value.display_name
    return _plain(record)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def statistics() -> dict[str, int]:
    """Counts of what the catalogue holds today."""
    today = clock.today()
    counts: Counter[str] = Counter()
    with database.connect() as connection:
        fields = set()
        codes = repository.all_codes(connection, today)
        for found in repository.get_many(connection, codes, today):
            fields.add(found.field)
            counts.update(_traits(found))
        counts["aliases"] = len(companions.aliases(connection))
        counts["life_events"] = len(companions.life_events(connection))
    counts["fields"] = len(fields)
    return {name: counts[name] for name in STATISTICS}


STATISTICS = (
    "procedures",
    "curated",
    "fields",
    "commune",
    "province",
    "with_fee",
    "with_fee_note",
    "with_time",
    "with_documents",
    "with_forms",
    "with_cases",
    "online",
    "online_payment",
    "full_online",
    "aliases",
    "life_events",
)


def _traits(found: Procedure) -> dict[str, bool]:
    """What a procedure counts for."""
    fees = [fee for channel in found.channels for fee in channel.fees]
    return {
        "procedures": True,
        "curated": found.curated,
        "commune": found.level == COMMUNE,
        "province": found.level == PROVINCE,
        "with_fee": any(fee.amount is not None for fee in fees),
        "with_fee_note": any(fee.is_published for fee in fees),
        "with_time": any(channel.time.is_published for channel in found.channels),
        "with_documents": bool(found.documents),
        "with_forms": bool(found.forms),
        "with_cases": bool(found.cases),
        "online": found.online is True,
        "online_payment": found.online_payment is True,
        "full_online": found.service_level == "full",
    }
