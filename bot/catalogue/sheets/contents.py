"""What the sheets of a file hold: rows put together into records and what stands beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.catalogue import tables as t
from bot.catalogue.national_record import CODE
from bot.catalogue.repository import State
from bot.catalogue.sheets.faults import Faults
from bot.catalogue.sheets.files import RawRow
from bot.catalogue.sheets.rows import (
    Companions,
    Row,
    Table,
    check_row,
    companions_from,
    state_from,
)
from bot.catalogue.sheets.spec import ValueRefused, sheets
from bot.imports import ImportRefused

_COMPANION_SHEETS = (
    "aliases",
    "lexicon",
    "life_events",
    "life_event_phrases",
    "life_event_steps",
    "general_facts",
)
_OWN_LAYERS = (t.CURATED, t.STAFF)
Key = tuple[str, str, int]


@dataclass
class Contents:
    """What the sheets of a file hold."""

    states: list[State] = field(default_factory=list)
    companions: dict[str, Companions] = field(default_factory=dict)
    rows: int = 0


def read_contents(raw: Iterable[RawRow]) -> Contents:
    """Records and companions from raw rows.

    Raises:
        ImportRefused: rows have faults; all of them are named, up to a limit.
    """
    faults = Faults()
    places: dict[Key, str] = {}
    records: dict[Key, Row] = {}
    children: dict[Key, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    first_child: dict[Key, str] = {}
    table: Table = defaultdict(list)
    contents = Contents()
    for name, place, cells in raw:
        contents.rows += 1
        try:
            row = sheets()[name].parse(cells)
            check_row(row)
            row["layer"] = row["layer"] or t.STAFF
            if "code" in row and not CODE.match(row["code"]):
                raise ValueRefused(f"code: {row['code'][:30]!r} is no procedure code like 1.001193")
        except ValueRefused as error:
            faults.add(place, error)
            continue
        if name in _COMPANION_SHEETS:
            if row["layer"] not in _OWN_LAYERS:
                faults.add(place, f"layer: {row['layer']!r} is none of {', '.join(_OWN_LAYERS)}")
            table[name].append(row)
            continue
        row["version"] = row["version"] or 1
        key = (row["layer"], row["code"], row["version"])
        if name != "procedures":
            children[key][name].append(row)
            first_child.setdefault(key, place)
        elif key in records:
            faults.add(place, f"{row['code']} stands already in {places[key]}")
        else:
            records[key], places[key] = row, place
    for key, place in first_child.items():
        if key not in records:
            faults.add(place, f"{key[1]} has no row in the sheet procedures")
    for key, row in records.items():
        try:
            contents.states.append(state_from(row, children.get(key, {})))
        except ValueRefused as error:
            faults.add(places[key], error)
    for layer in _OWN_LAYERS:
        try:
            contents.companions[layer] = companions_from(table, layer)
        except ValueRefused as error:
            faults.add(f"layer {layer}", error)
    faults.refuse()
    if not contents.rows:
        raise ImportRefused("The file holds no rows.")
    return contents
