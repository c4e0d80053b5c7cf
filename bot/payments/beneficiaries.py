"""The beneficiary of an agency's fees, from the list that the settings name; off without one.

The list is read again when its file changes. As long as it cannot be read and verified there is
no beneficiary at all: better no QR code than one with a wrong account.
"""

from __future__ import annotations

import datetime as dt
import functools
import logging
from pathlib import Path

from bot import clock
from bot.payments.beneficiary import Beneficiary, BeneficiaryListError
from bot.payments.signed_list import LARGEST_FILE, BeneficiaryList, read_signed
from bot.settings import settings

logger = logging.getLogger(__name__)


def are_set() -> bool:
    """Whether the settings name a list and the key that it is signed with."""
    return bool(settings().qr_beneficiaries and settings().qr_public_key)


def check(on: dt.date | None = None) -> BeneficiaryList | None:
    """The list as it is today, None if it is off; for whoever starts the server.

    Raises:
        BeneficiaryListError: it cannot be read or verified, was signed after today, or all of its
            entries have ended.
    """
    if not are_set():
        return None
    on = on or clock.today()
    found = load(Path(settings().qr_beneficiaries), settings().qr_public_key)
    require_current(found, on)
    return found


def require_current(found: BeneficiaryList, on: dt.date) -> None:
    """See that a list can be used on a day.

    Raises:
        BeneficiaryListError: it was signed later, or all of its entries have ended.
    """
    if found.signed_on > on:
        raise BeneficiaryListError(f"The list was signed on {found.signed_on}, after today.")
    if all(entry.valid_to < on for entry in found.beneficiaries):
        raise BeneficiaryListError("All entries of the list have ended.")


def load(path: Path, public_key: str) -> BeneficiaryList:
    """The verified list of a file; read again only if the file has changed.

    Raises:
        BeneficiaryListError: it cannot be read or verified.
    """
    try:
        state = path.stat()
        if state.st_size > LARGEST_FILE:
            raise BeneficiaryListError(f"it is larger than {LARGEST_FILE} bytes.")
        return _load(path, (state.st_mtime_ns, state.st_size, state.st_ino), public_key)
    except OSError as error:
        raise BeneficiaryListError(f"{path.name} cannot be read: {error.strerror}.") from None
    except BeneficiaryListError as error:
        raise BeneficiaryListError(f"{path.name}: {error}") from None


@functools.lru_cache(maxsize=4)
def _load(path: Path, _state: tuple[int, int, int], public_key: str) -> BeneficiaryList:
    return read_signed(path.read_bytes(), public_key)


def beneficiary_for(agency: str, on: dt.date) -> Beneficiary | None:
    """Who receives an agency's fees on a day; None if nobody, or if more than one might."""
    found = [entry for entry in _current(on) if entry.serves(agency)]
    return found[0] if len(found) == 1 else None


def beneficiary(key: str, on: dt.date) -> Beneficiary | None:
    """The entry with a key, if it holds on a day."""
    return next((entry for entry in _current(on) if entry.key == key), None)


def _current(on: dt.date) -> list[Beneficiary]:
    """Entries that hold on a day; none while the list is off or cannot be used."""
    try:
        found = check(on)
    except BeneficiaryListError as error:
        logger.error("No QR codes are offered: %s", error)
        return []
    return [entry for entry in found.beneficiaries if entry.holds(on)] if found else []
