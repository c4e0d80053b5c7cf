"""The table of what the sources publish and what they do not."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from bot import clock, database
from bot.__main__ import main
from bot.catalogue import published, repository
from bot.catalogue.importing import import_path
from bot.catalogue.model import (
    Case,
    Channel,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    Procedure,
    Source,
)
from bot.catalogue.tables import NATIONAL, STAFF
from tests.catalogue.exports import SOURCE, procedure
from tests.catalogue.fact_files import put

CODE = "1.000001"
FULL: dict[str, Any] = {
    "documents": (Document("Tờ khai"),),
    "channels": (Channel("online", Duration(3, "day"), (Fee(5000),)),),
    "places": ("Quầy 1",),
    "agency": "Sở Thử",
    "service_level": "full",
    "online": True,
    "online_payment": False,
    "forms": (Form("Tờ khai"),),
    "steps": ("Nộp phí bằng chuyển khoản",),
    "result": "Thẻ",
    "conditions": "Đủ 18 tuổi",
    "legal_basis": (LegalBasis("Luật Thử"),),
}


def facts(**given: Any) -> list[str]:
    return list(published.row_of(procedure(CODE, "Đăng ký thử", **given)).facts)


def test_a_procedure_that_knows_everything_publishes_every_fact() -> None:
    assert facts(**FULL) == list(published.FACTS)


def test_one_that_knows_nothing_publishes_none() -> None:
    assert facts() == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"documents": (Document("Lưu ý", remark=True),)}, []),
        ({"channels": (Channel("direct"),)}, []),
        ({"channels": (Channel("online"),)}, ["online"]),
        ({"channels": (Channel("direct", Duration(note="Ngay")),)}, ["time"]),
        ({"cases": (Case("Trẻ em", time=Duration(1, "day")),)}, ["time"]),
        ({"channels": (Channel("direct", fees=(Fee(note="Theo quy định"),)),)}, ["fee_words"]),
        (
            {"channels": (Channel("direct", fees=(Fee(note="20.000 đồng/bản"),)),)},
            ["fee_sum", "fee_words"],
        ),
        ({"channels": (Channel("direct", fees=(Fee(0, note="Miễn phí"),)),)},
         ["fee_sum", "fee_words"]),
        ({"channels": (Channel("direct", fees=(Fee(),)),)}, []),
        ({"online_payment": False}, ["online_payment"]),
        ({"online": False}, ["online"]),
    ],
)  # fmt: skip
def test_what_counts_as_published(given: dict[str, Any], found: list[str]) -> None:
    assert facts(**given) == found


@pytest.mark.parametrize(
    ("text", "names_one"),
    [
        ("Nộp lệ phí bằng tiền mặt", True),
        ("Thanh toan truc tuyen tren cong", True),
        ("Nộp phí, lệ phí trực tuyến", True),
        ("quét mã QR để trả", True),
        ("Nộp hồ sơ trực tuyến, đóng lệ phí tại quầy", False),
        ("Nộp phí theo quy định. Nộp hồ sơ trực tuyến.", False),
        ("Giấy chứng nhận tiền chất", False),
    ],
)
def test_words_that_name_a_way_to_pay_are_told_from_others(text: str, names_one: bool) -> None:
    assert ("payment_methods" in facts(steps=(text,))) is names_one


def test_each_fact_has_the_source_of_its_group() -> None:
    council = Source("Nghị quyết 01", "", dt.date(2026, 11, 20))
    row = published.row_of(
        procedure(CODE, "Đăng ký thử", **FULL, sources=(("fees", council), ("steps", council)))
    )
    other = {fact for fact, source in row.facts.items() if source == SOURCE}
    assert set(published.FACTS) - other == {"fee_sum", "fee_words", "steps", "payment_methods"}
    assert {row.facts[fact] for fact in ("fee_sum", "payment_methods")} == {council}


@pytest.fixture
def three(database_ready: None) -> list[Procedure]:
    """Two fields: one procedure that knows everything, two that know little."""
    records = [
        procedure(CODE, "Một", **FULL),
        procedure("1.000002", "Hai", steps=("Nộp",)),
        procedure("1.000003", "Ba", field="Đất đai", result="Giấy"),
    ]
    put(NATIONAL, *records)
    put(STAFF, procedure("1.000002", "", field="", level="", online_payment=True))
    return records


@pytest.mark.usefixtures("three")
def test_the_screen_shows_counts_and_shares(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "published"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["fact", "published", "not", "share"]
    assert [line for line in lines if line[0] in ("fee_sum", "online_payment", "steps")] == [
        ["fee_sum", "1", "2", "33.3%"],
        ["online_payment", "2", "1", "66.7%"],
        ["steps", "2", "1", "66.7%"],
    ]
    assert ([line[0] for line in lines[1:-1]], lines[-1]) == (
        list(published.FACTS),
        ["procedures", "3"],
    )


@pytest.mark.usefixtures("three")
def test_the_screen_shows_the_counts_of_each_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "published", "--by-field"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["all", *published.FACTS, "field"]
    steps = 1 + published.FACTS.index("steps")
    assert [(line.split()[0], line.split()[steps], line.split("  ")[-1]) for line in lines] == [
        ("1", "0", "Đất đai"),
        ("2", "2", "Lĩnh vực thử"),
        ("3", "2", "(all)"),
    ]


@pytest.mark.usefixtures("three")
def test_the_counts_come_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["catalogue", "published", "--json", "--by-field"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["on"], told["procedures"]) == (clock.today().isoformat(), 3)
    assert told["facts"]["online_payment"] == {"published": 2, "share": 0.6667}
    assert {name: found["procedures"] for name, found in told["fields"].items()} == {
        "Đất đai": 1,
        "Lĩnh vực thử": 2,
    }
    assert told["fields"]["Đất đai"]["facts"]["result"] == {"published": 1, "share": 1.0}


@pytest.mark.usefixtures("three")
def test_the_file_has_a_row_for_each_procedure(tmp_path: Path) -> None:
    path = tmp_path / "cong-bo.csv"
    assert main(["catalogue", "published", "--to", str(path), "--json"]) == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["code"], row["name"], row["field"], row["level"]) for row in rows] == [
        (CODE, "Một", "Lĩnh vực thử", "commune"),
        ("1.000002", "Hai", "Lĩnh vực thử", "commune"),
        ("1.000003", "Ba", "Đất đai", "commune"),
    ]
    assert [row["online_payment"] for row in rows] == ["1", "1", "0"]
    steps = [(row["steps"], row["steps_source"], row["steps_checked_on"]) for row in rows]
    known = ("1", SOURCE.title, SOURCE.checked_on.isoformat())
    assert steps == [known, known, ("0", "", "")]
    assert list(tmp_path.glob(".*.part")) == []


def test_a_folder_that_is_not_there_leaves_nothing(
    tmp_path: Path, three: list[Procedure], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "khong-co" / "cong-bo.csv"
    assert main(["catalogue", "published", "--to", str(path)]) == 1
    assert "No such file or directory" in capsys.readouterr().err


def test_the_whole_national_export_has_a_row_for_each_procedure(
    shared_data: Path, database_ready: None
) -> None:
    import_path(shared_data / "national-catalogue-2026-07")
    today = clock.today()
    with database.connect() as connection:
        codes = repository.all_codes(connection, today)
        rows = [published.row_of(p) for p in repository.get_many(connection, codes, today)]
    found = published.totals(rows)
    assert [row.code for row in rows] == codes
    assert sum(t.procedures for t in published.by_field(rows).values()) == found.procedures > 2800
    # The export does not say whether a fee can be paid online, and hardly what is fully online.
    assert found.published["online_payment"] == 0
    assert found.published["service_level"] < 100
    assert 400 < found.published["fee_sum"] < found.published["fee_words"] < 900
