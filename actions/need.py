"""From what a citizen says to the procedure that is meant, and on to the facts asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import checklist, life_events, misunderstanding
from actions.answers import CLARIFY, answer, say
from actions.memory import (
    after_long_pause,
    keep_situation,
    named_code,
    place_of,
    remember,
    situation_of,
    text_of,
)
from actions.procedure_facts import FACTS, OVERVIEW, tell
from actions.safe_action import Events
from bot import clock, corrections, dates
from bot import text as vn
from bot.catalogue import finder, service, situation
from bot.catalogue import life_events as life_event
from bot.catalogue.finder import Finding, Outcome
from bot.catalogue.situation import Situation
from bot.codes import mask_personal_numbers
from bot.offices.routing import Place
from bot.rendering import own_case
from bot.rendering import procedure_lines as rendering

# A question about a fact that names little else speaks of the present procedure, unless the
# catalogue knows its few words well.
LONGEST_FOLLOW_UP = 3
WELL_KNOWN = 0.55
# A message that tells the citizen's case names at most so much of a need.
LONGEST_CASE = 4
# What of a need is kept for a correction to change.
LONGEST_NEED = 200


TELLABLE = (*FACTS, checklist.TOPIC)


def pending_topics(tracker: Tracker) -> list[str]:
    """The facts that were asked for before the procedure was known; at least an overview."""
    asked = (tracker.get_slot("pending_topic") or "").split()
    return [topic for topic in asked if topic in TELLABLE] or [OVERVIEW]


def told_topics(tracker: Tracker) -> list[str]:
    """The facts that were told last; at least an overview."""
    told = (tracker.get_slot("told") or "").split()
    return [topic for topic in told if topic in TELLABLE] or [OVERVIEW]


def tell_topics(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topics: Sequence[str],
    code: str,
    on: dt.date | None = None,
) -> Events:
    """Each of the facts that one message asks for, of one procedure."""
    place = place_of(tracker)
    events: Events = []
    for topic in topics:
        if topic == checklist.TOPIC:
            events += checklist.tell_checklist(dispatcher, code, place, tracker=tracker)
        else:
            events += tell(dispatcher, topic, code, place, on, tracker=tracker)
    return [*events, SlotSet("told", " ".join(topics))]


def ask_which(
    dispatcher: CollectingDispatcher,
    topics: Sequence[str],
    finding: Finding,
    place: Place | None = None,
) -> Events:
    """Show the options as buttons, or ask for the need where there are none.

    `topics` are the facts to be told of the one that is chosen.
    """
    buttons = [option_button(n, m.name, m.code) for n, m in enumerate(finding.matches, start=1)]
    contract = answer(topics[0], CLARIFY, options=finding.matches[: finder.MOST_OPTIONS])
    if buttons:
        say(dispatcher, "utter_choose_procedure", contract, buttons=buttons)
    elif place is not None:
        line = rendering.commune(place)
        say(dispatcher, "utter_which_procedure_at", contract, line=line)
    else:
        say(dispatcher, "utter_which_procedure", contract)
    codes = [m.code for m in finding.matches]
    # Until one is chosen, the talk is about none of them, nor about the one before.
    return [
        SlotSet("options", codes or None),
        SlotSet("pending_topic", " ".join(topics)),
        SlotSet("procedure_code", None),
    ]


def option_button(number: int, name: str, code: str) -> dict[str, str]:
    """The button that picks one of several procedures."""
    return {
        "title": f"{number}. {name}",
        "payload": f'/choose_option{{"procedure_code": "{code}"}}',
    }


def answer_message(
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    topics: Sequence[str],
    *,
    asks_fact: bool = False,
) -> Events:
    """Find the procedure that the latest message means and state the facts.

    `asks_fact`: the message itself asks for these facts, so that it may speak of the
    procedure before.
    """
    text = text_of(tracker)
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
    need = place.rest if place is not None else text
    if on is not None:
        need = dates.without_day(need)
    finding = finder.find(need) if text else Finding(Outcome.NO_NEED)
    if current and _only_tells_the_case(text, finding):
        return _answer_case(dispatcher, tracker, current)
    if current and _speaks_of_present(finding, current, asks_fact=asks_fact):
        remind(dispatcher, tracker, current)
        return tell_topics(dispatcher, tracker, topics, current, on)
    event = life_event.find(need) if text else None
    if event is not None:
        return [*life_events.tell_event(dispatcher, event), *keep_situation(tracker)]
    finding = _minding_the_case(finding, need, situation_of(tracker))
    kept = [
        SlotSet("need", mask_personal_numbers(need)[:LONGEST_NEED]),
        *remember(place),
        *keep_situation(tracker),
    ]
    if finding.outcome is Outcome.FOUND:
        return [*tell_topics(dispatcher, tracker, topics, finding.matches[0].code, on), *kept]
    if finding.outcome is Outcome.NOTHING:
        return [
            *misunderstanding.not_found(dispatcher, tracker, topics[0]),
            *keep_situation(tracker),
        ]
    if finding.outcome is Outcome.NO_NEED:
        shown = tracker.get_slot("options")
        if not shown and place is None:
            missed = misunderstanding.no_need(dispatcher, tracker, topics)
            return [*missed, *keep_situation(tracker)]
        finding = finder.options(shown) if shown else finding
        kept = [*remember(place), *keep_situation(tracker)]
    return [*ask_which(dispatcher, topics, finding, place), *kept]


def _only_tells_the_case(text: str, finding: Finding) -> bool:
    """Whether a message says of the citizen's own case and of hardly anything else."""
    if not text or not situation.read(text):
        return False
    best = finding.matches[0].score if finding.matches else 0.0
    return finding.outcome is not Outcome.FOUND or (
        best < WELL_KNOWN and len(finding.need) <= LONGEST_CASE
    )


