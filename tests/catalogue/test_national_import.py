"""Import of the national export: what is kept, what changes, what is refused."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import lzma
import os
import random
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from bot import clock, database
from bot.catalogue import layers, repository, service
from bot.catalogue.import_run import Report
from bot.catalogue.model import Source
from bot.catalogue.national_import import (
    ARCHIVE_NAME,
    INDEX_NAMES,
    SOURCE_TITLE,
    SOURCE_URL,
    ImportRefused,
    IndexRow,
    belongs_to_province,
    import_export,
)
from bot.catalogue.tables import CURATED
from tests.catalogue.exports import (
    EXPORTED_ON,
    index_row,
    pack,
    procedure,
    record,
    write_export,
)

pytestmark = pytest.mark.usefixtures("database_ready")

THREE = {code: record(code, f"Đăng ký {code}") for code in ("1.000001", "1.000002", "1.000003")}


def told(report: Report) -> Report:
    """The report without the shares of what was read."""
    assert report.kind == "national"
    return replace(report, kind="", shares=None)


def codes() -> list[str]:
    with database.connect() as connection:
        return repository.all_codes(connection, clock.today())


def revision() -> int:
    with database.connect() as connection:
        return repository.current_revision(connection)


def test_only_what_is_open_to_people_of_the_province_is_kept(tmp_path: Path) -> None:
    records = {f"1.00000{n}": record(f"1.00000{n}") for n in range(1, 6)}
    records["1.000006"] = record("1.000006", Cấp_thực_hiện=" Cấp Tỉnh")
    records["1.000007"] = record("1.000007", Cấp_thực_hiện=" Cấp Bộ")
    rows = [
        index_row("1.000001"),
        index_row("1.000002", "UBND Tỉnh Quảng Ngãi", "SPECIFIC"),
        index_row("1.000003", "UBND Thành phố Huế", "SPECIFIC"),
        index_row("1.000004", kind="STANDARD_INTERNAL"),
        index_row("1.000006"),
        index_row("1.000007"),
        index_row("9.999999"),
    ]
    report = import_export(write_export(tmp_path / "export", records, rows))
    assert told(report) == Report(
        read=7,
        kept=3,
        new=["1.000001", "1.000002", "1.000006"],
        rejected=[("1.000005", "not in the index")],
        checked_on=EXPORTED_ON,
    )
    assert codes() == ["1.000001", "1.000002", "1.000006"]


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("Bộ Tư pháp", "STANDARD", True),
        ("", "STANDARD", True),
        ("UBND tỉnh Quảng Ngãi", "SPECIFIC", True),
        ("Sở Y tế QUẢNG NGÃI", "SPECIFIC", True),
        ("UBND tỉnh Quảng Nam", "SPECIFIC", False),
        ("Sở Y tế Hà Nội", "SPECIFIC", False),
        ("Trung tâm phục vụ hành chính công Huế", "SPECIFIC", False),
        ("UBND tỉnh Quảng Ngãi", "STANDARD_INTERNAL", False),
    ],
)
def test_the_issuing_body_and_the_type_decide(body: str, kind: str, expected: bool) -> None:
    assert belongs_to_province(IndexRow(body, kind)) is expected


def test_a_record_carries_its_issuing_body_and_source(tmp_path: Path) -> None:
    import_export(write_export(tmp_path / "export", THREE))
    found = service.procedure("1.000001")
    assert found is not None
    assert found.issuing_body == "Bộ Thử nghiệm"
    assert found.source == Source(SOURCE_TITLE, SOURCE_URL, EXPORTED_ON)


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", THREE)
    import_export(export)
    before = revision()
    report = import_export(export)
    assert told(report) == Report(read=3, kept=3, unchanged=3, checked_on=EXPORTED_ON)
    assert revision() == before


def test_new_changed_and_gone_records_are_told_apart(tmp_path: Path) -> None:
    import_export(write_export(tmp_path / "one", THREE))
    before = revision()
    second = {
        "1.000001": THREE["1.000001"],
        "1.000002": record("1.000002", "Tên khác"),
        "1.000004": record("1.000004"),
    }
    report = import_export(write_export(tmp_path / "two", second))
    assert told(report) == Report(
        read=3,
        kept=3,
        new=["1.000004"],
        changed=["1.000002"],
        gone=["1.000003"],
        unchanged=1,
        checked_on=EXPORTED_ON,
    )
    assert codes() == ["1.000001", "1.000002", "1.000004"]
    assert revision() == before + 1


def test_a_dry_run_reports_and_writes_nothing(tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", THREE)
    report = import_export(export, dry_run=True)
    assert told(report) == Report(read=3, kept=3, new=list(THREE), checked_on=EXPORTED_ON)
    assert (codes(), revision()) == ([], 0)


def test_the_day_of_the_export_can_be_given(tmp_path: Path) -> None:
    export = write_export(tmp_path / "export", THREE)
    assert import_export(export, checked_on=dt.date(2026, 1, 2)).checked_on == dt.date(2026, 1, 2)


def test_curated_facts_survive_an_import(tmp_path: Path) -> None:
    ours = procedure("1.000001", "Tên của ta", plain_name="Tên dễ hiểu", steps=("Làm thế này",))
    with database.begin() as connection:
        layers.write_layer(connection, CURATED, [ours])
    import_export(write_export(tmp_path / "one", THREE))
    report = import_export(write_export(tmp_path / "two", {"1.000002": THREE["1.000002"]}))
    assert report.gone == ["1.000001", "1.000003"]
    found = service.procedure("1.000001")
    assert found is not None
    assert (found.plain_name, found.steps, found.curated) == ("Tên dễ hiểu", ours.steps, True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (record("1.000002").encode("utf-16"), "not UTF-8"),
        (record("1.000002", "Đăng ký").encode("cp1258", "replace"), "not UTF-8"),
        (record("1.000002").partition("Trình tự")[0], "section 'Trình tự thực hiện' is missing"),
        (record("1.000009"), "file 1.000002 holds the record of 1.000009"),
        ("", "section 'Mã thủ tục' is missing"),
    ],
    ids=["UTF-16", "cp1258", "half a file", "another's record", "empty"],
)
def test_a_bad_record_is_left_out_with_its_reason(
    tmp_path: Path, content: str | bytes, reason: str
) -> None:
    report = import_export(write_export(tmp_path / "export", {**THREE, "1.000002": content}))
    assert report.rejected == [("1.000002", reason)]
    assert codes() == ["1.000001", "1.000003"]


def test_a_folder_of_text_files_is_read_like_an_archive(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", THREE)
    (folder / ARCHIVE_NAME).unlink()
    noon = dt.datetime.combine(EXPORTED_ON, dt.time(12), dt.timezone.utc).timestamp()
    for code, text in THREE.items():
        file = folder / "Data_DVC" / f"{code}.txt"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (noon, noon))
    assert import_export(folder).new == list(THREE)


def test_another_compression_and_a_plain_index_are_read_too(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", THREE)
    index = lzma.decompress((folder / INDEX_NAMES[0]).read_bytes())
    (folder / INDEX_NAMES[0]).unlink()
    (folder / INDEX_NAMES[1]).write_bytes(index)
    archive = folder / "procedures.tar.gz"
    archive.write_bytes(gzip.compress(pack(THREE)))
    assert import_export(archive).new == list(THREE)


def test_a_code_that_comes_twice_does_not_look_like_a_dead_database(tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", THREE)
    buffer = io.BytesIO(pack(THREE))
    # What `tar -r` does with a file that is in the archive already.
    with tarfile.open(fileobj=buffer, mode="a") as archive:
        content = THREE["1.000001"].encode()
        member = tarfile.TarInfo("Data_DVC/1.000001.txt")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    (folder / ARCHIVE_NAME).write_bytes(lzma.compress(buffer.getvalue()))
    import_export(folder)
    assert codes() == list(THREE)


def test_no_cut_through_the_archive_passes_for_a_smaller_export(tmp_path: Path) -> None:
    numbers = random.Random(7)
    records = {
        # Noise keeps xz from holding everything back until the last byte.
        code: record(code, Mô_tả=" " + "".join(chr(numbers.randrange(33, 1000)) for _ in "x" * 300))
        for code in (f"1.{n:06}" for n in range(30))
    }
    folder = write_export(tmp_path / "export", records)
    archive = folder / ARCHIVE_NAME
    whole = archive.read_bytes()
    accepted = []
    for length in range(0, len(whole) - 64, 61):
        archive.write_bytes(whole[:length])
        try:
            accepted.append((length, import_export(folder, dry_run=True).read))
        except ImportRefused:
            continue
    assert accepted == []


def originals(code: str) -> dict[str, str]:
    with database.connect() as connection:
        return repository.originals(connection, code)


def test_what_a_record_was_read_from_is_kept_letter_by_letter(tmp_path: Path) -> None:
    text = record("1.000001", "THỦ TỤC ĐĂNG KÝ THỬ (cấp xã)")
    import_export(write_export(tmp_path / "one", {"1.000001": text}))
    found = service.procedure("1.000001")
    assert found is not None
    assert found.name == "Đăng ký thử"
    assert originals("1.000001") == {"national": text}


def test_the_original_follows_a_text_whose_facts_are_the_same(tmp_path: Path) -> None:
    first = record("1.000001")
    import_export(write_export(tmp_path / "one", {"1.000001": first}))
    second = first.replace("Tên thủ tục: Đăng ký thử", "Tên thủ tục:  Thủ tục đăng ký thử")
    assert second != first
    report = import_export(write_export(tmp_path / "two", {"1.000001": second}))
    assert (report.unchanged, report.changed) == (1, [])
    assert originals("1.000001") == {"national": second}
