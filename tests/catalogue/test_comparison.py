"""Curated facts held against the national record."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot import database
from bot.catalogue import layers
from bot.catalogue.comparison import compare, disagreements, without_record
from bot.catalogue.model import Channel, Document, Duration, Fee, LegalBasis, Procedure, Source
from bot.catalogue.tables import CURATED, NATIONAL
from bot.settings import Settings

DAY = dt.date(2026, 11, 24)
RECORD = Procedure(
    code="1.000001",
    name="Đăng ký thử",
    field="Hộ tịch",
    level="commune",
    channels=(
        Channel("direct", Duration(3, "working_day"), (Fee(7000, "", "mỗi lần; lại: 5.000 đồng"),)),
        Channel("online", Duration(note="Không quá 05 ngày"), note="tối đa 200.000 đồng"),
    ),
    legal_basis=(LegalBasis("Luật Thử", "1/2020/QH14"),),
    source=Source("Nguồn", "", dt.date(2026, 7, 20)),
)


def facts(curated: Procedure) -> list[tuple[str, str]]:
    return [(item.fact, item.curated) for item in compare(curated, RECORD)]


def test_the_record_agrees_with_itself() -> None:
    assert facts(RECORD) == []


@pytest.mark.parametrize("amount", [7000, 5000, 200000, 0, None])
def test_amounts_of_the_record_and_of_its_notes_are_borne_out(amount: int | None) -> None:
    channels = (Channel("direct", fees=(Fee(amount),)),)
    assert facts(replace(RECORD, channels=channels)) == []


def test_a_time_in_words_bears_a_number_out() -> None:
    assert facts(replace(RECORD, channels=(Channel("online", Duration(5, "day")),))) == []


@pytest.mark.parametrize(
    ("change", "fact", "said"),
    [
        ({"level": "province"}, "level", "province"),
        ({"field": "Đất đai"}, "field", "Đất đai"),
        ({"channels": (Channel("postal"),)}, "channel", "postal"),
        ({"channels": (Channel("direct", Duration(4, "day")),)}, "time", "4 day"),
        ({"channels": (Channel("direct", fees=(Fee(9000),)),)}, "fee", "9000"),
        ({"legal_basis": (LegalBasis("Luật", "9/2020/QH14"),)}, "legal basis", "9/2020/QH14"),
    ],
)
def test_what_the_record_does_not_know_is_a_disagreement(
    change: dict[str, object], fact: str, said: str
) -> None:
    assert facts(replace(RECORD, **change)) == [(fact, said)]  # type: ignore[arg-type]


def test_disagreements_are_found_in_the_database(database_ready: Settings) -> None:
    wrong = replace(RECORD, level="province", curated=True)
    alone = replace(RECORD, code="1.000002", curated=True)
    with database.begin() as connection:
        layers.write_layer(connection, NATIONAL, [RECORD])
        layers.write_layer(connection, CURATED, [wrong, alone])
    with database.connect() as connection:
        assert [(d.code, d.fact) for d in disagreements(connection, DAY)] == [("1.000001", "level")]
        assert without_record(connection, DAY) == ["1.000002"]


def test_a_paper_with_more_copies_than_the_record_asks_for_is_a_disagreement() -> None:
    record = replace(RECORD, documents=(Document("Tờ khai đăng ký thử", 1, 1),))
    same = replace(record, documents=(Document("Tờ khai đăng ký thử", 1, None),))
    more = replace(record, documents=(Document("Tờ khai đăng ký thử", 1, 2),))
    other = replace(record, documents=(Document("Giấy khác hẳn", 3, 3),))
    assert list(compare(same, record)) == []
    assert [(d.fact, d.curated) for d in compare(more, record)] == [
        ("paper", "Tờ khai đăng ký thử: 1, 2")
    ]
    # What no paper of the record is like cannot be held against it.
    assert list(compare(other, record)) == []
