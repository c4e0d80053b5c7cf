"""A layer keeps its states: what was told on a day is what is answered for that day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot import clock, database
from bot.catalogue import finder, layers, repository, service
from bot.catalogue import tables as t
from bot.catalogue.model import Channel, Dates, Fee, Procedure, Source
from bot.catalogue.national_import import import_export
from bot.catalogue.records import Changes
from bot.imports import ImportRefused
from tests.catalogue.exports import procedure, record, write_export

pytestmark = pytest.mark.usefixtures("database_ready")

CODE = "1.000001"
JULY, SEPTEMBER, NOVEMBER = "2026-07-20", "2026-09-15", "2026-11-24"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def checked(on: str, agency: str, code: str = CODE, begins: str = "", **facts: Any) -> Procedure:
    """A record checked on a day; `agency` is the fact that the tests follow."""
    return procedure(
        code,
        "Đăng ký thử",
        agency=agency,
        source=Source("Nguồn thử", "https://example.vn", day(on)),
        effective=Dates(day(begins) if begins else None),
        **facts,
    )


def write(*records: Procedure, layer: str = t.NATIONAL, keep: Any = ()) -> Changes:
    with database.begin() as connection:
        return layers.write_layer(connection, layer, records, keep=keep)


def told(*days: str, code: str = CODE) -> list[str | None]:
    """The agency that is answered for each day; None where there is no such procedure."""
    found = [service.procedure(code, day(text)) for text in days]
    return [None if one is None else one.agency for one in found]


def windows(code: str = CODE) -> list[tuple[str, str | None, str | None]]:
    """Each state's agency with the days for which it is the answer."""
    with database.connect() as connection:
        states = repository.history(connection, code)
    return [
        (
            state.procedure.agency,
            state.valid_from.isoformat() if state.valid_from else None,
            state.valid_to.isoformat() if state.valid_to else None,
        )
        for state in states
    ]


# Newer exports.


def test_a_changed_fact_holds_from_the_day_of_its_check_and_the_old_one_before() -> None:
    write(checked(JULY, "Cũ"))
    assert write(checked(SEPTEMBER, "Mới")) == Changes(changed=[CODE])
    assert told("2026-07-20", "2026-09-14", "2026-09-15", "2027-01-01") == [
        "Cũ",
        "Cũ",
        "Mới",
        "Mới",
    ]
    assert windows() == [("Cũ", None, SEPTEMBER), ("Mới", SEPTEMBER, None)]


def test_every_child_of_an_old_state_is_kept() -> None:
    old = (Channel("direct", fees=(Fee(5000, "lần"), Fee(0, note="Miễn phí cho hộ nghèo"))),)
    write(checked(JULY, "A", channels=old, steps=("Một", "Hai")))
    write(checked(SEPTEMBER, "A", channels=(Channel("online", fees=(Fee(7000),)),)))
    before, after = (service.procedure(CODE, day(on)) for on in (JULY, NOVEMBER))
    assert before is not None
    assert (before.channels, before.steps) == (old, ("Một", "Hai"))
    assert after is not None
    assert (after.channels, after.steps) == ((Channel("online", fees=(Fee(7000),)),), ())


def test_a_fact_that_changes_back_has_three_states() -> None:
    for on, agency in ((JULY, "A"), (SEPTEMBER, "B"), (NOVEMBER, "A")):
        write(checked(on, agency))
    assert told("2026-08-01", "2026-10-01", "2026-12-01") == ["A", "B", "A"]
    assert windows() == [
        ("A", None, SEPTEMBER),
        ("B", SEPTEMBER, NOVEMBER),
        ("A", NOVEMBER, None),
    ]


def test_an_unchanged_record_is_one_state_with_the_newest_check() -> None:
    write(checked(JULY, "A"))
    assert write(checked(NOVEMBER, "A")) == Changes(unchanged=1)
    found = service.procedure(CODE, day(NOVEMBER))
    assert found is not None
    assert found.source is not None
    assert (found.known_from, found.source.checked_on) == (day(JULY), day(NOVEMBER))
    assert windows() == [("A", None, None)]


def test_the_same_facts_take_over_the_name_and_address_of_their_source() -> None:
    write(checked(JULY, "A"))
    mended = Source("Tên đúng", "https://example.vn/dung", day(JULY))
    assert write(replace(checked(JULY, "A"), source=mended)) == Changes(unchanged=1)
    found = service.procedure(CODE)
    assert found is not None
    assert found.source == mended


def test_a_group_that_was_checked_anew_is_no_new_state_but_has_its_day() -> None:
    for on in (JULY, NOVEMBER):
        group = ("agency", Source("Quyết định thử", "", day(on)))
        write(replace(checked(JULY, "A"), sources=(group,)))
    assert windows() == [("A", None, None)]
    found = service.procedure(CODE)
    assert found is not None
    assert found.source_of("agency") == Source("Quyết định thử", "", day(NOVEMBER))
    assert found.source_of("documents") == Source("Nguồn thử", "https://example.vn", day(JULY))


