"""Import of the national portal's own JSON: one file a procedure, in an archive or a folder.

What comes adds to the portal's layer or replaces records of it; records that do not come stay,
since nobody exports all of them at once.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Iterator
from pathlib import Path

from bot import database
from bot.catalogue import layers
from bot.catalogue.archive import read_files
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


class _Reader:
    """Reads the JSON files of an export, each only if it is new."""

    def __init__(self, known: dict[str, str], staging: Staging, report: Report) -> None:
        self._known = known
        self._staging = staging
        self._report = report
        self.newest = dt.date.min

    def read(self, path: Path) -> Iterator[Parsed | Staged | Unread]:
        """The records for the province; what is rejected goes into the report."""
        report = self._report
        seen: set[str] = set()
        for name, content, date in read_files(path, ".json"):
            report.read += 1
            self.newest = max(self.newest, date)
            try:
                record = self._read_one(content, date)
                if record is None:
                    continue
                code = record.read.code if isinstance(record, Parsed) else record.code
                if code in seen:
                    raise RecordError(f"{code} stands twice; the first is kept")
                seen.add(code)
                yield record
            except UnicodeDecodeError:
                report.rejected.append((name, "not UTF-8"))
            except json.JSONDecodeError as error:
                report.rejected.append((name, f"no whole JSON: line {error.lineno}"))
            except RecursionError:
                report.rejected.append((name, "nested too deeply"))
            except RecordError as error:
                report.rejected.append((name, str(error)))
            except ValueError:
                # Python refuses integers of thousands of digits.
                report.rejected.append((name, "no number can be so long"))

    def _read_one(self, content: bytes, date: dt.date) -> Parsed | Staged | Unread | None:
        value = json.loads(content.decode("utf-8-sig"))
        if not is_portal_record(value):
            raise RecordError("not a record of the portal")
        if is_internal(value) or not belongs_to_province(IndexRow(issuing_body(value), "")):
            return None
        source = Source(SOURCE_TITLE, SOURCE_URL, date)
        raw_hash = hashlib.sha256(f"{READER}\n".encode() + content).hexdigest()
        code = str(value["data"]["code"]).strip()
        if self._known.get(code) == raw_hash:
            return Unread(code, source)
        if found := self._staging.find(code, raw_hash):
            self._report.resumed += 1
            return found[0]
        procedure = parse_portal_record(value, source)
        if procedure is None:
            return None
        return Parsed(Read(procedure, raw_hash, zlib.compress(content)), Shares())
