"""Import of the national export: the archive of text files with its index.

Keeps what Quảng Ngãi needs: procedures at commune or province level that are neither
internal to the administration nor another province's own. Everything is written in one
transaction; a broken export changes nothing.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import lzma
import tarfile
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from bot import database
from bot.catalogue import layers
from bot.catalogue.model import Procedure, Source
from bot.catalogue.national_record import RecordError, parse_record, split_sections
from bot.catalogue.tables import NATIONAL
from bot.imports import ImportRefused

SOURCE_TITLE = "Cơ sở dữ liệu quốc gia về thủ tục hành chính"
SOURCE_URL = "https://dichvucong.gov.vn"
PROVINCE_NAME = "Quảng Ngãi"
ARCHIVE_NAME, INDEX_NAMES = "procedures-text.tar.xz", ("catalog.jsonl.xz", "catalog.jsonl")

# Far above the real export (60 MB unpacked), far below what fills a small server.
LARGEST_TEXT = 4 * 1024 * 1024
LARGEST_TOTAL = 1024 * 1024 * 1024

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class IndexRow:
    """What the index says of a procedure."""

    issuing_body: str
    kind: str


@dataclass
class Report:
    """What an import did. `rejected` pairs a code with the reason."""

    read: int = 0
    kept: int = 0
    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0
    rejected: list[tuple[str, str]] = field(default_factory=list)
    checked_on: dt.date | None = None


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
            for line in lines:
                number += 1
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


def read_texts(path: Path) -> Iterator[tuple[str, bytes, dt.date]]:
    """Name without ending, content and date of each text file.

    Raises:
        ImportRefused: the archive is damaged, or unpacks to an absurd size.
    """
    if path.is_dir():
        for file in sorted(path.glob("*.txt")):
            yield file.stem, file.read_bytes(), _utc_date(file.stat().st_mtime)
        return
    total = 0
    try:
        with _decompressed(path) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    if not member.isfile() or not member.name.endswith(".txt"):
                        continue
                    total += member.size
                    if member.size > LARGEST_TEXT or total > LARGEST_TOTAL:
                        raise ImportRefused(f"{path.name} unpacks to more than an export can hold.")
                    content = archive.extractfile(member)
                    if content is not None:
                        yield Path(member.name).stem, content.read(), _utc_date(member.mtime)
            _read_to_the_end(stream, path)
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise ImportRefused(f"{path.name} is not a whole archive: {error}") from error
    except OSError as error:
        if error.errno:
            raise
        raise ImportRefused(f"{path.name} is not a whole archive: {error}") from error


def _decompressed(path: Path) -> BinaryIO:
    """The tar stream within an archive, told by content and not by name."""
    with path.open("rb") as file:
        start = file.read(6)
    if start == b"\xfd7zXZ\x00":
        return cast(BinaryIO, lzma.open(path))
    if start.startswith(b"\x1f\x8b"):
        return cast(BinaryIO, gzip.open(path))
    return path.open("rb")


def _read_to_the_end(stream: BinaryIO, path: Path) -> None:
    """tarfile takes a cut in a header for the end; the compression knows better.

    Raises:
        EOFError: the compressed stream was cut.
        ImportRefused: a plain tar lacks its two closing blocks of zeros.
    """
    while stream.read(1024 * 1024):
        pass
    with path.open("rb") as file:
        start = file.read(6)
        plain = not start.startswith((b"\xfd7zXZ", b"\x1f\x8b"))
        file.seek(max(0, path.stat().st_size - 1024))
        if plain and file.read() != b"\0" * 1024:
            raise ImportRefused(f"{path.name} is not a whole archive: its end is missing.")


def _utc_date(timestamp: float) -> dt.date:
    return dt.datetime.fromtimestamp(timestamp, dt.timezone.utc).date()


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
        ImportRefused: the export is missing, damaged or holds nothing for the province.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    texts, index_path = find_export(path)
    index = read_index(index_path)
    report = Report()
    wanted = []
    for code, content, date in read_texts(texts):
        report.read += 1
        report.checked_on = max(report.checked_on or date, date)
        if progress and report.read % 200 == 0:
            progress(report.read, max(len(index), report.read))
        row = index.get(code)
        if row is None:
            report.rejected.append((code, "not in the index"))
        elif belongs_to_province(row):
            wanted.append((code, content, row))
    report.checked_on = checked_on or report.checked_on
    if report.checked_on is None:
        raise ImportRefused(f"{texts.name} holds no text files.")
    source = Source(SOURCE_TITLE, SOURCE_URL, report.checked_on)
    procedures = list(_parse(wanted, source, report))
    if not procedures:
        raise ImportRefused(f"{texts.name} holds no procedure of {PROVINCE_NAME} that can be read.")
    report.kept = len(procedures)
    _write(procedures, report, dry_run=dry_run, progress=progress)
    return report


def _parse(
    wanted: list[tuple[str, bytes, IndexRow]], source: Source, report: Report
) -> Iterator[Procedure]:
    seen: set[str] = set()
    for code, content, row in wanted:
        try:
            text = content.decode("utf-8-sig")
            level = split_sections(text)["Cấp thực hiện"].strip()
            if level not in ("Cấp Xã", "Cấp Tỉnh"):
                continue  # ministries' procedures are not handed in at the province
            procedure = parse_record(text, issuing_body=row.issuing_body, source=source)
            if procedure.code != code:
                raise RecordError(f"file {code} holds the record of {procedure.code}")
            if code in seen:
                raise RecordError("stands twice in the export; the first is kept")
            seen.add(code)
            yield procedure
        except UnicodeDecodeError:
            report.rejected.append((code, "not UTF-8"))
        except RecordError as error:
            report.rejected.append((code, str(error)))


class _DryRun(Exception):
    """Rolls the transaction of a dry run back."""


def _write(
    procedures: list[Procedure], report: Report, *, dry_run: bool, progress: Progress | None
) -> None:
    def watched() -> Iterator[Procedure]:
        for done, procedure in enumerate(procedures, start=1):
            if progress and (done % 100 == 0 or done == len(procedures)):
                progress(done, len(procedures))
            yield procedure

    try:
        with database.begin() as connection:
            changes = layers.write_layer(
                connection,
                NATIONAL,
                watched(),
                # A record that cannot be read today keeps its last good copy.
                keep={code for code, _ in report.rejected},
            )
            report.new, report.changed = changes.new, changes.changed
            report.gone, report.unchanged = changes.gone, changes.unchanged
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
