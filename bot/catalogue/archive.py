"""Files within archives (tar, plain or compressed) and folders, read one by one.

What a hostile or broken archive can do is bounded here: its unpacked size, the size of one
file, a cut end.
"""

from __future__ import annotations

import datetime as dt
import gzip
import lzma
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from bot.imports import ImportRefused

# Far above the real export (60 MB unpacked), far below what fills a small server.
LARGEST_FILE = 4 * 1024 * 1024
LARGEST_TOTAL = 4 * 1024 * 1024 * 1024


def read_files(path: Path, ending: str) -> Iterator[tuple[str, bytes, dt.date]]:
    """Name without ending, content and date of each file with an ending (".txt").

    The path is a folder, an archive, or one such file.

    Raises:
        ImportRefused: the archive is damaged, or unpacks to an absurd size.
    """
    if path.is_dir() or path.suffix == ending:
        for file in sorted(path.glob(f"*{ending}")) if path.is_dir() else [path]:
            if file.stat().st_size > LARGEST_FILE:
                raise ImportRefused(f"{file.name} is larger than a record can be.")
            yield file.stem, file.read_bytes(), _utc_date(file.stat().st_mtime)
        return
    total = 0
    try:
        with decompressed(path) as stream:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for member in archive:
                    # What is passed over has to be unpacked, too.
                    total += member.size + tarfile.BLOCKSIZE
                    if member.size > LARGEST_FILE or total > LARGEST_TOTAL:
                        raise _too_large(path)
                    if not member.isfile() or not member.name.endswith(ending):
                        continue
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


def decompressed(path: Path) -> BinaryIO:
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
    rest = 0
    while chunk := stream.read(1024 * 1024):
        rest += len(chunk)
        if rest > LARGEST_FILE:
            raise _too_large(path)
    with path.open("rb") as file:
        start = file.read(6)
        plain = not start.startswith((b"\xfd7zXZ", b"\x1f\x8b"))
        file.seek(max(0, path.stat().st_size - 1024))
        if plain and file.read() != b"\0" * 1024:
            raise ImportRefused(f"{path.name} is not a whole archive: its end is missing.")


def _too_large(path: Path) -> ImportRefused:
    return ImportRefused(f"{path.name} unpacks to more than an export can hold.")


def _utc_date(timestamp: float) -> dt.date:
    return dt.datetime.fromtimestamp(timestamp, dt.timezone.utc).date()
