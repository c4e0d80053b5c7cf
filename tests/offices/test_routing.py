"""From a place as citizens write it to the commune of today."""

from __future__ import annotations

import pytest

from bot.offices.routing import UnitIndex
from bot.offices.units_import import SHIPPED, read_units

INDEX = UnitIndex(read_units(SHIPPED))


@pytest.mark.parametrize(
    ("message", "named", "new_wards"),
    [
        ("tôi ở xã Bình Hải huyện Bình Sơn nộp ở đâu", "Xã Bình Hải", ("Xã Vạn Tường",)),
        ("toi o xa binh hai", "Xã Bình Hải", ("Xã Vạn Tường",)),
        ("xã Vạn Tường", "Xã Vạn Tường", ("Xã Vạn Tường",)),
        ("ở thị trấn Châu Ổ", "Thị trấn Châu Ổ", ("Xã Bình Sơn",)),
        ("nhà tui ở Tịnh Khê", "Xã Tịnh Khê", ("Xã Tịnh Khê",)),
        ("xã Bình Sơn", "Xã Bình Sơn", ("Xã Bình Sơn",)),
        ("đặc khu Lý Sơn", "Đặc khu Lý Sơn", ("Đặc khu Lý Sơn",)),
        ("ở Lý Sơn", "Huyện Lý Sơn", ("Đặc khu Lý Sơn",)),
        # Divided between two communes, and two old wards of one name: a question is due.
        ("tui o xa tra bui", "Xã Trà Bùi", ("Xã Cà Đam", "Xã Tây Trà Bồng")),
        ("phường Nguyễn Nghiêm", "Phường Nguyễn Nghiêm", ("Phường Cẩm Thành", "Phường Đức Phổ")),
        (
            "phường Nguyễn Nghiêm thị xã Đức Phổ",
            "Phường Nguyễn Nghiêm",
            ("Phường Đức Phổ",),
        ),
        # Accents tell Ba Tơ from Ba Tô.
        ("xã Ba Tô", "Xã Ba Tô", ("Xã Ba Tô",)),
        ("thị trấn Ba Tơ", "Thị trấn Ba Tơ", ("Xã Ba Tơ",)),
    ],
)
def test_places(message: str, named: str, new_wards: tuple[str, ...]) -> None:
    place = INDEX.find(message)
    assert place is not None
    assert (place.named, place.new_wards) == (named, new_wards)


def test_an_old_district_brings_all_its_communes() -> None:
    place = INDEX.find("tui ở Bình Sơn")
    assert place is not None
    assert place.named == "Huyện Bình Sơn"
    assert len(place.new_wards) == 5


@pytest.mark.parametrize(
    "message",
    ["làm ở xã được không", "đăng ký kết hôn ở xã", "bình an vô sự", "nộp hồ sơ", "", "xã", "😀"],
)
def test_no_place_is_found_where_none_is_named(message: str) -> None:
    assert INDEX.find(message) is None


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("tôi ở xã Bình Hải huyện Bình Sơn nộp ở đâu", "tôi nộp ở đâu"),
        ("xã Trà Bùi làm khai sinh", "làm khai sinh"),
        ("mở quán cà phê tại phường Nghĩa Lộ cần gì", "mở quán cà phê cần gì"),
    ],
)
def test_the_rest_is_the_message_without_the_place(message: str, rest: str) -> None:
    place = INDEX.find(message)
    assert place is not None
    assert place.rest == rest


def test_every_old_ward_leads_to_a_commune_of_today() -> None:
    units = read_units(SHIPPED)
    for unit in units:
        if unit.old_ward:
            place = INDEX.find(f"tôi ở {unit.old_ward}, {unit.old_district}")
            assert place is not None, unit
            assert unit.new_ward in place.new_wards, unit


@pytest.mark.parametrize(
    ("message", "new_wards"),
    [
        # Accents tell today's commune from an old one.
        ("tôi ở xã Sơn Hà", ("Xã Sơn Hà",)),
        ("tôi ở xã Sơn Hạ", ("Xã Sơn Hạ",)),
        ("toi o xa son ha", ("Xã Sơn Hà", "Xã Sơn Hạ")),
        ("phường Đăk Bla", ("Phường Đăk Bla",)),
        # The same name, now of one commune and before of another: either may be meant.
        ("xã Trà Giang", ("Xã Trà Giang", "Xã Đông Trà Bồng")),
        ("phường Nguyễn Nghiêm", ("Phường Cẩm Thành", "Phường Đức Phổ")),
    ],
)
def test_a_name_of_today_is_told_from_the_same_of_before(
    message: str, new_wards: tuple[str, ...]
) -> None:
    place = INDEX.find(message)
    assert place is not None
    assert place.new_wards == new_wards
