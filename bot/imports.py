"""What importers share: files that people hand in are taken whole, or refused."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path


class ImportRefused(ValueError):
    """A file cannot be used; nothing was changed. The message says why and where."""


def read_rows(
    path: Path, columns: Sequence[str], *, largest: int
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and stripped values of each row of a UTF-8 file with a header.

    Args:
        path: the file.
        columns: names that the header must hold; others are passed over.
        largest: the most bytes that such a file can sensibly have.

    Raises:
        ImportRefused: the file is missing, too large, not UTF-8, broken, or a column or a
            row's value is missing.
    """
    if not path.is_file():
        raise ImportRefused(f"{path} is not a file.")
    if path.stat().st_size > largest:
        raise ImportRefused(f"{path.name} is larger than {largest // 2**20} MB.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            missing = [name for name in columns if name not in (reader.fieldnames or [])]
            if missing:
                raise ImportRefused(f"{path.name} lacks the columns {', '.join(missing)}.")
            for row in reader:
                if None in row or any(row.get(name) is None for name in columns):
                    raise ImportRefused(
                        f"{path.name}, line {reader.line_num}: the number of columns differs "
                        "from the header."
                    )
                yield reader.line_num, {name: row[name].strip() for name in columns}
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{path.name} is not UTF-8: byte {error.start}.") from error
    except csv.Error as error:
        raise ImportRefused(f"{path.name}, line {reader.line_num}: {error}.") from error
