"""Ways to pay as lines of text: the one asked for first, then how it is done and what to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.catalogue.model import Procedure
from bot.payments.evidence import Evidence
from bot.payments.method_list import Method, Question, Statement, methods
from bot.payments.methods import ACCEPTED, GENERAL, PUBLISHED, REFUSED, MethodOfProcedure
from bot.rendering import procedure_lines as rendering
from bot.sources import Source
from bot.wording import fragment

LONGEST_QUOTE = 260
# "Miễn phí", "Không thu phí": more words may be a condition.
LONGEST_FREE_NOTE = 3
MOST_ASKED = 3


@dataclass
class Told:
    """Lines with the sources of what they state."""

    lines: list[str] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)

    def add(self, line: str, *sources: Source | None) -> None:
        """One more line."""
        self.lines.append(line)
        self.sources += [source for source in sources if source is not None]

    def state(self, name: str, statement: Statement) -> None:
        """A line of a fragment that takes the statement's text."""
        self.add(fragment(name, text=statement.text), *statement.sources)


def asked_in_general(told: Told, keys: Sequence[str]) -> None:
    """The ways asked for, with no procedure in mind; of a single one also how it is done."""
    for method in [methods()[key] for key in keys[:MOST_ASKED]]:
        way = _capital(method.name)
        line = fragment("pay_way", way=way, text=method.general.text)
        told.add(line, *method.general.sources)
    _how(told, methods()[keys[0]], alone=len(keys) == 1)
    others = [m.common_name for m in methods().values() if m.main and m.key not in keys]
    told.add(fragment("pay_other_ways", ways=", ".join(others)))


def asked_of_procedure(told: Told, keys: Sequence[str], ways: Sequence[MethodOfProcedure]) -> None:
    """What is known of the ways asked for; then what is published of others, or how it is done."""
    for key in keys[:MOST_ASKED]:
        for way in [way for way in ways if way.method.key == key]:
            told.add(_verdict(way), way.source)
    first = [way for way in ways if way.method.key == keys[0]]
    if any(way.status != REFUSED for way in first):
        _how(told, first[0].method, alone=len(keys) == 1)
    others = [w.method for w in ways if w.status == ACCEPTED and w.method.key not in keys]
    if others and first[0].status != ACCEPTED:
        names = dict.fromkeys(method.name for method in others)
        sources = [way.source for way in ways if way.method in others]
        told.add(fragment("pay_other_published", ways=", ".join(names)), *sources)


def of_procedure(told: Told, ways: Sequence[MethodOfProcedure]) -> None:
    """All that is published of a procedure's ways; the common ways where nothing is."""
    published = [way for way in ways if way.status in PUBLISHED]
    if published:
        told.add(fragment("pay_published"))
        _items(told, published)
        accepted = [way.method for way in published if way.status == ACCEPTED]
    else:
        told.add(fragment("pay_unpublished"))
        general = [way for way in ways if way.status == GENERAL and way.method.main]
        for way in general:
            told.add(fragment("pay_item_general", text=way.method.general.text), way.source)
        accepted = [way.method for way in general]
    if accepted:
        told.state("pay_proof", accepted[0].proof)


def question(told: Told, asked: Question, said: Sequence[Evidence] | None) -> bool:
    """The answer to a question that names no way; whether the procedure's own text tells it.

    `said` is what that text says; None: no procedure is spoken of.
    """
    quoted = next((piece for piece in said or () if piece.about == asked.key), None)
    if quoted is not None:
        line = fragment("pay_question_quoted", quote=_quote(quoted.quote))
        told.add(line, quoted.source)
    elif said is not None:
        told.state("pay_question_unpublished", asked.answer)
    else:
        told.add(asked.answer.text, *asked.answer.sources)
    return quoted is not None


def costs_nothing(procedure: Procedure) -> bool:
    """Whether every way to file is published to be free, without a condition."""
    fees = [fee for channel in procedure.channels for fee in channel.fees]
    return (
        all(channel.fees for channel in procedure.channels)
        and bool(fees)
        and all(
            fee.amount == 0 and not fee.case and len(fee.note.split()) <= LONGEST_FREE_NOTE
            for fee in fees
        )
    )


def _verdict(way: MethodOfProcedure) -> str:
    name, channel = way.method.name, _channel(way)
    if way.status == GENERAL:
        return fragment("pay_general", way=name, text=way.method.general.text)
    if way.status == REFUSED:
        return _noted(fragment("pay_refused", way=name, channel=channel), way)
    if way.status != ACCEPTED:
        return fragment("pay_unknown", way=name, channel=channel)
    if way.quote:
        return fragment("pay_quoted", way=name, channel=channel, quote=_quote(way.quote))
    return _noted(fragment("pay_accepted", way=name, channel=channel), way)


def _items(told: Told, published: Sequence[MethodOfProcedure]) -> None:
    """A line for each way; ways that one piece of text tells share theirs."""
    by_quote: dict[tuple[str, str], list[MethodOfProcedure]] = {}
    for number, way in enumerate(published):
        own = way.quote or str(number)
        by_quote.setdefault((own, way.channel), []).append(way)
    for group in by_quote.values():
        first = group[0]
        names = _capital(", ".join(way.method.name for way in group))
        values = {"way": names, "channel": _channel(first)}
        if first.quote:
            line = fragment("pay_item_quoted", quote=_quote(first.quote), **values)
        elif first.status == ACCEPTED:
            line = _noted(fragment("pay_item_accepted", **values), first, "; ")
        else:
            line = _noted(fragment("pay_item_refused", **values), first, "; ")
        told.add(line, first.source)


def _how(told: Told, method: Method, *, alone: bool) -> None:
    if alone:
        told.state("pay_steps", method.steps)
        told.state("pay_fees", method.fees)
    told.state("pay_proof", method.proof)


def _noted(line: str, way: MethodOfProcedure, mark: str = " ") -> str:
    """The line with the office's own remark."""
    if not way.note:
        return line
    note = rendering.sentence_end(way.note)
    return f"{line}{mark}{note}" if mark != " " else fragment("pay_noted", text=line, note=note)


def _channel(way: MethodOfProcedure) -> str:
    if not way.channel:
        return ""
    name = fragment(way.channel)
    return fragment("pay_channel", channel=name[:1].lower() + name[1:])


def _quote(text: str) -> str:
    return rendering.shortened(text, LONGEST_QUOTE)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
