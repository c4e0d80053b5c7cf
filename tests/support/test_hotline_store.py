"""What the hotline keeps: deliveries that are claimed once, screens, and their end."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot import database
from bot.database import DatabaseUnavailable
from bot.settings import Settings
from bot.support import hotline_store as store
from bot.support.hotline_store import Delivery
from bot.support.tables import hotline_screens
from tests.databases import at_the_same_time

pytest_plugins = ("tests.databases",)

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
SECOND = dt.timedelta(seconds=1)
ME, YOU = "hotline-me", "hotline-you"


@pytest.mark.usefixtures("either_database")
def test_a_delivery_is_claimed_once_and_keeps_its_pages() -> None:
    assert store.find(ME, "a") is None
    assert store.claim(ME, "a", "hash", NOON) is None
    assert store.claim(ME, "a", "hash", NOON) == Delivery("hash", "", NOON)
    assert store.claim(YOU, "a", "hash", NOON) is None
    assert store.claim(ME, "b", "hash", NOON) is None
    store.finish(ME, "a", "pages", "screen", NOON)
    done = Delivery("hash", "pages", NOON)
    assert store.find(ME, "a") == store.claim(ME, "a", "hash", NOON) == done
    assert store.find(YOU, "a") == Delivery("hash", "", NOON)
    assert store.screen(ME) == "screen"
    assert store.screen(YOU) is None


@pytest.mark.usefixtures("either_database")
def test_of_claims_at_the_same_time_one_is_made() -> None:
    claims = at_the_same_time(lambda: store.claim(ME, "a", "hash", NOON))
    assert claims.count(None) == 1
    assert claims.count(Delivery("hash", "", NOON)) == len(claims) - 1


@pytest.mark.usefixtures("either_database")
def test_a_turn_that_takes_too_long_is_taken_over_by_one_and_for_the_same_text_only() -> None:
    assert store.claim(ME, "a", "hash", NOON) is None
    almost = NOON + store.UNDER_WAY_FOR - SECOND
    assert store.claim(ME, "a", "hash", almost) is not None
    later = NOON + store.UNDER_WAY_FOR
    assert store.claim(ME, "a", "other", later) is not None
    claims = at_the_same_time(lambda: store.claim(ME, "a", "hash", later))
    assert claims.count(None) == 1
    store.finish(ME, "a", "pages", None, later)
    assert store.claim(ME, "a", "hash", later + 9 * store.UNDER_WAY_FOR) is not None


def test_a_failed_turn_may_come_again_and_an_answered_one_is_not_released(
    database_ready: Settings,
) -> None:
    store.claim(ME, "a", "hash")
    store.release(ME, "a")
    assert store.claim(ME, "a", "hash") is None
    store.finish(ME, "a", "pages", None)
    store.release(ME, "a")
    assert store.find(ME, "a") is not None


@pytest.mark.usefixtures("either_database")
def test_a_screen_replaces_the_one_before() -> None:
    for shown in ("one", "two"):
        store.keep_screen(ME, shown)
    at_the_same_time(lambda: store.keep_screen(YOU, "three"))
    assert (store.screen(ME), store.screen(YOU)) == ("two", "three")
    store.keep_screen(ME, None)
    assert store.screen(ME) is None


def test_pages_and_screen_are_kept_together_or_not_at_all(database_ready: Settings) -> None:
    store.claim(ME, "a", "hash")
    with database.begin() as connection:
        connection.execute(sa.text(f"DROP TABLE {hotline_screens.name}"))
    with pytest.raises(DatabaseUnavailable):
        store.finish(ME, "a", "pages", "screen")
    found = store.find(ME, "a")
    assert found is not None
    assert found.pages == ""


@pytest.mark.usefixtures("either_database")
def test_what_is_old_is_purged() -> None:
    for sender, at in ((ME, NOON - SECOND), (YOU, NOON)):
        store.claim(sender, "a", "hash", at)
        store.finish(sender, "a", "pages", "screen", at)
    one_each = {"hotline_deliveries": 1, "hotline_screens": 1}
    assert store.purge(NOON, dry_run=True) == one_each
    assert store.screen(ME) == "screen"
    assert store.purge(NOON) == one_each
    assert (store.find(ME, "a"), store.screen(ME)) == (None, None)
    assert store.find(YOU, "a") is not None
    assert store.screen(YOU) == "screen"
    assert store.purge(NOON) == {"hotline_deliveries": 0, "hotline_screens": 0}


@pytest.mark.usefixtures("either_database")
def test_a_caller_is_erased_but_for_a_turn_under_way() -> None:
    for sender in (ME, YOU):
        store.claim(sender, "a", "hash")
        store.finish(sender, "a", "pages", "screen")
    store.claim(ME, "b", "hash")
    assert store.erase(ME) == {"hotline_deliveries": 1, "hotline_screens": 1}
    assert store.find(ME, "a") is None
    assert store.find(ME, "b") is not None
    assert store.screen(ME) is None
    assert store.screen(YOU) == "screen"
