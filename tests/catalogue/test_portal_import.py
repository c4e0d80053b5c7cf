"""Import of the portal's own JSON: from archives, folders and files, good and bad."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import json
import lzma
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import clock, database
from bot.catalogue import archive, importing, layers, repository, service
from bot.catalogue import tables as t
from bot.catalogue.import_run import Report
from bot.catalogue.model import VND, Channel, Duration, Fee, Source
from bot.catalogue.portal_import import SOURCE_TITLE, SOURCE_URL, import_portal
from bot.imports import ImportRefused
from tests.catalogue.exports import procedure
from tests.catalogue.portal_files import TAKEN_ON, fee, pack, portal, way, write_folder

pytestmark = pytest.mark.usefixtures("database_ready")

ONE, TWO, THREE = "1.000001", "1.000002", "1.000003"
FILES = {code: portal(code, f"Đăng ký {code}") for code in (ONE, TWO)}
READ = {"kind": "portal", "read": 2, "kept": 2, "checked_on": TAKEN_ON}


def state() -> tuple[int, list[object]]:
    """The catalogue's revision and all that it tells today."""
    today = clock.today()
    with database.connect() as connection:
        codes = repository.all_codes(connection, today)
        found: list[object] = list(repository.get_many(connection, codes, today))
        return repository.current_revision(connection), found


def codes() -> list[str]:
    with database.connect() as connection:
        return repository.all_codes(connection, clock.today())


def file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


PACKINGS: dict[str, Callable[[Path], Path]] = {
    "tar.xz": lambda folder: file(folder / "a.tar.xz", lzma.compress(pack(FILES))),
    "tar.gz": lambda folder: file(folder / "a.tar.gz", gzip.compress(pack(FILES))),
    "plain tar": lambda folder: file(folder / "a.tar", pack(FILES)),
    "another name": lambda folder: file(folder / "export.bin", lzma.compress(pack(FILES))),
    "folder": lambda folder: write_folder(folder / "json", FILES),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_archives_and_folders_are_read_alike(tmp_path: Path, packing: str) -> None:
    path = PACKINGS[packing](tmp_path)
    assert import_portal(path) == Report(**READ, new=[ONE, TWO])
    assert codes() == [ONE, TWO]
    # And by the door for all kinds of files.
    assert importing.import_path(path) == [Report(**READ, unchanged=2)]


def test_a_single_file_is_read(tmp_path: Path) -> None:
    path = write_folder(tmp_path, {ONE: FILES[ONE]}) / f"{ONE}.json"
    report = Report(kind="portal", read=1, kept=1, new=[ONE], checked_on=TAKEN_ON)
    assert import_portal(path) == report
    assert importing.kind_of(path) == importing.PORTAL


def test_a_record_carries_its_facts_and_its_source(tmp_path: Path) -> None:
    methods = [way("ONLINE", 3, "WORKING_DAY", fee(7000))]
    import_portal(write_folder(tmp_path, {ONE: portal(executionMethods=methods)}))
    found = service.procedure(ONE)
    assert found is not None
    assert found.source == Source(SOURCE_TITLE, SOURCE_URL, TAKEN_ON)
    assert found.channels == (Channel("online", Duration(3, "working_day"), (Fee(7000),)),)
    assert (found.online, found.curated) == (True, False)


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, FILES)
    import_portal(folder)
    before = state()
    assert import_portal(folder) == Report(**READ, unchanged=2)
    assert state() == before


def test_records_that_do_not_come_stay(tmp_path: Path) -> None:
    import_portal(write_folder(tmp_path / "one", FILES))
    more = {TWO: portal(TWO, "Tên khác"), THREE: portal(THREE)}
    report = import_portal(write_folder(tmp_path / "two", more))
    assert report == Report(**READ, new=[THREE], changed=[TWO])
    assert codes() == [ONE, TWO, THREE]
    found = service.procedure(TWO)
    assert found is not None
    assert found.name == "Tên khác"


def test_a_newer_file_begins_on_its_day(tmp_path: Path) -> None:
    import_portal(write_folder(tmp_path / "one", {ONE: portal(name="Tên cũ")}))
    newer = write_folder(tmp_path / "two", {ONE: portal(name="Tên mới")})
    september = dt.date(2026, 9, 15)
    assert import_portal(newer, checked_on=september).checked_on == september
    names = []
    for day in (TAKEN_ON, dt.date(2026, 9, 14), september):
        found = service.procedure(ONE, day)
        assert found is not None
        names.append(found.name)
    assert names == ["Tên cũ", "Tên cũ", "Tên mới"]
    with pytest.raises(ImportRefused, match="--checked-on 2026-09-15"):
        import_portal(newer)