# Corrections.


def test_of_several_records_of_one_day_the_last_is_right() -> None:
    write(checked(JULY, "Sai"))
    write(checked(JULY, "Vẫn sai"))
    write(checked(JULY, "Đúng"))
    assert told("2020-01-01", JULY, NOVEMBER) == ["Đúng"] * 3
    assert windows() == [("Sai", JULY, JULY), ("Vẫn sai", JULY, JULY), ("Đúng", None, None)]


def test_a_correction_of_a_later_state_leaves_the_earlier_one_alone() -> None:
    write(checked(JULY, "A"))
    write(checked(SEPTEMBER, "Sai"))
    write(checked(SEPTEMBER, "Đúng"))
    assert told("2026-09-14", SEPTEMBER) == ["A", "Đúng"]
    assert windows() == [
        ("A", None, SEPTEMBER),
        ("Sai", SEPTEMBER, SEPTEMBER),
        ("Đúng", SEPTEMBER, None),
    ]


# Gone, and come back.


def test_a_record_that_does_not_come_again_ends_on_the_day_of_the_newest_check() -> None:
    write(checked(JULY, "A"), checked(JULY, "B", "1.000002"))
    changes = write(checked(SEPTEMBER, "B", "1.000002"))
    assert changes == Changes(gone=[CODE], unchanged=1)
    assert told("2026-09-14", SEPTEMBER, NOVEMBER) == ["A", None, None]
    assert service.last_day(CODE) == day(SEPTEMBER)
    assert service.last_day("1.000002") is None
    assert service.last_day("9.999999") is None


def test_what_is_gone_is_told_once() -> None:
    write(checked(JULY, "A"), checked(JULY, "B", "1.000002"))
    write(checked(SEPTEMBER, "B", "1.000002"))
    assert write(checked(NOVEMBER, "B", "1.000002")) == Changes(unchanged=1)
    assert service.last_day(CODE) == day(SEPTEMBER)


def test_a_record_that_comes_back_was_not_there_in_between() -> None:
    other = ("B", "1.000002")
    write(checked(JULY, "A"), checked(JULY, *other))
    write(checked(SEPTEMBER, *other))
    assert write(checked(NOVEMBER, "A"), checked(NOVEMBER, *other)).changed == [CODE]
    assert told("2026-08-01", "2026-10-01", NOVEMBER) == ["A", None, "A"]
    assert windows() == [("A", None, SEPTEMBER), ("A", NOVEMBER, None)]
    with database.connect() as connection:
        days = [repository.all_codes(connection, day(d)) for d in ("2026-10-01", NOVEMBER)]
    assert days == [["1.000002"], [CODE, "1.000002"]]


def test_a_changed_record_that_is_taken_away_ends_even_if_the_rest_was_checked_before() -> None:
    write(checked(JULY, "A"), checked(JULY, "B", "1.000002"), layer=t.CURATED)
    write(checked(NOVEMBER, "Sai"), checked(JULY, "B", "1.000002"), layer=t.CURATED)
    assert write(checked(SEPTEMBER, "B", "1.000002"), layer=t.CURATED).gone == [CODE]
    assert told("2026-09-14", SEPTEMBER, NOVEMBER, "2027-06-01") == ["A", None, None, None]


def test_a_record_that_is_taken_away_does_not_come_back_with_a_state_to_come() -> None:
    write(checked(JULY, "Nay"), layer=t.STAFF)
    write(checked(SEPTEMBER, "Mai", begins="2027-01-01"), layer=t.STAFF, keep=None)
    with database.begin() as connection:
        changes = layers.end_others(connection, t.STAFF, (), day(NOVEMBER))
    assert changes == Changes(gone=[CODE])
    assert told("2026-11-23", NOVEMBER, "2027-01-01", "2027-06-01") == ["Nay", None, None, None]


def test_the_last_day_is_one_that_has_come(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.fromisoformat(f"{NOVEMBER}T09:00"))
    for begins in ("2027-01-01", "2027-06-01"):
        write(checked(SEPTEMBER, f"từ {begins}", begins=begins), keep=None)
    assert told(NOVEMBER) == [None]
    assert service.last_day(CODE) is None, "it has not begun, and so has not ended"


# Records that name the day from which they hold.


def test_a_record_of_the_future_begins_on_its_day() -> None:
    write(checked(JULY, "Nay"))
    write(checked(NOVEMBER, "Mai", begins="2027-01-01"))
    assert told(NOVEMBER, "2026-12-31", "2027-01-01") == ["Nay", "Nay", "Mai"]
    assert windows() == [("Nay", None, "2027-01-01"), ("Mai", "2027-01-01", None)]


def test_a_record_of_the_past_begins_on_its_day() -> None:
    write(checked(JULY, "Xưa", begins="2025-01-01"))
    write(checked(NOVEMBER, "Nay", begins="2026-03-01"))
    assert told("2024-12-31", "2025-01-01", "2026-02-28", "2026-03-01", NOVEMBER) == [
        None,
        "Xưa",
        "Xưa",
        "Nay",
        "Nay",
    ]
    assert windows() == [("Xưa", "2025-01-01", "2026-03-01"), ("Nay", "2026-03-01", None)]


