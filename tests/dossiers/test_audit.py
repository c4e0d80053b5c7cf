"""The record of tries: complete, in order, for who holds a code, and without a clear word."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from bot import database
from bot.dossiers import audit
from bot.dossiers.audit import Entry
from bot.dossiers.marks import address_mark, dossier_mark, person_mark, session_mark
from bot.dossiers.tables import lookup_audit
from tests.dossiers.files import CODE, IDENTITY, PHONE
from tests.dossiers.looking_up import DIRECT, MINUTE, NOON, OTHER, OWNER

pytestmark = pytest.mark.usefixtures("database_ready")

PERSON = (PHONE, IDENTITY)


def write_three() -> list[Entry]:
    """Three tries, of which the second is written down first."""
    mark, another = dossier_mark(CODE), person_mark(*PERSON)
    second = NOON + MINUTE
    audit.record(OWNER, mark, audit.NUMBER, audit.SHOWN, second)
    audit.record(DIRECT, mark, audit.DIGITS, audit.REFUSED, NOON)
    audit.record(OWNER, another, audit.PERSON, audit.LOCKED, NOON + 2 * MINUTE)
    owner = (session_mark(OWNER), address_mark(OWNER))
    return [
        Entry(NOON, "rest", session_mark(DIRECT), "", mark, "digits", "refused"),
        Entry(second, "web", *owner, mark, "number", "shown"),
        Entry(NOON + 2 * MINUTE, "web", *owner, another, "person", "locked"),
    ]


def test_all_tries_are_listed_in_the_order_of_time() -> None:
    assert write_three() == audit.entries()


def test_who_holds_a_code_finds_what_was_tried_with_it() -> None:
    written = write_three()
    assert audit.entries(CODE) == written[:2]
    assert audit.entries(OTHER) == []
    assert audit.entries(CODE, since=NOON + MINUTE) == written[1:2]
    assert audit.entries(since=NOON + MINUTE) == written[1:]


def test_nothing_stands_in_clear() -> None:
    write_three()
    with database.connect() as connection:
        rows = [str(tuple(row)) for row in connection.execute(sa.select(lookup_audit))]
    clear = (CODE, OWNER.session, OWNER.address, DIRECT.session, PHONE, IDENTITY)
    assert [text for text in clear for row in rows if text in row] == []
    assert len(rows) == 3


def test_old_tries_are_purged() -> None:
    written = write_three()
    assert audit.purge(NOON + MINUTE) == 1
    assert audit.entries() == written[1:]
    assert audit.purge(NOON + dt.timedelta(days=1)) == 2
    assert audit.purge(NOON + dt.timedelta(days=1)) == 0
    assert audit.entries() == []


def test_marks_of_different_things_do_not_look_alike() -> None:
    marks = [
        dossier_mark("a"),
        person_mark("a", ""),
        person_mark("", "a"),
        session_mark(OWNER),
        session_mark(DIRECT),
        address_mark(OWNER),
    ]
    assert len(set(marks)) == 6
    assert {len(mark) for mark in marks} == {64}
    assert address_mark(DIRECT) == ""
