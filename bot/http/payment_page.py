"""What the page of a payment order shows: the way to the gateway, or what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from html import escape
from typing import Any

from sanic.response import HTTPResponse

from bot import clock, wording
from bot.http import layout
from bot.http.layout import Page
from bot.http.procedure_page import SHEET
from bot.payments import order as o
from bot.payments import payment_pages
from bot.payments.order import Order

# Letters of a dossier's code that tell its owner which it is, and others nothing.
_CODE_END = 4
_STATES = {
    o.OPEN: "utter_payment_page_open",
    o.PAID: "utter_payment_page_paid",
    o.FAILED: "utter_payment_page_failed",
    o.EXPIRED: "utter_payment_page_expired",
    o.REFUNDING: "utter_payment_page_refunding",
    o.REFUNDED: "utter_payment_page_refunded",
    o.DISPUTED: "utter_payment_page_disputed",
}


def say(name: str, /, **values: Any) -> str:
    """A piece of `domain/payment_page.yml` with its keywords filled in."""
    return wording.text("payment_page", name).format(**values)


def to_pay(order: Order, target: str, host: str) -> HTTPResponse:
    """The page of an order that can be paid at `target`, a page of `host`."""
    until = say("utter_payment_page_until", **_moment(order.expires_at))
    pay, check = say("utter_payment_page_pay"), say("utter_payment_page_check")
    steps = f"""<p>{escape(say("utter_payment_page_intro", host=host))}</p>
{_details(order)}
<p class="actions"><a href="{escape(target)}" rel="noopener">{escape(pay)}</a></p>
<p class="notice">{escape(until)}</p>
<p><a href="{escape(_check_path(order))}">{escape(check)}</a></p>"""
    response = _answer(steps, 200)
    # A page left open would lead to a page that is over.
    left = order.expires_at - dt.datetime.utcnow()
    response.headers["Refresh"] = str(max(int(left.total_seconds()), 0) + 1)
    return response


def result(order: Order, *, is_reached: bool) -> HTTPResponse:
    """The page of what is known; `is_reached`: the gateway answered, or was not asked."""
    texts = [_state(order)]
    if order.paid_twice:
        texts.append(say("utter_payment_page_twice"))
    if not is_reached:
        texts.append(say("utter_payment_page_unreachable"))
    links = (
        [(_check_path(order), say("utter_payment_page_check"))]
        if order.state in o.UNDECIDED
        else []
    )
    if order.state == o.OPEN and order.expires_at > dt.datetime.utcnow():
        links.append((payment_pages.path(order.reference), say("utter_payment_page_not_yet")))
    return _answer(f"{_told(texts, links)}\n{_details(order)}", 200)


def paid_elsewhere(order: Order) -> HTTPResponse:
    """The page of an order whose fee has been paid by another one."""
    return _answer(
        f"{_told([say('utter_payment_page_paid_elsewhere')], [])}\n{_details(order)}", 409
    )


def unknown() -> HTTPResponse:
    """The page of an address that was not made here."""
    texts = [
        say("utter_payment_page_unknown"),
        say("utter_payment_page_unknown_ask"),
        wording.fragment("no_transfer_in_chat"),
    ]
    return layout.problem(say("utter_payment_page_unknown_title"), texts, 404)


def _answer(content: str, status: int) -> HTTPResponse:
    care = layout.paragraphs(
        (say("utter_payment_page_once"), wording.fragment("no_transfer_in_chat"))
    )
    main = f"""<h1>{escape(say("utter_payment_page_title"))}</h1>
{content}
<section aria-labelledby="care">
<h2 id="care">{escape(say("utter_payment_page_care"))}</h2>
{care}
</section>"""
    return layout.answer(
        Page(say("utter_payment_page_title"), main, sheets=(SHEET,), indexed=False), status
    )


def _state(order: Order) -> str:
    if order.state == o.PAID and order.paid_at:
        return say("utter_payment_page_paid", **_moment(order.paid_at))
    is_over = order.state == o.OPEN and order.expires_at <= dt.datetime.utcnow()
    return say("utter_payment_page_over" if is_over else _STATES[order.state])


def _told(texts: Sequence[str], links: Sequence[tuple[str, str]]) -> str:
    """A section of its own, read out first."""
    items = "\n".join(f'<p><a href="{escape(to)}">{escape(text)}</a></p>' for to, text in links)
    return f"""<section aria-labelledby="state" role="status">
<h2 id="state">{escape(say("utter_payment_page_state"))}</h2>
{layout.paragraphs(texts)}
{items}
</section>"""


def _details(order: Order) -> str:
    rows = [
        (
            "utter_payment_page_amount",
            say("utter_payment_page_sum", amount=layout.number(order.amount)),
        ),
        ("utter_payment_page_reference", order.reference),
        (
            "utter_payment_page_dossier",
            say("utter_payment_page_dossier_end", end=order.dossier_code[-_CODE_END:]),
        ),
    ]
    if order.gateway_number:
        rows.append(("utter_payment_page_number", order.gateway_number))
    shown = "\n".join(
        f"<dt>{escape(say(name))}</dt><dd>{escape(value)}</dd>" for name, value in rows
    )
    return f"""<section aria-labelledby="details">
<h2 id="details">{escape(say("utter_payment_page_details"))}</h2>
<dl>
{shown}
</dl>
</section>"""


def _check_path(order: Order) -> str:
    return f"{payment_pages.path(order.reference)}?check=1"


def _moment(when: dt.datetime) -> dict[str, str]:
    local = clock.in_vietnam(when)
    return {"time": f"{local:%H:%M}", "date": f"{local:%d/%m/%Y}"}
