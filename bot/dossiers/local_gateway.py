"""Dossiers of the local database, which a CSV file fills (`csv_import`)."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa

from bot import clock, database
from bot.dossiers import tables as t
from bot.dossiers.model import Dossier, NumberHashes, Record
from bot.dossiers.verification import person_hash
from bot.settings import settings

SOURCE_TITLE = "Dữ liệu hồ sơ của tỉnh"


class LocalGateway:
    """See `bot.dossiers.gateway.DossierGateway`."""

    answer_seconds = 0.05

    async def by_code(self, code: str) -> Record | None:
        """The dossier with exactly this code, or None."""
        found = await asyncio.to_thread(_records, t.dossiers.c.code == code)
        return found[0] if found else None

    async def by_person(self, phone: str, identity_number: str) -> list[Record]:
        """All dossiers whose applicant has both numbers, the latest first."""
        wanted = person_hash(settings().secret, phone, identity_number)
        if not wanted:
            return []
        return await asyncio.to_thread(_records, t.dossiers.c.person_hash == wanted)


def _records(where: Any) -> list[Record]:
    order = (t.dossiers.c.received_on.desc(), t.dossiers.c.code)
    with database.connect() as connection:
        rows = connection.execute(sa.select(t.dossiers).where(where).order_by(*order)).all()
    return [_record(row) for row in rows]


def _record(row: Any) -> Record:
    dossier = Dossier(
        code=row.code,
        status=row.status,
        source_title=SOURCE_TITLE,
        checked_on=clock.in_vietnam(row.imported_at).date(),
        procedure_code=row.procedure_code,
        agency=row.agency,
        note=row.note,
        received_on=row.received_on,
        due_on=row.due_on,
        finished_on=row.finished_on,
        fee_unpaid=row.fee_unpaid,
    )
    numbers = NumberHashes(
        row.phone_hash, row.phone_tail_hash, row.identity_hash, row.identity_tail_hash
    )
    return Record(dossier, numbers)
