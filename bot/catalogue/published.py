"""What the sources publish of each procedure, and what they do not: a table for the province.

A fact counts as published where any source states it, be it in words; what the bot would call
unknown counts as not published.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot import text as vn
from bot.catalogue.amounts import names_a_sum
from bot.catalogue.model import FEES, ONLINE, Procedure
from bot.catalogue.ways import CHANNELS
from bot.sources import Source

# Folded: ways to pay as texts name them.
_PAYMENT = re.compile(
    r"\b(?:chuyen khoan|tien mat|vi dien tu|the ngan hang|the atm|vietqr|ma qr|uy nhiem chi"
    r"|(?:thanh toan|nop (?:phi|le phi|tien)|thu (?:phi|le phi))[^.;\n]{0,40}\btruc tuyen"
    r"|thanh toan dien tu|nop tien qua)\b"
)
FACTS = (
    "documents",
    "fee_sum",
    "fee_words",
    "time",
    "place",
    "agency",
    "online",
    "service_level",
    "online_payment",
    "payment_methods",
    "forms",
    "steps",
    "result",
    "conditions",
    "legal_basis",
)
# Facts that are groups of their own name.
_GROUPS = (
    "agency",
    "service_level",
    "online_payment",
    "forms",
    "steps",
    "result",
    "conditions",
    "legal_basis",
)


@dataclass(frozen=True)
class Row:
    """One procedure: `facts` has those that are published, each with its source if one is known."""

    code: str
    name: str
    field: str
    level: str
    facts: dict[str, Source | None]


@dataclass(frozen=True)
class Totals:
    """How many procedures there are, and of how many each fact is published."""

    procedures: int
    published: dict[str, int]

    def share(self, fact: str) -> float:
        return self.published[fact] / self.procedures if self.procedures else 0.0


def row_of(procedure: Procedure) -> Row:
    """What is published of a procedure."""
    groups = dict(_published(procedure))
    return Row(
        procedure.code,
        procedure.name,
        procedure.field,
        procedure.level,
        {fact: procedure.source_of(groups[fact]) for fact in FACTS if fact in groups},
    )


def _published(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Facts that are published, with the group whose source is theirs."""
    channels, fees = procedure.channels, procedure.fees
    if any(not paper.remark for paper in procedure.documents):
        yield "documents", "documents"
    if any(fee.amount is not None or names_a_sum(fee.note) for fee in fees):
        yield "fee_sum", FEES
    if any(fee.is_published for fee in fees):
        yield "fee_words", FEES
    if any(channel.time.is_published for channel in channels):
        yield "time", CHANNELS
    elif any(case.time.is_published for case in procedure.cases):
        yield "time", "cases"
    if procedure.places:
        yield "place", "places"
    if procedure.online is not None:
        yield "online", "online"
    elif any(channel.kind == ONLINE for channel in channels):
        yield "online", CHANNELS
    if (group := _pays_in(procedure)) is not None:
        yield "payment_methods", group
    for group in _GROUPS:
        if getattr(procedure, group) not in ("", (), None):
            yield group, group


def _pays_in(procedure: Procedure) -> str | None:
    """The group of facts whose words name a way to pay."""
    texts = {
        CHANNELS: [f"{c.note} {c.time.note}" for c in procedure.channels],
        FEES: [fee.note for fee in procedure.fees],
        "steps": list(procedure.steps),
        "conditions": [procedure.conditions],
    }
    named = (g for g, told in texts.items() if _PAYMENT.search(vn.fold("\n".join(told))))
    return next(named, None)


def totals(rows: Iterable[Row]) -> Totals:
    """Counts of all rows."""
    counts: Counter[str] = Counter()
    number = 0
    for row in rows:
        number += 1
        counts.update(row.facts.keys())
    return Totals(number, {fact: counts[fact] for fact in FACTS})


def by_field(rows: Iterable[Row]) -> dict[str, Totals]:
    """Counts by field, in alphabetical order."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.field].append(row)
    return {name: totals(groups[name]) for name in sorted(groups, key=vn.fold)}


def as_json(rows: list[Row], day: dt.date, *, fields: bool) -> dict[str, object]:
    """Counts and shares as JSON values, by field as well where that is wanted."""
    whole: dict[str, object] = {"on": day.isoformat(), **_counted(totals(rows))}
    if fields:
        whole["fields"] = {name: _counted(found) for name, found in by_field(rows).items()}
    return whole


def _counted(found: Totals) -> dict[str, object]:
    facts = {
        fact: {"published": number, "share": round(found.share(fact), 4)}
        for fact, number in found.published.items()
    }
    return {"procedures": found.procedures, "facts": facts}


def write_csv(path: Path, rows: Iterable[Row]) -> int:
    """Write a row for each procedure: 1 or 0 for each fact, with its source and day of checking.

    The file appears when it is whole. Returns the number of procedures.
    """
    columns = [name for fact in FACTS for name in (fact, f"{fact}_source", f"{fact}_checked_on")]
    part = path.with_name(f".{path.name}.part")
    number = 0
    try:
        with part.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["code", "name", "field", "level", *columns])
            for row in rows:
                number += 1
                cells: list[object] = [row.code, row.name, row.field, row.level]
                for fact in FACTS:
                    source = row.facts.get(fact)
                    named = [source.title, source.checked_on] if source else ["", ""]
                    cells += [int(fact in row.facts), *named]
                writer.writerow(cells)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return number


def lines(rows: list[Row], *, fields: bool) -> Iterator[str]:
    """The table for a screen: a line for each fact, or for each field with its counts."""
    whole = totals(rows)
    if not fields:
        yield f"{'fact':16} {'published':>9} {'not':>6} {'share':>7}"
        for fact, number in whole.published.items():
            left = whole.procedures - number
            yield f"{fact:16} {number:9} {left:6} {whole.share(fact):7.1%}"
        yield f"{'procedures':16} {whole.procedures:9}"
        return
    widths = {fact: max(5, len(fact)) for fact in FACTS}
    yield "  ".join(["   all", *(f"{fact:>{width}}" for fact, width in widths.items()), "field"])
    for name, found in (*by_field(rows).items(), ("(all)", whole)):
        cells = (f"{found.published[fact]:{width}}" for fact, width in widths.items())
        yield "  ".join([f"{found.procedures:6}", *cells, name])
