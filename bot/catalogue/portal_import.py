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
from dataclasses import replace
from pathlib import Path

from bot import database
from bot.catalogue import layers
from bot.catalogue.archive import read_files
from bot.catalogue.import_run import Progress, Report, write_export
from bot.catalogue.layers import Read, Unread
from bot.catalogue.model import Source
from bot.catalogue.national_import import IndexRow, belongs_to_province
from bot.catalogue.national_record import RecordError
from bot.catalogue.portal_record import (
    is_internal,
    is_portal_record,
    issuing_body,
    parse_portal_record,
)
from bot.catalogue.tables import PORTAL
from bot.imports import ImportRefused

SOURCE_TITLE = "Cổng Dịch vụ công quốc gia"
SOURCE_URL = "https://dichvucong.gov.vn"
KIND = "portal"
READER = 1
_NO_SOURCE = Source(SOURCE_TITLE, SOURCE_URL, dt.date.min)


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
    read = list(_read(path, known, report))
    if not read:
        reasons = "; ".join(f"{code}: {reason}" for code, reason in report.rejected[:3])
        raise ImportRefused(f"{path.name} holds no record that can be used. {reasons}".rstrip())
    report.checked_on = checked_on or report.checked_on
    assert report.checked_on is not None
    source = Source(SOURCE_TITLE, SOURCE_URL, report.checked_on)
    report.kept = len(read)
    records: list[Read | Unread] = [
        Unread(record.code, source)
        if isinstance(record, Unread)
        else replace(record, procedure=replace(record.procedure, source=source))
        for record in read
    ]
    write_export(
        records,
        report,
        layer=PORTAL,
        file=path.name,
        reader=READER,
        keep=None,
        dry_run=dry_run,
        progress=progress,
    )
    return report


def _read(path: Path, known: dict[str, str], report: Report) -> Iterator[Read | Unread]:
    seen: set[str] = set()
    for name, content, date in read_files(path, ".json"):
        report.read += 1
        report.checked_on = max(report.checked_on or date, date)
        try:
            record = _read_one(content, known)
            if record is None:
                continue
            code = record.code if isinstance(record, Unread) else record.procedure.code
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


def _read_one(content: bytes, known: dict[str, str]) -> Read | Unread | None:
    value = json.loads(content.decode("utf-8-sig"))
    if not is_portal_record(value):
        raise RecordError("not a record of the portal")
    if is_internal(value) or not belongs_to_province(IndexRow(issuing_body(value), "")):
        return None
    raw_hash = hashlib.sha256(f"{READER}\n".encode() + content).hexdigest()
    code = str(value["data"]["code"]).strip()
    if known.get(code) == raw_hash:
        return Unread(code, _NO_SOURCE)
    procedure = parse_portal_record(value, _NO_SOURCE)
    return None if procedure is None else Read(procedure, raw_hash, zlib.compress(content))
