"""What importers share: files that people hand in are taken whole, or refused."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

MOST_ERRORS_SHOWN = 20


class ImportRefused(ValueError):
    """A file cannot be used; nothing was changed. The message says why and where."""


def faulty_rows(path: Path, errors: Sequence[str]) -> ImportRefused:
    """A refusal that lists the first faults of a file's rows, each with its line."""
    shown = list(errors[:MOST_ERRORS_SHOWN])
    more = [f"… and {len(errors) - len(shown)} more"] if len(errors) > len(shown) else []
    return ImportRefused("\n".join([f"{path.name} has faulty rows:", *shown, *more]))


def read_header(path: Path, *, largest: int) -> list[str]:
    """Names of a UTF-8 file's columns; none if the file is empty.

    Raises:
        ImportRefused: as `read_rows`.
    """
    with _opened(path, largest) as file:
        reader = csv.reader(file, strict=True)
        try:
            return [name.strip() for name in next(reader, [])]
        except csv.Error as error:
            raise ImportRefused(f"{path.name}, line {reader.line_num}: {error}.") from error


def read_rows(
    path: Path, columns: Sequence[str], *, largest: int, optional: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and stripped values of each row of a UTF-8 file with a header.

    Args:
        path: the file.
        columns: names that the header must hold; others are passed over.
        largest: the most bytes that such a file can sensibly have.
        optional: names that the header may lack; their values are then empty.

    Raises:
        ImportRefused: the file is missing, too large, not UTF-8, broken, or a column or a
            row's value is missing.
    """
    with _opened(path, largest) as file:
        reader = csv.DictReader(file, strict=True)
        try:
            header = reader.fieldnames or []
            missing = [name for name in columns if name not in header]
            if missing:
                raise ImportRefused(f"{path.name} lacks the columns {', '.join(missing)}.")
            present = [*columns, *(name for name in optional if name in header)]
            absent = dict.fromkeys((name for name in optional if name not in header), "")
            for row in reader:
                if None in row or any(row.get(name) is None for name in present):
                    raise ImportRefused(
                        f"{path.name}, line {reader.line_num}: the number of columns differs "
                        "from the header."
                    )
                yield reader.line_num, {name: row[name].strip() for name in present} | absent
        except csv.Error as error:
            raise ImportRefused(f"{path.name}, line {reader.line_num}: {error}.") from error


@contextmanager
def _opened(path: Path, largest: int) -> Iterator[TextIO]:
    if not path.is_file():
        raise ImportRefused(f"{path} is not a file.")
    if path.stat().st_size > largest:
        raise ImportRefused(f"{path.name} is larger than {largest // 2**20} MB.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
    except UnicodeDecodeError as error:
        where = undecodable_line(path)
        raise ImportRefused(f"{path.name}, line {where}, is not UTF-8.") from error


def undecodable_line(path: Path) -> int:
    """The line of the first byte that is not UTF-8; the decoder knows only its own buffer."""
    content = path.read_bytes()
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1
