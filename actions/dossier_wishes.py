"""What a citizen wants to have done with a dossier that is theirs: notices, a ticket, steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import dossier_payments, dossier_tickets, dossiers, guidance
from actions.answers import ANSWERED, CLARIFY, answer, say
from actions.memory import intent_of, named_code, text_of
from actions.safe_action import Events, SafeAction
from bot import aspects, clock
from bot.catalogue import finder
from bot.dossiers import lookup, statuses, subscriptions
from bot.dossiers.model import Dossier
from bot.rendering import dossier_lines
from bot.rendering import procedure_lines as rendering
from bot.support.ticket import LATE_DOSSIER
from bot.wording import fragment

# A wish that no aspect is called like: a ticket, of a dossier's money.
PAYMENT_TICKET = "payment_ticket"
OF_PAYMENT = ("payment_problem", "ask_receipt", "ask_payment_methods")
# Value of the slot `told` after a dossier was shown, and after a list of them.
SHOWN, LISTED = "dossier", "dossiers"
# A question that names hardly anything speaks of the dossier just shown.
LONGEST_QUESTION = 1


def buttons(dossier: Dossier, today: dt.date) -> list[dict[str, str]]:
    """What can be done now with a dossier that was just shown."""
    status = statuses.find(dossier.status)
    offered = []
    if dossier_lines.standing(dossier, today).is_late:
        offered.append(
            ("button_open_ticket", _payload("complain_late_dossier", aspects.OPEN_TICKET))
        )
    if status is None or not (status.is_final or status.todo == statuses.COLLECT):
        offered.append(("button_subscribe", _payload("check_dossier_status", aspects.SUBSCRIBE)))
    offered.append(("button_other_dossier", fragment("asks_for_other_dossier")))
    titled = [{"title": fragment(name), "payload": payload} for name, payload in offered]
    return [*dossier_payments.buttons(dossier), *titled]


def _payload(intent: str, aspect: str) -> str:
    return f'/{intent}{{"aspect": "{aspect}"}}'


async def subscribe(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Tells of changes of the present dossier; asks which it is if none is proven."""
    return await _with_dossier(dispatcher, tracker, aspects.SUBSCRIBE)


