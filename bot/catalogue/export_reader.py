"""Reading the files of an export one by one: what is new, known already, or cannot be used."""

from __future__ import annotations

import abc
import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.catalogue.archive import read_files
from bot.catalogue.import_run import Progress, Report
from bot.catalogue.model import Source
from bot.catalogue.national_record import RecordError
from bot.catalogue.records import Staged, Unread
from bot.catalogue.staging import Parsed, Staging

PROGRESS_STEP = 200


class ExportReader(abc.ABC):
    """Reads files of one ending, each only if its content is new.

    `newest` is the day of the newest file that was read; `twice` is the reason of a rejected
    record whose code came before.
    """

    ending: str
    twice: str

    def __init__(self, known: Mapping[str, str], staging: Staging, report: Report) -> None:
        """`known` are the hashes of what the layer's records were read from, by code."""
        self._known = known
        self._staging = staging
        self._report = report
        self.newest = dt.date.min

    def read(
        self, path: Path, progress: Progress | None = None, expected: int = 0
    ) -> Iterator[Parsed | Staged | Unread]:
        """The records for the province; what is rejected goes into the report."""
        report = self._report
        seen: set[str] = set()
        for name, content, date in read_files(path, self.ending):
            report.read += 1
            self.newest = max(self.newest, date)
            if progress and report.read % PROGRESS_STEP == 0:
                progress(report.read, max(expected, report.read))
            try:
                record = self._read_one(name, content, date)
                if record is None:
                    continue
                code = record.read.code if isinstance(record, Parsed) else record.code
                if code in seen:
                    raise RecordError(self.twice.format(code=code))
                seen.add(code)
                yield record
            except UnicodeDecodeError:
                report.rejected.append((name, "not UTF-8"))
            except RecordError as error:
                report.rejected.append((name, str(error)))

    @abc.abstractmethod
    def _read_one(
        self, name: str, content: bytes, date: dt.date, /
    ) -> Parsed | Staged | Unread | None:
        """The record of a file, None if it is not for the province.

        Raises:
            RecordError: it cannot be used; the message says why.
            UnicodeDecodeError: it is not UTF-8.
        """

    def _read_before(self, code: str, raw_hash: str, source: Source) -> Staged | Unread | None:
        """The record as an earlier import read it from the same content."""
        if self._known.get(code) == raw_hash:
            return Unread(code, source)
        found = self._staging.find(code, raw_hash)
        if found is None:
            return None
        staged, shares = found
        self._report.resumed += 1
        if self._report.shares is not None:
            self._report.shares.merge(shares)
        return staged