def test_a_dry_run_reports_and_writes_nothing(tmp_path: Path) -> None:
    report = import_portal(write_folder(tmp_path, FILES), dry_run=True)
    assert report == Report(**READ, new=[ONE, TWO])
    assert state() == (0, [])


def test_what_is_not_for_the_provinces_people_is_left_out(tmp_path: Path) -> None:
    bodies = {
        ONE: {"departmentPromulgateName": "UBND tỉnh Quảng Ngãi"},
        TWO: {"departmentPromulgateName": "UBND thành phố Huế"},
        THREE: {"departmentPromulgateName": "Sở Y tế Hà Nội"},
        "1.000004": {"isInternal": True},
        "1.000005": {"type": "STANDARD_INTERNAL"},
        "1.000006": {"isWard": False},
        "1.000007": {"isWard": False, "isProvince": True},
    }
    files = {code: portal(code, **data) for code, data in bodies.items()}
    report = import_portal(write_folder(tmp_path, files))
    assert (report.read, report.kept, report.rejected) == (7, 2, [])
    assert codes() == [ONE, "1.000007"]


def test_other_layers_are_left_alone(tmp_path: Path) -> None:
    ours = procedure(ONE, "Tên của ta", plain_name="Dễ hiểu", agency="Sở Thử")
    with database.begin() as connection:
        layers.write_layer(connection, t.CURATED, [ours])
    import_portal(write_folder(tmp_path, FILES))
    found = service.procedure(ONE)
    assert found is not None
    assert (found.name, found.plain_name, found.agency) == (f"Đăng ký {ONE}", "Dễ hiểu", "Sở Thử")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no whole JSON: line 1"),
        (b'{"data": {\n"code": "1.0000', "no whole JSON: line 2"),
        (b"<html>404</html>", "no whole JSON: line 1"),
        (json.dumps(FILES[TWO]).encode("utf-16"), "not UTF-8"),
        (json.dumps(FILES[TWO], ensure_ascii=False).encode("cp1258", "replace"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"data": ' * 900 + b"1" + b"}" * 900, "not a record of the portal"),
        (b'{"data": ' + b"9" * 5000 + b"}", "no number can be so long"),
        ([FILES[TWO]], "not a record of the portal"),
        ({"data": None, "message": "not found"}, "not a record of the portal"),
        (portal("x" * 100), f"{'x' * 100!r} is not a procedure code"),
        (portal(TWO, ""), "the name is empty"),
        (portal(TWO, executionMethods=[way("PIGEON")]), "'PIGEON' is no known way to file"),
    ],
    ids=lambda value: ascii(value)[:30],
)
def test_a_bad_file_is_left_out_with_its_reason(tmp_path: Path, content: Any, reason: str) -> None:
    report = import_portal(write_folder(tmp_path, {ONE: FILES[ONE], TWO: content}))
    assert (report.kept, report.rejected) == (1, [(TWO, reason)])
    assert codes() == [ONE]


def test_a_part_nested_deeply_is_a_fault_of_its_record_only(tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    files = {ONE: FILES[ONE], TWO: portal(TWO, keywords=deep)}
    report = import_portal(write_folder(tmp_path, files))
    assert codes()[:1] == [ONE]
    assert report.kept + len(report.rejected) == 2


def test_of_records_with_one_code_the_first_is_kept(tmp_path: Path) -> None:
    twice = {"a": portal(ONE, "Tên một"), "b": portal(ONE, "Tên hai"), "c": FILES[TWO]}
    for name, path in (
        ("folder", write_folder(tmp_path / "json", twice)),
        ("archive", file(tmp_path / "a.tar.xz", lzma.compress(pack(twice)))),
    ):
        report = import_portal(path, dry_run=True)
        assert report.rejected == [("b", f"{ONE} stands twice; the first is kept")], name
        assert report.new == [ONE, TWO], name


def test_files_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "json", FILES)
    (folder / "README.md").write_text("{", encoding="utf-8")
    assert import_portal(folder).read == 2


# Archives that cannot be used change nothing.


