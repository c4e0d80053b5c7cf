"""The payment of a citizen's own dossier: what is known of it, ways to pay, a ticket.

Everything here is told of a dossier that the citizen has proven to own; sums come from the
procedures system, accounts from the province's signed list.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import dossier_tickets, dossiers
from actions.answers import ANSWERED, CLARIFY, HANDOVER, NOT_PUBLISHED, answer, say
from actions.safe_action import Events
from bot import aspects
from bot.dossiers.model import Dossier
from bot.payments import beneficiaries, orders, payment_pages, qr
from bot.payments.gateway import payment_gateway
from bot.payments.order import PAID, AlreadyPaid
from bot.rendering import dossier_payment_lines as lines
from bot.rendering import procedure_lines as rendering
from bot.wording import text

TOPIC = "payment"
TICKET = "payment"


def buttons(dossier: Dossier) -> list[dict[str, str]]:
    """What can be done about the money of a dossier that was just shown."""
    if not dossier.fee_unpaid:
        return []
    can_pay = payment_gateway() is not None or beneficiaries.are_set()
    return [_button("pay" if can_pay else "payment_state")]


def _button(name: str) -> dict[str, str]:
    payloads = {
        "pay": aspects.PAY,
        "payment_state": aspects.PAYMENT_STATE,
        "payment_ticket": aspects.OPEN_TICKET,
    }
    title = text(lines.TOPIC, f"utter_button_{name}")
    return {"title": title, "payload": f'/payment_problem{{"aspect": "{payloads[name]}"}}'}


async def tell_state(dispatcher: CollectingDispatcher, _: Tracker, dossier: Dossier) -> Events:
    """What the procedures system and the gateway know of the payment; a ticket is offered."""
    gateway = payment_gateway()
    known = await orders.refreshed(dossier.code, gateway)
    shown = lines.state_lines(dossier, known, has_gateway=gateway is not None)
    is_known = dossier.fee_unpaid is not None or bool(known)
    offered = [_button("payment_ticket")]
    if dossier.fee_unpaid and not any(order.is_settled for order in known):
        offered = [*buttons(dossier), *offered]
    _say(
        dispatcher,
        "utter_payment_state",
        ANSWERED if is_known else NOT_PUBLISHED,
        dossier,
        offered,
        lines="\n".join(shown),
    )
    return [SlotSet("dossier_wish", None)]


async def tell_ways(dispatcher: CollectingDispatcher, tracker: Tracker, dossier: Dossier) -> Events:
    """Addresses of pages where exactly what is left to pay of the dossier can be paid."""
    done: Events = [SlotSet("dossier_wish", None)]
    if dossier.fee_unpaid is None:
        _say(dispatcher, "utter_payment_due_unknown", NOT_PUBLISHED, dossier)
        return done
    if dossier.fee_unpaid == 0:
        _say(dispatcher, "utter_payment_nothing_due", ANSWERED, dossier)
        return done
    values: dict[str, Any] = dict(lines.sums(dossier.fee_unpaid))
    known = await orders.refreshed(dossier.code, payment_gateway())
    settled = [o for o in known if o.is_settled and o.amount == dossier.fee_unpaid]
    if not settled:
        try:
            ways = await asyncio.to_thread(_ways, tracker.sender_id, dossier, dossier.fee_unpaid)
        except AlreadyPaid as error:
            settled = [error.order]
    if any(order.state == PAID for order in settled):
        _say(dispatcher, "utter_payment_paid_already", ANSWERED, dossier, **values)
        return done
    if settled:
        # Money is under way, one way or the other: what is known of it, and no second payment.
        return await tell_state(dispatcher, tracker, dossier)
    if ways:
        values["lines"] = "\n".join(ways)
        _say(dispatcher, "utter_payment_ways_of_dossier", ANSWERED, dossier, **values)
    else:
        _say(dispatcher, "utter_payment_not_here", HANDOVER, dossier, **values)
    return done


def _ways(session: str, dossier: Dossier, amount: int) -> list[str]:
    found = []
    if payment_gateway() is not None:
        order = orders.open_order(dossier.code, amount, session)
        found.append(lines.say("way_gateway", url=payment_pages.url(order)))
    code = qr.offer(dossier.code, dossier.agency, amount, session)
    if code is not None:
        until = lines.moment(code.expires_at)
        beneficiary = code.beneficiary.name
        found.append(lines.say("way_qr", url=code.url, beneficiary=beneficiary, time=until))
    return found


def open_ticket(dispatcher: CollectingDispatcher, tracker: Tracker, dossier: Dossier) -> Events:
    """A person looks at the money of the dossier."""
    ticket = dossier_tickets.opened(dispatcher, tracker, dossier, TICKET)
    if ticket is not None:
        _say(dispatcher, "utter_payment_ticket_opened", CLARIFY, dossier, ticket=ticket.code)
    return [SlotSet("dossier_wish", None)]


def _say(
    dispatcher: CollectingDispatcher,
    response: str,
    status: str,
    dossier: Dossier,
    offered: list[dict[str, str]] | None = None,
    **values: Any,
) -> None:
    source = dossiers.source_of(dossier)
    # `of_dossier`: what the citizen alone may read leaves the history with the proof.
    contract = answer(TOPIC, status, source=source, of_dossier=True)
    say(
        dispatcher,
        response,
        contract,
        offered,
        code=dossier.code,
        source=source.title,
        checked_on=rendering.date(source.checked_on),
        **values,
    )
