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
    entity,
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
from bot.catalogue.model import LifeEvent
from bot.catalogue.situation import Situation
from bot.codes import mask_personal_numbers
from bot.offices.routing import Place
from bot.rendering import own_case
from bot.rendering import procedure_lines as rendering

# A question about a fact that names little else speaks of the present procedure, unless the
# catalogue knows its few words well.
LONGEST_FOLLOW_UP = 3
WELL_KNOWN = 0.55
# A situation of life is meant rather than the procedure found, or than none or several.
SURE_EVENT, LIKELY_EVENT = 0.99, 0.75
# A message that tells the citizen's case names at most so much of a need.
LONGEST_CASE = 4
# "Đăng ký", "cấp lại", "làm thủ": how many words of a need name what is to be done.
WORDS_OF_AN_ACT = 2
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
    narrowed = _narrowed_by_case(tracker)
    if narrowed is not None:
        shown = pending_topics(tracker) if not asks_fact else topics
        return _tell_or_ask(dispatcher, tracker, shown, narrowed)
    finding = finder.find(need) if text else Finding(Outcome.NO_NEED)
    event = _event_of(need, finding) if text else None
    if current and _only_tells_the_case(tracker, finding, event, current):
        return _answer_case(dispatcher, tracker, current)
    if current and _speaks_of_present(finding, current, asks_fact=asks_fact):
        remind(dispatcher, tracker, current)
        return tell_topics(dispatcher, tracker, topics, current, on)
    if event is not None:
        return [*life_events.tell_event(dispatcher, event), *keep_situation(tracker)]
    finding = _minding_the_case(dispatcher, finding, need, situation_of(tracker))
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


def _narrowed_by_case(tracker: Tracker) -> Finding | None:
    """Of the options shown those that fit the case which the message tells; None if it does not
    help to choose."""
    shown = tracker.get_slot("options") or []
    said = situation.read(text_of(tracker))
    if not shown or not (said.ages or said.switching()) or tracker.get_slot("life_event"):
        return None
    case = situation_of(tracker)
    matches = finder.options(shown).matches
    verdicts = [case.fits(f"{match.official_name}. {match.name}") for match in matches]
    for wanted in ((True,), (True, None)):
        kept = tuple(m for m, fits in zip(matches, verdicts, strict=True) if fits in wanted)
        if kept and len(kept) < len(matches):
            return Finding(Outcome.FOUND if len(kept) == 1 else Outcome.SEVERAL, kept)
    return None


def _tell_or_ask(
    dispatcher: CollectingDispatcher, tracker: Tracker, topics: Sequence[str], finding: Finding
) -> Events:
    """The facts of the one that is left of several, or which of them."""
    if finding.outcome is Outcome.FOUND:
        return tell_topics(dispatcher, tracker, topics, finding.matches[0].code)
    return [*ask_which(dispatcher, topics, finding), *keep_situation(tracker)]


def tells_the_case(tracker: Tracker) -> bool:
    """Whether the latest message tells the citizen's case while the talk is about procedures."""
    if not (tracker.get_slot("procedure_code") or tracker.get_slot("options")):
        return False
    said = situation.read(text_of(tracker))
    return bool(said.ages or said.switching())


def _event_of(need: str, finding: Finding) -> LifeEvent | None:
    """The situation of life that a message tells, rather than one procedure."""
    least = SURE_EVENT if finding.outcome is Outcome.FOUND else LIKELY_EVENT
    return life_event.find(need, least=least)


def _only_tells_the_case(
    tracker: Tracker, finding: Finding, event: LifeEvent | None, current: str
) -> bool:
    """Whether a message says of the citizen's own case and of hardly anything else."""
    said = situation.read(text_of(tracker))
    if not (said.ages or said.switching()) or entity(tracker, "document"):
        return False
    if event is not None and current not in dict(event.steps):
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


def _minding_the_case(
    dispatcher: CollectingDispatcher, finding: Finding, need: str, case: Situation
) -> Finding:
    """The procedure that the case, said before or now, points to, if it does to one."""
    if not case or finding.outcome not in (Outcome.FOUND, Outcome.SEVERAL):
        return finding
    if finding.outcome is Outcome.FOUND:
        procedure = service.procedure(finding.matches[0].code)
        other = own_case.other_procedure(procedure, case) if procedure is not None else None
        if other is None:
            return finding
        dispatcher.utter_message(response="utter_other_case", **{"case": case.label()})
        return Finding(Outcome.FOUND, finder.options([other]).matches or finding.matches)
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