def test_a_period_may_be_put_before_and_between_known_ones() -> None:
    for begins in ("2026-01-01", "2025-01-01", "2025-07-01"):
        write(checked(NOVEMBER, f"từ {begins}", begins=begins))
    assert told("2024-12-31", "2025-06-30", "2025-12-31", NOVEMBER) == [
        None,
        "từ 2025-01-01",
        "từ 2025-07-01",
        "từ 2026-01-01",
    ]


def test_a_change_of_today_does_not_touch_what_begins_later() -> None:
    write(checked(JULY, "Nay"))
    write(checked(JULY, "Mai", begins="2027-01-01"))
    write(checked(NOVEMBER, "Nay, đã đổi"))
    assert told("2026-11-23", NOVEMBER, "2026-12-31", "2027-01-01") == [
        "Nay",
        "Nay, đã đổi",
        "Nay, đã đổi",
        "Mai",
    ]


def test_a_record_of_the_past_replaces_what_was_read_without_a_day() -> None:
    write(checked(JULY, "Đọc được"))
    write(checked(NOVEMBER, "Theo quyết định", begins="2026-01-01"))
    assert told("2026-01-01", JULY, NOVEMBER) == ["Theo quyết định"] * 3
    found = service.procedure(CODE, day("2025-12-31"))
    assert found is not None
    assert not found.is_known_on("agency", day("2025-12-31"))
    assert found.agency == ""


# Days before anything was known, exports that are older, names of the search.


def test_a_first_record_tells_nothing_of_the_days_before_it_was_read() -> None:
    write(checked(JULY, "A"))
    found = service.procedure(CODE, day("2026-07-19"))
    assert found is not None
    known = [found.is_known_on("agency", day(on)) for on in ("2026-07-19", JULY, NOVEMBER)]
    assert known == [False, True, True]


def test_a_record_with_a_day_of_its_own_is_known_from_that_day() -> None:
    write(checked(NOVEMBER, "A", begins="2026-01-01"))
    found = service.procedure(CODE, day("2026-02-01"))
    assert found is not None
    known = [found.is_known_on("agency", day(on)) for on in ("2025-12-31", "2026-01-01")]
    assert known == [False, True]


def test_an_older_export_is_refused_unless_its_day_is_named(tmp_path: Path) -> None:
    new = write_export(tmp_path / "new", {CODE: record(CODE, "Tên mới")})
    old = write_export(tmp_path / "old", {CODE: record(CODE, "Tên cũ")})
    import_export(new, checked_on=day(NOVEMBER))
    with pytest.raises(ImportRefused, match=f"--checked-on {NOVEMBER}") as caught:
        import_export(old)
    assert JULY in str(caught.value)
    found = service.procedure(CODE)
    assert found is not None
    assert found.name == "Tên mới"
    assert import_export(old, checked_on=day(NOVEMBER)).changed == [CODE]
    found = service.procedure(CODE)
    assert found is not None
    assert found.name == "Tên cũ"


def test_a_newer_export_of_files_changes_gone_and_back(tmp_path: Path) -> None:
    texts = {CODE: record(CODE, "Cấp thẻ cũ"), "1.000002": record("1.000002")}
    import_export(write_export(tmp_path / "one", texts))
    renamed = {CODE: record(CODE, "Cấp thẻ mới")}
    second = import_export(write_export(tmp_path / "two", renamed), checked_on=day(SEPTEMBER))
    assert (second.changed, second.gone) == ([CODE], ["1.000002"])
    third = import_export(
        write_export(tmp_path / "three", {**texts, **renamed}), checked_on=day(NOVEMBER)
    )
    assert (third.changed, third.gone, third.unchanged) == (["1.000002"], [], 1)
    names = {}
    with database.connect() as connection:
        for on in ("2026-08-01", "2026-10-01", NOVEMBER):
            names[on] = [p.name for p in repository.names(connection, day(on))]
    assert names == {
        "2026-08-01": ["Cấp thẻ cũ", "Đăng ký thử"],
        "2026-10-01": ["Cấp thẻ mới"],
        NOVEMBER: ["Cấp thẻ mới", "Đăng ký thử"],
    }


def test_the_search_finds_a_procedure_by_its_name_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    write(checked(JULY, "A", plain_name="Xin giấy thông hành"))
    write(checked(JULY, "A", begins="2027-01-01", plain_name="Xin hộ chiếu điện tử"), keep=None)
    found = {}
    for on in ("2026-12-31", "2027-01-01"):
        monkeypatch.setattr(clock, "now", lambda on=on: dt.datetime.fromisoformat(f"{on}T08:00"))
        found[on] = [m.name for m in finder.search("xin giấy thông hành")]
    assert found["2026-12-31"] == ["Xin giấy thông hành"]
    assert "Xin giấy thông hành" not in found["2027-01-01"]
