"""Lists and counts of procedures, by field, level, authority or what is done or paid online."""

from __future__ import annotations

import json
import re

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import life_events, listed, online_payment
from actions.answers import ANSWERED, NOT_FOUND, NOT_PUBLISHED, answer, say
from actions.listed import MOST_BUTTONS, TOPIC
from actions.memory import entity, text_of
from actions.safe_action import Events, SafeAction
from actions.telling import ask_which
from bot import text as vn
from bot.catalogue import finder, listing, listing_question
from bot.catalogue import life_events as life_event
from bot.catalogue.finder import MOST_OPTIONS, Finding, Outcome
from bot.catalogue.listing import Listing, Query
from bot.catalogue.model import LEVELS
from bot.catalogue.search import Match
from bot.rendering import office_lines
from bot.rendering import procedure_lines as rendering
from bot.sources import Source
from bot.wording import fragment

# "Vợ tôi mới sinh cần làm những thủ tục gì" tells a situation of life.
SURE_EVENT = 0.9
MOST_LINES = MOST_FIELDS = 10
KINDS = {"full": "list_full", "partial": "list_partial"}

# Of folded, normalised words.
_COUNT = re.compile(r"\bbao (?:nhieu|lam)\b|\btong (?:so|cong)\b|\bthong ke\b|\bso luong\b|\bdem\b")
_LIST_WORDS = re.compile(
    r"\b(?:danh (?:sach|muc)|liet ke|ke (?:ten|ra|het)|muc luc|trang tiep theo|con lai|list|xem)\b"
)


class ActionListServices(SafeAction):
    """Counts the procedures that a message describes and shows the first of them."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_list_services"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        # A button carries its intent and its field only.
        text = text_of(tracker)
        event = life_event.find(text, least=SURE_EVENT) if text else None
        if event is not None:
            return life_events.tell_event(dispatcher, event)
        everything = listing.listing(Query(), limit=1)
        if everything.source is None:
            say(dispatcher, "utter_list_services_not_published", answer(TOPIC, NOT_PUBLISHED))
            return []
        query, is_field = query_of(tracker)
        if query.online_payment:
            return online_payment.tell(dispatcher, query)
        found = listing.listing(query)
        if query.service_level:
            return _tell_service_level(dispatcher, query, found, everything.source)
        if query != Query() and found.count:
            return _tell(dispatcher, query, found)
        near = () if is_field or query.agency else _near(text)
        if near:
            return ask_which(dispatcher, [TOPIC], Finding(Outcome.SEVERAL, near))
        scope = listed.scope(query, found)
        return _tell_fields(dispatcher, scope, everything, everything.source)


def query_of(tracker: Tracker) -> tuple[Query, bool]:
    """What the message wants listed, and whether it names a field rather than any words."""
    field, agency = (entity(tracker, name) or "" for name in ("field", "agency"))
    return listing_question.read(text_of(tracker), field, agency, _written(tracker, "agency"))


def _written(tracker: Tracker, name: str) -> str:
    """How an entity stands in the message."""
    text = text_of(tracker)
    for item in tracker.latest_message.get("entities") or ():
        if item.get("entity") == name:
            return text[item.get("start") or 0 : item.get("end") or 0]
    return ""


def _near(text: str) -> tuple[Match, ...]:
    """Procedures for a message that names a need ("người khuyết tật được hưởng những gì")."""
    line = vn.normalise(text)
    if _COUNT.search(vn.fold(line)):
        return ()
    for match in reversed(list(_LIST_WORDS.finditer(vn.fold(line)))):
        line = line[: match.start()] + line[match.end() :]
    found = finder.find(line)
    # Whoever asks for a list wants more than the best.
    return (
        tuple(finder.search(line, MOST_OPTIONS))
        if found.outcome is Outcome.FOUND
        else found.matches
    )


def _tell(dispatcher: CollectingDispatcher, query: Query, found: Listing) -> Events:
    lines, buttons, matches = listed.numbered(found)
    given = [procedure.source for procedure in found.shown if procedure.source is not None]
    say(
        dispatcher,
        "utter_list_services",
        answer(TOPIC, ANSWERED, options=matches[:MOST_OPTIONS], source=given[0]),
        buttons=buttons,
        count=rendering.amount(found.count),
        scope=listed.scope(query, found),
        levels=fragment("list_levels", **_amounts(found)) if len(found.levels) > 1 else "",
        lines=lines,
        **office_lines.sources(given),
    )
    return listed.offer(matches)


def _amounts(found: Listing) -> dict[str, str]:
    """How many there are at each level."""
    counts = dict(found.levels)
    return {level: rendering.amount(counts.get(level, 0)) for level in LEVELS}


def _tell_service_level(
    dispatcher: CollectingDispatcher, query: Query, found: Listing, otherwise: Source
) -> Events:
    """Only those are counted whose level is published; `otherwise` tells that none is."""
    given = [p.source_of("service_level") or otherwise for p in found.shown] or [otherwise]
    status = ANSWERED if found.published else NOT_PUBLISHED
    lines, buttons, matches = listed.numbered(found) if found.count else ("", [], [])
    kind = fragment(
        "list_of_kind" if found.count else "list_none_of_kind",
        kind=fragment(KINDS[query.service_level]),
        count=rendering.amount(found.count),
    )
    say(
        dispatcher,
        "utter_list_service_level" if found.published else "utter_list_service_level_not_published",
        answer(TOPIC, status, options=matches[:MOST_OPTIONS], source=given[0]),
        buttons=buttons or None,
        scope=listed.scope(query, found) or fragment("list_all"),
        published=rendering.amount(found.published),
        kind=kind,
        lines=f"\n{lines}" if lines else "",
        **office_lines.sources(given),
    )
    return listed.offer(matches)


def _tell_fields(
    dispatcher: CollectingDispatcher, scope: str, everything: Listing, source: Source
) -> Events:
    """The number of all procedures and the fullest fields; or that none is as described."""
    fullest = everything.fields[:MOST_FIELDS]
    lines = [fragment("list_field", field=f, count=rendering.amount(n)) for f, n in fullest]
    payloads = [json.dumps({"field": name}, ensure_ascii=False) for name, _ in fullest]
    buttons = [
        {"title": name, "payload": f"/list_services{payload}"}
        for (name, _), payload in zip(fullest[:MOST_BUTTONS], payloads, strict=False)
    ]
    say(
        dispatcher,
        "utter_list_nothing" if scope else "utter_list_fields",
        answer(TOPIC, NOT_FOUND if scope else ANSWERED, source=source),
        buttons=buttons,
        count=rendering.amount(everything.count),
        fields=len(everything.fields),
        scope=scope,
        lines="\n".join(lines),
        **_amounts(everything),
        **office_lines.sources([source]),
    )
    return [SlotSet("options", None)]
