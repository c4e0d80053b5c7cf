"""The page of a payment QR code and its picture: `GET /pay/qr/{token}` and `….png`.

Whoever has the address sees what is to be paid and to whom, and nothing of the payer. The page
works without any script; once the code has expired, it says so and shows no picture.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from html import escape
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, raw

from bot import clock, wording
from bot.http import layout
from bot.http.errors import error_response, wants_page
from bot.http.layout import Page
from bot.http.private_page import keep_private
from bot.http.procedure_page import SHEET
from bot.payments import qr, qr_picture
from bot.payments.qr import QrGone, QrOrder

blueprint = Blueprint("payment_qr", url_prefix="/pay/qr")

PICTURE = ".png"
LONGEST_TOKEN = 80
# A whole pixel a module: on a narrow screen the picture is not squeezed, on paper it is 5 cm.
_SHOWN = 6
_CODE_END = 4


@blueprint.route("/<name:str>", methods=frozenset({"GET", "HEAD"}))
async def page(request: Request, name: str) -> HTTPResponse:
    """The page, or the picture where the name ends as one; 404 unknown, 410 no longer good."""
    is_picture = name.endswith(PICTURE)
    token = name.removesuffix(PICTURE)
    try:
        order = await asyncio.to_thread(qr.find, token) if len(token) <= LONGEST_TOKEN else None
    except QrGone:
        return keep_private(_gone(410, in_words=wants_page(request)))
    if order is None:
        return keep_private(_gone(404, in_words=wants_page(request)))
    return keep_private(_picture(order) if is_picture else _page(order))


def say(name: str, /, **values: Any) -> str:
    """A piece of `domain/payment_qr.yml` with its keywords filled in."""
    return wording.text("payment_qr", name).format(**values)


def _gone(status: int, *, in_words: bool) -> HTTPResponse:
    if not in_words:
        return error_response("not_found", status)
    if status == 410:
        texts = [say("utter_payment_qr_gone"), say("utter_payment_qr_gone_ask")]
        title = say("utter_payment_qr_gone_title")
    else:
        texts = [say("utter_payment_qr_unknown"), say("utter_payment_qr_unknown_ask")]
        title = say("utter_payment_qr_unknown_title")
    return layout.problem(title, [*texts, wording.fragment("no_transfer_in_chat")], status)


def _picture(order: QrOrder) -> HTTPResponse:
    return raw(qr_picture.png(order.payload), content_type="image/png")


def _page(order: QrOrder) -> HTTPResponse:
    title = say("utter_payment_qr_title")
    found = Page(title, render(order), sheets=(SHEET,), indexed=False)
    response = layout.answer(found)
    # A page left open would show the code beyond its time.
    left = order.expires_at - dt.datetime.utcnow()
    response.headers["Refresh"] = str(math.ceil(max(left.total_seconds(), 0)) + 1)
    return response


def render(order: QrOrder) -> str:
    """The page's HTML."""
    to, amount = order.beneficiary, layout.number(order.amount)
    until = clock.in_vietnam(order.expires_at)
    details = (
        ("utter_payment_qr_name", to.name),
        ("utter_payment_qr_bank", to.bank_name),
        ("utter_payment_qr_account", to.account),
        ("utter_payment_qr_amount", say("utter_payment_qr_sum", amount=amount)),
        ("utter_payment_qr_reference", order.reference),
        (
            "utter_payment_qr_dossier",
            say("utter_payment_qr_dossier_end", end=order.dossier_code[-_CODE_END:]),
        ),
    )
    rows = "\n".join(
        f"<dt>{escape(say(name))}</dt><dd>{escape(value)}</dd>" for name, value in details
    )
    deadline = say("utter_payment_qr_until", time=f"{until:%H:%M}", date=f"{until:%d/%m/%Y}")
    care = (
        say("utter_payment_qr_compare"),
        say("utter_payment_qr_once"),
        wording.fragment("no_transfer_in_chat"),
    )
    return f"""<h1>{escape(say("utter_payment_qr_title"))}</h1>
<p class="screen">{escape(say("utter_payment_qr_intro"))}</p>
{_image(order, amount)}
<p class="notice">{escape(deadline)}</p>
<section aria-labelledby="details">
<h2 id="details">{escape(say("utter_payment_qr_details"))}</h2>
<dl>
{rows}
</dl>
</section>
<section aria-labelledby="care">
<h2 id="care">{escape(say("utter_payment_qr_care"))}</h2>
{layout.paragraphs(care)}
</section>"""


def _image(order: QrOrder, amount: str) -> str:
    """A picture of its own and not a drawing in the page: phones can save it."""
    to, side = order.beneficiary, qr_picture.side(order.payload, _SHOWN)
    described = say(
        "utter_payment_qr_picture",
        amount=amount,
        name=to.name,
        account=to.account,
        bank=to.bank_name,
        reference=order.reference,
    )
    source = escape(f"{order.path}{PICTURE}")
    saved, save = escape(f"{order.reference}{PICTURE}"), escape(say("utter_payment_qr_save"))
    return f"""<p><img src="{source}" width="{side}" height="{side}" alt="{escape(described)}"></p>
<p class="screen"><a href="{source}" download="{saved}">{save}</a></p>"""
