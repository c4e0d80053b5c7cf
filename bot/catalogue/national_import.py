"""Import of the national export: the archive of text files with its index.

Keeps what Quảng Ngãi needs: procedures at commune or province level that are neither
internal to the administration nor another province's own. Everything is written in one
transaction; a broken export changes nothing. A record whose text is the one that was read
before, by an import that ended or by one that was interrupted, is not read again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import lzma
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot import database
from bot.catalogue import layers
from bot.catalogue.export_reader import ExportReader
from bot.catalogue.import_run import Progress, Report, write_export
from bot.catalogue.model import Source
from bot.catalogue.national_record import (
    RecordError,
    from_sections,
    level_of,
    measure,
    split_sections,
)
from bot.catalogue.parsed_shares import Shares
from bot.catalogue.records import Read, Staged, Unread
from bot.catalogue.staging import Parsed, Staging
from bot.catalogue.tables import NATIONAL
from bot.imports import ImportRefused

SOURCE_TITLE = "Cơ sở dữ liệu quốc gia về thủ tục hành chính"
SOURCE_URL = "https://dichvucong.gov.vn"
PROVINCE_NAME = "Quảng Ngãi"
ARCHIVE_NAME, INDEX_NAMES = "procedures-text.tar.xz", ("catalog.jsonl.xz", "catalog.jsonl")
KIND = "national"
# To be raised with every change of what is read from a record, so that it is read again.
READER = 2
LARGEST_INDEX_LINE = 64 * 1024
MOST_INDEX_LINES = 1_000_000


@dataclass(frozen=True)
class IndexRow:
    """What the index says of a procedure."""

    issuing_body: str
    kind: str


def find_export(path: Path) -> tuple[Path, Path]:
    """Archive (or folder of text files) and index at a path.

    Raises:
        ImportRefused: there is no export, or its index is missing.
    """
    if not path.exists():
        raise ImportRefused(f"{path} does not exist.")
    folder = path if path.is_dir() else path.parent
    texts = path if path.is_file() else folder / ARCHIVE_NAME
    if path.is_dir() and not texts.exists():
        if not any(folder.glob("*.txt")) and not (folder / "Data_DVC").is_dir():
            raise ImportRefused(f"{path} holds neither {ARCHIVE_NAME} nor text files.")
        texts = folder / "Data_DVC" if (folder / "Data_DVC").is_dir() else folder
    for candidate in (folder / name for name in INDEX_NAMES):
        if candidate.exists():
            return texts, candidate
    raise ImportRefused(
        f"The index ({' or '.join(INDEX_NAMES)}) must lie beside {texts.name}: without it one "
        "cannot tell other provinces' procedures."
    )


def read_index(path: Path) -> dict[str, IndexRow]:
    """Rows of the index by procedure code.

    Raises:
        ImportRefused: the file is damaged, or a line is not of its format.
    """
    rows = {}
    number = 0
    opener = lzma.open if path.suffix == ".xz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            while line := lines.readline(LARGEST_INDEX_LINE):
                number += 1
                if number > MOST_INDEX_LINES or len(line) == LARGEST_INDEX_LINE:
                    raise ImportRefused(f"{path.name}, line {number}: too long for an index.")
                if line.strip():
                    row = json.loads(line)
                    body = unicodedata.normalize("NFC", row.get("departmentPromulgate") or "")
                    rows[str(row["code"])] = IndexRow(body, str(row.get("type") or ""))
    except (lzma.LZMAError, EOFError, UnicodeDecodeError) as error:
        raise ImportRefused(f"{path.name} is damaged: {error}") from error
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ImportRefused(f"{path.name}, line {number}: not a row of the index") from error
    if not rows:
        raise ImportRefused(f"{path.name} is empty.")
    return rows


def belongs_to_province(row: IndexRow) -> bool:
    """Whether a procedure is open to people in Quảng Ngãi, by who issued it."""
    body = row.issuing_body
    other_province = (
        body.startswith(("UBND", "Trung tâm phục vụ", "Sở "))
        and PROVINCE_NAME.lower() not in body.lower()
    )
    return row.kind != "STANDARD_INTERNAL" and not other_province


def import_export(
    path: Path,
    *,
    checked_on: dt.date | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Make the national layer hold the export at `path` (a folder or the archive).

    Args:
        path: folder with archive and index, or the archive with its index beside it.
        checked_on: day on which the export was taken; default: the newest file's date.
        dry_run: report only, write nothing.
        progress: called with the number of records read and of those to come.

    Raises:
        ImportRefused: the export is missing, damaged, older than the catalogue or holds
            nothing for the province.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    texts, index_path = find_export(path)
    index = read_index(index_path)
    with database.connect() as connection:
        known = layers.raw_hashes(connection, NATIONAL)
    report = Report(kind=KIND, shares=Shares())
    with Staging(NATIONAL, dry_run=dry_run) as staging:
        reader = _Reader(index, known, staging, report)
        records = list(staging.stage(reader.read(texts, progress, len(index))))
        if report.read == 0:
            raise ImportRefused(f"{texts.name} holds no text files.")
        if not records:
            raise ImportRefused(
                f"{texts.name} holds no procedure of {PROVINCE_NAME} that can be read."
            )
        write_export(
            records,
            Source(SOURCE_TITLE, SOURCE_URL, checked_on or reader.newest),
            report,
            staging,
            layer=NATIONAL,
            file=texts.name,
            reader=READER,
            # A record that cannot be read today keeps its last good copy.
            keep={code for code, _ in report.rejected},
            dry_run=dry_run,
            progress=progress,
        )
    return report


class _Reader(ExportReader):
    """Reads the text files of the national archive."""

    ending = ".txt"
    twice = "stands twice in the export; the first is kept"

    def __init__(
        self,
        index: Mapping[str, IndexRow],
        known: Mapping[str, str],
        staging: Staging,
        report: Report,
    ) -> None:
        super().__init__(known, staging, report)
        self._index = index

    def _read_one(
        self, name: str, content: bytes, date: dt.date, /
    ) -> Parsed | Staged | Unread | None:
        row = self._index.get(name)
        if row is None:
            raise RecordError("not in the index")
        if not belongs_to_province(row):
            return None
        source = Source(SOURCE_TITLE, SOURCE_URL, date)
        start = f"{READER} {row.issuing_body}\n".encode()
        raw_hash = hashlib.sha256(start + content).hexdigest()
        if before := self._read_before(name, raw_hash, source):
            return before
        sections = split_sections(content.decode("utf-8-sig"))
        if level_of(sections) is None:  # a ministry's
            return None
        procedure = from_sections(sections, issuing_body=row.issuing_body, source=source)
        if procedure.code != name:
            raise RecordError(f"file {name} holds the record of {procedure.code}")
        shares = measure(sections, procedure)
        assert self._report.shares is not None
        self._report.shares.merge(shares)
        return Parsed(Read(procedure, raw_hash, zlib.compress(content)), shares)
