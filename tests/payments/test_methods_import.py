"""The CSV file with ways to pay: taken whole, or refused with every faulty line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import __main__, database
from bot.catalogue import layers
from bot.catalogue import tables as catalogue
from bot.imports import ImportRefused
from bot.payments.methods_import import COLUMNS, Report, import_methods
from bot.payments.tables import methods as table
from tests.catalogue.exports import procedure

pytest_plugins = ("tests.databases",)

HEADER = ",".join(COLUMNS)
GOOD = "1.000001,online,portal,1,,Thông báo 5,https://example.vn/5,2026-11-20,,"
OTHER = "1.000001,direct,cash,0,Chỉ chuyển khoản,Thông báo 5,,2026-11-20,2026-12-01,"
SECOND = "1.000002,,transfer,1,,Thông báo 6,,2026-11-21,,"


@pytest.fixture
def ready(either_database: None) -> None:
    codes = ("1.000001", "1.000002")
    with database.begin() as connection:
        layers.write_layer(
            connection, catalogue.NATIONAL, [procedure(code, "Đăng ký thử") for code in codes]
        )


def file(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "ways.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def stored() -> list[tuple[object, ...]]:
    with database.connect() as connection:
        query = sa.select(
            table.c.procedure_code, table.c.channel, table.c.method, table.c.accepted,
            table.c.note, table.c.source_title, table.c.checked_on, table.c.effective_from,
        ).order_by(table.c.procedure_code, table.c.method)  # fmt: skip
        return [tuple(row) for row in connection.execute(query)]


DAY = dt.date(2026, 11, 20)
CASH = (
    "1.000001", "direct", "cash", False, "Chỉ chuyển khoản", "Thông báo 5", DAY,
    dt.date(2026, 12, 1),
)  # fmt: skip
PORTAL = ("1.000001", "online", "portal", True, "", "Thông báo 5", DAY, None)
TRANSFER = ("1.000002", "", "transfer", True, "", "Thông báo 6", dt.date(2026, 11, 21), None)


@pytest.mark.usefixtures("ready")
def test_rows_are_stored_and_the_same_file_changes_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD, OTHER, SECOND)
    assert import_methods(path, dry_run=True) == Report(2, 0, 0, 3)
    assert stored() == []
    assert import_methods(path) == Report(2, 0, 0, 3)
    assert stored() == [CASH, PORTAL, TRANSFER]
    assert import_methods(file(tmp_path, SECOND, OTHER, GOOD)) == Report(0, 0, 2, 3)
    assert stored() == [CASH, PORTAL, TRANSFER]


@pytest.mark.usefixtures("ready")
def test_a_later_file_replaces_the_rows_of_the_procedures_that_it_names(tmp_path: Path) -> None:
    import_methods(file(tmp_path, GOOD, OTHER, SECOND))
    assert import_methods(file(tmp_path, GOOD)) == Report(0, 1, 0, 1)
    assert stored() == [PORTAL, TRANSFER]


@pytest.mark.usefixtures("ready")
def test_columns_of_days_may_be_left_out(tmp_path: Path) -> None:
    header = HEADER.removesuffix(",effective_from,effective_to")
    import_methods(file(tmp_path, GOOD.removesuffix(",,"), header=header))
    assert stored() == [PORTAL]


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (GOOD.replace("1.000001", "1.999999"), "1.999999' is not in the catalogue"),
        (GOOD.replace("online", "fax"), "channel must be one of empty, online, direct, postal"),
        (GOOD.replace("portal", "gold"), "method must be one of portal, desk, cash"),
        (GOOD.replace("portal,1", "portal,yes"), "accepted must be one of 1, 0, not 'yes'"),
        (GOOD.replace("portal,1", "portal,"), "accepted must be one of 1, 0"),
        (GOOD.replace("Thông báo 5", ""), "source_title and checked_on must not be empty"),
        (GOOD.replace("2026-11-20", ""), "source_title and checked_on must not be empty"),
        (GOOD.replace("2026-11-20", "20/11/2026"), "checked_on must be a date as YYYY-MM-DD"),
        (GOOD.replace("https://", "javascript:"), "source_url must begin with http"),
        (GOOD + "2026-01-01", ""),
        (OTHER + "2026-11-01", "effective_to 2026-11-01 is before effective_from 2026-12-01"),
        (OTHER.replace("Chỉ", "=SUM(1)"), "note must not begin with ="),
        (OTHER.replace("Chỉ", "x" * 600), "note is longer than 500 characters"),
        (SECOND + "\n" + SECOND, "line 3 tells of the same way, channel and days"),
    ],
)
def test_one_faulty_row_refuses_the_whole_file(tmp_path: Path, row: str, fault: str) -> None:
    path = file(tmp_path, SECOND if row != f"{SECOND}\n{SECOND}" else GOOD, row)
    if not fault:
        assert import_methods(path).rows == 2
        return
    with pytest.raises(ImportRefused) as refused:
        import_methods(path)
    assert fault in str(refused.value)
    assert "line " in str(refused.value)
    assert stored() == []


@pytest.mark.usefixtures("ready")
def test_all_faulty_lines_are_named(tmp_path: Path) -> None:
    path = file(tmp_path, GOOD.replace("portal", "a"), SECOND, GOOD.replace("online", "b"))
    with pytest.raises(ImportRefused, match=r"(?s)line 2: method.*line 4: channel"):
        import_methods(path)


@pytest.mark.usefixtures("ready")
def test_rows_that_follow_each_other_in_time_do_not_clash(tmp_path: Path) -> None:
    first = SECOND.removesuffix(",,") + ",,2026-12-31"
    second = SECOND.replace(",1,", ",0,").removesuffix(",,") + ",2027-01-01,"
    assert import_methods(file(tmp_path, first, second)).rows == 2


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", HEADER.encode()])
def test_a_file_without_rows_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ways.csv"
    path.write_bytes(content)
    with pytest.raises(ImportRefused):
        import_methods(path)


@pytest.mark.usefixtures("ready")
def test_the_commands_import_and_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(file(tmp_path, GOOD, OTHER))
    assert __main__.main(["payments", "methods", "import", path, "--dry-run"]) == 0
    assert capsys.readouterr().out == (
        "Dry run: 2 rows: 1 procedures new, 0 changed, 0 unchanged.\n"
    )
    assert __main__.main(["payments", "methods", "import", path]) == 0
    assert capsys.readouterr().out == "2 rows: 1 procedures new, 0 changed, 0 unchanged.\n"
    assert __main__.main(["payments", "methods", "list", "1.000001"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "1.000001 Đăng ký thử"
    assert lines[1] == "portal online accepted Thông báo 5, 2026-11-20"
    assert len(lines) == 11
    assert __main__.main(["payments", "methods", "list", "9.999999"]) == 1
    path = str(file(tmp_path, GOOD.replace("portal", "gold")))
    assert __main__.main(["payments", "methods", "import", path]) == 1
    assert "Nothing was changed." in capsys.readouterr().err
