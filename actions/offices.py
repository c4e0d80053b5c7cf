"""Hours and contacts of offices, and digital technology groups of a commune."""

from __future__ import annotations

from collections.abc import Sequence

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.answers import ANSWERED, CLARIFY, NOT_PUBLISHED, answer, say
from actions.memory import place_of, remember
from actions.safe_action import Events, SafeAction
from bot import clock
from bot.catalogue import service as catalogue
from bot.offices import finder, hamlets, service
from bot.offices.days import asked_days
from bot.offices.finder import Finding
from bot.offices.routing import Place
from bot.rendering import office_lines
from bot.rendering import procedure_lines as rendering
from bot.sources import Source
from bot.wording import fragment

TOPIC = "office"
HOURS, CONTACT, TEAM = QUESTIONS = ("office_hours", "office_contact", "digital_team")
MOST_BUTTONS = 5

# Question → what is said where the answer is known, and where it is not.
RESPONSES = {
    HOURS: ("utter_office_hours", "utter_office_hours_not_published"),
    CONTACT: ("utter_office_contact", "utter_office_contact_not_published"),
}


def tell(dispatcher: CollectingDispatcher, tracker: Tracker, question: str) -> Events:
    """Answer one of the three questions for the place that the citizen speaks of."""
    text = tracker.latest_message.get("text") or ""
    # A button carries its intent only.
    text = "" if text.startswith("/") else text
    place = place_of(tracker)
    wards = place.new_wards if place is not None else ()
    found = finder.find(text, wards[0] if len(wards) == 1 else "", _spoken_of(tracker))
    if place is not None and len(wards) > 1 and (found.asks_commune or question == TEAM):
        _ask_which(dispatcher, question, place)
        return _expect(tracker, question)
    if question == TEAM:
        if place is None:
            say(dispatcher, "utter_digital_team_where", answer(TOPIC, CLARIFY))
            return _expect(tracker, question)
        _tell_teams(dispatcher, text, place)
    else:
        intro = [rendering.commune(place)] if place is not None and found.of_commune else []
        tell_question = _tell_hours if question == HOURS else _tell_contact
        tell_question(dispatcher, text, found, intro)
        if found.asks_commune:
            return _expect(tracker, question)
    return [*_forget(tracker), *remember(place)]


def _spoken_of(tracker: Tracker) -> str:
    """Where dossiers of the procedure that the talk is about are handed in."""
    code = tracker.get_slot("procedure_code")
    procedure = catalogue.procedure(code) if code else None
    return f"{' '.join(procedure.places)} {procedure.agency}" if procedure is not None else ""


def _tell_hours(
    dispatcher: CollectingDispatcher, text: str, found: Finding, intro: list[str]
) -> None:
    now = clock.now()
    asked = asked_days(text, now.date())
    known = [(office, service.hours(office.key)) for office in found.offices]
    published = [(office, hours) for office, hours in known if hours is not None]
    lines = [*intro]
    if found.agency:
        lines.append(fragment("agency_unknown", agency=found.agency))
    if published:
        for office, hours in published:
            lines += office_lines.hours(office, hours, asked, now)
        lines += office_lines.holidays(asked, now.date())
        given = [hours.source for _, hours in published]
    else:
        lines += office_lines.general_days(asked, now.date())
        lines += [fragment("hours_unknown", office=o.name) for o in found.offices[:1]]
        given = [office.source for office in found.offices[:1]]
    _say(dispatcher, HOURS, found, lines, given, answered=bool(published) and not found.agency)


def _tell_contact(
    dispatcher: CollectingDispatcher, _: str, found: Finding, intro: list[str]
) -> None:
    lines = [*intro]
    if found.agency:
        lines += [
            fragment("agency_unknown", agency=found.agency),
            fragment("province_receives"),
        ]
    lines += [line for office in found.offices for line in office_lines.contact(office)]
    given = [office.source for office in found.offices]
    answered = any(office.has_contact for office in found.offices) and not found.agency
    _say(dispatcher, CONTACT, found, lines, given, answered=answered)


def _say(
    dispatcher: CollectingDispatcher,
    question: str,
    found: Finding,
    lines: list[str],
    given: Sequence[Source],
    *,
    answered: bool,
) -> None:
    if not given:
        say(dispatcher, "utter_office_unknown", answer(TOPIC, NOT_PUBLISHED))
        return
    ask = fragment("which_commune") if found.asks_commune else ""
    say(
        dispatcher,
        RESPONSES[question][0 if answered else 1],
        answer(TOPIC, ANSWERED if answered else NOT_PUBLISHED, source=given[0]),
        lines="\n".join(lines),
        ask=f"\n{ask}" if ask else "",
        **office_lines.sources(given),
    )


def _tell_teams(dispatcher: CollectingDispatcher, text: str, place: Place) -> None:
    ward = place.new_wards[0]
    found = service.teams(ward)
    if hamlets.names_one(text):
        found = service.teams(ward, text) or found
    if found:
        given = [team.source for team in found]
        say(
            dispatcher,
            "utter_digital_team",
            answer(TOPIC, ANSWERED, source=given[0]),
            lines="\n".join([rendering.commune(place), *office_lines.teams(found)]),
            **office_lines.sources(given),
        )
        return
    centres = service.offices_serving(ward)[:1]
    if not centres:
        say(dispatcher, "utter_office_unknown", answer(TOPIC, NOT_PUBLISHED))
        return
    say(
        dispatcher,
        "utter_digital_team_not_published",
        answer(TOPIC, NOT_PUBLISHED, source=centres[0].source),
        lines=rendering.commune(place),
        office=centres[0].name,
        **office_lines.sources([centres[0].source]),
    )


def _ask_which(dispatcher: CollectingDispatcher, question: str, place: Place) -> None:
    """Name the communes between which the citizen must know; few of them as buttons.

    The province's own office in that place is told, too.
    """
    few = len(place.new_wards) <= MOST_BUTTONS
    buttons = [{"title": ward, "payload": ward} for ward in place.new_wards] if few else None
    near = finder.located_in(place.named) if question == CONTACT else ()
    lines = [line for office in near for line in office_lines.contact(office)]
    source = near[0].source if near else None
    say(
        dispatcher,
        "utter_office_which_commune",
        answer(TOPIC, CLARIFY, source=source),
        buttons=buttons,
        lines="\n".join([*lines, rendering.commune(place)]),
    )


def _expect(tracker: Tracker, question: str) -> Events:
    """Keep the question for the commune to come, unless a choice of procedures is open."""
    return [] if tracker.get_slot("options") else [SlotSet("pending_topic", question)]


def _forget(tracker: Tracker) -> Events:
    if tracker.get_slot("pending_topic") in QUESTIONS:
        return [SlotSet("pending_topic", None)]
    return []


class ActionOfficeHours(SafeAction):
    """Tells when an office is open, or what the calendar says where that is unknown."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_office_hours"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        return tell(dispatcher, tracker, HOURS)


class ActionOfficeContact(SafeAction):
    """Tells address and telephone of an office."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_office_contact"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        return tell(dispatcher, tracker, CONTACT)


class ActionDigitalTeam(SafeAction):
    """Tells which digital technology group helps in a hamlet."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_digital_team"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        return tell(dispatcher, tracker, TEAM)
