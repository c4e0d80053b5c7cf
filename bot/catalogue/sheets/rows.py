"""Records of the catalogue as rows of sheets, and back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.catalogue.model import (
    CHANNEL_KINDS,
    OPEN,
    ORIGIN_GROUPS,
    VND,
    Channel,
    Dates,
    Fee,
    LifeEvent,
    Procedure,
    Source,
)
from bot.catalogue.repository import State
from bot.catalogue.rows import ITEMS, SCALARS, dates_from, from_row, scalars, to_row
from bot.catalogue.sheets.spec import ValueRefused

Row = dict[str, Any]
Table = dict[str, list[Row]]
# Sheet → attribute of a procedure; channels and fees belong together and are done apart.
ATTRIBUTES = {
    "channels": "channels",
    "cases": "cases",
    "documents": "documents",
    "forms": "forms",
    "steps": "steps",
    "places": "places",
    "legal_bases": "legal_basis",
    "differences": "differs_from",
}
# Columns whose name in a file would else be that of a key.
_RENAMED = {("cases", "code"): "case_code", ("differences", "code"): "other_code"}


@dataclass
class Companions:
    """What stands beside the procedures in one layer."""

    aliases: list[tuple[str, str]] = field(default_factory=list)
    lexicon: list[tuple[str, str]] = field(default_factory=list)
    life_events: list[LifeEvent] = field(default_factory=list)
    general_facts: list[tuple[str, str, Source]] = field(default_factory=list)


def _source_row(source: Source | None) -> Row:
    if source is None:
        return {"source_title": "", "source_url": "", "checked_on": None}
    return {
        "source_title": source.title,
        "source_url": source.url,
        "checked_on": source.checked_on,
    }


def state_rows(state: State) -> Iterator[tuple[str, Row]]:
    """Sheet and row of everything that a state of a record holds."""
    procedure = state.procedure
    key = {"layer": state.layer, "code": procedure.code, "version": state.version}
    yield (
        "procedures",
        {
            **key,
            **scalars(procedure),
            **_source_row(procedure.source),
            "valid_from": state.valid_from,
            "valid_to": state.valid_to,
            "known_from": procedure.known_from,
        },
    )
    sources, dates = dict(procedure.sources), dict(procedure.dates)
    for group in sorted(sources.keys() | dates.keys()):
        held = dates.get(group, OPEN)
        yield (
            "origins",
            {
                **key,
                "fact_group": group,
                **_source_row(sources.get(group)),
                "effective_from": held.effective_from,
                "effective_to": held.effective_to,
            },
        )
    for sheet, attribute in ATTRIBUTES.items():
        for item in getattr(procedure, attribute):
            row = {_RENAMED.get((sheet, k), k): value for k, value in to_row(item).items()}
            yield sheet, {**key, **row}
    yield from _fee_rows(key, procedure.channels)


def _fee_rows(key: Row, channels: Sequence[Channel]) -> Iterator[tuple[str, Row]]:
    kinds = [channel.kind for channel in channels]
    for number, channel in enumerate(channels, start=1):
        # Some records list one way to file several times.
        name = channel.kind if kinds.count(channel.kind) == 1 else str(number)
        for fee in channel.fees:
            yield "fees", {**key, "channel": name, **to_row(fee)}


def companion_rows(layer: str, companions: Companions) -> Iterator[tuple[str, Row]]:
    """Sheet and row of what stands beside the procedures."""
    for code, phrase in companions.aliases:
        yield "aliases", {"layer": layer, "code": code, "phrase": phrase}
    for citizen, official in companions.lexicon:
        yield "lexicon", {"layer": layer, "citizen": citizen, "official": official}
    for event in companions.life_events:
        key = {"layer": layer, "key": event.key}
        yield "life_events", {**key, "name": event.name}
        for phrase in event.phrases:
            yield "life_event_phrases", {**key, "phrase": phrase}
        for code, why in event.steps:
            yield "life_event_steps", {**key, "procedure_code": code, "why": why}
    for topic, text, source in companions.general_facts:
        row = {"layer": layer, "topic": topic, "text": text}
        yield "general_facts", {**row, **_source_row(source)}


def check_row(row: Row) -> None:
    """See whether the values of a row fit together.

    Raises:
        ValueRefused: two of them do not.
    """
    start, end = row.get("effective_from"), row.get("effective_to")
    if start and end and end < start:
        raise ValueRefused("effective_to lies before effective_from")
    if "time_unit" in row and (row["time_value"] is None) != (row["time_unit"] == ""):
        raise ValueRefused("time_value and time_unit belong together")
    if row.get("amount") == 0 and not row["note"]:
        raise ValueRefused(
            "fee of 0 without a note: leave an unknown fee empty, or say why nothing is charged"
        )
    group = row.get("fact_group")
    if group and group not in ORIGIN_GROUPS:
        raise ValueRefused(f"fact_group {group!r:.40} is none of {', '.join(ORIGIN_GROUPS)}")
    if group and row["source_title"] and row["checked_on"] is None:
        raise ValueRefused("a source needs checked_on")


def state_from(row: Row, children: Mapping[str, Sequence[Row]]) -> State:
    """The state of a record from its row and those of the other sheets that belong to it.

    Raises:
        ValueRefused: two values do not fit together.
    """
    facts: dict[str, Any] = {}
    for sheet, attribute in ATTRIBUTES.items():
        if sheet != "channels":
            facts[attribute] = tuple(
                from_row(ITEMS[attribute], _unrenamed(sheet, child))
                for child in children.get(sheet, ())
            )
    facts["channels"] = _channels(children.get("channels", ()), children.get("fees", ()))
    sources, dates = _origins(children.get("origins", ()))
    procedure = Procedure(
        code=row["code"],
        **{name: row[name] for name in SCALARS},
        **facts,
        effective=dates_from(row),
        known_from=row["known_from"] or row["checked_on"],
        source=_source(row),
        sources=sources,
        dates=dates,
    )
    return State(row["layer"], row["version"], procedure, row["valid_from"], row["valid_to"])


def _unrenamed(sheet: str, row: Row) -> Row:
    """The row with the names and empty values of the model."""
    values = {**row, **{own: row[name] for (s, own), name in _RENAMED.items() if s == sheet}}
    if "time_unit" in values:
        values["time_unit"] = values["time_unit"] or None
    if "remark" in values:
        values["remark"] = bool(values["remark"])
    return values


def _source(row: Row) -> Source:
    return Source(row["source_title"], row["source_url"], row["checked_on"])


def _channels(rows: Sequence[Row], fees: Sequence[Row]) -> tuple[Channel, ...]:
    kinds = [row["kind"] for row in rows]
    owned: dict[int, list[Fee]] = defaultdict(list)
    for row in fees:
        name = row["channel"]
        if name in CHANNEL_KINDS and kinds.count(name) == 1:
            number = kinds.index(name)
        elif name.isdecimal() and 1 <= int(name) <= len(kinds):
            number = int(name) - 1
        else:
            raise ValueRefused(f"fee of channel {name!r:.20}: the sheet channels has no such row")
        values = _unrenamed("fees", row)
        owned[number].append(from_row(Fee, {**values, "currency": row["currency"] or VND}))
    return tuple(
        from_row(Channel, _unrenamed("channels", row), fees=tuple(owned[number]))
        for number, row in enumerate(rows)
    )


def _origins(
    rows: Sequence[Row],
) -> tuple[tuple[tuple[str, Source], ...], tuple[tuple[str, Dates], ...]]:
    sources, dates = [], []
    _refuse_repeated("fact_group", (row["fact_group"] for row in rows))
    # In the order in which the database gives them back.
    for row in sorted(rows, key=lambda row: row["fact_group"]):
        group = row["fact_group"]
        if row["source_title"]:
            sources.append((group, _source(row)))
        if dates_from(row) != OPEN:
            dates.append((group, dates_from(row)))
    return tuple(sources), tuple(dates)


def _refuse_repeated(column: str, values: Iterable[str]) -> None:
    repeated = [value for value, number in Counter(values).items() if number > 1]
    if repeated:
        raise ValueRefused(f"{column} {', '.join(repeated[:3])} stands twice")


def companions_from(table: Mapping[str, Sequence[Row]], layer: str) -> Companions:
    """What stands beside the procedures of a layer.

    Raises:
        ValueRefused: rows do not fit together.
    """

    def of_layer(sheet: str) -> Iterable[Row]:
        return (row for row in table.get(sheet, ()) if row["layer"] == layer)

    phrases: dict[str, list[str]] = defaultdict(list)
    for row in of_layer("life_event_phrases"):
        phrases[row["key"]].append(row["phrase"])
    steps: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in of_layer("life_event_steps"):
        steps[row["key"]].append((row["procedure_code"], row["why"]))
    events = [
        LifeEvent(row["key"], row["name"], tuple(phrases[row["key"]]), tuple(steps[row["key"]]))
        for row in of_layer("life_events")
    ]
    known = {event.key for event in events}
    strangers = sorted((phrases.keys() | steps.keys()) - known)
    if strangers:
        raise ValueRefused(f"life events {', '.join(strangers[:3])} are not in sheet life_events")
    _refuse_repeated("life_events, key", (event.key for event in events))
    idle = [event.key for event in events if not event.steps]
    if idle:
        raise ValueRefused(f"life events {', '.join(idle[:3])} have no row in life_event_steps")
    _refuse_repeated("general_facts, topic", (row["topic"] for row in of_layer("general_facts")))
    return Companions(
        [(row["code"], row["phrase"]) for row in of_layer("aliases")],
        [(row["citizen"], row["official"]) for row in of_layer("lexicon")],
        events,
        [(row["topic"], row["text"], _source(row)) for row in of_layer("general_facts")],
    )
