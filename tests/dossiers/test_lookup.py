"""Where a dossier stands: told to those who know the digits, and to nobody else."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from bot import database
from bot.database import DatabaseUnavailable
from bot.dossiers import lookup
from bot.dossiers.model import Asker, Dossier, GatewayUnavailable, NumberHashes, Record
from bot.dossiers.tables import lookup_failures
from tests.dossiers.files import CODE, IDENTITY, PHONE
from tests.dossiers.gateways import WatchedGateway
from tests.dossiers.looking_up import (
    DIRECT,
    MINUTE,
    NOON,
    OTHER,
    OWNER,
    UNKNOWN,
    WITHOUT_NUMBERS,
    change_setting,
    counted,
    look_up,
    look_up_person,
    outcomes,
    somebody,
)

pytestmark = pytest.mark.usefixtures("gateway")


def test_who_knows_the_digits_reads_the_status_and_no_personal_data() -> None:
    assert look_up(CODE, PHONE[-4:]) == Dossier(
        code=CODE,
        procedure_code="1.004194",
        status="Đang xử lý",
        agency="Công an xã thử",
        note="Chờ ký",
        received_on=dt.date(2026, 7, 1),
        due_on=dt.date(2026, 7, 6),
        finished_on=None,
        source_title="Dữ liệu hồ sơ của tỉnh",
        checked_on=NOON.date(),
    )
    assert outcomes() == [("digits", "shown")]


@pytest.mark.parametrize("asker", [OWNER, DIRECT])
@pytest.mark.parametrize("digits", [PHONE, PHONE[-4:], IDENTITY, IDENTITY[-4:]])
def test_the_last_four_digits_or_the_whole_of_either_number_will_do(
    digits: str, asker: Asker
) -> None:
    dossier = look_up(CODE, digits, asker)
    assert dossier is not None
    assert dossier.code == CODE
    assert counted() == {}


@pytest.mark.parametrize(
    ("code", "digits"),
    [
        (CODE, "0000"),
        (CODE, PHONE[:4]),
        (CODE, PHONE[-3:]),
        (CODE, PHONE[-5:]),
        (CODE, IDENTITY[:-1]),
        (CODE, ""),
        (UNKNOWN, PHONE[-4:]),
        (UNKNOWN, ""),
        (WITHOUT_NUMBERS, PHONE[-4:]),
        (WITHOUT_NUMBERS, ""),
        (WITHOUT_NUMBERS, "0000"),
        ("", PHONE[-4:]),
    ],
)
def test_wrong_digits_and_unknown_codes_are_answered_alike(code: str, digits: str) -> None:
    assert look_up(code, digits) is None
    assert counted() == {"session": 1, "address": 1, "dossier": 1}
    assert [outcome for _, outcome in outcomes()] == ["refused"]


def test_a_direct_connection_is_not_counted_by_address() -> None:
    assert look_up(CODE, "0000", DIRECT) is None
    assert counted() == {"session": 1, "dossier": 1}


def test_failures_name_nobody_and_nothing_and_are_forgotten_after_a_day() -> None:
    for _ in range(3):
        assert look_up(UNKNOWN, "0000") is None
    with database.connect() as connection:
        kept = [row.key_hash for row in connection.execute(sa.select(lookup_failures))]
    assert len(set(kept)) == 3
    clear = (UNKNOWN, OWNER.session, OWNER.address)
    assert [text for text in clear for key_hash in kept if text in key_hash] == []
    look_up(CODE, PHONE, now=NOON + dt.timedelta(days=1))
    assert counted() == {}


def test_a_session_that_no_encoding_holds_is_a_session_like_any_other() -> None:
    broken = Asker("half \ud83d", "rest")
    assert look_up(CODE, "0000", broken) is None
    assert look_up(CODE, PHONE, broken) is not None


def test_who_knows_both_whole_numbers_sees_all_own_dossiers_the_latest_first() -> None:
    assert look_up_person(PHONE, IDENTITY) == [OTHER, CODE]
    assert counted() == {}
    assert outcomes() == [("person", "shown")]


@pytest.mark.parametrize(
    ("phone", "identity"),
    [
        (PHONE, "051098003345"),
        ("0905111223", IDENTITY),
        (PHONE[-4:], IDENTITY),
        (PHONE, IDENTITY[-4:]),
        (PHONE, PHONE),
        (IDENTITY, PHONE),
        ("", ""),
    ],
)
def test_who_knows_one_number_only_sees_nothing(phone: str, identity: str) -> None:
    assert look_up_person(phone, identity) == []
    assert counted() == {"session": 1, "address": 1, "person": 2}
    assert outcomes() == [("person", "refused")]


@pytest.mark.parametrize("known", ["phone", "identity"])
def test_who_knows_one_number_cannot_guess_the_other(known: str) -> None:
    for number in range(10):
        phone = PHONE if known == "phone" else f"09050000{number:02}"
        identity = IDENTITY if known == "identity" else f"0510980000{number:02}"
        assert look_up_person(phone, identity, somebody(number)) == []
    assert look_up_person(PHONE, IDENTITY) == []
    assert look_up_person(PHONE, IDENTITY, now=NOON + MINUTE) == [OTHER, CODE]


def test_what_a_gateway_finds_for_a_person_is_shown_only_with_both_numbers(
    gateway: WatchedGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = asyncio.run(gateway.by_person(PHONE, IDENTITY))[0]
    foreign = [
        dataclasses.replace(mine, numbers=NumberHashes()),
        dataclasses.replace(mine, numbers=dataclasses.replace(mine.numbers, identity="")),
        dataclasses.replace(mine, numbers=dataclasses.replace(mine.numbers, phone="f" * 64)),
    ]

    async def too_many(*_: str) -> list[Record]:
        return [*foreign, mine]

    monkeypatch.setattr(gateway, "by_person", too_many)
    assert look_up_person(PHONE, IDENTITY) == [mine.dossier.code]


def test_what_was_shown_before_is_shown_again_and_recorded() -> None:
    shown = [asyncio.run(lookup.look_again(code, OWNER, NOON)) for code in (CODE, UNKNOWN)]
    assert shown == [look_up(CODE, PHONE), None]
    assert outcomes() == [("again", "shown"), ("again", "refused"), ("number", "shown")]
    assert counted() == {}


@pytest.mark.parametrize("fault", [GatewayUnavailable("down"), DatabaseUnavailable("down")])
def test_a_try_that_could_not_be_verified_does_not_count(
    gateway: WatchedGateway, fault: Exception
) -> None:
    gateway.fault = fault
    for _ in range(12):
        with pytest.raises(type(fault)):
            look_up(CODE, PHONE)
        with pytest.raises(type(fault)):
            look_up_person(PHONE, IDENTITY)
    assert counted() == {}
    assert set(outcomes()) == {("number", "unavailable"), ("person", "unavailable")}
    gateway.fault = None
    assert look_up(CODE, PHONE) is not None


def test_what_cannot_be_recorded_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with database.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE lookup_audit RENAME TO hidden")
    with pytest.raises(DatabaseUnavailable):
        look_up(CODE, PHONE)
    with pytest.raises(DatabaseUnavailable):
        look_up(CODE, "0000")
    with pytest.raises(DatabaseUnavailable):
        asyncio.run(lookup.look_again(CODE, OWNER, NOON))
    assert counted()["session"] == 2


def test_where_one_time_codes_are_wanted_no_digits_open_a_dossier(
    monkeypatch: pytest.MonkeyPatch, gateway: WatchedGateway
) -> None:
    assert lookup.is_one_time_code_wanted() is False
    change_setting(monkeypatch, "BOT_LOOKUP_FACTOR", "one_time_code")
    assert lookup.is_one_time_code_wanted() is True
    assert [look_up(CODE, digits) for digits in (PHONE, PHONE[-4:])] == [None, None]
    assert gateway.asked == []
