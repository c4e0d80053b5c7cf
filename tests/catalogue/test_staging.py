"""An import that was interrupted is gone on with, and shows nothing of itself meanwhile."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import clock, database
from bot.catalogue import layers, repository, staging
from bot.catalogue import tables as t
from bot.catalogue.import_run import Report
from bot.catalogue.national_import import import_export
from bot.catalogue.national_record import from_sections
from bot.catalogue.portal_import import import_portal
from bot.catalogue.repository import State
from bot.imports import ImportRefused
from bot.settings import Settings, settings
from tests.catalogue import portal_files
from tests.catalogue.exports import EXPORTED_ON, procedure, record, write_export

pytestmark = pytest.mark.usefixtures("database_ready")

CODES = [f"1.0000{n:02}" for n in range(1, 8)]
EXPORT = {code: record(code, f"Đăng ký {code}") for code in CODES}


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "BATCH", 2)


class PowerCut(BaseException):
    """What no code expects."""


def cut_after(monkeypatch: pytest.MonkeyPatch, records: int) -> list[str]:
    """Codes that are parsed from now on; the power fails at the one after `records`."""
    parsed: list[str] = []

    def parse(sections: dict[str, str], **options: object) -> object:
        if len(parsed) == records:
            raise PowerCut
        found = from_sections(sections, **options)  # type: ignore[arg-type]
        parsed.append(found.code)
        return found

    monkeypatch.setattr("bot.catalogue.national_import.from_sections", parse)
    return parsed


def states() -> list[State]:
    with database.connect() as connection:
        return list(repository.all_states(connection, clock.today(), past=True))


def rows() -> dict[str, int]:
    """Rows by table, the day's bookkeeping left out."""
    with database.connect() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar()
            or 0
            for table in database.metadata.sorted_tables
            if table.name not in ("catalogue_imports", "catalogue_revision", "sources")
        }


def told(report: Report) -> Report:
    return replace(report, resumed=0)


def test_what_was_read_before_the_cut_is_not_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export", EXPORT)
    expected = import_export(export, dry_run=True)
    cut_after(monkeypatch, 5)
    with pytest.raises(PowerCut):
        import_export(export)
    parsed = cut_after(monkeypatch, 99)
    report = import_export(export)
    # Batches of two: the fifth was lost with the cut.
    assert report.resumed == 4
    assert parsed == CODES[4:]
    # The shares of what was parsed count all records.
    assert told(report) == expected


def test_a_resumed_import_leaves_what_one_in_one_go_leaves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, database_ready: Settings
) -> None:
    changed = {**EXPORT, CODES[1]: record(CODES[1], "Tên khác")}
    del changed[CODES[2]]
    first, second = (
        write_export(tmp_path / name, content) for name, content in (("1", EXPORT), ("2", changed))
    )
    plain = database_ready.var_dir / "plain.db"
    plain.write_bytes((database_ready.var_dir / "bot.db").read_bytes())
    for cut in (False, True):
        file = database_ready.var_dir / "bot.db" if cut else plain
        monkeypatch.setenv("BOT_DATABASE_URL", f"sqlite:///{file}")
        settings.cache_clear()
        for number, export in enumerate((first, second)):
            if cut:
                cut_after(monkeypatch, 5 if number == 0 else 0)
                with pytest.raises(PowerCut):
                    import_export(export, checked_on=EXPORTED_ON + dt.timedelta(number))
                cut_after(monkeypatch, 99)
            import_export(export, checked_on=EXPORTED_ON + dt.timedelta(number))
        if not cut:
            expected, expected_rows = states(), rows()
    assert states() == expected
    assert rows() == expected_rows
    with database.connect() as connection:
        assert repository.originals(connection, CODES[1])["national"] == changed[CODES[1]]


def test_nobody_sees_what_is_staged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", EXPORT)
    cut_after(monkeypatch, 6)
    with pytest.raises(PowerCut):
        import_export(export)
    today = clock.today()
    assert rows()["procedures"] == 6
    with database.connect() as connection:
        for day in (today, EXPORTED_ON, EXPORTED_ON - dt.timedelta(1)):
            assert repository.all_codes(connection, day) == []
            assert repository.names(connection, day) == []
            assert list(repository.get_many(connection, CODES, day)) == []
        assert repository.history(connection, CODES[0]) == []
        assert repository.originals(connection, CODES[0]) == {}
        assert repository.last_day(connection, CODES[0], today) is None
        assert repository.current_revision(connection) == 0
        assert layers.raw_hashes(connection, t.NATIONAL) == {}
        assert layers.newest_check(connection, t.NATIONAL) is None
    assert states() == []


