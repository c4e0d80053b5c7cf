"""Import of dossiers: all or nothing, and no number of a person in clear anywhere."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers.csv_import import COLUMNS, ImportRefused, Report, import_dossiers
from bot.dossiers.lookup import look_up
from bot.dossiers.model import Asker, Dossier
from bot.dossiers.tables import dossiers
from bot.settings import Settings
from tests.dossiers.files import CODE, IDENTITY, PHONE, ROW, write_csv

pytestmark = pytest.mark.usefixtures("database_ready")

OTHER = "000.00.53.H48-220921-0099"


def rows() -> list[tuple[object, ...]]:
    columns = [dossiers.c[name] for name in ("code", "procedure_code", "due_on", "status", "note")]
    with database.connect() as connection:
        query = sa.select(*columns).order_by(dossiers.c.code)
        return [tuple(row) for row in connection.execute(query)]


def shown(code: str, digits: str) -> Dossier | None:
    return asyncio.run(look_up(code, digits, Asker("a-session")))


def test_dossiers_are_written_with_their_codes_in_official_spelling(tmp_path: Path) -> None:
    file = write_csv(
        tmp_path / "dossiers.csv",
        {},
        {"code": "000 00 53 h48 220921 99", "due_on": "", "status": "Đã trả", "note": "a, b"},
    )
    assert import_dossiers(file) == Report(new=2, updated=0)
    assert rows() == [
        (OTHER, "1.004194", None, "Đã trả", "a, b"),
        (CODE, "1.004194", dt.date(2026, 7, 6), "Đang xử lý", "Chờ ký"),
    ]


def test_a_repeated_code_updates_and_the_others_stay(tmp_path: Path) -> None:
    import_dossiers(write_csv(tmp_path / "one.csv", {}, {"code": OTHER}))
    second = write_csv(
        tmp_path / "two.csv",
        {"status": "Đã trả", "applicant_phone": "0905000999"},
        {"code": "H48.16-230512-0004"},
    )
    assert import_dossiers(second) == Report(new=1, updated=1)
    assert [(row[0], row[3]) for row in rows()] == [
        (OTHER, "Đang xử lý"),
        (CODE, "Đã trả"),
        ("H48.16-230512-0004", "Đang xử lý"),
    ]
    assert shown(CODE, PHONE) is None
    assert shown(CODE, "0905000999") is not None


def test_a_file_saved_by_excel_with_its_mark_is_read(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dossiers.csv", {}, encoding="utf-8-sig")
    assert import_dossiers(file) == Report(new=1, updated=0)


@pytest.mark.parametrize(
    "phone", ["+84905111222", "84905111222", "0905.111.222", "(+84) 905111222"]
)
def test_a_telephone_number_in_any_spelling_is_the_same(tmp_path: Path, phone: str) -> None:
    import_dossiers(write_csv(tmp_path / "dossiers.csv", {"applicant_phone": phone}))
    assert shown(CODE, PHONE[-4:]) is not None
    assert shown(CODE, PHONE) is not None


def test_no_number_of_a_person_lies_in_clear_in_the_database_files(
    tmp_path: Path, database_ready: Settings
) -> None:
    file = write_csv(
        tmp_path / "dossiers.csv", {}, {"code": OTHER, "applicant_phone": "+84905111222"}
    )
    import_dossiers(file)
    shown(CODE, "9876543210")
    shown(CODE, PHONE)
    stored = b"".join(p.read_bytes() for p in tmp_path.glob("bot.db*"))
    assert CODE.encode() in stored  # the right files were looked at
    numbers = [PHONE, PHONE[1:], IDENTITY, IDENTITY[1:], PHONE[-6:], IDENTITY[-6:], "9876543210"]
    assert [n for n in numbers if n.encode() in stored or n.encode("utf-16-le") in stored] == []


def test_equal_numbers_of_two_dossiers_do_not_look_alike(tmp_path: Path) -> None:
    import_dossiers(write_csv(tmp_path / "dossiers.csv", {}, {"code": OTHER}))
    names = ("phone_hash", "phone_tail_hash", "identity_hash", "identity_tail_hash")
    with database.connect() as connection:
        found = connection.execute(sa.select(*(dossiers.c[name] for name in names))).all()
    hashes = [value for row in found for value in row]
    assert len(set(hashes)) == 8
    assert {len(value) for value in hashes} == {64}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "hồ sơ ba"}, "line 3: 'hồ sơ ba' is not a dossier code"),
        ({"code": ""}, "line 3: '' is not a dossier code"),
        ({"applicant_phone": "090511122"}, "line 3: applicant_phone must have 10 digits"),
        (
            {"applicant_identity_number": "05109800334"},
            "line 3: applicant_identity_number must have 9 or 12 digits",
        ),
        ({"due_on": "06/07/2026"}, "line 3: due_on must be a date as YYYY-MM-DD"),
        ({"received_on": "2026-02-30"}, "line 3: received_on must be a date as YYYY-MM-DD"),
    ],
)
def test_one_bad_row_refuses_the_whole_file_by_its_line(
    tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    file = write_csv(tmp_path / "dossiers.csv", {}, {**change, "note": "x"}, {"code": OTHER})
    with pytest.raises(ImportRefused) as caught:
        import_dossiers(file)
    heading, line = str(caught.value).splitlines()
    assert heading == "dossiers.csv has faulty rows:"
    assert line.startswith(reason)
    assert rows() == []


def test_a_bad_file_leaves_earlier_dossiers_as_they_are(tmp_path: Path) -> None:
    import_dossiers(write_csv(tmp_path / "one.csv", {}))
    before = rows()
    bad = write_csv(tmp_path / "two.csv", {"status": "Đã trả"}, {"code": "?"})
    with pytest.raises(ImportRefused):
        import_dossiers(bad)
    assert rows() == before


# Whole numbers slip into other columns when somebody moves columns in a spreadsheet.
@pytest.mark.parametrize("moved_to", ["code", "received_on", "due_on", "finished_on"])
@pytest.mark.parametrize("number", [PHONE, IDENTITY])
def test_no_message_repeats_a_number_that_stands_in_the_wrong_column(
    tmp_path: Path, moved_to: str, number: str
) -> None:
    nobody = {"applicant_phone": "", "applicant_identity_number": ""}
    file = write_csv(tmp_path / "dossiers.csv", {**nobody, moved_to: number})
    with pytest.raises(ImportRefused) as caught:
        import_dossiers(file)
    assert number not in str(caught.value)


@pytest.mark.parametrize("number", ["090511122", "05109800334", "0905111222333"])
def test_no_message_repeats_a_number_of_the_wrong_length(tmp_path: Path, number: str) -> None:
    change = {"applicant_phone": number, "applicant_identity_number": f"{number}{number}"}
    with pytest.raises(ImportRefused) as caught:
        import_dossiers(write_csv(tmp_path / "dossiers.csv", change))
    assert number not in str(caught.value)


def test_a_long_list_of_faults_is_cut(tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dossiers.csv", *({"code": f"?{n}"} for n in range(25)))
    with pytest.raises(ImportRefused) as caught:
        import_dossiers(file)
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert (lines[1], lines[-1]) == ("line 2: '?•' is not a dossier code", "… and 5 more")


HEADER = ",".join(COLUMNS)
GOOD_LINE = ",".join(ROW.values())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "lacks the columns code, procedure_code"),
        (HEADER.encode(), "holds no dossiers"),
        (f"{HEADER},extra\n".replace("code,", "ma,", 1).encode(), "lacks the columns code."),
        (f"{HEADER}\n{GOOD_LINE},more\n".encode(), "line 2: the number of columns differs"),
        (f"{HEADER}\n{CODE},1.004194\n".encode(), "line 2: the number of columns differs"),
        (f"{HEADER}\n{GOOD_LINE}\n".encode("utf-16"), "is not UTF-8"),
        (f'{HEADER}\n"{GOOD_LINE}\n'.encode(), "unexpected end of data"),
        (f"{HEADER}\n{GOOD_LINE}\0\n".encode(), "line contains NUL"),
    ],
    ids=["empty", "header only", "renamed", "too long", "too short", "UTF-16", "quote", "NUL"],
)
def test_a_file_of_another_format_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "dossiers.csv"
    file.write_bytes(content)
    with pytest.raises(ImportRefused) as caught:
        import_dossiers(file)
    assert reason in str(caught.value)
    assert rows() == []


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir()])
def test_what_is_no_file_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "dossiers.csv")
    with pytest.raises(ImportRefused, match="is not a file"):
        import_dossiers(tmp_path / "dossiers.csv")
