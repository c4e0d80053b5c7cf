"""Which office a message means."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.offices.finder import find, located_in, named_agency
from bot.offices.sheet_import import import_sheet
from bot.settings import Settings
from tests.offices import files as f


@pytest.fixture(autouse=True)
def _filled(units_ready: Settings, tmp_path: Path) -> None:
    file = tmp_path / "fill.csv"
    tax = f"thue,other,Chi cục Thuế khu vực,,1 Đường A,,,,,{f.SOURCE}"
    free = f"mien-phi,other,Tổng đài Cổng Dịch vụ công,,,1800 1096,,,,{f.SOURCE}"
    import_sheet(f.write(file, f.OFFICES, f.LINE, f.BRANCH, f.COMMUNE, f.CENTRE, tax, free))


@pytest.mark.parametrize(
    ("message", "ward", "keys"),
    [
        ("số điện thoại xã", "Xã Vạn Tường", ["xa"]),
        ("sdt xa", "", ["tinh", "kon-tum"]),
        ("địa chỉ trung tâm hành chính công tỉnh", "Xã Vạn Tường", ["tinh", "kon-tum"]),
        ("dia chi xa, tinh quang ngai", "Xã Vạn Tường", ["xa"]),
        ("xã Ba Tơ mở cửa lúc nào", "Xã Ba Tơ", ["tinh", "kon-tum"]),
        ("chi cuc thue khu vuc o dau", "Xã Vạn Tường", ["thue"]),
        ("đường dây nóng", "Xã Vạn Tường", ["duong-day", "mien-phi"]),
        ("tổng đài 1022 có trực đêm không", "", ["duong-day"]),
        ("sdt 1022 goi luc nao cung duoc ha", "Xã Vạn Tường", ["duong-day"]),
        ("1800 1096 là số gì", "", ["mien-phi"]),
    ],
)
def test_offices_of_a_message(message: str, ward: str, keys: list[str]) -> None:
    assert sorted(o.key for o in find(message, ward).offices) == sorted(keys)


def test_the_commune_is_asked_for_only_where_it_would_tell() -> None:
    assert find("số điện thoại", "").asks_commune
    assert find("số điện thoại", "Xã Vạn Tường").of_commune
    for message in ("trung tâm cấp tỉnh ở đâu", "tổng đài", "địa chỉ sở tư pháp"):
        assert not find(message, "").asks_commune, message


@pytest.mark.parametrize(
    ("message", "agency"),
    [
        ("dia chi so tu phap", "Sở Tư pháp"),
        ("số điện thoại công an phường Nghĩa Lộ", "Công an phường"),
        ("BHXH tỉnh ở đâu", "Bảo hiểm xã hội"),
        ("số điện thoại xã", ""),
        ("địa chỉ trung tâm phục vụ hành chính công", ""),
    ],
)
def test_an_authority_of_which_nothing_is_known(message: str, agency: str) -> None:
    assert named_agency(message) == agency
    assert find(message).agency == agency


def test_there_is_the_place_that_was_told_before() -> None:
    assert find("số điện thoại chỗ đó", spoken_of="Công an cấp xã.").agency == "Công an"
    assert find("so dien thoai o do", spoken_of="Trung tâm Phục vụ hành chính công").agency == ""
    assert find("số điện thoại của xã", spoken_of="Công an cấp xã.").agency == ""


def test_the_provinces_office_in_a_place() -> None:
    assert [o.key for o in located_in("Thành phố Kon Tum")] == ["kon-tum"]
    assert located_in("Huyện Bình Sơn") == ()
