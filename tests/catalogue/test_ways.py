"""Whose times and whose fees a procedure has, where a layer tells of fees alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from bot.catalogue.fee_days import without_fees
from bot.catalogue.freshness import EXPIRED, STALE, doubt_of
from bot.catalogue.merging import merge
from bot.catalogue.model import Channel, Dates, Duration, Fee, Procedure, Source
from tests.catalogue.exports import procedure

CODE = "1.000001"
THREE_DAYS = Duration(3, "working_day")
KINDS = ("online", "direct", "postal")
COUNCIL = Source("Nghị quyết 01", "https://example.vn/nq1", dt.date(2026, 11, 20))
BEFORE = Source("Nghị quyết 00", "", dt.date(2026, 8, 1))
NATION = Source("Cơ sở quốc gia", "", dt.date(2026, 7, 20))
STAFF = Source("Sở Thử", "", dt.date(2026, 9, 1))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


TODAY = day("2026-11-30")


def told(source: Source, *channels: Channel, **facts: Any) -> Procedure:
    values: dict[str, Any] = {"known_from": source.checked_on, **facts}
    return procedure(CODE, "Đăng ký thử", source=source, channels=channels, **values)


def way(kind: str, *amounts: int, note: str = "", time: Duration = THREE_DAYS) -> Channel:
    return Channel(kind, time, tuple(Fee(amount) for amount in amounts), note)


def alone(kind: str, *fees: int | Fee) -> Channel:
    return Channel(kind, fees=tuple(f if isinstance(f, Fee) else Fee(f) for f in fees))


def local(*channels: Channel, **facts: Any) -> Procedure:
    """A record of staff that holds a council's fees."""
    sources = (("fees", COUNCIL), *facts.pop("sources", ()))
    return told(COUNCIL, *channels, sources=sources, **facts)


def shown(found: Procedure) -> dict[str, tuple[Duration, str, list[int | None]]]:
    return {c.kind: (c.time, c.note, [f.amount for f in c.fees]) for c in found.channels}


def on(text: str, **layers: Procedure) -> Procedure:
    return merge(layers, day(text))


NATIONAL = told(NATION, way("online", 5000), way("direct", 8000, note="Quầy 1"))


def test_fees_told_alone_go_before_and_leave_times_notes_and_other_channels() -> None:
    found = on("2026-11-30", staff=local(alone("direct", 9000)), national=NATIONAL)
    assert shown(found) == {
        "online": (THREE_DAYS, "", [5000]),
        "direct": (THREE_DAYS, "Quầy 1", [9000]),
    }
    assert found.sources == (
        ("channels", NATION),
        ("fees", COUNCIL),
        ("fees.online", NATION),
    )
    named = ("channels", "fees", "fees.online", "fees.direct", "fees.postal")
    sources = [found.source_of(group) for group in named]
    assert sources == [NATION, COUNCIL, NATION, COUNCIL, COUNCIL]


def test_without_fees_told_alone_the_source_of_the_channels_is_that_of_the_fees() -> None:
    found = on("2026-11-30", national=NATIONAL)
    assert (found.channels, found.sources) == (NATIONAL.channels, (("channels", NATION),))
    assert (found.source_of("fees"), found.source_of("fees.online")) == (NATION, NATION)


def test_any_layer_may_tell_fees_alone() -> None:
    curated = told(STAFF, alone("direct", 7000))
    found = on("2026-11-30", curated=curated, national=NATIONAL)
    assert shown(found)["direct"] == (THREE_DAYS, "Quầy 1", [7000])
    assert (found.source_of("fees"), found.source_of("channels")) == (STAFF, NATION)


def test_a_layer_that_tells_one_time_tells_all_ways() -> None:
    curated = told(STAFF, way("direct"), alone("postal", 7000))
    found = on("2026-11-30", curated=curated, national=NATIONAL)
    assert shown(found) == {
        "direct": (THREE_DAYS, "", []),
        "postal": (Duration(), "", [7000]),
    }
    assert found.sources == (("channels", STAFF),)


