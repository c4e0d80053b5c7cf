"""What a fee comes to, as lines of text: the sum with its words, then how it was reckoned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from bot.catalogue.model import VND, Procedure
from bot.catalogue.situation import Situation
from bot.payments import money, units
from bot.payments import quote as quotes
from bot.payments.fee_note import Price
from bot.payments.quantity import Quantity
from bot.payments.quote import COPY, PAGE, Line, Quote
from bot.rendering import procedure_lines as rendering
from bot.wording import fragment, text

LONGEST, MOST_CHOICES = 8, 5
ITEM = "- "


def lines(procedure: Procedure, situation: Situation, quantity: Quantity, on: dt.date) -> list[str]:
    """At most `LONGEST` lines for a day; empty where nothing certain adds to the published fees."""
    found = quotes.quote(procedure, situation, quantity, on)
    asked = bool(quantity or quantity.too_many or quantity.unclear)
    said = [one for one in found if _is_told(one, asked)]
    shown: list[str] = []
    for one in said:
        shown += _lines(one, procedure, quantity)
    if asked and not said and any(one.published for one in found):
        shown = [_say("utter_quote_unclear")]
    # Two channels may end on the same remark.
    return list(dict.fromkeys(shown))[:LONGEST]


def add_nothing(procedure: Procedure, quoted: Sequence[str]) -> bool:
    """Whether the published fees say no more than the lines that were made of them."""
    fees = [fee for channel in procedure.channels for fee in channel.fees if fee.is_published]
    bare = not any(f.note or f.case or f.dates.effective_to or f.currency != VND for f in fees)
    states_sums = bool(quoted) and quoted[0].startswith(ITEM)
    return states_sums and bare and all(channel.fees for channel in procedure.channels)


def _is_told(one: Quote, asked: bool) -> bool:
    if one.total is not None:
        # Free for everybody: the source's own line says it.
        return one.relief is None or not one.relief.for_all
    if one.choices:
        return asked and any(c.total not in (None, c.price) for c in one.choices)
    return bool(one.prices)


def _lines(one: Quote, procedure: Procedure, quantity: Quantity) -> list[str]:
    channel = _channel(one, procedure)
    if one.total is not None:
        found = [fragment("channel", channel=channel, text=_total(one)), *map(_line, _told(one))]
        found += _relief(one)
        if one.by_set:
            found.append(_say("utter_quote_by_set"))
        elif one.lines and one.lines[0].pages and quantity.of(COPY) is None:
            found.append(_say("utter_quote_for_one_copy"))
        found += _unused(one, one.lines[0].unit if one.lines else "")
        return [*found, *_until(one)]
    if one.choices:
        heading = fragment("channel", channel=channel, text=_piece("quote_choices"))
        return [heading, *map(_choice, one.choices[:MOST_CHOICES])]
    # The price of one stands among the published fees.
    if one.too_many:
        return [_say("utter_quote_too_many")]
    return [*_ask(one), *_unused(one, one.prices[0].unit)]


def _channel(one: Quote, procedure: Procedure) -> str:
    kinds = {channel.kind for channel in procedure.channels}
    if len(kinds) > 1 and kinds == set(one.channels):
        return fragment("all_channels")
    first, *others = [fragment(kind) for kind in one.channels]
    return ", ".join((first, *(f"{name[:1].lower()}{name[1:]}" for name in others)))


def _total(one: Quote) -> str:
    assert one.total is not None
    if one.total == 0:
        return _piece("quote_nothing")
    values = {"amount": rendering.amount(one.total), "words": money.in_words(one.total)}
    line = one.lines[0]
    if len(one.lines) == 1 and line.count == 1 and line.unit and not line.pages:
        return _piece("quote_sum_for_one", unit=_unit(line.unit), **values)
    return _piece("quote_sum", **values)


def _told(one: Quote) -> Iterable[Line]:
    """The rows of the reckoning, if there is anything to reckon."""
    return (line for line in one.lines if line.count > 1 or line.pages or one.relief)


def _line(line: Line) -> str:
    values: dict[str, Any] = {
        "count": line.count,
        "copies": line.copies,
        "price": rendering.amount(line.price),
        "total": rendering.amount(line.total),
        "unit": _unit(line.unit),
    }
    if line.cap is not None:
        kind = "quote_cap_copies" if line.pages else "quote_cap"
        return _piece(kind, cap=rendering.amount(line.cap), **values)
    if line.pages:
        first, last = line.pages
        return _piece(
            "quote_page" if first == last else "quote_pages", first=first, last=last, **values
        )
    return _piece("quote_units" if line.count > 1 else "quote_before", **values)


def _relief(one: Quote) -> list[str]:
    if one.relief is None:
        return []
    said = [_piece("quote_relief", text=rendering.sentence_end(one.relief.text))]
    return [*said, *([_say("utter_quote_rounded")] if one.rounded else [])]


def _choice(choice: quotes.Choice) -> str:
    case = rendering.sentence_end(choice.case)
    if choice.total is None:
        price = _price(Price(choice.price, choice.unit))
        return _piece("quote_choice_of_one", case=case, price=price)
    amount, words = rendering.amount(choice.total), money.in_words(choice.total)
    return _piece("quote_choice", case=case, amount=amount, words=words)


def _price(price: Price) -> str:
    amount = rendering.amount(price.amount)
    if not price.unit:
        return _piece("quote_price_without_unit", amount=amount)
    return _piece("quote_price", amount=amount, unit=_unit(price.unit))


def _ask(one: Quote) -> list[str]:
    if not one.asks:
        return []
    if set(one.asks) == {COPY, PAGE}:
        return [_say("utter_quote_ask_pages_of_one")]
    if one.asks == (PAGE,) and one.prices[0].pages:
        return [_say("utter_quote_ask_pages")]
    asks = ", ".join(units.units()[key].ask for key in one.asks)
    return [_say("utter_quote_ask", asks=asks)]


def _unused(one: Quote, unit: str) -> list[str]:
    if not one.unused:
        return []
    if not unit:
        return [_say("utter_quote_unit_unknown")]
    return [_say("utter_quote_other_unit", unit=_unit(unit))]


def _until(one: Quote) -> list[str]:
    if one.until is None:
        return []
    date = rendering.date(one.until)
    if one.next_total is None:
        return [_say("utter_quote_until_unknown", date=date)]
    next_date = rendering.date(one.until + quotes.ONE_DAY)
    amount = rendering.amount(one.next_total)
    return [_say("utter_quote_until", date=date, next_date=next_date, amount=amount)]


def _unit(unit: str) -> str:
    """As within a sentence; names of their own keep their capitals ("CCHN", "Việt Nam")."""
    return unit if unit[:2].isupper() else f"{unit[:1].lower()}{unit[1:]}"


def _piece(name: str, **values: Any) -> str:
    return text("quotes", f"utter_fragment_{name}").format(**values)


def _say(name: str, **values: Any) -> str:
    return text("quotes", name).format(**values)
