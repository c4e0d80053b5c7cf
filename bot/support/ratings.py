"""Ratings (đánh giá): whether an answer was what its citizen wanted, and what was wrong with it.

They are for whoever mends the catalogue and the wording. What citizens write is kept without
personal data; who rated is a keyed hash, by which a citizen's ratings are erased on request. Times
are UTC, without a zone.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bot import database
from bot.personal_data import mask
from bot.support.citizens import session_hash, storable
from bot.support.tables import answer_ratings

GOOD, BAD = RATINGS = ("good", "bad")
REASONS = ("wrong_procedure", "incomplete", "wrong", "unclear", "other")

LONGEST_TEXT = 500
MOST_PER_HOUR = 60
# Masking takes the longer, by far, the longer a text is; nobody writes this much beside a button.
_MOST_MASKED = 4 * LONGEST_TEXT

_COLUMN = answer_ratings.c
# What programs name things by. Anything else would be a text, and would have to be masked.
_NAME = re.compile(r"[!-~]*")
_LONGEST_NAMES = {"message_id": 64, "topic": 64, "procedure_code": 32, "channel": 32}


class RatingRefused(ValueError):
    """There is no such rating or reason, or a name is none; the text says why, for operators."""


class TooManyRatings(RuntimeError):
    """The conversation has rated as many answers as it may within an hour."""


@dataclass(frozen=True)
class Rating:
    """A rating of the bot's message `message_id`; `reason` is "" or one of `REASONS`.

    `question` is the citizen's message that was answered; `topic` and `procedure_code` are the
    answer's, "" if it had none.
    """

    message_id: str
    rating: str
    reason: str
    comment: str
    topic: str
    procedure_code: str
    question: str
    channel: str
    made_at: dt.datetime


@dataclass
class Tally:
    """Numbers of ratings; `reasons` are those of the bad ones, "" where none was given."""

    good: int = 0
    bad: int = 0
    reasons: dict[str, int] = field(default_factory=dict)

    def add(self, rating: str, reason: str, count: int) -> None:
        """Count some ratings in."""
        if rating == GOOD:
            self.good += count
        else:
            self.bad += count
            self.reasons[reason] = self.reasons.get(reason, 0) + count


@dataclass(frozen=True)
class Stats:
    """Ratings of all answers, and of each topic's: the one with the most bad ratings first."""

    total: Tally
    topics: dict[str, Tally]


def rate(
    session: str,
    message_id: str,
    rating: str,
    *,
    reason: str = "",
    comment: str = "",
    topic: str = "",
    procedure_code: str = "",
    question: str = "",
    channel: str,
    now: dt.datetime | None = None,
) -> None:
    """Keep what a citizen thinks of an answer; rating it again replaces all of the first rating.

    `comment` and `question` are masked and cut to `LONGEST_TEXT` letters. `now` is the time, UTC;
    for tests.

    Raises:
        RatingRefused: the rating or the reason is none of those that there are, or the message
            has no identifier, or a name is too long or holds a space or more than ASCII.
        TooManyRatings: the conversation rated `MOST_PER_HOUR` other answers within the hour.
        bot.database.DatabaseUnavailable: the database is down; nothing was changed.
    """
    names = {
        "message_id": message_id,
        "topic": topic,
        "procedure_code": procedure_code,
        "channel": channel,
    }
    _check(rating, reason, names)
    made_at = now or dt.datetime.utcnow()
    values = {
        **names,
        "session_hash": _session_hash(session),
        "rating": rating,
        "reason": reason,
        "comment": _masked(comment),
        "question": _masked(question),
        "made_at": made_at,
    }
    _replace(values, made_at - dt.timedelta(hours=1))


def _check(rating: str, reason: str, names: dict[str, str]) -> None:
    # What was sent is not repeated: it may be a text with personal data.
    if rating not in RATINGS:
        raise RatingRefused(f"A rating is one of these: {', '.join(RATINGS)}.")
    if reason not in ("", *REASONS):
        raise RatingRefused(f"A reason is one of these: {', '.join(REASONS)}.")
    if not names["message_id"]:
        raise RatingRefused("A rating needs the message that is rated.")
    for name, value in names.items():
        longest = _LONGEST_NAMES[name]
        if len(value) > longest or not _NAME.fullmatch(value):
            raise RatingRefused(f"{name} has at most {longest} letters of ASCII and no spaces.")


