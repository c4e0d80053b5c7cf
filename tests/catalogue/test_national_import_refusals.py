"""Exports that cannot be used change nothing; the real export is read as it is known."""

from __future__ import annotations

import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import clock, database
from bot.catalogue import repository, service
from bot.catalogue.model import Channel, Duration
from bot.catalogue.national_import import (
    ARCHIVE_NAME,
    INDEX_NAMES,
    ImportRefused,
    import_export,
)
from tests.catalogue.exports import index_row, pack, record, write_export

pytestmark = pytest.mark.usefixtures("database_ready")

GOOD = {code: record(code) for code in ("1.000001", "1.000002")}
NEW = {code: record(code, "Tên mới") for code in ("1.000002", "1.000003")}


def state() -> tuple[int, list[object]]:
    with database.connect() as connection:
        codes = repository.all_codes(connection, clock.today())
        return (
            repository.current_revision(connection),
            list(repository.get_many(connection, codes, clock.today())),
        )


def without_index(folder: Path) -> None:
    (folder / INDEX_NAMES[0]).unlink()


def index_with_a_broken_line(folder: Path) -> None:
    lines = '{"code": "1.000002", "type": "STANDARD"}\n{"code": "1.0000\n'
    (folder / INDEX_NAMES[0]).write_bytes(lzma.compress(lines.encode()))


def index_with_a_row_without_code(folder: Path) -> None:
    (folder / INDEX_NAMES[0]).write_bytes(lzma.compress(b'{"type": "STANDARD"}\n'))


def index_with_a_list(folder: Path) -> None:
    (folder / INDEX_NAMES[0]).write_bytes(lzma.compress(b'["1.000002"]\n'))


def half_an_index(folder: Path) -> None:
    file = folder / INDEX_NAMES[0]
    file.write_bytes(file.read_bytes()[:-20])


def empty_index(folder: Path) -> None:
    (folder / INDEX_NAMES[0]).write_bytes(lzma.compress(b"\n"))


def half_an_archive(folder: Path) -> None:
    file = folder / ARCHIVE_NAME
    file.write_bytes(file.read_bytes()[:-200])


def no_archive_at_all(folder: Path) -> None:
    (folder / ARCHIVE_NAME).write_bytes(b"<html>404 Not Found</html>")


def empty_archive(folder: Path) -> None:
    (folder / ARCHIVE_NAME).write_bytes(lzma.compress(pack({})))


def archive_of_other_provinces_only(folder: Path) -> None:
    write_export(folder, NEW, [index_row(code, "UBND Thành phố Huế", "SPECIFIC") for code in NEW])


def archive_of_unreadable_records(folder: Path) -> None:
    write_export(folder, dict.fromkeys(NEW, b"\xff\xfe"))


def archive_missing(folder: Path) -> None:
    (folder / ARCHIVE_NAME).unlink()


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (without_index, "The index (catalog.jsonl.xz or catalog.jsonl) must lie beside"),
        (index_with_a_broken_line, "catalog.jsonl.xz, line 2: not a row of the index"),
        (index_with_a_row_without_code, "catalog.jsonl.xz, line 1: not a row of the index"),
        (index_with_a_list, "catalog.jsonl.xz, line 1: not a row of the index"),
        (half_an_index, "catalog.jsonl.xz is damaged"),
        (empty_index, "catalog.jsonl.xz is empty"),
        (half_an_archive, "procedures-text.tar.xz is not a whole archive"),
        (no_archive_at_all, "procedures-text.tar.xz is not a whole archive"),
        (empty_archive, "procedures-text.tar.xz holds no text files"),
        (archive_of_other_provinces_only, "holds no procedure of Quảng Ngãi that can be read"),
        (archive_of_unreadable_records, "holds no procedure of Quảng Ngãi that can be read"),
        (archive_missing, "holds neither procedures-text.tar.xz nor text files"),
    ],
)
def test_a_damaged_export_is_refused_and_changes_nothing(
    tmp_path: Path, damage: Callable[[Path], None], reason: str
) -> None:
    import_export(write_export(tmp_path / "good", GOOD))
    before = state()
    folder = write_export(tmp_path / "bad", NEW)
    damage(folder)
    with pytest.raises(ImportRefused) as caught:
        import_export(folder)
    assert reason in str(caught.value)
    assert state() == before


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="does not exist"):
        import_export(tmp_path / "nowhere")


def test_the_real_export_gives_the_known_catalogue(shared_data: Path) -> None:
    export = shared_data / "national-catalogue-2026-07"
    first = import_export(export)
    assert (first.read, first.kept, len(first.new)) == (5652, 2812, 2812)
    assert first.rejected == []
    assert len(state()[1]) == 2812

    residence = service.procedure("1.004194")
    assert residence is not None
    assert (residence.name, residence.level) == ("Đăng ký tạm trú", "commune")
    assert residence.agency == "Công an cấp Xã"
    assert [_facts(channel) for channel in residence.channels] == [
        ("online", Duration(3, "working_day"), [7000, 5000, 0]),
        ("direct", Duration(3, "working_day"), [10000, 15000, 0]),
    ]

    second = import_export(export)
    assert (second.unchanged, second.new, second.changed, second.gone) == (2812, [], [], [])


def _facts(channel: Channel) -> tuple[str, Duration, list[int | None]]:
    return channel.kind, channel.time, [fee.amount for fee in channel.fees]