def test_local_fees_of_staff_go_before_the_times_and_fees_that_staff_tell_themselves() -> None:
    staff = replace(local(way("direct", 6000), alone("direct", 9000)), source=STAFF)
    staff = replace(staff, sources=(("channels", STAFF), ("fees", COUNCIL)))
    found = on("2026-11-30", staff=staff, national=NATIONAL)
    assert shown(found) == {"direct": (THREE_DAYS, "", [9000])}
    assert found.sources == (("channels", STAFF), ("fees", COUNCIL))


def test_a_channel_that_a_record_lists_by_case_gets_the_fees_once() -> None:
    national = told(NATION, way("direct", 8000, note="Có hồ sơ"), way("direct", 9000, note="Mới"))
    found = on("2026-11-30", staff=local(alone("direct", 1000, 2000)), national=national)
    assert [(c.note, [f.amount for f in c.fees]) for c in found.channels] == [
        ("Có hồ sơ", [1000, 2000]),
        ("Mới", []),
    ]


# Which channels there are.


def test_fees_for_every_channel_make_no_channel_that_there_is_not() -> None:
    everywhere = local(*(alone(kind, 9000) for kind in KINDS))
    found = on("2026-11-30", staff=everywhere, national=told(NATION, way("direct", 8000)))
    assert shown(found) == {"direct": (THREE_DAYS, "", [9000])}
    # Nothing is known of any channel: at the desk one can always file.
    nothing = on("2026-11-30", staff=everywhere, national=told(NATION))
    assert shown(nothing) == {"direct": (Duration(), "", [9000])}
    assert (nothing.source_of("fees"), nothing.expired) == (COUNCIL, ())
    online = on("2026-11-30", staff=everywhere, national=told(NATION, online=True))
    assert list(shown(online)) == ["online"]


def test_fees_for_one_channel_say_that_there_is_one() -> None:
    some = local(*(alone(kind, 9000) for kind in ("direct", "postal")), alone("online", 9000, 500))
    found = on("2026-11-30", staff=some, national=told(NATION, way("direct", 8000)))
    assert {kind: fees for kind, (_, _, fees) in shown(found).items()} == {
        "direct": [9000],
        "online": [9000, 500],
    }


def test_a_higher_layer_that_denies_online_filing_takes_its_channel_away() -> None:
    found = on("2026-11-30", staff=told(STAFF, online=False), national=NATIONAL)
    assert (found.online, list(shown(found))) == (False, ["direct"])
    same = replace(NATIONAL, online=False)
    assert list(shown(on("2026-11-30", national=same))) == ["online", "direct"]


def test_where_nobody_tells_more_than_fees_the_first_record_stands_whole() -> None:
    first, second = told(STAFF, alone("direct", 7000)), told(NATION, alone("postal", 5000))
    found = on("2026-11-30", curated=first, national=second)
    assert (shown(found), found.sources) == (
        {"direct": (Duration(), "", [7000])},
        (("channels", STAFF),),
    )
    under = on("2026-11-30", staff=local(alone("direct", 9000)), national=second)
    assert {kind: fees for kind, (_, _, fees) in shown(under).items()} == {
        "direct": [9000],
        "postal": [5000],
    }
    assert (under.source_of("fees"), under.source_of("fees.postal")) == (COUNCIL, NATION)


def test_what_a_note_says_of_fees_goes_where_the_fees_are_others() -> None:
    note = "Nộp tại quầy 1. Lệ phí: 8.000 đồng/lần. Mang theo căn cước."
    national = told(NATION, way("direct", 8000, note=note), way("online", 5000, note=note))
    found = on("2026-11-30", staff=local(alone("direct", 9000)), national=national)
    assert [c.note for c in found.channels] == ["Nộp tại quầy 1. Mang theo căn cước.", note]


@pytest.mark.parametrize(
    ("note", "left"),
    [
        ("Tại cơ quan đại diện: 10 USD/bản.", ""),
        ("Thu 2.000 đồng/trang; nộp ở quầy", "nộp ở quầy"),
        ("Nộp ở quầy\n\nGiờ hành chính", "Nộp ở quầy\n\nGiờ hành chính"),
        ("Chi phí do người nộp chịu\nNộp ở quầy", "Nộp ở quầy"),
        ("Phím số 1", "Phím số 1"),
    ],
)
def test_sentences_about_fees_are_told_from_others(note: str, left: str) -> None:
    assert without_fees(note) == left


