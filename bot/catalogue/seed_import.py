"""The seed that ships with the project: curated procedures, phrases, lexicon, facts.

Loaded at every start, so that a new release brings its corrections; what has not changed
is not written again.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml

from bot import database
from bot.catalogue import companions, layers, records
from bot.catalogue.model import (
    CHANNEL_KINDS,
    COMMUNE,
    PROVINCE,
    TIME_UNITS,
    Channel,
    Difference,
    Document,
    Duration,
    Fee,
    LegalBasis,
    LifeEvent,
    Procedure,
    Source,
)
from bot.catalogue.national_record import CODE
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.tables import CURATED


class SeedError(ValueError):
    """A seed file does not follow its format; the message names file and item."""


def load_seed(folder: Path = SEED_DIR) -> records.Changes:
    """Write the seed into the database, in one transaction.

    Raises:
        SeedError: a file is malformed; nothing was written.
        bot.database.DatabaseUnavailable: the database is down.
    """
    procedures = read_all_procedures(folder / "procedures")
    events = read_life_events(folder / "life_events.yml")
    phrases = read_phrases(folder / "phrases")
    phrases += [(p.code, alias) for p in procedures for alias in p.aliases]
    lexicon = list(read_pairs(folder / "lexicon.tsv", "|"))
    facts = read_general_facts(folder / "general.yml")
    with database.begin() as connection:
        changes = layers.write_layer(connection, CURATED, procedures)
        companions.replace_aliases(connection, CURATED, phrases)
        companions.replace_lexicon(connection, CURATED, lexicon)
        companions.replace_general_facts(connection, CURATED, facts)
        companions.replace_life_events(connection, CURATED, events)
    return changes


def read_vague(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Needs whose words do not tell which procedure is meant, with the codes that may be.

    Raises:
        SeedError: a line has not two columns, or a need not two codes.
    """
    for need, codes in read_pairs(path, "\t"):
        known = tuple(dict.fromkeys(codes.split()))
        if len(known) < 2 or not all(map(CODE.fullmatch, known)):
            raise SeedError(f"{path.name}: '{need}' needs two codes or more, a space between")
        yield need, known


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


def read_phrases(folder: Path) -> list[tuple[str, str]]:
    """`(code, phrase)` pairs of all files of a folder, one file a field.

    Raises:
        SeedError: a line has not exactly two columns.
    """
    return [pair for path in sorted(folder.glob("*.tsv")) for pair in read_pairs(path, "\t")]


def read_all_procedures(folder: Path) -> list[Procedure]:
    """Curated procedures of all YAML files of a folder, one file a field of life.

    Raises:
        SeedError: a file is malformed, or two items have one code.
    """
    procedures = [p for path in sorted(folder.glob("*.yml")) for p in read_procedures(path)]
    codes = Counter(p.code for p in procedures)
    repeated = sorted(code for code, n in codes.items() if n > 1)
    if repeated:
        raise SeedError(f"{folder.name}: repeated codes {', '.join(repeated)}")
    return procedures


def read_procedures(path: Path) -> list[Procedure]:
    """Curated procedures of a YAML file.

    Raises:
        SeedError: a key or value is not as the format wants it.
    """
    document = _typed(_load(path), dict, path.name)
    source = _checked(path.name, "source", lambda: _source(document["source"]))
    items = _typed(document.get("procedures"), list, f"{path.name}, procedures")
    procedures = []
    for number, item in enumerate(items, start=1):
        code = item.get("code") if isinstance(item, dict) else None
        where = str(code or f"item {number}")
        procedures.append(_checked(path.name, where, functools.partial(_procedure, item, source)))
    return procedures


def read_life_events(path: Path) -> list[LifeEvent]:
    """Life events of a YAML file, in its order.

    Raises:
        SeedError: a key or value is not as the format wants it, or a key stands twice.
    """
    items = _typed(_load(path), list, path.name)
    events = [
        _checked(path.name, f"item {number}", functools.partial(_life_event, item))
        for number, item in enumerate(items, start=1)
    ]
    for values in (Counter(e.key for e in events), Counter(p for e in events for p in e.phrases)):
        repeated = sorted(value for value, n in values.items() if n > 1)
        if repeated:
            raise SeedError(f"{path.name}: repeated {', '.join(repeated)}")
    return events


def _life_event(item: dict[str, Any]) -> LifeEvent:
    steps = tuple((_text(step["code"]), _text(step["why"])) for step in item["steps"])
    if not steps:
        raise ValueError("a life event needs steps")
    return LifeEvent(_text(item["key"]), _text(item["name"]), tuple(_texts(item["aliases"])), steps)


def read_general_facts(path: Path) -> list[tuple[str, str, Source]]:
    """`(topic, text, source)` of facts that belong to no single procedure.

    Raises:
        SeedError: a key or value is not as the format wants it.
    """
    items = _typed(_load(path), list, path.name)
    return [
        _checked(path.name, f"item {number}", functools.partial(_general_fact, item))
        for number, item in enumerate(items, start=1)
    ]


def _general_fact(item: dict[str, Any]) -> tuple[str, str, Source]:
    return _text(item["topic"]), _text(item["text"]).strip(), _source(item["source"])


T = TypeVar("T")


def _load(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SeedError(f"{path.name} is no YAML: {error}") from error


def _checked(file: str, where: str, read: Callable[[], T]) -> T:
    """What `read` returns; any fault of the data becomes a SeedError that says where."""
    try:
        return read()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SeedError(f"{file}, {where}: {error!r}") from error


def _typed(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        raise SeedError(f"{where}: a {kind.__name__} expected, not {value!r:.60}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {value!r:.60}")
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(f"a list of texts expected, not {value!r:.60}")
    return [_text(item) for item in value]


def _amount(value: Any) -> int | None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise TypeError(f"an amount in whole VND expected, not {value!r:.60}")
    return value


def _source(item: dict[str, Any]) -> Source:
    checked_on = item["checked_on"]
    if not isinstance(checked_on, dt.date):
        raise TypeError(f"checked_on must be a date, not {checked_on!r:.60}")
    return Source(_text(item["title"]), _text(item.get("url", "")), checked_on)


def _choice(value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ValueError(f"{value!r} is none of {', '.join(allowed)}")
    return value


def _procedure(item: dict[str, Any], source: Source) -> Procedure:
    code = _text(item["code"])
    if not CODE.match(code):
        raise ValueError(f"{code!r} is no procedure code")
    place = _text(item.get("place", ""))
    return Procedure(
        code=code,
        name=_text(item["name"]),
        plain_name=_text(item["plain_name"]),
        field=_text(item["field"]),
        level=_choice(item["level"], (COMMUNE, PROVINCE)),
        subject=_text(item.get("subject", "")),
        places=(place,) if place else (),
        documents=tuple(Document(**document) for document in item.get("documents", [])),
        documents_note=_text(item.get("documents_note", "")),
        channels=tuple(_channel(channel) for channel in item.get("channels", [])),
        steps=tuple(_texts(item.get("steps", []))),
        result=_text(item.get("result", "")),
        conditions=_text(item.get("conditions", "")),
        legal_basis=tuple(LegalBasis(**basis) for basis in item.get("legal_basis", [])),
        mistakes="\n".join(_texts(item.get("mistakes", []))),
        differs_from=tuple(Difference(**other) for other in item.get("differs_from", [])),
        aliases=tuple(_texts(item.get("aliases", []))),
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
            Fee(_amount(fee.get("amount")), fee.get("unit", ""), fee.get("note", ""))
            for fee in item.get("fees", [])
        ),
        note=item.get("note", ""),
    )