def _answer_case(dispatcher: CollectingDispatcher, tracker: Tracker, current: str) -> Events:
    """What was told, with the case minded; the other procedure where the case calls for it."""
    case = situation_of(tracker)
    procedure = service.procedure(current)
    other = own_case.other_procedure(procedure, case) if procedure is not None else None
    if other is not None:
        dispatcher.utter_message(response="utter_other_case", **{"case": case.label()})
        return tell_topics(dispatcher, tracker, told_topics(tracker), other)
    topics = told_topics(tracker)
    # Of an overview nothing depends on the case; of the papers much may.
    topics = ["documents"] if topics == [OVERVIEW] else topics
    return tell_topics(dispatcher, tracker, topics, current)


def _minding_the_case(finding: Finding, need: str, case: Situation) -> Finding:
    """The one of several procedures that the case, said before or now, points to."""
    if finding.outcome is not Outcome.SEVERAL or not case:
        return finding
    said = finder.find(" ".join((need, *case.search_words())))
    offered = {match.code for match in finding.matches}
    if said.outcome is Outcome.FOUND and said.matches[0].code in offered:
        return said
    fitting = tuple(match for match in finding.matches if case.fits(match.official_name))
    return Finding(Outcome.FOUND, fitting) if len(fitting) == 1 else finding


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
    before = tracker.get_slot("need") or _name_of(tracker.get_slot("procedure_code"))
    finding = _what_is_meant(corrected, before)
    current = tracker.get_slot("procedure_code")
    if finding.outcome is Outcome.FOUND:
        code = finding.matches[0].code
        kept = [SlotSet("need", corrected.meant[:LONGEST_NEED])]
        return [*tell_topics(dispatcher, tracker, topics, code), *kept]
    if finding.outcome is Outcome.SEVERAL:
        # What was denied is not offered again.
        others = tuple(match for match in finding.matches if match.code != current)
        return ask_which(dispatcher, topics, Finding(Outcome.SEVERAL, others or finding.matches))
    if current and asks_fact:
        return tell_topics(dispatcher, tracker, topics, current)
    return misunderstanding.not_found(dispatcher, tracker, topics[0])


def _what_is_meant(corrected: corrections.Correction, before: str) -> Finding:
    """The finding for a correction: by itself, or put into what was said before.

    "Đổi chứ không phải làm mới" names no paper: "làm mới bằng lái" becomes "đổi bằng lái".
    """
    alone = finder.find(corrected.meant)
    if alone.outcome is Outcome.FOUND or not before:
        return alone
    line, denied = f" {vn.normalise(before)} ", f" {vn.normalise(corrected.denied)} "
    place = vn.fold(line).find(vn.fold(denied)) if corrected.denied else -1
    if place >= 0:
        line = f"{line[:place]} {corrected.meant} {line[place + len(denied) :]}"
    else:
        line = f"{corrected.meant} {line}"
    together = finder.find(line)
    return together if together.outcome in (Outcome.FOUND, Outcome.SEVERAL) else alone


def _name_of(code: str | None) -> str:
    procedure = service.procedure(code) if code else None
    return procedure.display_name if procedure is not None else ""


def remind(dispatcher: CollectingDispatcher, tracker: Tracker, code: str) -> None:
    """After a long pause, say what the talk was about before going on with it."""
    if after_long_pause(tracker) and (name := _name_of(code)):
        dispatcher.utter_message(response="utter_resumed", **{"procedure": name})


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
