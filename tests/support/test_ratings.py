"""Ratings: one of a message by a conversation, personal data masked, erased on request."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa

from bot import database
from bot.database import DatabaseUnavailable
from bot.settings import Settings, settings
from bot.support import ratings, tickets
from bot.support import tables as t
from bot.support.ratings import Rating, RatingRefused, Stats, Tally, TooManyRatings
from tests.databases import at_the_same_time

pytest_plugins = ("tests.databases",)

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)
CODE = "1.000001"


def rate(
    message_id: str = "m1",
    rating: str = "good",
    session: str = "one",
    now: dt.datetime = NOON,
    **more: Any,
) -> None:
    ratings.rate(session, message_id, rating, **{"channel": "web", **more}, now=now)


def found(**how: Any) -> list[str]:
    return [item.message_id for item in ratings.find(**how)]


def hashes(table: sa.Table) -> list[str]:
    with database.connect() as connection:
        return connection.execute(sa.select(table.c.session_hash)).scalars().all()


def execute(statement: Any) -> None:
    with database.begin() as connection:
        connection.execute(statement)


@pytest.mark.usefixtures("either_database")
def test_a_rating_is_found_as_it_was_made() -> None:
    rate(
        rating="bad",
        reason="wrong_procedure",
        comment="Tôi hỏi khai tử",
        topic="fees",
        procedure_code=CODE,
        question="Lệ phí bao nhiêu?",
    )
    texts = ("Tôi hỏi khai tử", "fees", CODE, "Lệ phí bao nhiêu?")
    assert ratings.find() == [Rating("m1", "bad", "wrong_procedure", *texts, "web", NOON)]


@pytest.mark.usefixtures("either_database")
def test_rating_again_replaces_everything() -> None:
    rate(rating="bad", reason="other", comment="Sai", topic="fees", question="Phí?")
    rate("m2", now=NOON + SECOND)
    rate(session="two", channel="rest")
    rate(now=NOON + HOUR)
    rows = [(item.message_id, item.channel, item.made_at) for item in ratings.find()]
    assert rows == [
        ("m1", "web", NOON + HOUR),
        ("m2", "web", NOON + SECOND),
        ("m1", "rest", NOON),
    ]
    assert ratings.find()[0] == Rating("m1", "good", *[""] * 5, "web", NOON + HOUR)


@pytest.mark.usefixtures("either_database")
def test_two_ratings_of_a_message_at_once_are_one() -> None:
    at_the_same_time(rate)
    assert ratings.find() == [Rating("m1", "good", *[""] * 5, "web", NOON)]


@pytest.mark.usefixtures("either_database")
def test_the_database_itself_keeps_one_rating_of_a_message() -> None:
    rate()
    again = {"message_id": "m1", "rating": "bad", "channel": "web", "made_at": NOON}
    insert = sa.insert(t.answer_ratings).values(session_hash=hashes(t.answer_ratings)[0], **again)
    with pytest.raises(DatabaseUnavailable, match=r"IntegrityError|UniqueViolation"):
        execute(insert)
    assert [item.rating for item in ratings.find()] == ["good"]


def test_who_rated_is_a_hash_of_its_own(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets.open_ticket("feedback", "one", "web", "Chậm", now=NOON)
    rate()
    (rated_by,), (opened_by,) = hashes(t.answer_ratings), hashes(t.tickets)
    assert rated_by != opened_by
    assert len(rated_by) == 64
    monkeypatch.setenv("BOT_SECRET", "another-secret-of-the-tests")
    settings.cache_clear()
    assert ratings.erase("one") == {"ratings": 0}


def test_a_database_that_is_down_says_so(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql+psycopg2://postgres@127.0.0.1:1/name")
    settings.cache_clear()
    for ask in (rate, ratings.find, ratings.stats, lambda: ratings.erase("one")):
        with pytest.raises(DatabaseUnavailable):
            ask()


def test_personal_data_is_masked_before_texts_are_cut(database_ready: Settings) -> None:
    # The number would be cut in the middle, and what is left would be none.
    text = f" {'x' * (ratings.LONGEST_TEXT - 6)} 0905111222, căn cước 051098003344."
    rate(comment=text, question=f"Gọi 0905111222{' y' * 9999}")
    (rating,) = ratings.find()
    assert rating.comment == f"{'x' * (ratings.LONGEST_TEXT - 6)} •••••"
    assert rating.question.startswith("Gọi •••••••••• y y")
    assert len(rating.question) == ratings.LONGEST_TEXT


@pytest.mark.usefixtures("either_database")
def test_what_no_database_takes_is_left_out() -> None:
    rate(session="half \ud83d", comment="Sai\x00 rồi \ud83d", question=" \x00 ")
    (rating,) = ratings.find()
    assert (rating.comment, rating.question) == ("Sai rồi ?", "")
    assert ratings.erase("half \ud83d") == {"ratings": 1}


@pytest.mark.parametrize(
    ("message_id", "rating", "more"),
    [
        ("m1", "", {}),
        ("m1", "fair", {}),
        ("m1", "bad", {"reason": "0905111222"}),
        ("", "good", {}),
        ("m" * 65, "good", {}),
        ("m 1", "good", {}),
        ("m\x001", "good", {}),
        ("m\n", "good", {}),
        ("ầ", "good", {}),
        ("m1", "good", {"topic": "gọi 0905111222"}),
        ("m1", "good", {"procedure_code": "1" * 33}),
        ("m1", "good", {"channel": "w" * 33}),
    ],
)
def test_what_makes_no_sense_is_refused_and_not_repeated(
    database_ready: Settings, message_id: str, rating: str, more: dict[str, str]
) -> None:
    with pytest.raises(RatingRefused) as caught:
        rate(message_id, rating, **more)
    assert "0905111222" not in str(caught.value)
    assert ratings.find() == []


@pytest.mark.usefixtures("either_database")
def test_names_may_be_as_long_as_their_columns() -> None:
    names = {"topic": "t" * 64, "procedure_code": "1" * 32, "channel": "w" * 32}
    rate("m" * 64, "bad", reason=max(ratings.REASONS, key=len), **names)
    assert found() == ["m" * 64]


def test_a_conversation_rates_so_many_answers_within_an_hour(database_ready: Settings) -> None:
    for number in range(ratings.MOST_PER_HOUR):
        rate(f"m{number}", now=NOON + number * SECOND)
    late = NOON + HOUR - SECOND
    with pytest.raises(TooManyRatings):
        rate("one-more", now=late)
    rate("one-more", session="two", now=late)
    # Whoever thinks better of it may say so.
    rate("m5", "bad", now=late)
    assert len(found()) == ratings.MOST_PER_HOUR + 1
    assert found(rating="bad") == ["m5"]
    # By now the first one is an hour old.
    rate("one-more", now=NOON + HOUR)
    with pytest.raises(TooManyRatings):
        rate("two-more", now=NOON + HOUR)


@pytest.mark.usefixtures("either_database")
def test_pages_that_rate_at_once_get_no_more_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ratings, "MOST_PER_HOUR", 5)
    numbers = iter(range(8))

    def try_to() -> bool:
        try:
            rate(f"m{next(numbers)}")
        except TooManyRatings:
            return False
        return True

    assert sorted(at_the_same_time(try_to)) == [False] * 3 + [True] * 5
    assert len(found()) == 5


@pytest.mark.usefixtures("either_database")
def test_the_newest_come_first_and_the_rest_can_be_left_out() -> None:
    rate("m1", "bad")
    rate("m2", now=NOON + HOUR)
    rate("m4", "bad", now=NOON + 2 * HOUR)
    rate("m3", "bad", now=NOON + 2 * HOUR)
    assert found() == ["m3", "m4", "m2", "m1"]
    assert found(rating="good") == ["m2"]
    assert found(since=NOON + HOUR) == ["m3", "m4", "m2"]
    assert found(since=NOON + SECOND, rating="bad") == ["m3", "m4"]
    assert found(since=NOON + 3 * HOUR) == []
    with pytest.raises(RatingRefused):
        ratings.find(rating="fair")


@pytest.mark.usefixtures("either_database")
def test_ratings_are_counted_by_topic_and_reason() -> None:
    assert ratings.stats() == Stats(Tally(), {})
    rate("m1", topic="steps")
    rate("m2", topic="steps", now=NOON + HOUR)
    rate("m3", "bad", topic="fees", reason="wrong")
    rate("m3", "bad", topic="fees", reason="wrong", session="two")
    rate("m4", "bad", topic="fees", now=NOON + HOUR)
    rate("m5", topic="fees", reason="other")
    rate("m6", "bad", reason="wrong")
    counted = ratings.stats()
    assert counted == Stats(
        Tally(3, 4, {"": 1, "wrong": 3}),
        {
            "fees": Tally(1, 3, {"": 1, "wrong": 2}),
            "": Tally(0, 1, {"wrong": 1}),
            "steps": Tally(2, 0),
        },
    )
    assert list(counted.topics) == ["fees", "", "steps"]
    assert ratings.stats(NOON + SECOND) == Stats(
        Tally(1, 1, {"": 1}), {"fees": Tally(0, 1, {"": 1}), "steps": Tally(1, 0)}
    )


@pytest.mark.usefixtures("either_database")
def test_erasing_deletes_a_conversations_ratings_and_no_others() -> None:
    rate("m1")
    rate("m2", "bad", comment="Sai", now=NOON + HOUR)
    rate("m1", session="two")
    assert ratings.erase("one") == {"ratings": 2}
    assert [item.message_id for item in ratings.find()] == ["m1"]
    assert ratings.erase("one") == {"ratings": 0}
    assert ratings.erase("two") == {"ratings": 1}
    assert ratings.find() == []


@pytest.mark.usefixtures("either_database")
def test_old_ratings_are_deleted() -> None:
    rate("m1", now=NOON - SECOND)
    rate("m2")
    assert ratings.purge(NOON, dry_run=True) == 1
    assert found() == ["m2", "m1"]
    assert ratings.purge(NOON) == 1
    assert ratings.purge(NOON) == 0
    assert found() == ["m2"]