def tar_of(*members: tarfile.TarInfo, content: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        for member in members:
            made.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    return info


def huge_file() -> bytes:
    size = archive.LARGEST_FILE + 1
    return lzma.compress(tar_of(member("portal-json/1.000001.json", size), content=b" " * size))


def huge_other_file() -> bytes:
    size = archive.LARGEST_FILE + 1
    return lzma.compress(tar_of(member("portal-json/film.mp4", size), content=b" " * size))


def a_size_that_is_a_lie() -> bytes:
    return member("portal-json/1.000001.json", 2**40).tobuf() + b"{}"


def zeros_behind_the_end() -> bytes:
    return gzip.compress(pack(FILES) + bytes(archive.LARGEST_FILE + 1024))


BAD_ARCHIVES: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty file": (lambda: b"", "is not a whole archive"),
    "web page": (lambda: b"<html>404 Not Found</html>" * 50, "is not a whole archive"),
    "half xz": (lambda: lzma.compress(pack(FILES))[:-60], "is not a whole archive"),
    "half gz": (lambda: gzip.compress(pack(FILES))[:-60], "is not a whole archive"),
    "half tar": (lambda: pack(FILES)[:-9000], "is not a whole archive"),
    "tar without its end": (lambda: pack(FILES).rstrip(b"\0"), "is not a whole archive"),
    "unknown compression": (lambda: bz2.compress(pack(FILES)), "is not a whole archive"),
    "no files": (lambda: lzma.compress(pack({})), "holds no record that can be used"),
    "no good file": (lambda: lzma.compress(pack({ONE: b"{"})), f"{ONE}: no whole JSON: line 1"),
    "huge file": (huge_file, "unpacks to more than an export can hold"),
    "huge other file": (huge_other_file, "unpacks to more than an export can hold"),
    "lie": (a_size_that_is_a_lie, "unpacks to more than an export can hold"),
    "zeros behind": (zeros_behind_the_end, "unpacks to more than an export can hold"),
}


@pytest.mark.parametrize("name", BAD_ARCHIVES)
def test_an_archive_that_cannot_be_used_is_refused_and_changes_nothing(
    tmp_path: Path, name: str
) -> None:
    content, reason = BAD_ARCHIVES[name]
    import_portal(write_folder(tmp_path / "good", {ONE: portal(name="Tên cũ")}))
    before = state()
    with pytest.raises(ImportRefused) as caught:
        import_portal(file(tmp_path / "portal-json.tar.xz", content()))
    assert reason in str(caught.value)
    assert state() == before


def test_an_absurd_number_of_small_files_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "LARGEST_TOTAL", 100 * 1024)
    files = [member(f"portal-json/{number}.txt", 0) for number in range(300)]
    with pytest.raises(ImportRefused, match="unpacks to more than an export can hold"):
        import_portal(file(tmp_path / "a.tar.xz", lzma.compress(tar_of(*files))))


def test_a_file_that_is_too_large_for_a_record_is_refused_in_a_folder_too(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "json", FILES)
    os.truncate(folder / f"{TWO}.json", archive.LARGEST_FILE + 1)
    for path in (folder, folder / f"{TWO}.json"):
        with pytest.raises(ImportRefused, match=r"1\.000002\.json is larger than a record can be"):
            import_portal(path)


def test_names_within_an_archive_lead_nowhere(tmp_path: Path) -> None:
    content = json.dumps(FILES[ONE]).encode()
    evil = [member("../../evil.json", len(content)), member("/tmp/evil.json", len(content))]
    link = tarfile.TarInfo("link.json")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    path = file(tmp_path / "a.tar", tar_of(*evil, link, content=content))
    report = import_portal(path, checked_on=TAKEN_ON, dry_run=True)
    assert (report.read, report.new) == (2, [ONE])
    # SQLite keeps its journal beside the database.
    made = {found.name for found in tmp_path.rglob("*") if not found.name.startswith("bot.db")}
    assert made == {"a.tar"}
    assert not Path("/tmp/evil.json").exists()
    assert not (tmp_path.parent.parent / "evil.json").exists()


def test_no_cut_through_an_archive_passes_for_a_smaller_one(tmp_path: Path) -> None:
    for pressed in (lzma.compress, gzip.compress, bytes):
        # A plain archive ends with zeros that nobody misses.
        whole = pressed(pack(FILES).rstrip(b"\0"))
        accepted = []
        for length in range(0, len(whole), max(1, len(whole) // 40)):
            try:
                report = import_portal(file(tmp_path / "a", whole[:length]), dry_run=True)
                accepted.append((length, report.read))
            except ImportRefused:
                continue
        assert accepted == [], pressed


def fees_of(code: str) -> list[Fee]:
    found = service.procedure(code)
    assert found is not None
    return [fee for channel in found.channels for fee in channel.fees]


def test_the_real_archive_is_read_whole(shared_data: Path) -> None:
    path = shared_data / "national-catalogue-2026-07" / "portal-json.tar.xz"
    first = import_portal(path)
    assert (first.read, first.kept, len(first.new), first.rejected) == (99, 79, 79, [])
    assert first.checked_on == TAKEN_ON
    foreign = {
        code: [fee.amount for fee in fees_of(code) if fee.currency != VND]
        for code in codes()
        if any(fee.currency != VND for fee in fees_of(code))
    }
    assert foreign == {"1.115404": [100]}
    second = import_portal(path)
    assert (second.unchanged, second.new, second.changed) == (79, [], [])
