"""Facts that hold for some days only, and whose word goes on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bot import database
from bot.catalogue import layers, service
from bot.catalogue import tables as t
from bot.catalogue.freshness import EXPIRED, STALE, Doubt, doubt_of, doubtful
from bot.catalogue.merging import merge
from bot.catalogue.model import (
    Case,
    Channel,
    Dates,
    Document,
    Duration,
    Fee,
    Form,
    LegalBasis,
    Procedure,
    Source,
)
from tests.catalogue.exports import SOURCE, procedure

CODE = "1.000001"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def dates(first: str = "", last: str = "") -> Dates:
    return Dates(day(first) if first else None, day(last) if last else None)


def known(since: str = "2026-07-01", **facts: Any) -> Procedure:
    """A record as it is read from a layer."""
    source = replace(SOURCE, checked_on=day(since))
    return procedure(CODE, "Đăng ký thử", source=source, known_from=day(since), **facts)


def on(text: str, **records: Procedure) -> Procedure:
    return merge(records, day(text))


def fees_of(found: Procedure) -> list[int | None]:
    return [fee.amount for channel in found.channels for fee in channel.fees]


UNTIL_NEW_YEAR = Fee(5000, dates=dates(last="2026-12-31"))
FROM_NEW_YEAR = Fee(7000, dates=dates("2027-01-01"))


def direct(*fees: Fee, **facts: Any) -> tuple[Channel, ...]:
    return (Channel("direct", fees=fees, **facts),)


# Rows.


@pytest.mark.parametrize(
    ("today", "amounts", "upcoming"),
    [
        ("2026-11-24", [5000], (("fees", day("2027-01-01")),)),
        ("2026-12-31", [5000], (("fees", day("2027-01-01")),)),
        ("2027-01-01", [7000], ()),
        ("2028-01-01", [7000], ()),
    ],
)
def test_a_fee_changes_on_its_day_and_the_change_is_told_before(
    today: str, amounts: list[int], upcoming: tuple[Any, ...]
) -> None:
    found = on(today, staff=known(channels=direct(UNTIL_NEW_YEAR, FROM_NEW_YEAR)))
    assert (fees_of(found), found.upcoming, found.expired) == (amounts, upcoming, ())


def test_fees_that_have_ended_without_others_are_shown_and_named() -> None:
    staff = known(channels=direct(UNTIL_NEW_YEAR))
    assert on("2026-12-31", staff=staff).expired == ()
    found = on("2027-01-01", staff=staff)
    assert (fees_of(found), found.expired) == ([5000], (("fees", day("2026-12-31")),))


def test_a_fee_that_ends_is_left_out_where_others_go_on() -> None:
    staff = known(channels=direct(UNTIL_NEW_YEAR, Fee(9000, note="bản giấy")))
    found = on("2027-01-01", staff=staff)
    assert (fees_of(found), found.expired) == ([9000], ())


def test_a_channel_whose_fees_are_all_to_come_stands_without_them() -> None:
    found = on("2026-11-24", staff=known(channels=direct(FROM_NEW_YEAR, note="Quầy 1")))
    assert found.channels == direct(note="Quầy 1")
    assert found.upcoming == (("fees", day("2027-01-01")),)


def test_a_fee_to_come_does_not_hide_the_one_that_another_layer_holds() -> None:
    staff = known(channels=direct(FROM_NEW_YEAR))
    national = known(channels=direct(Fee(5000)))
    found = on("2026-12-31", staff=staff, national=national)
    assert (fees_of(found), found.upcoming) == ([5000], (("fees", day("2027-01-01")),))
    assert fees_of(on("2027-01-01", staff=staff, national=national)) == [7000]


ROWS = {
    "documents": lambda held: Document("Tờ khai", dates=held),
    "channels": lambda held: Channel("direct", Duration(3, "day"), dates=held),
    "cases": lambda held: Case("Trẻ em", dates=held),
    "forms": lambda held: Form("Tờ khai", dates=held),
    "legal_basis": lambda held: LegalBasis("Luật Thử", dates=held),
}


@pytest.mark.parametrize("group", ROWS)
def test_rows_of_every_group_hold_for_their_days(group: str) -> None:
    old = ROWS[group](dates("2026-01-01", "2026-06-30"))
    new = ROWS[group](dates("2026-09-01", "2026-12-31"))
    record = known(**{group: (old, new)})
    shown = {}
    for today in ("2025-12-31", "2026-06-30", "2026-08-01", "2026-09-01", "2027-02-01"):
        found = on(today, staff=record)
        shown[today] = (getattr(found, group), dict(found.expired), dict(found.upcoming))
    september = {group: day("2026-09-01")}
    assert shown == {
        "2025-12-31": ((), {}, {group: day("2026-01-01")}),
        "2026-06-30": ((old,), {}, september),
        "2026-08-01": ((old,), {group: day("2026-06-30")}, september),
        "2026-09-01": ((new,), {}, {}),
        # The ones that ended last.
        "2027-02-01": ((new,), {group: day("2026-12-31")}, {}),
    }


# Groups, and whole records.


def test_a_group_may_have_days_of_its_own() -> None:
    held = (("agency", dates("2026-09-01", "2026-12-31")),)
    staff = known(agency="Sở Thử", subject="Công dân", dates=held)
    shown = {}
    for today in ("2026-08-31", "2026-09-01", "2026-12-31", "2027-01-01"):
        found = on(today, staff=staff)
        shown[today] = (found.agency, found.subject, found.expired, found.upcoming)
    september, december = (("agency", day("2026-09-01")),), (("agency", day("2026-12-31")),)
    assert shown == {
        "2026-08-31": ("", "Công dân", (), september),
        "2026-09-01": ("Sở Thử", "Công dân", (), ()),
        "2026-12-31": ("Sở Thử", "Công dân", (), ()),
        "2027-01-01": ("Sở Thử", "Công dân", december, ()),
    }


def test_a_whole_record_may_have_its_days() -> None:
    record = known(
        agency="Sở Thử", result="Thẻ", channels=direct(Fee(7000)), effective=dates("", "2026-12-31")
    )
    ended = day("2026-12-31")
    assert on("2026-12-31", staff=record).expired == ()
    found = on("2027-01-01", staff=record)
    assert dict(found.expired) == dict.fromkeys(("agency", "channels", "fees", "result"), ended)
    later = on("2026-11-24", staff=replace(record, effective=dates("2027-01-01")))
    assert (later.agency, later.result, later.channels) == ("", "", ())
    assert dict(later.upcoming) == dict.fromkeys(
        ("agency", "channels", "fees", "result"), day("2027-01-01")
    )


def test_the_groups_days_go_before_those_of_the_record() -> None:
    record = known(
        agency="Sở Thử",
        result="Thẻ",
        effective=dates("", "2026-12-31"),
        dates=(("agency", dates("2026-01-01", "2028-12-31")),),
    )
    found = on("2027-06-01", staff=record)
    assert found.expired == (("result", day("2026-12-31")),)
    assert found.dates_of("agency") == dates("2026-01-01", "2028-12-31")


# Whose word goes.

LAYERS = {
    "staff": known(agency="của cán bộ"),
    "curated": known(agency="của dự án", subject="của dự án"),
    "portal": known(agency="của cổng", subject="của cổng", result="của cổng"),
    "national": known(agency="quốc gia", subject="quốc gia", result="quốc gia", steps=("Gửi",)),
}


def test_each_fact_comes_from_the_first_layer_that_knows_it() -> None:
    found = on("2026-11-24", **LAYERS)
    assert (found.agency, found.subject, found.result, found.steps) == (
        "của cán bộ",
        "của dự án",
        "của cổng",
        ("Gửi",),
    )
    # In whatever order the layers come.
    assert on("2026-11-24", **dict(reversed(LAYERS.items()))) == found


def test_each_fact_names_the_source_of_its_layer() -> None:
    named = {
        layer: replace(record, source=Source(layer, "", day("2026-07-01")))
        for layer, record in LAYERS.items()
    }
    found = on("2026-11-24", **named)
    titles = {group: source.title for group, source in found.sources}
    assert titles == {
        "agency": "staff",
        "subject": "curated",
        "result": "portal",
        "steps": "national",
    }


@pytest.mark.parametrize(
    ("present", "name"),
    [
        (("curated", "portal", "national"), "national"),
        (("curated", "portal"), "portal"),
        (("curated",), "curated"),
        (("staff", "curated", "portal", "national"), "staff"),
    ],
)
def test_the_official_name_is_that_of_staff_or_the_nearest_to_the_law(
    present: tuple[str, ...], name: str
) -> None:
    found = on("2026-11-24", **{layer: replace(known(), name=layer) for layer in present})
    assert found.name == name


def test_staff_that_name_nothing_leave_the_official_name() -> None:
    found = on("2026-11-24", staff=replace(known(), name="", field="", level=""), national=known())
    assert (found.name, found.field, found.level) == ("Đăng ký thử", "Lĩnh vực thử", "commune")


def test_no_and_none_are_told_apart() -> None:
    found = on("2026-11-24", staff=known(online=False), national=known(online=True))
    assert found.online is False


def test_a_fact_of_staff_that_has_ended_loses_to_one_that_holds() -> None:
    staff = known(agency="Sở cũ", dates=(("agency", dates("", "2026-09-30")),))
    curated = known(agency="Sở nay")
    assert on("2026-09-30", staff=staff, curated=curated).agency == "Sở cũ"
    found = on("2026-10-01", staff=staff, curated=curated)
    assert (found.agency, found.expired) == ("Sở nay", ())


def test_a_fee_of_staff_that_has_ended_loses_to_one_that_holds() -> None:
    staff = known(channels=direct(UNTIL_NEW_YEAR))
    curated = known(channels=direct(Fee(7000)))
    assert fees_of(on("2026-12-31", staff=staff, curated=curated)) == [5000]
    found = on("2027-01-01", staff=staff, curated=curated)
    assert (fees_of(found), found.expired) == ([7000], ())


def test_of_facts_that_have_all_ended_the_first_layers_is_shown() -> None:
    staff = known(agency="Sở A", effective=dates("", "2026-09-30"))
    curated = known(agency="Sở B", effective=dates("", "2026-10-31"))
    found = on("2026-11-24", staff=staff, curated=curated)
    assert (found.agency, found.expired) == ("Sở A", (("agency", day("2026-09-30")),))


def test_until_a_fact_of_staff_begins_the_others_hold_and_the_change_is_told() -> None:
    staff = known(agency="Sở mới", effective=dates("2027-01-01"))
    national = known(agency="Sở nay")
    found = on("2026-12-31", staff=staff, national=national)
    assert (found.agency, found.upcoming) == ("Sở nay", (("agency", day("2027-01-01")),))
    found = on("2027-01-01", staff=staff, national=national)
    assert (found.agency, found.upcoming) == ("Sở mới", ())


def test_what_a_layer_learned_later_does_not_change_what_was_told_before() -> None:
    national = known("2026-07-20", agency="Sở nay", channels=direct(Fee(5000)))
    staff = known("2026-11-24", channels=direct(Fee(7000)), result="Thẻ")
    before = on("2026-09-01", staff=staff, national=national)
    assert (fees_of(before), before.agency, before.result) == ([5000], "Sở nay", "")
    assert before.is_known_on("channels", day("2026-09-01"))
    today = on("2026-11-24", staff=staff, national=national)
    assert (fees_of(today), today.agency, today.result) == ([7000], "Sở nay", "Thẻ")


def test_a_fact_that_names_its_day_holds_from_then_whenever_it_was_learned() -> None:
    national = known("2026-07-20", channels=direct(Fee(5000)))
    staff = known("2026-11-24", channels=direct(Fee(7000)), effective=dates("2026-08-01"))
    rows = known("2026-11-24", channels=direct(Fee(7000, dates=dates("2026-08-01"))))
    for record in (staff, rows):
        assert fees_of(on("2026-09-01", staff=record, national=national)) == [7000]
        assert fees_of(on("2026-07-31", staff=record, national=national)) == [5000]


def test_where_nothing_was_known_yet_the_first_knowledge_is_shown_as_such() -> None:
    found = on("2025-01-01", staff=known("2026-11-24", agency="A"), national=known("2026-07-20"))
    assert found.agency == "A"
    assert not found.is_known_on("agency", day("2025-01-01"))


@pytest.mark.usefixtures("database_ready")
def test_days_of_rows_groups_and_records_come_back_from_the_database() -> None:
    record = procedure(
        CODE,
        "Đăng ký thử",
        channels=direct(UNTIL_NEW_YEAR, FROM_NEW_YEAR),
        documents=(Document("Tờ khai", 1, 0, optional=True, dates=dates("2026-01-01")),),
        agency="Sở Thử",
        effective=dates("2026-01-01", "2029-12-31"),
        dates=(("agency", dates("2026-02-01", "2026-10-31")),),
        sources=(("agency", Source("Quyết định thử", "", day("2026-06-01"))),),
    )
    with database.begin() as connection:
        layers.write_layer(connection, t.STAFF, [record])
    amounts = {}
    for today in ("2026-12-31", "2027-01-01"):
        found = service.procedure(CODE, day(today))
        assert found is not None
        amounts[today] = fees_of(found)
    assert amounts == {"2026-12-31": [5000], "2027-01-01": [7000]}
    assert found.documents == record.documents
    assert found.effective == record.effective
    assert found.expired == (("agency", day("2026-10-31")),)
    assert found.source_of("agency") == Source("Quyết định thử", "", day("2026-06-01"))
    assert service.procedure(CODE, day("2025-12-31")) is None


# Facts to be doubted.


def test_a_fact_is_stale_when_it_was_not_checked_for_so_many_days() -> None:
    found = on("2026-11-24", national=known("2026-07-01", agency="A"))
    doubts = [doubt_of(found, "agency", day(d), 30) for d in ("2026-07-31", "2026-08-01")]
    assert doubts == [None, (STALE, day("2026-07-01"))]


def test_an_ended_fact_is_doubted_as_such_however_often_it_is_checked() -> None:
    record = known("2026-01-01", agency="A", effective=dates("", "2026-06-30"))
    found = on("2026-11-24", staff=record)
    assert doubt_of(found, "agency", day("2026-11-24"), 30) == (EXPIRED, day("2026-06-30"))


@pytest.mark.usefixtures("database_ready")
def test_the_doubtful_facts_of_the_catalogue_are_listed_by_code() -> None:
    old = replace(SOURCE, checked_on=day("2025-07-01"))
    records = [
        procedure("1.000003", "Ba", plain_name="Số ba", agency="C", source=old),
        procedure("1.000002", "Hai", agency="B"),
        procedure(
            CODE,
            "Một",
            agency="A",
            result="Thẻ",
            dates=(("agency", dates("", "2026-09-30")),),
        ),
    ]
    with database.begin() as connection:
        layers.write_layer(connection, t.STAFF, records)
    with database.connect() as connection:
        found = list(doubtful(connection, day("2026-11-24"), 365))
    assert found == [
        Doubt(CODE, "Một", "agency", EXPIRED, day("2026-09-30")),
        Doubt("1.000003", "Số ba", "plain_name", STALE, day("2025-07-01")),
        Doubt("1.000003", "Số ba", "agency", STALE, day("2025-07-01")),
    ]
