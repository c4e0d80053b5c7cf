"""The seed that ships with the project: curated procedures, phrases, lexicon, facts.

Loaded at every start, so that a new release brings its corrections; what has not changed
is not written again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bot import database
from bot.catalogue import repository
from bot.catalogue.model import (
    CHANNEL_KINDS,
    COMMUNE,
    PROVINCE,
    TIME_UNITS,
    Channel,
    Document,
    Duration,
    Fee,
    LegalBasis,
    Procedure,
    Source,
)
from bot.catalogue.tables import CURATED

SEED_DIR = Path(__file__).resolve().parent / "seed"


class SeedError(ValueError):
    """A seed file does not follow its format; the message names file and item."""


def load_seed(folder: Path = SEED_DIR) -> repository.Changes:
    """Write the seed into the database, in one transaction.

    Raises:
        SeedError: a file is malformed; nothing was written.
        bot.database.DatabaseUnavailable: the database is down.
    """
    procedures = read_procedures(folder / "procedures.yml")
    phrases = list(read_pairs(folder / "aliases.tsv", "\t"))
    phrases += [(p.code, alias) for p in procedures for alias in p.aliases]
    lexicon = list(read_pairs(folder / "lexicon.tsv", "|"))
    facts = read_general_facts(folder / "general.yml")
    with database.begin() as connection:
        changes = repository.write_layer(connection, CURATED, procedures, remove_others=True)
        repository.replace_aliases(connection, phrases)
        repository.replace_lexicon(connection, lexicon)
        repository.replace_general_facts(connection, facts)
    return changes


def read_pairs(path: Path, separator: str) -> Iterator[tuple[str, str]]:
    """Two-column lines; blank lines and `#` comments are passed over.

    Raises:
        SeedError: a line has not exactly two columns.
    """
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split(separator)]
        if len(columns) != 2 or not all(columns):
            raise SeedError(f"{path.name}, line {number}: two columns expected")
        yield columns[0], columns[1]


def read_procedures(path: Path) -> list[Procedure]:
    """Curated procedures of a YAML file.

    Raises:
        SeedError: a key or value is not as the format wants it.
    """
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    source = _source(document["source"])
    procedures = []
    for item in document["procedures"]:
        try:
            procedures.append(_procedure(item, source))
        except (KeyError, TypeError, ValueError) as error:
            raise SeedError(f"{path.name}, {item.get('code', '?')}: {error!r}") from error
    codes = [p.code for p in procedures]
    repeated = sorted({code for code in codes if codes.count(code) > 1})
    if repeated:
        raise SeedError(f"{path.name}: repeated codes {', '.join(repeated)}")
    return procedures


def read_general_facts(path: Path) -> list[tuple[str, str, Source]]:
    """`(topic, text, source)` of facts that belong to no single procedure."""
    items = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [(item["topic"], item["text"].strip(), _source(item["source"])) for item in items]


def _source(item: dict[str, Any]) -> Source:
    checked_on = item["checked_on"]
    if not isinstance(checked_on, dt.date):
        raise SeedError(f"checked_on must be a date, not {checked_on!r}")
    return Source(item["title"], item.get("url", ""), checked_on)


def _choice(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value


def _procedure(item: dict[str, Any], source: Source) -> Procedure:
    steps = [f"{number}. {step}" for number, step in enumerate(item.get("steps", []), start=1)]
    return Procedure(
        code=item["code"],
        name=item["name"],
        plain_name=item["plain_name"],
        field=item["field"],
        level=_choice(item["level"], (COMMUNE, PROVINCE)),
        subject=item.get("subject", ""),
        place=item.get("place", ""),
        documents=tuple(Document(**document) for document in item.get("documents", [])),
        documents_note=item.get("documents_note", ""),
        channels=tuple(_channel(channel) for channel in item.get("channels", [])),
        steps="\n".join(steps),
        result=item.get("result", ""),
        conditions=item.get("conditions", ""),
        legal_basis=tuple(LegalBasis(**basis) for basis in item.get("legal_basis", [])),
        mistakes="\n".join(item.get("mistakes", [])),
        aliases=tuple(item.get("aliases", [])),
        curated=True,
        source=source,
    )


def _channel(item: dict[str, Any]) -> Channel:
    time = item.get("time") or {}
    if time.get("unit"):
        _choice(time["unit"], TIME_UNITS)
    return Channel(
        kind=_choice(item["kind"], CHANNEL_KINDS),
        time=Duration(
            float(time["value"]) if time.get("value") is not None else None,
            time.get("unit"),
            time.get("note", ""),
        ),
        fees=tuple(
            Fee(fee.get("amount"), fee.get("unit", ""), fee.get("note", ""))
            for fee in item.get("fees", [])
        ),
        note=item.get("note", ""),
    )
