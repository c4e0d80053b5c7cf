"""Import of dossiers from a CSV file; a repeated code updates, nothing is half-written."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.codes import mask_personal_numbers, normalise_dossier_code
from bot.dossiers import tables as t
from bot.dossiers.verification import digits_of, number_hashes, person_hash
from bot.imports import ImportRefused, faulty_rows, read_rows
from bot.settings import settings

COLUMNS = (
    "code",
    "procedure_code",
    "applicant_phone",
    "applicant_identity_number",
    "received_on",
    "due_on",
    "finished_on",
    "status",
    "agency",
    "note",
)
# What is left to pay, in đồng: a procedures system knows, a list of dossiers may.
OPTIONAL_COLUMNS = ("fee_unpaid",)
LARGEST_FILE = 200 * 1024 * 1024


@dataclass(frozen=True)
class Report:
    """Dossiers that came new and that were updated."""

    new: int
    updated: int


def import_dossiers(path: Path) -> Report:
    """Write the dossiers of a CSV file (UTF-8, columns `COLUMNS`), all or none.

    Raises:
        ImportRefused: the file or one of its rows is not of the format.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    rows = _read(path)
    with database.begin() as connection:
        known = {row.code for row in connection.execute(sa.select(t.dossiers.c.code))}
        updated = 0
        for values in rows.values():
            if values["code"] in known:
                updated += 1
                where = t.dossiers.c.code == values["code"]
                connection.execute(sa.update(t.dossiers).where(where).values(values))
            else:
                connection.execute(sa.insert(t.dossiers).values(values))
    return Report(new=len(rows) - updated, updated=updated)


def _read(path: Path) -> dict[str, dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    errors: list[str] = []
    imported_at = dt.datetime.utcnow().replace(microsecond=0)
    for line, row in read_rows(path, COLUMNS, largest=LARGEST_FILE, optional=OPTIONAL_COLUMNS):
        try:
            values = _values(row, imported_at)
            rows[values["code"]] = values
        except ValueError as error:
            errors.append(f"line {line}: {error}")
    if errors:
        raise faulty_rows(path, errors)
    if not rows:
        raise ImportRefused(f"{path.name} holds no dossiers.")
    return rows


def _values(text: dict[str, str], imported_at: dt.datetime) -> dict[str, Any]:
    """One row as column values. Error texts never repeat a telephone or identity number."""
    code = normalise_dossier_code(text["code"])
    if code is None:
        raise ValueError(f"{_shown(text['code'])} is not a dossier code")
    phone, identity = text["applicant_phone"], text["applicant_identity_number"]
    if phone and len(digits_of(phone)) != 10:
        raise ValueError("applicant_phone must have 10 digits")
    if identity and len(digits_of(identity)) not in (9, 12):
        raise ValueError("applicant_identity_number must have 9 or 12 digits")
    secret = settings().secret
    numbers = number_hashes(secret, code, phone, identity)
    dates = {name: _date(text[name], name) for name in ("received_on", "due_on", "finished_on")}
    return {
        "code": code,
        "procedure_code": text["procedure_code"],
        "phone_hash": numbers.phone,
        "phone_tail_hash": numbers.phone_tail,
        "identity_hash": numbers.identity,
        "identity_tail_hash": numbers.identity_tail,
        "person_hash": person_hash(secret, phone, identity),
        "status": text["status"],
        "agency": text["agency"],
        # Clerks write numbers into notes; the store keeps none in clear.
        "note": mask_personal_numbers(text["note"]),
        "fee_unpaid": _sum(text["fee_unpaid"]),
        "imported_at": imported_at,
        **dates,
    }


def _sum(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,12}", text):
        raise ValueError("fee_unpaid must be a whole number (VND), without dots")
    return int(text)


def _date(text: str, name: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} must be a date as YYYY-MM-DD, not {_shown(text)}") from None


def _shown(text: str) -> str:
    """A faulty value for an error text; its digits may be a number in the wrong column."""
    return repr(re.sub(r"\d", "•", text[:40]))
