"""The citizen's own case in the talk: it chooses among procedures and among their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.memory import entity, keep_situation, situation_of, text_of
from actions.procedure_facts import OVERVIEW
from actions.safe_action import Events
from actions.telling import WELL_KNOWN, ask_which, name_of, tell_topics, told_topics
from bot import text as vn
from bot.catalogue import finder, service, situation
from bot.catalogue.finder import Finding, Outcome
from bot.catalogue.model import LifeEvent
from bot.catalogue.situation import Situation
from bot.rendering import own_case

# What is to be done, folded: more than a case is told.
_ACT = re.compile(r"\b(?:thanh lap|mo|dang ky|xin cap|muon lam|cap lai|cap doi|sang ten)\b")
# A message that tells the citizen's case names at most so much of a need.
LONGEST_CASE = 4


def narrowed(tracker: Tracker) -> Finding | None:
    """Of the options shown those that fit the case which the message tells; None if it does not
    help to choose."""
    shown = tracker.get_slot("options") or []
    said = situation.read(text_of(tracker))
    if not shown or not said.decides():
        return None
    case = situation_of(tracker)
    matches = finder.options(shown).matches
    verdicts = [case.fits(f"{match.official_name}. {match.name}") for match in matches]
    for wanted in ((True,), (True, None)):
        kept = tuple(m for m, fits in zip(matches, verdicts, strict=True) if fits in wanted)
        if kept and len(kept) < len(matches):
            return Finding(Outcome.FOUND if len(kept) == 1 else Outcome.SEVERAL, kept)
    return None


def tell_or_ask(
    dispatcher: CollectingDispatcher, tracker: Tracker, topics: Sequence[str], finding: Finding
) -> Events:
    """The facts of the one that is left of several, or which of them."""
    if finding.outcome is Outcome.FOUND:
        return tell_topics(dispatcher, tracker, topics, finding.matches[0].code)
    return [*ask_which(dispatcher, topics, finding), *keep_situation(tracker)]


def tells(tracker: Tracker) -> bool:
    """Whether the latest message tells the citizen's case while the talk is about procedures."""
    if not (tracker.get_slot("procedure_code") or tracker.get_slot("options")):
        return False
    return situation.read(text_of(tracker)).decides()


def only_tells(tracker: Tracker, finding: Finding, event: LifeEvent | None, current: str) -> bool:
    """Whether a message says of the citizen's own case and of hardly anything else."""
    text = text_of(tracker)
    said = situation.read(text)
    names_a_need = entity(tracker, "document") or _ACT.search(vn.fold(vn.normalise(text)))
    if names_a_need or not said.decides():
        return False
    if event is not None and current not in dict(event.steps):
        procedure = service.procedure(current)
        return bool(procedure and own_case.other_procedure(procedure, situation_of(tracker)))
    best = finding.matches[0].score if finding.matches else 0.0
    return finding.outcome is not Outcome.FOUND or (
        best < WELL_KNOWN and len(finding.need) <= LONGEST_CASE
    )


def answer_case(dispatcher: CollectingDispatcher, tracker: Tracker, current: str) -> Events:
    """What was told, with the case minded; the other procedure where the case calls for it."""
    case = situation_of(tracker)
    procedure = service.procedure(current)
    if procedure is None:
        return tell_topics(dispatcher, tracker, told_topics(tracker), current)
    other = own_case.other_procedure(procedure, case) or _found_with_case(tracker, current)
    label = {"case": situation.read(text_of(tracker)).label()}
    if other is not None:
        dispatcher.utter_message(response="utter_other_case", **label)
        return tell_topics(dispatcher, tracker, told_topics(tracker), other)
    topics = told_topics(tracker)
    # Of an overview nothing depends on the case; of the papers much may.
    topics = ["documents"] if topics == [OVERVIEW] else topics
    if not any(own_case.makes_a_difference(topic, procedure, case) for topic in topics):
        dispatcher.utter_message(response="utter_case_without_difference", **label)
    return tell_topics(dispatcher, tracker, topics, current)


def _found_with_case(tracker: Tracker, current: str) -> str | None:
    """The procedure that the need, said before, and the case, said now, name together."""
    said = situation.read(text_of(tracker))
    words = said.search_words()
    need = tracker.get_slot("need") or name_of(current)
    if not words or not need:
        return None
    finding = finder.find(" ".join((need, *words)))
    if finding.outcome is not Outcome.FOUND or finding.matches[0].code == current:
        return None
    match = finding.matches[0]
    return match.code if said.fits(f"{match.official_name}. {match.name}") else None


def minded(
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