# Days.

NEXT_YEAR = Fee(9000, dates=Dates(day("2027-01-01")))


def test_until_local_fees_begin_the_others_hold_and_the_change_is_told() -> None:
    layers = {"staff": local(alone("direct", NEXT_YEAR)), "national": NATIONAL}
    found = on("2026-12-31", **layers)
    assert (found.channels, found.source_of("fees")) == (NATIONAL.channels, NATION)
    assert found.upcoming == (("fees", day("2027-01-01")),)
    found = on("2027-01-01", **layers)
    assert (shown(found)["direct"][2], found.source_of("fees")) == ([9000], COUNCIL)
    assert (found.upcoming, found.dates_of("fees")) == ((), Dates(day("2027-01-01")))


def test_local_fees_that_have_ended_give_way_to_others_or_are_named_as_ended() -> None:
    staff = local(alone("direct", Fee(9000, dates=Dates(None, day("2026-10-31")))))
    found = on("2026-11-30", staff=staff, national=NATIONAL)
    assert (found.channels, found.expired) == (NATIONAL.channels, ())
    found = on("2026-11-30", staff=staff, national=told(NATION, way("direct")))
    assert (shown(found)["direct"], found.expired) == (
        (THREE_DAYS, "", [9000]),
        (("fees", day("2026-10-31")),),
    )
    assert doubt_of(found, "fees", TODAY, 365) == (EXPIRED, day("2026-10-31"))
    assert doubt_of(found, "channels", TODAY, 365) is None


def test_fees_are_stale_by_their_own_source() -> None:
    old = replace(NATION, checked_on=day("2025-01-01"))
    national = told(old, way("online", 5000), way("direct", 8000))
    found = on("2026-11-30", staff=local(alone("direct", 9000)), national=national)
    doubts = [doubt_of(found, group, TODAY, 365) for group in ("fees", "channels", "fees.online")]
    assert doubts == [None, (STALE, old.checked_on), (STALE, old.checked_on)]


def test_what_a_layer_learned_of_fees_later_does_not_change_earlier_days() -> None:
    undated = {"staff": local(alone("direct", 9000)), "national": NATIONAL}
    assert on("2026-11-19", **undated).channels == NATIONAL.channels
    assert shown(on("2026-11-20", **undated))["direct"][2] == [9000]
    dated = local(alone("direct", Fee(9000, dates=Dates(day("2026-08-01")))))
    found = on("2026-08-01", staff=dated, national=NATIONAL)
    assert (shown(found)["direct"][2], found.is_known_on("fees", day("2026-08-01"))) == (
        [9000],
        True,
    )
    assert on("2026-07-31", staff=dated, national=NATIONAL).channels == NATIONAL.channels


def test_fees_that_wait_for_their_day_leave_the_earlier_ones_under_their_own_source() -> None:
    last = day("2026-12-31")
    staff = local(
        alone("direct", Fee(7000, dates=Dates(None, last)), NEXT_YEAR),
        sources=(("fees.direct", BEFORE),),
        dates=(("fees.direct", Dates(None, last)),),
    )
    waiting = on("2026-12-31", staff=staff, national=NATIONAL)
    assert (shown(waiting)["direct"][2], waiting.source_of("fees")) == ([7000], BEFORE)
    assert waiting.upcoming == (("fees", day("2027-01-01")),)
    begun = on("2027-01-01", staff=staff, national=NATIONAL)
    assert (shown(begun)["direct"][2], begun.source_of("fees")) == ([9000], COUNCIL)


# Who has written of a procedure.


def test_fees_and_flags_from_lists_do_not_make_a_procedure_a_written_one() -> None:
    lists = replace(local(alone("direct", 9000), online_payment=True), name="")
    assert not on("2026-11-30", staff=lists, national=NATIONAL).curated
    for facts in ({"agency": "Sở Thử"}, {"name": "Tên"}, {"sources": ()}):
        written = replace(lists, **facts)
        assert on("2026-11-30", staff=written, national=NATIONAL).curated
