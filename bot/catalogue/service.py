"""Public look-ups of the catalogue: a connection per call, plain values out."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from bot import database
from bot.catalogue import repository
from bot.catalogue.model import Procedure, Source


def procedure(code: str) -> Procedure | None:
    """One procedure with all its facts, or None.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    with database.connect() as connection:
        return repository.get(connection, code)


def general_fact(topic: str) -> tuple[str, Source] | None:
    """Text and source of a fact that belongs to no single procedure."""
    with database.connect() as connection:
        return repository.general_fact(connection, topic)


def as_json(value: Procedure) -> dict[str, Any]:
    """A procedure as JSON values; dates are ISO strings, an unknown fact is null or ""."""
    record = dataclasses.asdict(value)
    record["sources"] = {group: dataclasses.asdict(source) for group, source in value.sources}
    record["display_name"] = value.display_name
    return _plain(record)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def statistics() -> dict[str, int]:
    """Counts of what the catalogue holds."""
    with database.connect() as connection:
        procedures = repository.get_many(connection, repository.all_codes(connection))
        phrases = repository.aliases(connection)
        events = repository.life_events(connection)
    return {
        "procedures": len(procedures),
        "curated": sum(p.curated for p in procedures),
        "fields": len({p.field for p in procedures}),
        "commune": sum(p.level == "commune" for p in procedures),
        "province": sum(p.level == "province" for p in procedures),
        "with_fee": sum(
            any(f.amount is not None for c in p.channels for f in c.fees) for p in procedures
        ),
        "with_fee_note": sum(
            any(f.is_published for c in p.channels for f in c.fees) for p in procedures
        ),
        "with_time": sum(any(c.time.is_published for c in p.channels) for p in procedures),
        "with_documents": sum(bool(p.documents) for p in procedures),
        "aliases": len(phrases),
        "life_events": len(events),
    }
