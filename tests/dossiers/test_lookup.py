"""Where a dossier stands: told to those who know the digits, and to nobody by guessing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers.csv_import import import_dossiers
from bot.dossiers.lookup import DossierStatus, look_up
from bot.dossiers.tables import dossiers, refusals
from bot.settings import Settings, settings
from tests.dossiers.files import CODE, IDENTITY, PHONE, write_csv

OTHER, WITHOUT_NUMBERS, UNKNOWN = "H48.16-230512-0004", "H48.16-230512-0005", "H48.16-230512-9999"
NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored


@pytest.fixture(autouse=True)
def three_dossiers(database_ready: Settings, tmp_path: Path) -> None:
    nobody = {"applicant_phone": "", "applicant_identity_number": ""}
    file = write_csv(
        tmp_path / "dossiers.csv", {}, {"code": OTHER}, {"code": WITHOUT_NUMBERS, **nobody}
    )
    import_dossiers(file)
    with database.begin() as connection:
        connection.execute(sa.update(dossiers).values(imported_at=NOON))


def refused_look_ups() -> int:
    with database.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(refusals)).scalar() or 0


def fail(times: int, code: str = CODE, now: dt.datetime = NOON) -> None:
    for _ in range(times):
        assert look_up(code, "0000", now) is None


def test_who_knows_the_digits_reads_the_status_and_no_personal_data() -> None:
    assert look_up(CODE, PHONE[-4:], NOON) == DossierStatus(
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


@pytest.mark.parametrize("digits", [PHONE, PHONE[-4:], IDENTITY, IDENTITY[-4:]])
def test_the_last_four_digits_or_the_whole_of_either_number_will_do(digits: str) -> None:
    status = look_up(CODE, digits, NOON)
    assert status is not None
    assert status.code == CODE
    assert refused_look_ups() == 0


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
    assert look_up(code, digits, NOON) is None
    assert refused_look_ups() == 1


def test_after_too_many_refusals_even_the_right_digits_are_refused() -> None:
    limit = settings().lookup_failures_per_hour
    fail(limit - 1)
    assert look_up(CODE, PHONE, NOON) is not None
    fail(1)
    assert [look_up(CODE, digits, NOON) for digits in (PHONE, PHONE[-4:], IDENTITY)] == [None] * 3


def test_an_hour_after_the_refusals_the_right_digits_work_again() -> None:
    fail(settings().lookup_failures_per_hour)
    almost = NOON + dt.timedelta(minutes=59, seconds=59)
    assert look_up(CODE, PHONE, almost) is None
    assert look_up(CODE, PHONE, NOON + dt.timedelta(hours=1, seconds=1)) is not None


def test_asking_while_locked_does_not_lengthen_the_lock() -> None:
    fail(settings().lookup_failures_per_hour)
    fail(5, now=NOON + dt.timedelta(minutes=50))
    assert look_up(CODE, PHONE, NOON + dt.timedelta(hours=1, seconds=1)) is not None


def test_refusals_count_within_a_sliding_hour() -> None:
    limit = settings().lookup_failures_per_hour
    fail(1)
    fail(limit - 1, now=NOON + dt.timedelta(minutes=40))
    locked_until_first_is_old = NOON + dt.timedelta(minutes=50)
    assert look_up(CODE, PHONE, locked_until_first_is_old) is None
    assert look_up(CODE, PHONE, NOON + dt.timedelta(minutes=61)) is not None


def test_the_refusals_of_one_code_do_not_lock_another() -> None:
    fail(settings().lookup_failures_per_hour)
    fail(settings().lookup_failures_per_hour, code=UNKNOWN)
    assert look_up(OTHER, PHONE, NOON) is not None


def test_the_number_of_tries_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, database_ready: Settings
) -> None:
    monkeypatch.setenv("BOT_LOOKUP_FAILURES_PER_HOUR", "2")
    settings.cache_clear()
    fail(1)
    assert look_up(CODE, PHONE, NOON) is not None
    fail(1)
    assert look_up(CODE, PHONE, NOON) is None


def test_refusals_are_forgotten_after_an_hour_and_name_no_code() -> None:
    fail(3, code=UNKNOWN)
    with database.connect() as connection:
        kept = [row.code_hash for row in connection.execute(sa.select(refusals))]
    assert len(set(kept)) == 1
    assert UNKNOWN not in kept[0]
    look_up(CODE, PHONE, NOON + dt.timedelta(hours=2))
    assert refused_look_ups() == 0
