"""Agencies that a national record names after one province are those of every province."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import clock, database
from bot.catalogue import repository
from bot.catalogue.importing import import_path
from bot.catalogue.localising import without_other_provinces
from bot.catalogue.seed_files import SEED_DIR, data_lines


@pytest.mark.parametrize(
    ("agencies", "expected"),
    [
        ("Sở Tư pháp Thành phố Hà Nội", "Sở Tư pháp"),
        ("Sở Tư pháp thành phố Đà Nẵng", "Sở Tư pháp"),
        ("Sở Y tế TP. Hồ Chí Minh", "Sở Y tế"),
        ("Sở Y tế tỉnh Bà Rịa - Vũng Tàu", "Sở Y tế"),
        ("Sở Nội vụ - Tỉnh Gia Lai", "Sở Nội vụ"),
        ("UBND tỉnh Quảng Nam", "UBND"),
        ("Ủy ban nhân dân tỉnh Thừa Thiên Huế", "Ủy ban nhân dân"),
        ("Chi cục Thú y tỉnh Long An", "Chi cục Thú y"),
        ("Công an tỉnh Nghệ An", "Công an"),
        ("Bảo hiểm xã hội thành phố Cần Thơ", "Bảo hiểm xã hội"),
        ("Trung tâm Dịch vụ việc làm Hà Nội", "Trung tâm Dịch vụ việc làm"),
        (
            "Sở Văn hóa, Thể thao và Du lịch tỉnh Lào Cai",
            "Sở Văn hóa, Thể thao và Du lịch",
        ),
        # Named twice, kept once.
        ("Sở Tư pháp Thành phố Hà Nội, Sở Tư pháp tỉnh Gia Lai", "Sở Tư pháp"),
        ("Sở Y tế tỉnh Hà Nam; Sở Tư pháp tỉnh Hà Nam", "Sở Y tế, Sở Tư pháp"),
        (
            "Công an cấp Xã, Sở Tư pháp Thành phố Hà Nội",
            "Công an cấp Xã, Sở Tư pháp",
        ),
    ],
)
def test_another_provinces_name_is_left_out(agencies: str, expected: str) -> None:
    assert without_other_provinces(agencies) == expected


@pytest.mark.parametrize(
    "agencies",
    [
        "",
        "Ủy ban nhân dân cấp xã",
        "Sở Tư pháp tỉnh Quảng Ngãi",
        "UBND tỉnh Quảng Ngãi, Sở Y tế tỉnh Quảng Ngãi",
        # What stands at one place for the whole country.
        "Đại học Hà Nội",
        "Cục Hàng không, Cảng vụ Thành phố Hồ Chí Minh",
        "Sở Ngoại vụ Thành phố Hồ Chí Minh - Bộ Ngoại giao, Cục Lãnh sự - Bộ Ngoại giao",
        # No province, though it sounds like one.
        "Thuế cơ sở, Thuế tỉnh, thành phố",
        "Sở Công Thương",
        "Sở Văn hóa, Thể thao và Du lịch",
    ],
)
def test_other_agencies_stay_as_they_are(agencies: str) -> None:
    assert without_other_provinces(agencies) == agencies


@pytest.mark.parametrize("name", data_lines(SEED_DIR / "other_provinces.txt"))
def test_every_other_province_is_known(name: str) -> None:
    assert without_other_provinces(f"Sở Tư pháp tỉnh {name}") == "Sở Tư pháp"
    assert without_other_provinces(f"UBND thành phố {name.upper()}") == "UBND"


def test_the_provinces_of_today_but_ours_are_named_and_ours_is_not() -> None:
    names = set(data_lines(SEED_DIR / "other_provinces.txt"))
    assert len(names) == len(data_lines(SEED_DIR / "other_provinces.txt"))
    assert names & {"Quảng Ngãi", "Kon Tum"} == set()
    today = {"Hà Nội", "Huế", "Hải Phòng", "Đà Nẵng", "Hồ Chí Minh", "Cần Thơ", "Gia Lai"}
    assert today <= names


@pytest.mark.usefixtures("database_ready")
def test_no_agency_of_the_real_catalogue_is_another_provinces(shared_data: Path) -> None:
    import_path(shared_data / "national-catalogue-2026-07")
    with database.connect() as connection:
        codes = repository.all_codes(connection, clock.today())
        found = list(repository.get_many(connection, codes, clock.today()))
    names = "|".join(map(re.escape, data_lines(SEED_DIR / "other_provinces.txt")))
    foreign = re.compile(
        rf"(?:Sở|UBND|Ủy ban|Uỷ ban|Công an|Chi cục)\b[^;]*?\b(?:{names})\b", re.IGNORECASE
    )
    agencies = {p.code: p.agency for p in found if p.agency}
    assert len(agencies) > 2200
    named = {text for text in agencies.values() if foreign.search(text)}
    # The Foreign Ministry has its own department in the south.
    assert {text for text in named if "Hồ Chí Minh - Bộ Ngoại giao" not in text} == set()
    assert len(named) == 2
