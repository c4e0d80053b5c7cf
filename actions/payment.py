"""Ways to pay a fee: in general, or for the procedure that is spoken of."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import online_payment, services
from actions.answers import ANSWERED, NOT_PUBLISHED, answer, say
from actions.memory import named_code, situation_of, text_of, visited
from actions.safe_action import Events, SafeAction
from bot.catalogue import finder, listing_question, service
from bot.catalogue.finder import Outcome
from bot.catalogue.model import Procedure
from bot.catalogue.search import Match
from bot.payments import method_words
from bot.payments.method_list import questions
from bot.payments.method_words import Asked
from bot.payments.methods import PUBLISHED, methods_of, told_of
from bot.rendering import office_lines, payment_lines
from bot.rendering import procedure_lines as rendering
from bot.rendering.payment_lines import Told
from bot.wording import fragment

TOPIC = "payment"
# A procedure that a message names beside paying is meant from so sure a match on.
SURE, LIKELY = 0.75, 0.6
MOST_OFFERED = 3
LONGEST_TITLE = 80


class ActionPaymentMethods(SafeAction):
    """Explains how fees are paid: the way that is asked for first."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_payment_methods"

    def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        text = text_of(tracker)
        if listing_question.lists_online_payment(text):
            return online_payment.tell(dispatcher, services.query_of(tracker)[0])
        asked = method_words.read(text)
        code, offered = _meant(tracker, asked)
        procedure = service.procedure(code) if code else None
        if procedure is not None:
            return _tell_of(dispatcher, tracker, procedure, asked)
        if asked.methods or asked.question:
            _tell_asked(dispatcher, asked, offered)
        else:
            _tell_in_general(dispatcher, offered)
        return []


def _meant(tracker: Tracker, asked: Asked) -> tuple[str | None, tuple[Match, ...]]:
    """The procedure that is spoken of; without one those that the message may mean.

    A question about paying in general stays one, whatever its other words are like.
    """
    current: str | None = tracker.get_slot("procedure_code")
    named = named_code(tracker)
    if named or not asked.rest:
        return named or current, ()
    finding = finder.find(asked.rest)
    best = finding.matches[0].score if finding.matches else 0.0
    if finding.outcome is Outcome.FOUND and best >= SURE:
        return finding.matches[0].code, ()
    if finding.outcome is Outcome.SEVERAL and best >= LIKELY:
        codes = {match.code for match in finding.matches}
        return (current, ()) if current in codes else (None, finding.matches[:MOST_OFFERED])
    return current, ()


def _tell_of(
    dispatcher: CollectingDispatcher, tracker: Tracker, procedure: Procedure, asked: Asked
) -> Events:
    """The ways to pay for one procedure, minding how the citizen files."""
    told = Told()
    ways = methods_of(procedure, situation_of(tracker).channel())
    is_known = False
    if payment_lines.costs_nothing(procedure):
        told.add(fragment("pay_nothing"), procedure.source_of("fees"))
        is_known = True
    if asked.methods:
        payment_lines.asked_of_procedure(told, asked.methods, ways)
        is_known |= any(w.status in PUBLISHED for w in ways if w.method.key in asked.methods)
    if asked.question:
        asked_about = questions()[asked.question]
        is_known |= payment_lines.question(told, asked_about, told_of(procedure))
    if not asked.methods and not asked.question:
        payment_lines.of_procedure(told, ways)
        is_known |= any(way.status in PUBLISHED for way in ways)
    sources = told.sources or [s for s in (procedure.source,) if s is not None]
    say(
        dispatcher,
        "utter_payment_of_procedure",
        answer(
            TOPIC,
            ANSWERED if is_known else NOT_PUBLISHED,
            procedure=procedure,
            source=sources[0],
        ),
        procedure=procedure.display_name,
        lines="\n".join(told.lines),
        **office_lines.sources(sources),
    )
    return [
        SlotSet("procedure_code", procedure.code),
        SlotSet("pending_topic", None),
        SlotSet("options", None),
        *visited(tracker, procedure.code),
    ]


def _tell_asked(dispatcher: CollectingDispatcher, asked: Asked, offered: tuple[Match, ...]) -> None:
    """The ways or the question asked about, with no procedure in mind."""
    told = Told()
    if asked.methods:
        payment_lines.asked_in_general(told, asked.methods)
    if asked.question:
        payment_lines.question(told, questions()[asked.question], None)
    told.add(fragment("pay_name_procedure"))
    if not told.sources:
        contract = answer(TOPIC, NOT_PUBLISHED, options=offered)
        lines = "\n".join(told.lines)
        say(dispatcher, "utter_payment_unknown", contract, buttons=_buttons(offered), lines=lines)
        return
    say(
        dispatcher,
        "utter_payment_asked",
        answer(TOPIC, ANSWERED, options=offered, source=told.sources[0]),
        buttons=_buttons(offered),
        lines="\n".join(told.lines),
        **office_lines.sources(told.sources),
    )


def _tell_in_general(dispatcher: CollectingDispatcher, offered: tuple[Match, ...]) -> None:
    fact = service.general_fact(TOPIC)
    if fact is None:
        say(dispatcher, "utter_payment_not_published", answer(TOPIC, NOT_PUBLISHED))
        return
    text, source = fact
    say(
        dispatcher,
        "utter_payment",
        answer(TOPIC, ANSWERED, options=offered, source=source),
        buttons=_buttons(offered),
        lines=text,
        source=source.title,
        checked_on=rendering.date(source.checked_on),
    )


def _buttons(offered: tuple[Match, ...]) -> list[dict[str, str]] | None:
    """For the ways of each procedure that may be meant."""
    return [
        {
            "title": rendering.shortened(match.name, LONGEST_TITLE),
            "payload": f'/ask_payment_methods{{"procedure_code": "{match.code}"}}',
        }
        for match in offered
    ] or None