def _replace(values: dict[str, Any], hour_ago: dt.datetime) -> None:
    session_hash, message_id = values["session_hash"], values["message_id"]
    own = _COLUMN.session_hash == session_hash
    this = _COLUMN.message_id == message_id
    others = sa.select(sa.func.count()).where(own, sa.not_(this), _COLUMN.made_at > hour_ago)
    with database.begin() as connection:
        # Whoever rates the same answer at the same moment waits, and then replaces this one.
        database.queue_up(connection, [session_hash])
        count = int(connection.execute(others).scalar() or 0)
        if count >= MOST_PER_HOUR:
            raise TooManyRatings(f"{count} answers were rated within the hour.")
        connection.execute(sa.delete(answer_ratings).where(own, this))
        connection.execute(sa.insert(answer_ratings).values(values))


def find(since: dt.datetime | None = None, rating: str = "") -> list[Rating]:
    """Ratings made at a moment or later, the newest first; `rating` ("good", "bad") narrows.

    Raises:
        RatingRefused: there is no such rating.
        bot.database.DatabaseUnavailable: the database is down.
    """
    if rating not in ("", *RATINGS):
        raise RatingRefused(f"A rating is one of these: {', '.join(RATINGS)}.")
    columns = [_COLUMN[name] for name in Rating.__dataclass_fields__]
    query = sa.select(*columns).where(*_made(since))
    if rating:
        query = query.where(_COLUMN.rating == rating)
    query = query.order_by(_COLUMN.made_at.desc(), _COLUMN.message_id, _COLUMN.session_hash)
    with database.connect() as connection:
        return [Rating(*row) for row in connection.execute(query)]


def stats(since: dt.datetime | None = None) -> Stats:
    """How many ratings made at a moment or later were good and bad, by topic and reason.

    Raises:
        bot.database.DatabaseUnavailable: the database is down.
    """
    kinds = (_COLUMN.topic, _COLUMN.rating, _COLUMN.reason)
    query = sa.select(*kinds, sa.func.count()).where(*_made(since)).group_by(*kinds)
    total, topics = Tally(), defaultdict[str, Tally](Tally)
    with database.connect() as connection:
        # Databases sort texts by rules of their own.
        for topic, rating, reason, count in sorted(map(tuple, connection.execute(query))):
            total.add(rating, reason, count)
            topics[topic].add(rating, reason, count)
    in_order = sorted(topics.items(), key=lambda item: (-item[1].bad, -item[1].good, item[0]))
    return Stats(total, dict(in_order))


def erase(session: str) -> dict[str, int]:
    """Delete a conversation's ratings wholly; `ratings` tells how many.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    own = _COLUMN.session_hash == _session_hash(session)
    with database.begin() as connection:
        return {"ratings": int(connection.execute(sa.delete(answer_ratings).where(own)).rowcount)}


def purge(before: dt.datetime, *, dry_run: bool = False) -> int:
    """Delete the ratings that were made before a moment; how many. `dry_run` counts only.

    Raises:
        bot.database.DatabaseUnavailable: the database is down; nothing was deleted.
    """
    outlived = _COLUMN.made_at < before
    with database.begin() as connection:
        query = sa.select(sa.func.count()).select_from(answer_ratings).where(outlived)
        count = int(connection.execute(query).scalar() or 0)
        if not dry_run:
            connection.execute(sa.delete(answer_ratings).where(outlived))
    return count


def _made(since: dt.datetime | None) -> tuple[Any, ...]:
    return () if since is None else (_COLUMN.made_at >= since,)


def _masked(text: str) -> str:
    """Without personal data, and without what no database takes: NUL, halves of characters."""
    return mask(storable(text[:_MOST_MASKED]))[:LONGEST_TEXT]


def _session_hash(session: str) -> str:
    # Another one than a ticket's: that the two are one citizen's is nobody's business.
    return session_hash(session, "rating")
