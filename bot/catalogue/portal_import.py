"""Import of the national portal's own JSON: one file a procedure, in an archive or a folder.

What comes adds to the portal's layer or replaces records of it; records that do not come stay,
since nobody exports all of them at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

from bot import database
from bot.catalogue import layers
from bot.catalogue.export_reader import ExportReader
from bot.catalogue.import_run import Progress, Report, write_export
from bot.catalogue.model import Source
from bot.catalogue.national_import import IndexRow, belongs_to_province
from bot.catalogue.national_record import RecordError
from bot.catalogue.parsed_shares import Shares
from bot.catalogue.portal_record import (
    is_internal,
    is_portal_record,
    issuing_body,
    parse_portal_record,
)
from bot.catalogue.records import Read, Staged, Unread
from bot.catalogue.staging import Parsed, Staging
from bot.catalogue.tables import PORTAL
from bot.imports import ImportRefused

SOURCE_TITLE = "Cổng Dịch vụ công quốc gia"
SOURCE_URL = "https://dichvucong.gov.vn"
KIND = "portal"
READER = 1


def import_portal(
    path: Path,
    *,
    checked_on: dt.date | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Put the records at `path` (an archive, a folder, or one JSON file) into the portal's layer.

    Args:
        path: where the JSON files are.
        checked_on: day on which they were taken; default: the newest file's date.
        dry_run: report only, write nothing.
        progress: called with the number of records written and of all.

    Raises:
        ImportRefused: the archive is damaged, older than the catalogue, or no file can be used.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    with database.connect() as connection:
        known = layers.raw_hashes(connection, PORTAL)
    report = Report(kind=KIND)
    with Staging(PORTAL, dry_run=dry_run) as staging:
        reader = _Reader(known, staging, report)
        records = list(staging.stage(reader.read(path)))
        if not records:
            reasons = "; ".join(f"{code}: {reason}" for code, reason in report.rejected[:3])
            raise ImportRefused(f"{path.name} holds no record that can be used. {reasons}".rstrip())
        write_export(
            records,
            Source(SOURCE_TITLE, SOURCE_URL, checked_on or reader.newest),
            report,
            staging,
            layer=PORTAL,
            file=path.name,
            reader=READER,
            keep=None,
            dry_run=dry_run,
            progress=progress,
        )
    return report


class _Reader(ExportReader):
    """Reads the portal's JSON files."""

    ending = ".json"
    twice = "{code} stands twice; the first is kept"

    def _read_one(
        self, _name: str, content: bytes, date: dt.date, /
    ) -> Parsed | Staged | Unread | None:
        value = _json_value(content)
        if not is_portal_record(value):
            raise RecordError("not a record of the portal")
        if is_internal(value) or not belongs_to_province(IndexRow(issuing_body(value), "")):
            return None
        source = Source(SOURCE_TITLE, SOURCE_URL, date)
        raw_hash = hashlib.sha256(f"{READER}\n".encode() + content).hexdigest()
        code = str(value["data"]["code"]).strip()
        if before := self._read_before(code, raw_hash, source):
            return before
        procedure = parse_portal_record(value, source)
        if procedure is None:
            return None
        return Parsed(Read(procedure, raw_hash, zlib.compress(content)), Shares())


def _json_value(content: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        RecordError: it is broken; the message says where.
        UnicodeDecodeError: it is not UTF-8.
    """
    text = content.decode("utf-8-sig")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise RecordError(f"no whole JSON: line {error.lineno}") from error
    except RecursionError as error:
        raise RecordError("nested too deeply") from error
    except ValueError as error:
        # Python refuses integers of thousands of digits.
        raise RecordError("no number can be so long") from error
