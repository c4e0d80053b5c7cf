"""Facts of a procedure as lines of text, put together from fragments."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping

from bot import text as vn
from bot.catalogue.amounts import names_a_sum, says_free
from bot.catalogue.model import (
    FEES,
    ONLINE,
    VND,
    Channel,
    Document,
    Duration,
    Fee,
    Form,
    Procedure,
    fee_group,
)
from bot.offices.routing import Place
from bot.wording import fragment

# Folded: "- Nộp hồ sơ", "1. …", "Bước 2: …", "a) …", "* Lưu ý".
_MARK = re.compile(r"^(?:[-+*•]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|buoc \d)")


def date(value: dt.date) -> str:
    """A date as people write it: 20/07/2026."""
    return value.strftime("%d/%m/%Y")


def amount(value: int) -> str:
    """Đồng with dots: 15.000."""
    return f"{value:,}".replace(",", ".")


def sentence_end(text: str) -> str:
    """The text without a closing full stop, for use inside a sentence."""
    return text.rstrip(" .;")


def shortened(text: str, length: int) -> str:
    """The text, or its first words where it is longer than so many characters."""
    return text if len(text) <= length else f"{text[:length].rpartition(' ')[0]}…"


def documents(procedure: Procedure) -> list[str]:
    """Papers always needed, then papers by the case that needs them, then what to mind."""
    papers = [d for d in procedure.documents if not d.remark]
    if not papers:
        return []
    cases: dict[str, list[Document]] = {}
    for item in papers:
        cases.setdefault(item.when, []).append(item)
    lines = [document_line(item) for item in cases.pop("", [])]
    # A case with one paper stands behind it, one with several above them.
    lines += [document_line(items[0], when) for when, items in cases.items() if len(items) == 1]
    for when, items in cases.items():
        if len(items) > 1:
            lines.append(fragment("group", when=when[:1].upper() + when[1:]))
            lines += [document_line(item) for item in items]
    if procedure.documents_note:
        lines.append(fragment("note", text=procedure.documents_note))
    if procedure.mistakes:
        lines.append(fragment("mistakes", text=procedure.mistakes.replace("\n", " ")))
    remarks = len(procedure.documents) - len(papers)
    if remarks:
        lines.append(fragment("more_remarks", count=remarks, code=procedure.code))
    return lines


def document_line(item: Document, when: str = "") -> str:
    counts = [
        fragment(kind, count=count)
        for kind, count in (("original", item.original), ("copy", item.copy))
        if count
    ]
    name = sentence_end(item.name)
    if counts:
        name = fragment("counted", name=name, counts=", ".join(counts))
    return fragment("case", name=name, when=when) if when else fragment("item", text=name)


def forms(procedure: Procedure) -> list[str]:
    """The forms with their numbers, their last day, and where they lie if that is known."""
    return list(dict.fromkeys(map(_form, procedure.forms)))


def _form(form: Form) -> str:
    name = sentence_end(form.name)
    if form.number:
        name = fragment("form_numbered", name=name, number=form.number)
    if form.dates.effective_to is not None:
        name = fragment("until", text=name, date=date(form.dates.effective_to))
    return fragment("case", name=name, when=form.url) if form.url else fragment("item", text=name)


def fees(procedure: Procedure) -> list[str]:
    """One line per fee and channel; channels that cost the same share their lines."""
    texts = [
        (c.kind, [_fee_sourced(procedure, c, fee) for fee in c.fees if fee.is_published])
        for c in procedure.channels
    ]
    if not any(lines for _, lines in texts):
        return []
    return by_channel(texts)


def _fee_sourced(procedure: Procedure, channel: Channel, fee: Fee) -> str:
    """The fee with its own source, where a local decision fixes those of other channels only."""
    source, text = procedure.source_of(fee_group(channel.kind)), fee_line(fee)
    if source is None or source == procedure.source_of(FEES):
        return text
    return fragment("sourced", text=text, source=source.title, date=date(source.checked_on))


def states_a_sum(procedure: Procedure) -> bool:
    """Whether any fee is given in figures, be it in its note."""
    return any(
        fee.amount is not None or names_a_sum(fee.note)
        for channel in procedure.channels
        for fee in channel.fees
    )


def fee_line(fee: Fee) -> str:
    """A fee with the case that it is for, and its last day where it has one."""
    text = _sum(fee)
    if fee.case:
        text = fragment("for_case", when=fee.case, text=text)
    if fee.dates.effective_to is not None:
        text = fragment("until", text=text, date=date(fee.dates.effective_to))
    return text


def _sum(fee: Fee) -> str:
    if fee.amount is None:
        return sentence_end(fee.note)
    if fee.amount == 0 and fee.note and says_free(fee.note):
        return sentence_end(fee.note)
    if fee.amount == 0:
        text = fragment("free")
        return fragment("with_note", text=text, note=sentence_end(fee.note)) if fee.note else text
    currency = fragment("dong") if fee.currency == VND else fee.currency
    if fee.unit:
        text = fragment("amount_per", amount=amount(fee.amount), currency=currency, unit=fee.unit)
    else:
        text = fragment("amount", amount=amount(fee.amount), currency=currency)
    return fragment("with_note", text=text, note=sentence_end(fee.note)) if fee.note else text


def times(procedure: Procedure) -> list[str]:
    """One line per channel; channels that take the same time share it."""
    texts = [
        (c.kind, [duration(c.time)] if c.time.is_published else []) for c in procedure.channels
    ]
    if not any(lines for _, lines in texts):
        return []
    return by_channel(texts)


def duration(time: Duration) -> str:
    """ "3 ngày làm việc", with its note in brackets."""
    if time.value is None or not time.unit:
        return sentence_end(time.note)
    text = fragment(time.unit, value=f"{time.value:g}".replace(".", ","))
    return fragment("with_note", text=text, note=sentence_end(time.note)) if time.note else text


def by_channel(texts: list[tuple[str, list[str]]]) -> list[str]:
    """Lines such as "- Nộp trực tiếp: …"; a channel without any is said to be unpublished."""
    merged: dict[str, list[str]] = {}
    for kind, lines in texts:  # some records list a channel once per case
        known = merged.setdefault(kind, [])
        known += [line for line in lines if line not in known]
    values = list(merged.values())
    if len(values) > 1 and all(lines == values[0] for lines in values):
        merged = {"all_channels": values[0]}
    return [
        fragment("channel", channel=fragment(kind), text=line)
        for kind, lines in merged.items()
        for line in lines or [fragment("unpublished")]
    ]


def place(procedure: Procedure) -> list[str]:
    """Receiving place, agency, level, and what the direct channel says."""
    lines = []
    if procedure.places:
        places = "; ".join(sentence_end(line) for line in procedure.places)
        lines.append(fragment("place", place=places))
    if procedure.agency:
        lines.append(fragment("agency", agency=sentence_end(procedure.agency)))
    lines.append(fragment("level", level=fragment(procedure.level)))
    if not procedure.places:
        lines.append(fragment("place_unpublished"))
    notes = {c.note for c in procedure.channels if c.kind != ONLINE and c.note}
    lines += [fragment("note", text=note) for note in sorted(notes)]
    return lines


def commune(found: Place) -> str:
    """The commune of today that serves a place, or those between which one must know."""
    if len(found.new_wards) > 1:
        return fragment("commune_unclear", named=found.named, options=", ".join(found.new_wards))
    new = found.new_wards[0]
    if found.named == new:
        return fragment("commune_is", new=new)
    return fragment("commune_was", named=found.named, new=new)


def online(procedure: Procedure) -> list[str]:
    """What the online channel says; empty if there is none, one line at least if there is."""
    channels = [c for c in procedure.channels if c.kind == ONLINE]
    if not channels:
        return []
    lines = [duration_line(c) for c in channels if c.time.is_published]
    lines += [fragment("note", text=c.note) for c in channels if c.note]
    lines = list(dict.fromkeys(lines)) or [
        fragment("channel", channel=fragment(ONLINE), text=fragment("unpublished"))
    ]
    level = fragment(f"service_level_{procedure.service_level or 'unpublished'}")
    lines.append(_sourced(procedure, "service_level", level))
    if procedure.online_payment is not None:
        text = fragment("pays_online" if procedure.online_payment else "pays_offline")
        lines.append(_sourced(procedure, "online_payment", text))
    return lines


def service_level(procedure: Procedure) -> list[str]:
    """Whether all, a part or nothing of it is done online; empty if no source says."""
    level = procedure.service_level
    return [fragment(f"service_level_{level}")] if level else []


def _sourced(procedure: Procedure, group: str, text: str) -> str:
    """The text with its own source where it is not that of the channels around it."""
    source = procedure.source_of(group)
    if source is None or source == procedure.source_of("channels"):
        return text
    return fragment("sourced", text=text, source=source.title, date=date(source.checked_on))


def duration_line(channel: Channel) -> str:
    """ "- Nộp trực tuyến: 3 ngày làm việc"."""
    return fragment("channel", channel=fragment(channel.kind), text=duration(channel.time))


def paragraphs(*texts: str) -> list[str]:
    """The non-empty lines of the texts."""
    return [line for text in texts for line in text.splitlines() if line.strip()]


def steps(procedure: Procedure) -> list[str]:
    """The steps, numbered unless they bring marks of their own."""
    if any(_MARK.match(vn.fold(line)) for line in procedure.steps):
        return list(procedure.steps)
    return [
        fragment("step", number=number, text=line)
        for number, line in enumerate(procedure.steps, start=1)
    ]


def legal_basis(procedure: Procedure) -> list[str]:
    """Legal texts with their numbers."""
    return [
        fragment("legal_basis", title=basis.title, number=basis.number)
        if basis.number and basis.number not in basis.title
        else fragment("item", text=basis.title)
        for basis in procedure.legal_basis
    ]


def other_cases(procedure: Procedure, names: Mapping[str, str]) -> list[str]:
    """When the citizen needs another procedure; `names` maps codes to what citizens read."""
    lines = [
        fragment("other_case", how=sentence_end(other.how), name=names[other.code])
        for other in procedure.differs_from
        if other.code in names
    ]
    return [fragment("other_cases"), *lines] if lines else []


def overview(procedure: Procedure) -> list[str]:
    """Level and time, short."""
    lines: Iterable[str] = [fragment("level", level=fragment(procedure.level)), *times(procedure)]
    return list(lines)
