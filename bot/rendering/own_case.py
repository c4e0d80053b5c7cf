"""Papers, fees and times with those of the citizen's own case first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.catalogue.model import Channel, Document, Procedure
from bot.catalogue.situation import Situation
from bot.rendering import procedure_lines as rendering
from bot.wording import fragment, text

HEADING, REST = "utter_own_case_heading", "utter_own_case_rest"
OTHER_PAPERS, OTHER_FEES = "utter_own_case_other_papers", "utter_own_case_other_fees"
OTHER_TIMES = "utter_own_case_other_times"
# Topic of the answer contract → the lines for a citizen whose case is unknown.
PLAIN: dict[str, Callable[[Procedure], list[str]]] = {
    "documents": rendering.documents,
    "fee": rendering.fees,
    "processing_time": rendering.times,
}


@dataclass(frozen=True)
class _Line:
    """A fee or a time of a channel, and the words that name its case."""

    text: str
    case: str
    # A note speaks of much beside the case: nothing is left out for what it says.
    is_note: bool = False


def lines(topic: str, procedure: Procedure, situation: Situation) -> list[str]:
    """The lines of a topic in `PLAIN`: the citizen's own case first, others' left out.

    Where the procedure makes no difference for the case they are those of
    `bot.rendering.procedure_lines`; empty if nothing is published.

    Raises:
        KeyError: the topic knows no cases.
    """
    plain = PLAIN[topic]
    # What the procedure's own name says ("lần đầu") is no difference within it.
    named = [situation.part_in(name).keys for name in (procedure.name, procedure.plain_name)]
    situation = Situation(situation.keys.difference(*named), situation.ages)
    if not situation:
        return plain(procedure)
    own = {"documents": _documents, "fee": _fees, "processing_time": _times}[topic]
    return own(procedure, situation) or plain(procedure)


def makes_a_difference(topic: str, procedure: Procedure, situation: Situation) -> bool:
    """Whether what is told on a topic depends on the case."""
    plain = PLAIN.get(topic)
    return plain is not None and lines(topic, procedure, situation) != plain(procedure)


def other_procedure(procedure: Procedure, situation: Situation) -> str | None:
    """Code of the similar procedure that the case calls for rather than the present one.

    That is an entry of `differs_from` whose `how` is about a case of which the present
    procedure's name says nothing, or the contrary. The entry that is about most of it is taken;
    of equals the first.
    """
    names = (procedure.name, procedure.plain_name)
    cases = [one for one in situation.switching() if not _is_named(one, names)]
    age = situation.age()
    if any(age.fits(name) is False for name in names) and not _is_named(age, names):
        cases.append(age)
    best, most = None, 0
    for other in procedure.differs_from:
        fitting = sum(one.fits(other.how) is True for one in cases)
        if fitting > most and situation.fits(other.how) is not False:
            best, most = other.code, fitting
    return best


def _is_named(case: Situation, names: Iterable[str]) -> bool:
    return any(case.fits(name) is True for name in names)


def _documents(procedure: Procedure, situation: Situation) -> list[str]:
    """Empty if no paper's case is the citizen's, and none excludes it."""
    verdicts = [(d, _verdict(d, situation)) for d in procedure.documents]
    fitting = [d for d, verdict in verdicts if verdict is True]
    rest = tuple(d for d, verdict in verdicts if verdict is None)
    excluded = sum(verdict is False for _, verdict in verdicts)
    papers = [d for d in rest if not d.remark]
    if not (fitting or (excluded and papers)):
        return []
    # The notes below the papers belong to all of them.
    others = rendering.documents(replace(procedure, documents=rest)) if papers else []
    own = [rendering.document_line(d, d.when) for d in fitting]
    return _put_together(
        _heading([d.when for d in fitting], situation), own, others, OTHER_PAPERS, excluded
    )


def _verdict(document: Document, situation: Situation) -> bool | None:
    if document.remark or not document.when:
        return None
    return situation.fits(document.when)


def _fees(procedure: Procedure, situation: Situation) -> list[str]:
    return _by_case(
        [
            (
                c,
                [
                    _Line(rendering.fee_line(f), f.case or f.note, is_note=not f.case)
                    for f in c.fees
                    if f.is_published
                ],
            )
            for c in procedure.channels
        ],
        situation,
        OTHER_FEES,
    )


def _times(procedure: Procedure, situation: Situation) -> list[str]:
    """Times of the channels; before them those of a case (trường hợp thực hiện) of its own."""
    channels = [
        (
            c,
            [_Line(rendering.duration(c.time), c.time.note, is_note=True)]
            if c.time.is_published
            else [],
        )
        for c in procedure.channels
    ]
    cases = [c for c in procedure.cases if c.time.is_published and situation.fits(c.name) is True]
    # Where all cases take the same time, nobody gains by hearing of their own.
    if len({rendering.duration(c.time) for c in procedure.cases}) < 2:
        cases = []
    found = _by_case(channels, situation, OTHER_TIMES)
    if not cases:
        return found
    own = [
        fragment("case", name=rendering.sentence_end(c.name), when=rendering.duration(c.time))
        for c in cases
    ]
    heading = _heading([c.name for c in cases], situation)
    return [heading, *own, *(found or [_say(REST), *rendering.times(procedure)])]


def _by_case(
    channels: list[tuple[Channel, list[_Line]]], situation: Situation, other: str
) -> list[str]:
    """Lines of the channels; empty if the case makes no difference to them."""
    wanted = situation.channel()
    own: list[tuple[str, list[str]]] = []
    rest: list[tuple[str, list[str]]] = []
    excluded: set[str] = set()
    cases: list[str] = []
    # A channel that nobody asked for is no other case: it stays below.
    apart = situation.without_channel()
    for channel, fees in channels:
        is_wanted = channel.kind == wanted
        mine, others = [], []
        for line in fees:
            verdict = apart.fits(line.case)
            if verdict is False and not line.is_note:
                excluded.add(line.text)
            elif is_wanted or (verdict is True and not wanted):
                mine.append(line.text)
                cases.append(line.case)
            else:
                others.append(line.text)
        if mine:
            own.append((channel.kind, mine))
        if others or not fees:
            rest.append((channel.kind, others))
    if not any(found for _, found in rest):
        rest = []
    if wanted and not excluded and len({tuple(f) for _, f in channels}) < 2:
        return []
    if not own and not (excluded and rest):
        return []
    found_rest = rendering.by_channel(rest) if rest else []
    found_own = rendering.by_channel(own) if own else []
    channel_case = situation.only_channel() if wanted else Situation()
    heading = _heading(cases, situation, channel_case)
    return _put_together(heading, found_own, found_rest, other, len(excluded))


def _put_together(
    heading: str, own: list[str], rest: list[str], other: str, excluded: int
) -> list[str]:
    found = [heading, *own, *([_say(REST)] if rest else [])] if own else []
    found += rest
    if excluded:
        found.append(_say(other, count=excluded))
    return found


def _heading(cases: Iterable[str], situation: Situation, also: Situation | None = None) -> str:
    """Names what of the citizen's case the lines are about."""
    keys = set(also.keys if also else ())
    ages: set[int] = set()
    for case in cases:
        part = situation.part_in(case)
        keys |= part.keys
        ages |= set(part.ages)
    return _say(HEADING, case=Situation(frozenset(keys), tuple(sorted(ages))).label())


def _say(name: str, **values: Any) -> str:
    return text("own_case", name).format(**values)
