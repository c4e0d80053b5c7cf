"""Tickets as files for an agency: signed slip (PDF), detached signature, envelope (JSON).

All files of an export come to be, or none: they are written under other names first. Nothing is
overwritten unless that is wanted.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from bot.support import envelope
from bot.support.signing import Signer
from bot.support.ticket import Ticket

PDF, SIGNATURE, ENVELOPE = ".pdf", ".pdf.p7s", ".json"


class ExportRefused(RuntimeError):
    """Nothing was exported; the text says why, for operators."""


def export(
    tickets: Iterable[Ticket],
    folder: Path,
    draw: Callable[[Ticket], bytes],
    signer: Signer,
    *,
    replace: bool = False,
    now: dt.datetime | None = None,
) -> list[Path]:
    """Write three files a ticket; the envelopes' paths. `draw` makes the slip of a ticket.

    Raises:
        ExportRefused: a file is there already, or the folder cannot be written to.
    """
    now = now or dt.datetime.utcnow()
    contents: dict[str, bytes] = {}
    for ticket in tickets:
        contents.update(files_of(ticket, draw(ticket), signer, now))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _put(contents, folder, replace=replace)
    except OSError as error:
        raise ExportRefused(f"{folder} cannot be written to: {error.strerror or error}") from error
    return [folder / name for name in contents if name.endswith(ENVELOPE)]


def files_of(ticket: Ticket, pdf: bytes, signer: Signer, now: dt.datetime) -> dict[str, bytes]:
    """Names and contents of a ticket's files."""
    names = f"{ticket.code}{PDF}", f"{ticket.code}{SIGNATURE}"
    described = envelope.make(ticket, pdf, names, signer, now)
    envelope.check(described, pdf)
    written = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    return {
        names[0]: pdf,
        names[1]: signer.sign(pdf),
        f"{ticket.code}{ENVELOPE}": written.encode(),
    }


def _put(contents: Mapping[str, bytes], folder: Path, *, replace: bool) -> None:
    known = sorted(name for name in contents if (folder / name).exists())
    if known and not replace:
        raise ExportRefused(f"{folder} holds {', '.join(known)} already; nothing was written.")
    staging = Path(tempfile.mkdtemp(prefix=".export-", dir=folder))
    try:
        for name, content in contents.items():
            _write(staging / name, content)
        _move(list(contents), staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    # Citizens' words are in it: nobody else on the machine need read them.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _move(names: list[str], staging: Path, folder: Path) -> None:
    """Into the folder, all or none: what was there before comes back if one fails."""
    kept = staging / "before"
    kept.mkdir()
    moved: list[str] = []
    try:
        for name in names:
            if (folder / name).exists():
                os.replace(folder / name, kept / name)
            os.replace(staging / name, folder / name)
            moved.append(name)
    except OSError:
        for name in moved:
            (folder / name).unlink(missing_ok=True)
        for path in kept.iterdir():
            os.replace(path, folder / path.name)
        raise
