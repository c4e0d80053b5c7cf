"""From what a citizen says to the procedure that is meant, and on to the facts asked for."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import cases, choices, life_events, misunderstanding
from actions.memory import (
    counts_again,
    keep_quantity,
    keep_situation,
    named_code,
    place_of,
    remember,
    situation_of,
    text_of,
)
from actions.safe_action import Events
from actions.telling import (
    WELL_KNOWN,
    ask_which,
    name_of,
    pending_topics,
    remind,
    tell_topics,
    told_topics,
)
from bot import clock, corrections, dates
from bot import text as vn
from bot.catalogue import finder, service, situation
from bot.catalogue import life_events as life_event
from bot.catalogue.finder import Finding, Outcome
from bot.catalogue.model import LifeEvent
from bot.payments import quantity, quote
from bot.personal_data import mask
from bot.rendering.procedure_lines import fees

# A question about a fact that names little else speaks of the present procedure, unless the
# catalogue knows its few words well.
LONGEST_FOLLOW_UP = 3
# A situation of life is meant rather than the procedure found, or than none or several.
SURE_EVENT, LIKELY_EVENT = 0.99, 0.75
# "Đăng ký", "cấp lại", "làm thủ": how many words of a need name what is to be done.
WORDS_OF_AN_ACT = 2
# What takes up the answer before it, folded: "còn hộ nghèo thì răng".
_ASKS_RELIEF = re.compile(r"\b(?:co|duoc) (?:duoc )?(?:mien|giam)\b")
_FOLLOWS_UP = re.compile(
    r"^(?:con|neu|the con|vay con|gia su|roi)\b|\bthi (?:sao|rang|the nao|bao nhieu|may)\b"
)
# What of a need is kept for a correction to change.
LONGEST_NEED = 200
_PARTS = re.compile(r"[,.;?!\n]+(?!\d)")


def answer_message(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topics: Sequence[str],
    *,
    asks_fact: bool = False,
    said: str | None = None,
) -> Events:
    """Find the procedure that the latest message means and state the facts.

    `asks_fact`: the message itself asks for these facts, so that it may speak of the
    procedure before. `said`: what of the message is to be looked at; default: all of it.
    """
    text = text_of(tracker) if said is None else said
    current = tracker.get_slot("procedure_code")
    named = named_code(tracker)
    place = place_of(tracker)
    on = dates.asked_day(text, clock.today()) if asks_fact else None
    if named:
        return tell_topics(dispatcher, tracker, topics, named, on)
    corrected = corrections.read(text) if text else None
    if corrected is not None and corrected.meant:
        return _answer_correction(dispatcher, tracker, topics, corrected, asks_fact=asks_fact)
    # A button carries its intent only: it speaks of the present procedure.
    need = place.rest if place is not None and said is None else text
    if on is not None:
        need = dates.without_day(need)
    chosen = choices.picked(tracker) if said is None else None
    narrowed = None if chosen else cases.narrowed(tracker)
    asked = topics if asks_fact else pending_topics(tracker)
    if chosen:
        return tell_topics(dispatcher, tracker, asked, chosen)
    if narrowed is not None:
        return cases.tell_or_ask(dispatcher, tracker, asked, narrowed)
    if current and (
        _counts_on(tracker, need, topics, current, asks_fact=asks_fact)
        or _asks_for_relief(tracker, need, current)
    ):
        remind(dispatcher, tracker, current)
        return tell_topics(dispatcher, tracker, ["fee"], current, on)
    finding = _found(need, topics) if text else Finding(Outcome.NO_NEED)
    event = _event_of(need, finding) if text else None
    if current and cases.only_tells(tracker, finding, event, current):
        return cases.answer_case(dispatcher, tracker, current)
    if current and _speaks_of_present(finding, current, asks_fact=asks_fact):
        remind(dispatcher, tracker, current)
        return tell_topics(dispatcher, tracker, topics, current, on)
    if event is not None:
        return [*life_events.tell_event(dispatcher, event), *keep_situation(tracker)]
    finding = cases.minded(dispatcher, finding, need, situation_of(tracker))
    events = _answer_finding(dispatcher, tracker, topics, finding, need, on)
    return [*events, *keep_situation(tracker)]


def _answer_finding(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topics: Sequence[str],
    finding: Finding,
    need: str,
    on: dt.date | None,
) -> Events:
    """The facts of the procedure found, or which of several, or that there is none."""
    place = place_of(tracker)
    kept = [SlotSet("need", mask(need)[:LONGEST_NEED]), *remember(place)]
    if finding.outcome is Outcome.FOUND:
        return [*tell_topics(dispatcher, tracker, topics, finding.matches[0].code, on), *kept]
    if finding.outcome is Outcome.NOTHING:
        return misunderstanding.not_found(dispatcher, tracker, topics[0])
    if finding.outcome is Outcome.SEVERAL:
        said = keep_quantity(tracker, quantity.read(text_of(tracker)))
        return [*ask_which(dispatcher, topics, finding, place), *kept, *said]
    shown = tracker.get_slot("options")
    if not shown and place is None:
        return misunderstanding.no_need(dispatcher, tracker, topics)
    again = finder.options(shown) if shown else finding
    return [*ask_which(dispatcher, topics, again, place), *remember(place)]


def _found(need: str, topics: Sequence[str]) -> Finding:
    """The finding for a need; of several questions, that of the one which names it alone.

    "Phí đăng ký tạm trú bao nhiêu, nộp trên mạng được không": the second says nothing more of it.
    """
    whole = _found_without_counts(need)
    if whole.outcome is not Outcome.SEVERAL or len(topics) < 2:
        return whole
    offered = {match.code for match in whole.matches}
    for part in _PARTS.split(need):
        finding = finder.find(part)
        if finding.outcome is Outcome.FOUND and finding.matches[0].code in offered:
            return finding
    return whole


def _found_without_counts(need: str) -> Finding:
    """The finding for a need, whose numbers of copies and pages may stand in its way."""
    whole, *others = quantity.readings(need)
    if not others:
        return finder.find(whole)
    plain = finder.find(others[0])
    if plain.outcome is Outcome.NO_NEED:
        return plain
    tried = (finder.find(line) for line in (whole, *others[1:]))
    # Without its counts a need says what it says best.
    candidates = itertools.chain([plain], tried)
    return next((each for each in candidates if each.outcome is Outcome.FOUND), plain)


def _event_of(need: str, finding: Finding) -> LifeEvent | None:
    """The situation of life that a message tells, rather than one procedure."""
    least = SURE_EVENT if finding.outcome is Outcome.FOUND else LIKELY_EVENT
    return life_event.find(need, least=least)


def _answer_correction(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topics: Sequence[str],
    corrected: corrections.Correction,
    *,
    asks_fact: bool,
) -> Events:
    """State the facts of what was meant; those told before, if the message asks for none."""
    topics = topics if asks_fact else told_topics(tracker)
    before = tracker.get_slot("need") or name_of(tracker.get_slot("procedure_code"))
    finding = _what_is_meant(corrected, before)
    current = tracker.get_slot("procedure_code")
    if finding.outcome is Outcome.FOUND:
        code = finding.matches[0].code
        kept = [SlotSet("need", corrected.meant[:LONGEST_NEED])]
        return [*tell_topics(dispatcher, tracker, topics, code), *kept]
    if finding.outcome is Outcome.SEVERAL:
        # What was denied is not offered again, unless hardly anything else is.
        others = tuple(match for match in finding.matches if match.code != current)
        offered = others if len(others) > 1 else finding.matches
        return ask_which(dispatcher, topics, Finding(Outcome.SEVERAL, offered))
    if current and asks_fact:
        return tell_topics(dispatcher, tracker, topics, current)
    return misunderstanding.not_found(dispatcher, tracker, topics[0])


def _what_is_meant(corrected: corrections.Correction, before: str) -> Finding:
    """The finding for a correction: by itself, or put into what was said before.

    "Đổi chứ không phải làm mới" names no paper: "làm mới bằng lái" becomes "đổi bằng lái". "Ý là
    thường trú" names no act: "đăng ký tạm trú" becomes "đăng ký thường trú".
    """
    tried = [finder.find(line) for line in _readings(corrected, before)]
    for outcome in (Outcome.FOUND, Outcome.SEVERAL):
        for finding in tried:
            if finding.outcome is outcome:
                return finding
    return tried[0]


def _readings(corrected: corrections.Correction, before: str) -> list[str]:
    """What the corrected need may be, the likeliest first."""
    readings = [corrected.meant]
    words = vn.normalise(before).split()
    if not words:
        return readings
    line, denied = f" {' '.join(words)} ", f" {vn.normalise(corrected.denied)} "
    place = vn.fold(line).find(vn.fold(denied)) if corrected.denied else -1
    if place >= 0:
        readings.append(f"{line[:place]} {corrected.meant} {line[place + len(denied) :]}")
    readings.append(" ".join((*words[:WORDS_OF_AN_ACT], corrected.meant)))
    readings.append(f"{corrected.meant} {line}")
    return readings


def _counts_on(
    tracker: Tracker, need: str, topics: Sequence[str], current: str, *, asks_fact: bool
) -> bool:
    """Whether a message only says how many of what the fee was told for: "nếu 10 trang thì sao"."""
    if not counts_again(tracker) or (asks_fact and list(topics) != ["fee"]):
        return False
    finding = finder.find(quantity.without_quantity(need))
    if finding.outcome is Outcome.FOUND and finding.matches[0].code != current:
        return False
    return len(finding.need) <= LONGEST_FOLLOW_UP


def _asks_for_relief(tracker: Tracker, need: str, current: str) -> bool:
    """Whether a message asks what others pay of the fee just told: "còn hộ nghèo thì sao"."""
    if (tracker.get_slot("told") or "").split()[-1:] != ["fee"]:
        return False
    line = vn.fold(vn.normalise(need))
    asks_relief = _ASKS_RELIEF.search(line) is not None
    if not (asks_relief or _FOLLOWS_UP.search(line)):
        return False
    said = situation.read(need)
    procedure = service.procedure(current) if said else None
    if procedure is None or len(finder.find(need).need) > LONGEST_FOLLOW_UP:
        return False
    # What is not published at all is not published for their case either.
    unpublished = not fees(procedure)
    return asks_relief or unpublished or quote.may_relieve(procedure, said, clock.today())


def _speaks_of_present(finding: Finding, current: str, *, asks_fact: bool) -> bool:
    """Whether a message asks about the procedure already spoken of."""
    if finding.outcome is Outcome.NO_NEED:
        return True
    if not asks_fact or finding.outcome is Outcome.FOUND:
        return False
    if finding.outcome is Outcome.SEVERAL and current in {m.code for m in finding.matches}:
        return True
    best = finding.matches[0].score if finding.matches else 0.0
    return best < WELL_KNOWN and len(finding.need) <= LONGEST_FOLLOW_UP
