"""From a dossier's record in the procedures system to what this project knows of a dossier.

Records come from other programs: anything may be missing, null, or of another type, and then
counts as unknown. The applicant's numbers leave as keyed hashes only; name and address are never
read.
"""

from __future__ import annotations

import datetime as dt
import hmac
import re
from typing import Any

from bot.clock import VIETNAM, today
from bot.codes import normalise_dossier_code
from bot.dossiers.igate_fields import Fields
from bot.dossiers.model import Dossier, Record
from bot.dossiers.verification import number_hashes, person_hash
from bot.personal_data import mask
from bot.text import fold, nfc

LONGEST_TEXT = 500
_NATIONAL_CODE = re.compile(r"\d\.\d{6}(?!\d)")
_TIME = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<clock>\d\d:\d\d(?::\d\d)?)(?:[.,]\d+)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)


def record_of(raw: Any, fields: Fields, secret: str) -> Record | None:
    """The record, its numbers hashed with the secret; None if it has no dossier code."""
    code = normalise_dossier_code(_text(raw, "code", fields))
    if code is None:
        return None
    dossier = Dossier(
        code=code,
        status=mask(_text(raw, "status", fields)),
        source_title=fields.source_title,
        checked_on=today(),
        procedure_code=_national_code(raw, fields),
        procedure_name=_text(raw, "procedure_name", fields),
        agency=_agency(raw, fields),
        note=mask(_text(raw, "note", fields)),
        received_on=_day(raw, "received_on", fields),
        due_on=_day(raw, "due_on", fields),
        finished_on=_day(raw, "finished_on", fields),
        returned_on=_day(raw, "returned_on", fields),
        fee_unpaid=_unpaid(raw, fields),
        delivery=mask(_text(raw, "delivery", fields)),
    )
    phone, identity_number = _numbers(raw, fields)
    return Record(dossier, number_hashes(secret, code, phone, identity_number))


def belongs_to(raw: Any, fields: Fields, secret: str, person: str) -> bool:
    """Whether the applicant has both numbers of a person, given as their `person_hash`."""
    own = person_hash(secret, *_numbers(raw, fields))
    return bool(own) and hmac.compare_digest(own, person)


def _numbers(raw: Any, fields: Fields) -> tuple[str, str]:
    return _text(raw, "phone", fields), _text(raw, "identity_number", fields)


def _found(raw: Any, name: str, fields: Fields) -> list[Any]:
    """What stands at the field's paths, where anything does."""
    values = []
    for path in fields.paths[name]:
        value = raw
        for step in path:
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            values.append(value)
    return values


def _text(raw: Any, name: str, fields: Fields) -> str:
    """The first text at the field's paths, without double spaces and of a bounded length."""
    for value in _found(raw, name, fields):
        if name == "status" and not isinstance(value, dict | list):
            value = _status(value, fields)
        text = nfc(_name(value, fields))[:LONGEST_TEXT]
        if text:
            return text
    return ""


def _status(value: Any, fields: Fields) -> str:
    """A status's text; a number that the fields do not name says nothing to anybody."""
    text = _name(value, fields)
    return fields.status_ids.get(text, "" if text.isdecimal() else text)


def _name(value: Any, fields: Fields) -> str:
    """A text, a number, `{languageId, name}` or a list of those, in Vietnamese."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        names = (_name(item, fields) for item in value if not isinstance(item, list))
        return next(filter(None, names), "")
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        language = value.get("languageId")
        return value["name"] if language is None or str(language) in fields.vietnamese else ""
    return ""


def _national_code(raw: Any, fields: Fields) -> str:
    """The national part of a procedure's code: 1.001612 of 1.001612.000.00.00.H48."""
    for value in _found(raw, "procedure_code", fields):
        match = _NATIONAL_CODE.match(value.strip()) if isinstance(value, str) else None
        if match:
            return match[0]
    return ""


def _agency(raw: Any, fields: Fields) -> str:
    name, parent = _text(raw, "agency", fields), _text(raw, "agency_parent", fields)
    generic = any(fold(name).startswith(fold(start)) for start in fields.named_with_parent)
    if not name or (parent and generic and fold(parent) not in fold(name)):
        return ", ".join(filter(None, (name, parent)))
    return name


def _day(raw: Any, name: str, fields: Fields) -> dt.date | None:
    """The day in Vietnam on which a moment lies; one without a zone is taken as local."""
    for value in _found(raw, name, fields):
        match = _TIME.fullmatch(value.strip()) if isinstance(value, str) else None
        if match:
            zone = (match["zone"] or "+07:00").replace("Z", "+00:00")
            zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
            try:
                moment = dt.datetime.fromisoformat(
                    f"{match['day']}T{match['clock'] or '00:00'}{zone}"
                )
                return moment.astimezone(VIETNAM).date()
            except (ValueError, OverflowError):
                continue
    return None


def _unpaid(raw: Any, fields: Fields) -> int | None:
    """What is left to pay, in đồng; None unless every fee of the record tells it surely."""
    fees = next(iter(_found(raw, "fees", fields)), None)
    if not isinstance(fees, list) or not fees:
        return None
    rests = [_rest(fee) for fee in fees]
    return None if None in rests else sum(filter(None, rests))


def _rest(fee: Any) -> int | None:
    """What is left of one fee `{amount, quantity, paid, required}`.

    No reference says whether `amount` is for one piece or for all, nor whether a fee that is not
    required is owed: both stay unknown unless the payment covers them either way.
    """
    if not isinstance(fee, dict):
        return None
    amount, paid = _dong(fee.get("amount")), _dong(fee.get("paid"))
    quantity = _dong(fee.get("quantity", 1))
    if amount is None or paid is None or not quantity:
        return None
    if paid >= amount * quantity:
        return 0
    certain = quantity == 1 and fee.get("required", 1) in (1, True)
    return amount - paid if certain else None


def _dong(value: Any) -> int | None:
    """A sum in whole đồng (10000 or 10000.0)."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if value == value // 1 and 0 <= value < 10**12 else None
