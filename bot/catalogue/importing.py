"""One door for all files that the catalogue can be filled from, told apart by content."""

from __future__ import annotations

import datetime as dt
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.catalogue import national_import, portal_import
from bot.catalogue.archive import decompressed
from bot.catalogue.import_run import Progress, Report
from bot.catalogue.portal_record import is_portal_record
from bot.catalogue.sheets import files
from bot.catalogue.sheets.importer import import_sheets
from bot.catalogue.sheets.spec import sheets
from bot.imports import ImportRefused

NATIONAL, PORTAL, SHEETS = "national", "portal", "sheets"
PORTAL_ARCHIVE = "portal-json.tar.xz"
# How much of a file tells what it is.
_HEAD = 4096
# A zip behind something else is none: only what begins like one is read as a workbook.
_ZIP = b"PK"


def import_path(
    path: Path,
    *,
    checked_on: dt.date | None = None,
    dry_run: bool = False,
    complete: bool = False,
    restore: bool = False,
    progress: Progress | None = None,
) -> list[Report]:
    """Import whatever lies at `path`; one report for each kind of file that was there.

    Args:
        path: a file or a folder.
        checked_on: day on which a national or portal export was taken.
        dry_run: report only, write nothing.
        complete: see `bot.catalogue.sheets.importer`.
        restore: see `bot.catalogue.sheets.importer`.
        progress: called with the number of records done and of all.

    Raises:
        ImportRefused: nothing of a known kind is there, or it cannot be used.
        bot.database.DatabaseUnavailable: the database is down; nothing was written.
    """
    kind = kind_of(path)
    if kind != SHEETS and (complete or restore):
        raise ImportRefused("--complete and --restore are for files of the catalogue's own format.")
    if kind == SHEETS:
        if checked_on is not None:
            raise ImportRefused("--checked-on is for exports; here the column checked_on says it.")
        rows = _raw_rows(path, files.LARGEST_RESTORED if restore else files.LARGEST_FILE)
        return [
            import_sheets(
                rows,
                path.name,
                dry_run=dry_run,
                complete=complete,
                restore=restore,
                progress=progress,
            )
        ]
    options: dict[str, Any] = {
        "checked_on": checked_on,
        "dry_run": dry_run,
        "progress": progress,
    }
    if kind == PORTAL:
        return [portal_import.import_portal(path, **options)]
    reports = [national_import.import_export(path, **options)]
    portal = path / PORTAL_ARCHIVE
    if path.is_dir() and portal.is_file():
        reports.append(portal_import.import_portal(portal, **options))
    return reports


def kind_of(path: Path) -> str:
    """What lies at a path.

    Raises:
        ImportRefused: nothing, or nothing of a known kind.
    """
    if path.is_dir():
        return _kind_of_folder(path)
    if not path.is_file():
        raise ImportRefused(f"{path} does not exist.")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise ImportRefused(f"{path.name} is empty.")
    if head.startswith(_ZIP):
        return SHEETS
    if head.startswith((b"\xfd7zXZ\x00", b"\x1f\x8b")) or head[257:262] == b"ustar":
        return _kind_of_archive(path)
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if text.startswith("{"):
        return _kind_of_json(path)
    first = text.splitlines()[0] if text.splitlines() else ""
    if _sheet_of_header(first, path.stem) is not None:
        return SHEETS
    raise ImportRefused(
        f"{path.name} is neither an export of the national database or of the portal, nor a "
        "file of the catalogue's own format (python -m bot catalogue template writes one)."
    )


def _kind_of_folder(path: Path) -> str:
    if any((path / f"{name}.csv").is_file() for name in sheets()):
        return SHEETS
    if (path / national_import.ARCHIVE_NAME).exists() or any(path.glob("*.txt")):
        return NATIONAL
    if (path / "Data_DVC").is_dir():
        return NATIONAL
    if any(path.glob("*.json")):
        return PORTAL
    raise ImportRefused(
        f"{path} holds neither {national_import.ARCHIVE_NAME} nor text files, JSON records or "
        "CSV files of the catalogue's own format."
    )


def _kind_of_archive(path: Path) -> str:
    """By the ending of its first file; a damaged archive is told of by its importer."""
    try:
        with decompressed(path) as stream, tarfile.open(fileobj=stream, mode="r|") as archive:
            for member in archive:
                if member.isfile():
                    return PORTAL if member.name.endswith(".json") else NATIONAL
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ImportRefused(f"{path.name} is not a whole archive: {error}") from error
    except Exception as error:
        # lzma's own error is no OSError.
        raise ImportRefused(f"{path.name} is not a whole archive: {error}") from error
    raise ImportRefused(f"{path.name} holds no files.")


def _kind_of_json(path: Path) -> str:
    document = files.load_json(path)
    if files.is_catalogue_json(document):
        return SHEETS
    if is_portal_record(document):
        return PORTAL
    raise ImportRefused(f"{path.name} is JSON, but no record or export that is known here.")


def _sheet_of_header(line: str, stem: str) -> str | None:
    """The sheet whose columns a CSV header names; where several fit, the file's name tells."""
    cells = {cell.strip().strip('"') for cell in line.split(",")}
    fitting = [
        name
        for name, sheet in sheets().items()
        if cells <= {column.name for column in sheet.columns}
        and {column.name for column in sheet.columns if column.required} <= cells
    ]
    return fitting[0] if len(fitting) == 1 else next((n for n in fitting if n == stem), None)


def _raw_rows(path: Path, largest: int) -> Iterator[files.RawRow]:
    if path.is_dir():
        return files.read_csv(path, largest)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_ZIP):
        return files.read_xlsx(path)
    text = head.decode("utf-8-sig", errors="replace").lstrip()
    if text.startswith("{"):
        return files.read_json(path)
    name = _sheet_of_header(text.splitlines()[0], path.stem)
    assert name is not None
    return files.read_csv_file(path, name, largest)