def test_other_text_is_read_and_the_old_one_is_cleared_away(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cut_after(monkeypatch, 4)
    with pytest.raises(PowerCut):
        import_export(write_export(tmp_path / "one", EXPORT))
    parsed = cut_after(monkeypatch, 99)
    newer = {CODES[0]: EXPORT[CODES[0]], CODES[1]: record(CODES[1], "Tên mới")}
    report = import_export(write_export(tmp_path / "two", newer))
    assert (report.resumed, parsed, report.new) == (1, [CODES[1]], CODES[:2])
    assert [state.procedure.name for state in states()] == ["Đăng ký 1.000001", "Tên mới"]
    assert (rows()["procedures"], rows()["staged_shares"]) == (2, 0)


def test_a_dry_run_stages_nothing_and_leaves_what_is_staged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export", EXPORT)
    import_export(export, dry_run=True)
    assert rows()["procedures"] == 0
    cut_after(monkeypatch, 4)
    with pytest.raises(PowerCut):
        import_export(export)
    cut_after(monkeypatch, 99)
    before = rows()
    report = import_export(export, dry_run=True)
    assert (report.resumed, report.new) == (4, CODES)
    assert (rows(), states()) == (before, [])
    broken = write_export(tmp_path / "broken", EXPORT) / "procedures-text.tar.xz"
    broken.write_bytes(broken.read_bytes()[:-40])
    with pytest.raises(ImportRefused):
        import_export(broken.parent, dry_run=True)
    assert rows() == before


def test_a_refused_import_leaves_nothing_staged(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", EXPORT)
    archive = folder / "procedures-text.tar.xz"
    archive.write_bytes(archive.read_bytes()[:-40])
    before = rows()
    with pytest.raises(ImportRefused, match="not a whole archive"):
        import_export(folder)
    assert rows() == before


def test_what_another_import_has_cleared_away_is_not_taken_for_granted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    export = write_export(tmp_path / "export", EXPORT)
    check = staging.Staging.check

    def clear_first(self: staging.Staging, connection: object, records: object) -> None:
        self.clear(connection)  # type: ignore[arg-type]
        check(self, connection, records)  # type: ignore[arg-type]

    monkeypatch.setattr(staging.Staging, "check", clear_first)
    with pytest.raises(ImportRefused, match="finished meanwhile"):
        import_export(export)
    assert states() == []
    monkeypatch.undo()
    assert import_export(export).new == CODES


def test_facts_that_were_known_already_take_over_the_new_original(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import_export(write_export(tmp_path / "one", {CODES[0]: EXPORT[CODES[0]]}))
    same_facts = EXPORT[CODES[0]] + "\n \n"
    report = import_export(write_export(tmp_path / "two", {CODES[0]: same_facts}))
    assert report.unchanged == 1
    with database.connect() as connection:
        assert repository.originals(connection, CODES[0]) == {"national": same_facts}
    assert (rows()["procedures"], rows()["originals"]) == (1, 1)


def test_the_portals_records_are_gone_on_with_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = portal_files.write_folder(
        tmp_path / "portal", {code: portal_files.portal(code) for code in CODES[:5]}
    )
    real = staging.Staging._write
    calls: list[int] = []

    def fail_at_the_second(self: staging.Staging, batch: list) -> list:
        calls.append(len(batch))
        if len(calls) == 2:
            raise PowerCut
        return real(self, batch)

    monkeypatch.setattr(staging.Staging, "_write", fail_at_the_second)
    with pytest.raises(PowerCut):
        import_portal(folder)
    assert states() == []
    report = import_portal(folder)
    assert (report.resumed, report.new) == (2, CODES[:5])
    assert [state.layer for state in states()] == ["portal"] * 5


def test_a_killed_process_leaves_a_catalogue_that_answers_and_an_import_to_go_on_with(
    tmp_path: Path, database_ready: Settings
) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, t.CURATED, [procedure("2.000001", "Có sẵn")])
    codes = [f"1.{n:06}" for n in range(3000)]
    export = write_export(tmp_path / "big", {code: record(code) for code in codes})
    command = [sys.executable, "-m", "bot", "catalogue", "import", str(export)]
    environment = {**os.environ, "BOT_DATABASE_URL": f"sqlite:///{database_ready.var_dir}/bot.db"}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    for _ in range(600):
        if rows()["procedures"] > 1 or process.poll() is not None:
            break
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    with database.connect() as connection:
        assert repository.all_codes(connection, clock.today()) == ["2.000001"]
    output = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True, timeout=300
    ).stdout
    assert "3000 read, 3000 kept: 3000 new" in output
    assert "were read by an import that was interrupted" in output
    with database.connect() as connection:
        assert len(repository.all_codes(connection, clock.today())) == 3001
