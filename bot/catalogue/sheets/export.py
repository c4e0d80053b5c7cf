"""The catalogue out: every record of every layer, as rows of sheets."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from sqlalchemy.engine import Connection

from bot import database
from bot.catalogue import companions, repository
from bot.catalogue.sheets import files, open_data
from bot.catalogue.sheets.formats import CSV, JSON, XLSX
from bot.catalogue.sheets.rows import Companions, Row, companion_rows, state_rows
from bot.catalogue.sheets.spec import DATE, sheets
from bot.catalogue.tables import CURATED, STAFF


def export(path: Path, kind: str, day: dt.date, *, history: bool = False) -> Mapping[str, int]:
    """Write the catalogue to `path` (a folder for csv and package, else a file).

    Args:
        path: where to.
        kind: one of `bot.catalogue.sheets.formats.FORMATS`.
        day: records that ended before are left out,
        history: … unless all states ever recorded are wanted.

    Returns:
        Number of rows by sheet.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
        OSError: the path cannot be written to.
    """
    with _Spool() as spool:
        with database.connect() as connection:
            for name, row in _rows(connection, day, history=history):
                spool.add(name, row)
        if kind == CSV:
            files.write_csv(path, spool)
        elif kind == JSON:
            files.write_json(path, spool)
        elif kind == XLSX:
            files.write_xlsx(path, spool)
        else:
            open_data.write(path, spool, day)
        return dict(spool.counts)


def _rows(connection: Connection, day: dt.date, *, history: bool) -> Iterator[tuple[str, Row]]:
    for state in repository.all_states(connection, day, past=history):
        yield from state_rows(state)
    for layer in (CURATED, STAFF):
        yield from companion_rows(
            layer,
            Companions(
                companions.aliases(connection, layer),
                companions.lexicon(connection, layer),
                companions.life_events(connection, layer),
                companions.general_facts(connection, layer),
            ),
        )


class _Spool(Mapping[str, Iterator[Row]]):
    """Rows by sheet, kept in temporary files: a catalogue need not fit into memory."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}
        self.counts: dict[str, int] = dict.fromkeys(sheets(), 0)

    def __enter__(self) -> _Spool:
        for name in sheets():
            file = tempfile.TemporaryFile("w+", encoding="utf-8")
            self._files[name] = self._stack.enter_context(file)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, name: str, row: Row) -> None:
        """Keep a row."""
        values = [row[column.name] for column in sheets()[name].columns]
        json.dump(values, self._files[name], ensure_ascii=False, default=str)
        self._files[name].write("\n")
        self.counts[name] += 1

    def __getitem__(self, name: str) -> Iterator[Row]:
        columns = sheets()[name].columns
        self._files[name].seek(0)
        for line in self._files[name]:
            values = json.loads(line)
            yield {
                column.name: dt.date.fromisoformat(value)
                if column.kind == DATE and value is not None
                else value
                for column, value in zip(columns, values, strict=True)
            }

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)
