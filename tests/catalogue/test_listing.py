"""Lists and counts of procedures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from bot import database
from bot.catalogue import companions, layers, listing
from bot.catalogue import tables as t
from bot.catalogue.listing import Listing, Query
from bot.catalogue.model import Channel, Source
from bot.settings import Settings
from tests.catalogue.exports import SOURCE, procedure

NEWER = Source("Nguồn mới", "", dt.date(2026, 7, 20))
PROCEDURES = [
    procedure("1.000001", "Đăng ký khai sinh", field="Hộ tịch", agency="UBND cấp xã"),
    procedure("1.000002", "Đăng ký khai tử", field="Hộ tịch", agency="UBND cấp xã"),
    procedure("1.000003", "Đăng ký kết hôn", field="Hộ tịch", online=True, service_level="partial"),
    procedure(
        "1.000004",
        "Đăng ký tạm trú",
        field="Đăng ký, quản lý cư trú",
        agency="Công an cấp Xã",
        channels=(Channel("online"),),
        service_level="full",
    ),
    procedure(
        "1.000005",
        "Cấp phép khai thác cát",
        field="Địa chất và khoáng sản",
        level="province",
        agency="Sở Nông nghiệp và Môi trường; Ủy ban nhân dân cấp tỉnh",
        online=False,
        channels=(Channel("online"),),
        source=NEWER,
    ),
    procedure("1.000006", "Đăng ký xe, tàu cá", field="Thủy sản", level="province"),
]


@pytest.fixture
def catalogue(database_ready: Settings) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, PROCEDURES)
        curated = [replace(p, curated=True) for p in PROCEDURES[1:3]]
        layers.write_layer(connection, t.CURATED, curated)
        phrases = [("1.000003", "cưới nhau"), ("1.000003", "làm giấy cưới"), ("1.000002", "mất")]
        companions.replace_aliases(connection, t.CURATED, phrases)


def codes(found: Listing) -> list[str]:
    return [procedure.code[-1] for procedure in found.shown]


@pytest.mark.usefixtures("catalogue")
def test_without_a_query_all_are_counted_and_those_asked_for_most_come_first() -> None:
    found = listing.listing(Query(), limit=4)
    assert (found.count, found.published, found.by_name) == (6, 2, False)
    assert codes(found) == ["3", "2", "1", "4"]
    assert dict(found.levels) == {"commune": 4, "province": 2}
    assert found.fields[0] == ("Hộ tịch", 3)
    assert len(found.fields) == 4
    assert found.source == SOURCE


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Query(subject="Hộ tịch"), "321"),
        (Query(subject="ho tich"), "321"),
        (Query(subject="khoáng sản"), "5"),  # a part of the field's name
        (Query(subject="khoảng sản"), ""),
        (Query(subject="hộ"), "321"),
        (Query(subject="tị"), ""),  # no word
        (Query(level="province"), "56"),
        (Query(subject="Hộ tịch", level="province"), ""),
        (Query(agency="Công an xã"), "4"),
        (Query(agency="Công an phường"), "4"),
        (Query(agency="cơ quan Công an"), "4"),
        (Query(agency="Sở Nông nghiệp"), "5"),
        (Query(agency="Sở Y tế"), ""),
        (Query(online=True), "34"),  # what a source denies goes before its channels
    ],
    ids=str,
)
def test_a_query_narrows_down(query: Query, expected: str) -> None:
    found = listing.listing(query)
    assert "".join(codes(found)) == expected
    assert found.count == len(expected)


@pytest.mark.usefixtures("catalogue")
def test_words_of_no_field_are_looked_for_in_names() -> None:
    found = listing.listing(Query(subject="tàu cá"))
    assert (codes(found), found.by_name, found.fields) == (["6"], True, (("Thủy sản", 1),))
    nothing = listing.listing(Query(subject="vũ trụ"))
    assert (nothing.count, nothing.shown, nothing.source) == (0, (), None)


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "published", "expected"),
    [
        (Query(service_level="full"), 2, "4"),
        (Query(service_level="partial"), 2, "3"),
        (Query(service_level="full", subject="Hộ tịch"), 1, ""),
        (Query(service_level="full", level="province"), 0, ""),
    ],
    ids=str,
)
def test_of_those_described_it_is_told_how_many_publish_their_level(
    query: Query, published: int, expected: str
) -> None:
    found = listing.listing(query)
    assert ("".join(codes(found)), found.published) == (expected, published)


@pytest.mark.usefixtures("catalogue")
def test_a_change_counts_at_once() -> None:
    assert listing.listing(Query()).count == 6
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, PROCEDURES[:3])
    assert listing.listing(Query()).count == 3


@pytest.mark.usefixtures("database_ready")
def test_an_empty_catalogue_has_nothing_to_list() -> None:
    assert listing.listing(Query()) == Listing(0, 0, (), (), False, (), None)


@pytest.mark.usefixtures("database_ready")
def test_only_published_flags_of_online_payment_count() -> None:
    flags = (True, False, None, True)
    paid = [replace(p, online_payment=flag) for p, flag in zip(PROCEDURES, flags, strict=False)]
    with database.begin() as connection:
        layers.write_layer(connection, t.NATIONAL, [*paid, *PROCEDURES[4:]])
    found = listing.listing(Query(online_payment=True))
    assert (codes(found), found.count, found.published) == (["1", "4"], 2, 3)
    of_field = listing.listing(Query("hộ tịch", online_payment=True))
    assert (of_field.count, of_field.published, of_field.fields) == (1, 2, (("Hộ tịch", 1),))
    # Without the question it is the service levels that are counted.
    assert listing.listing(Query()).published == 2


@pytest.mark.usefixtures("catalogue")
def test_a_list_may_be_of_certain_codes_only() -> None:
    found = listing.listing(Query("hộ tịch"), among={"1.000002", "1.000005"})
    assert (codes(found), found.count) == (["2"], 1)