async def open_ticket(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Records a complaint about the present dossier, if it is late, or about its money."""
    is_of_payment = intent_of(tracker) in OF_PAYMENT
    wish = PAYMENT_TICKET if is_of_payment else aspects.OPEN_TICKET
    return await _with_dossier(dispatcher, tracker, wish)


async def tell_payment(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """What is known of the payment of the present dossier."""
    return await _with_dossier(dispatcher, tracker, aspects.PAYMENT_STATE)


async def pay(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Ways to pay what is left of the present dossier."""
    return await _with_dossier(dispatcher, tracker, aspects.PAY)


def unsubscribe(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """Ends all notices of this conversation."""
    ended = subscriptions.end(tracker.sender_id)
    response = "utter_unsubscribed" if ended else "utter_nothing_to_unsubscribe"
    say(dispatcher, response, answer("status", CLARIFY))
    return [SlotSet("dossier_wish", None)]


async def _with_dossier(dispatcher: CollectingDispatcher, tracker: Tracker, wish: str) -> Events:
    dossier = await present_dossier(tracker)
    if dossier is not None:
        return await _fulfil(dispatcher, tracker, dossier, wish)
    return ask_which_dossier(dispatcher, tracker, wish)


def ask_which_dossier(dispatcher: CollectingDispatcher, tracker: Tracker, wish: str) -> Events:
    """Keeps what is wanted until the dossier is known, and has the form ask for it."""
    kept: Events = [SlotSet("dossier_wish", wish)]
    if not dossiers.codes_in(tracker):
        dispatcher.utter_message(response="utter_which_dossier_first")
    # An open form asks on by itself.
    is_open = bool((tracker.active_loop or {}).get("name"))
    return kept if is_open else [*kept, FollowupAction("dossier_status_form")]


async def present_dossier(tracker: Tracker) -> Dossier | None:
    """The proven dossier that the message names, or the one that was shown last."""
    known = dossiers.proven(tracker)
    named = dossiers.codes_in(tracker)
    code = named[0] if named else (known[-1] if known else None)
    if code is None or code not in known:
        return None
    return await lookup.look_again(code, dossiers.asker_of(tracker))


async def fulfil(dispatcher: CollectingDispatcher, tracker: Tracker, dossier: Dossier) -> Events:
    """Does what the citizen wanted before the dossier was known."""
    wish = tracker.get_slot("dossier_wish")
    if wish in LINES:
        _tell_lines(dispatcher, dossier, LINES[wish](dossier, clock.today()))
        return [SlotSet("dossier_wish", None)]
    return await _fulfil(dispatcher, tracker, dossier, wish) if wish in FULFIL else []


async def _fulfil(
    dispatcher: CollectingDispatcher, tracker: Tracker, dossier: Dossier, wish: str
) -> Events:
    done = FULFIL[wish](dispatcher, tracker, dossier)
    return await done if isawaitable(done) else done


def _subscribe(dispatcher: CollectingDispatcher, tracker: Tracker, dossier: Dossier) -> Events:
    status = statuses.find(dossier.status)
    contract = answer("status", ANSWERED, source=dossiers.source_of(dossier))
    if status is not None and status.is_final:
        say(dispatcher, "utter_subscribed_too_late", contract, code=dossier.code)
    else:
        channel = tracker.get_latest_input_channel() or ""
        try:
            new = subscriptions.subscribe(tracker.sender_id, channel, dossier)
        except subscriptions.TooManySubscriptions:
            response = "utter_too_many_subscriptions"
        else:
            response = "utter_subscribed" if new else "utter_subscribed_already"
        say(dispatcher, response, contract, code=dossier.code)
    return [SlotSet("dossier_wish", None)]


def _open_ticket(dispatcher: CollectingDispatcher, tracker: Tracker, dossier: Dossier) -> Events:
    today = clock.today()
    done: Events = [SlotSet("dossier_wish", None)]
    standing = dossier_lines.standing(dossier, today)
    may_be_late = dossier.due_on is None and standing.clock == statuses.RUNNING
    if not (standing.is_late or may_be_late):
        _tell_lines(dispatcher, dossier, dossier_lines.late_lines(dossier, today))
        return done
    ticket = dossier_tickets.opened(dispatcher, tracker, dossier, LATE_DOSSIER)
    if ticket is not None:
        say(
            dispatcher,
            "utter_ticket_opened",
            answer("ticket", ANSWERED, source=dossiers.source_of(dossier)),
            code=ticket.code,
            dossier=dossier.code,
        )
    return done


Fulfilment = Callable[[CollectingDispatcher, Tracker, Dossier], Events | Awaitable[Events]]
FULFIL: dict[str, Fulfilment] = {
    aspects.SUBSCRIBE: _subscribe,
    aspects.OPEN_TICKET: _open_ticket,
    aspects.PAYMENT_STATE: dossier_payments.tell_state,
    aspects.PAY: dossier_payments.tell_ways,
    PAYMENT_TICKET: dossier_payments.open_ticket,
}
LINES: dict[str, Callable[[Dossier, dt.date], Sequence[str]]] = {
    "complain_late_dossier": dossier_lines.late_lines,
    "supplement_dossier": dossier_lines.supplement_lines,
    "withdraw_dossier": dossier_lines.withdraw_lines,
}


# Questions about a procedure that are questions about a dossier right after it was shown.
ASKED_OF_A_DOSSIER: dict[str, Callable[[Dossier, dt.date], Sequence[str]]] = {
    "ask_processing_time": dossier_lines.late_lines,
    "ask_result_delivery": dossier_lines.lines,
    "ask_where_to_apply": dossier_lines.lines,
    "ask_documents": dossier_lines.supplement_lines,
}


class ActionAboutDossier(SafeAction):
    """Late, supplement, withdraw: told of the citizen's own dossier, else in general."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_about_dossier"

    async def respond(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """See class."""
        intent = intent_of(tracker)
        dossier = await present_dossier(tracker) if intent in LINES else None
        if dossier is None and dossiers.codes_in(tracker) and intent in LINES:
            return ask_which_dossier(dispatcher, tracker, intent)
        if dossier is None:
            guide = guidance.GUIDES.get(intent)
            if guide is None:
                dispatcher.utter_message(response="utter_handover")
            else:
                guidance.tell(dispatcher, tracker.latest_message.get("text") or "", guide)
            return []
        _tell_lines(dispatcher, dossier, LINES[intent](dossier, clock.today()))
        return []


async def about_shown(dispatcher: CollectingDispatcher, tracker: Tracker) -> Events | None:
    """Answers a question that is asked of the dossier just shown; None if it is asked of else."""
    tell = ASKED_OF_A_DOSSIER.get(intent_of(tracker))
    if tell is None or tracker.get_slot("told") != SHOWN or named_code(tracker):
        return None
    if len(finder.find(text_of(tracker)).need) > LONGEST_QUESTION:
        return None
    dossier = await present_dossier(tracker)
    if dossier is None:
        return None
    _tell_lines(dispatcher, dossier, tell(dossier, clock.today()))
    return [SlotSet("told", SHOWN)]


def _tell_lines(dispatcher: CollectingDispatcher, dossier: Dossier, lines: Sequence[str]) -> None:
    source = dossiers.source_of(dossier)
    say(
        dispatcher,
        "utter_about_dossier",
        answer("status", ANSWERED, source=source),
        buttons(dossier, clock.today()),
        lines="\n".join(lines),
        source=source.title,
        checked_on=rendering.date(source.checked_on),
    )
