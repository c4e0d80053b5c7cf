"""Who may receive fees by QR code: one entry of the signed list, and what may stand in it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Stands for all agencies: then it is the only one.
EVERY_AGENCY = "*"
LONGEST_TEXT = 150
FIELDS = (
    "key", "name", "bank_bin", "bank_name", "account", "agencies", "valid_from", "valid_to",
)  # fmt: skip
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_BANK = re.compile(r"[0-9]{6}")
_ACCOUNT = re.compile(r"[0-9A-Z]{6,19}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BeneficiaryListError(ValueError):
    """The list of beneficiaries cannot be used; the text says why, for operators."""


@dataclass(frozen=True)
class Beneficiary:
    """An account that fees of agencies go to, from a day to a day, both included.

    `name` is what a bank shows of the account's holder, `bank_bin` the bank's number at NAPAS.
    """

    key: str
    name: str
    bank_bin: str
    bank_name: str
    account: str
    agencies: tuple[str, ...]
    valid_from: dt.date
    valid_to: dt.date

    def holds(self, on: dt.date) -> bool:
        """Whether the entry holds on a day."""
        return self.valid_from <= on <= self.valid_to

    def serves(self, agency: str) -> bool:
        """Whether fees of an agency go there; the name is compared whole."""
        return self.agencies == (EVERY_AGENCY,) or spelt(agency) in self.agencies


def spelt(name: str) -> str:
    """A name composed (NFC) and with single blanks: two that look alike are alike."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def read_beneficiaries(entries: Any) -> tuple[Beneficiary, ...]:
    """The entries of a list as it stands in JSON.

    Raises:
        BeneficiaryListError: there is none, one is not of its form, a key comes twice, or two
            serve an agency on the same day, so that nobody could say which is right.
    """
    if not isinstance(entries, list) or not entries:
        raise BeneficiaryListError("“beneficiaries” must be a list with at least one entry.")
    found: list[Beneficiary] = []
    for number, entry in enumerate(entries, start=1):
        try:
            found.append(_beneficiary(entry))
        except ValueError as error:
            raise BeneficiaryListError(f"Beneficiary {number}: {error}") from None
    _refuse_doubles(found)
    return tuple(found)


def _beneficiary(entry: Any) -> Beneficiary:
    if not isinstance(entry, dict) or set(entry) != set(FIELDS):
        raise ValueError(f"it must have exactly the fields {', '.join(FIELDS)}.")
    first, last = _day(entry, "valid_from"), _day(entry, "valid_to")
    if last < first:
        raise ValueError("valid_to lies before valid_from.")
    account = _matching(entry, "account", _ACCOUNT)
    if len(set(account)) == 1:
        raise ValueError(f"account {account} is a placeholder.")
    return Beneficiary(
        key=_matching(entry, "key", _KEY),
        name=_text(entry["name"], "name"),
        bank_bin=_matching(entry, "bank_bin", _BANK),
        bank_name=_text(entry["bank_name"], "bank_name"),
        account=account,
        agencies=_agencies(entry["agencies"]),
        valid_from=first,
        valid_to=last,
    )


def _agencies(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError('agencies must be a list of names, or ["*"] for all.')
    names = tuple(_text(name, "agencies") for name in value)
    if len(set(names)) != len(names) or (EVERY_AGENCY in names and len(names) > 1):
        raise ValueError("agencies name one twice, or others beside *.")
    return names


def _text(value: Any, name: str) -> str:
    is_usable = isinstance(value, str) and value.isprintable() and value == spelt(value)
    if not is_usable or not 1 <= len(value) <= LONGEST_TEXT:
        raise ValueError(
            f"{name} must be text of 1 to {LONGEST_TEXT} letters, composed (NFC) and without "
            f"blanks at its ends, not {value!r}."
        )
    return str(value)


def _matching(entry: dict[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = entry[name]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(f"{name} must be text of the form {form.pattern}, not {value!r}.")
    return value


def _day(entry: dict[str, Any], name: str) -> dt.date:
    return read_day(_matching(entry, name, _DAY), name)


def read_day(text: Any, name: str) -> dt.date:
    """A day as YYYY-MM-DD.

    Raises:
        ValueError: it is none.
    """
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a day as YYYY-MM-DD, not {text!r}.") from None


def _refuse_doubles(found: Sequence[Beneficiary]) -> None:
    for number, one in enumerate(found):
        for other in found[:number]:
            if one.key == other.key:
                raise BeneficiaryListError(f"The key {one.key} comes twice.")
            agencies = _shared(one.agencies, other.agencies)
            if agencies and one.valid_from <= other.valid_to and other.valid_from <= one.valid_to:
                raise BeneficiaryListError(
                    f"{other.key} and {one.key} both serve {', '.join(agencies)} on some days."
                )


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    if one == (EVERY_AGENCY,):
        return other
    return one if other == (EVERY_AGENCY,) else tuple(name for name in one if name in other)
