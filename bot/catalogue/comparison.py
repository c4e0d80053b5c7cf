"""Curated facts held against the national record of the same procedure.

A curated fact may be narrower or plainer than the record, but a number, a level or a law
that the record does not know is a disagreement, to be mended or explained.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from bot import text as vn
from bot.catalogue import repository
from bot.catalogue.model import DIRECT, ONLINE, POSTAL, Channel, Procedure
from bot.catalogue.tables import CURATED, NATIONAL

# Some records name a channel only in their words.
CHANNEL_WORDS = {ONLINE: "truc tuyen", DIRECT: "truc tiep", POSTAL: "buu chinh"}
# Share of a curated paper's words that the record's paper must have to be taken for the same.
ALIKE = 0.8
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")


@dataclass(frozen=True)
class Disagreement:
    """A curated fact that the national record does not bear out."""

    code: str
    fact: str
    curated: str
    national: str


def disagreements(connection: Connection, day: dt.date) -> list[Disagreement]:
    """All disagreements, by code. Codes without a national record are passed over."""
    found: list[Disagreement] = []
    for layers in _layers(connection, day):
        if NATIONAL in layers:
            found += compare(layers[CURATED], layers[NATIONAL])
    return found


def without_record(connection: Connection, day: dt.date) -> list[str]:
    """Curated codes that the national layer does not hold."""
    return [layers[CURATED].code for layers in _layers(connection, day) if NATIONAL not in layers]


def _layers(connection: Connection, day: dt.date) -> Iterator[dict[str, Procedure]]:
    codes = repository.all_codes(connection, day)
    for _, layers in repository.layers_of_many(connection, codes, day):
        if CURATED in layers:
            yield layers


def compare(curated: Procedure, national: Procedure) -> Iterator[Disagreement]:
    """Disagreements of one procedure."""

    def differs(fact: str, ours: object, theirs: object) -> Disagreement:
        return Disagreement(curated.code, fact, str(ours), str(theirs))

    if curated.level != national.level:
        yield differs("level", curated.level, national.level)
    if vn.fold(curated.field) != vn.fold(national.field):
        yield differs("field", curated.field, national.field)
    kinds = {channel.kind for channel in national.channels}
    for channel in curated.channels:
        told = " ".join([*_notes(national), *national.steps])
        if channel.kind not in kinds and CHANNEL_WORDS[channel.kind] not in vn.fold(told):
            yield differs("channel", channel.kind, sorted(kinds))
        told = " ".join(
            [c.time.note + " " + c.note for c in national.channels] + list(national.steps)
        )
        times = {(c.time.value, c.time.unit) for c in national.channels if c.time.value}
        time = channel.time
        known = (time.value, time.unit) in times
        if time.value is not None and not known and not _names_number(told, time.value):
            yield differs("time", f"{time.value:g} {time.unit}", sorted(map(str, times)))
        for amount in _unknown_amounts(channel, national):
            yield differs("fee", amount, sorted(_amounts(national)))
    yield from _papers(curated, national)
    cited = [f"{basis.title} {basis.number}" for basis in national.legal_basis]
    texts = vn.fold(" ".join([*cited, *_notes(national), *national.steps]))
    for basis in curated.legal_basis:
        if vn.fold(basis.number) not in texts:
            yield differs("legal basis", basis.number, [b.number for b in national.legal_basis])


def _papers(curated: Procedure, national: Procedure) -> Iterator[Disagreement]:
    """Curated papers that ask for more originals or copies than any paper of the record like them.

    Fewer may be right: the record often puts several papers, some copied, into one entry.
    """
    counted = [d for d in national.documents if d.original is not None or d.copy is not None]
    for paper in curated.documents:
        words = set(vn.words(vn.fold(paper.name)))
        alike = [
            other
            for other in counted
            if len(words & set(vn.words(vn.fold(other.name)))) >= ALIKE * len(words)
        ]
        bears_out = any(
            (paper.original or 0) <= (other.original or 0)
            and (paper.copy or 0) <= (other.copy or 0)
            for other in alike
        )
        if alike and not bears_out:
            yield Disagreement(
                curated.code,
                "paper",
                f"{paper.name}: {paper.original}, {paper.copy}",
                "; ".join(f"{o.name:.60}: {o.original}, {o.copy}" for o in alike[:3]),
            )


def _notes(procedure: Procedure) -> list[str]:
    """All that the channels say in words."""
    fees = [fee.note for channel in procedure.channels for fee in channel.fees]
    return fees + [f"{c.time.note} {c.note}" for c in procedure.channels]


def _amounts(procedure: Procedure) -> set[int]:
    return {fee.amount for c in procedure.channels for fee in c.fees if fee.amount is not None}


def _unknown_amounts(channel: Channel, national: Procedure) -> list[int]:
    """Amounts that the record gives neither as such nor in a note."""
    known = _amounts(national)
    notes = " ".join(_notes(national))
    return [
        fee.amount
        for fee in channel.fees
        if fee.amount and fee.amount not in known and not _names_number(notes, fee.amount)
    ]


def _names_number(text: str, number: float) -> bool:
    """Whether a text names a number, with or without dots between thousands, or 03 for 3."""
    for match in _NUMBER.findall(text):
        plain = match.replace(".", "").replace(",", ".")
        try:
            if float(plain) == number:
                return True
        except ValueError:
            continue
    return False
