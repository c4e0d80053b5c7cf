"""Tickets: short codes, one conversation's own, personal data masked, erased on request."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot import database
from bot.database import DatabaseUnavailable
from bot.settings import Settings, settings
from bot.support import tables as t
from bot.support import ticket_codes, ticket_contacts, tickets
from bot.support.tickets import Ticket, TicketRefused, TooManyTickets
from tests.databases import at_the_same_time

pytest_plugins = ("tests.databases",)

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
DOSSIER = "H48.16-230512-0003"
KIND = "late_dossier"


def put(session: str = "one", text: str = "Trễ hẹn", now: dt.datetime = NOON) -> Ticket:
    return tickets.open_ticket(KIND, session, "web", text, DOSSIER, now)


def draw(monkeypatch: pytest.MonkeyPatch, *numbers: int) -> None:
    drawn: Iterator[int] = iter(numbers)
    monkeypatch.setattr(tickets.secrets, "randbelow", lambda _: next(drawn))


def stored() -> list[tuple[str, ...]]:
    column = t.tickets.c
    columns = (column.code, column.text, column.dossier_code, column.answer, column.session_hash)
    with database.connect() as connection:
        query = sa.select(*columns).order_by(column.made_at, column.code)
        return [tuple(row) for row in connection.execute(query)]


@pytest.mark.usefixtures("either_database")
def test_a_ticket_is_found_by_its_code_in_its_conversation_only() -> None:
    ticket = put()
    assert ticket == Ticket(ticket.code, KIND, DOSSIER, "web", "Trễ hẹn", NOON)
    assert re.fullmatch(r"PA\d{6}", ticket.code)
    digits = ticket.code[2:]
    for written in (ticket.code, f"pa{digits}", f" pa {digits[:3]} {digits[3:]}", f"PA-{digits}"):
        assert tickets.find(written, "one") == ticket
    assert tickets.find(ticket.code, "two") is None
    assert tickets.find(ticket.code, "") is None
    assert tickets.find("", "one") is None


def test_a_code_keeps_its_zeros_and_is_drawn_again_if_it_is_taken(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, 7, 7, 7, 123456)
    assert put().code == "PA000007"
    assert put("two").code == "PA123456"


def test_if_no_code_is_free_nothing_is_written(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(monkeypatch, *[7] * 100)
    first = put()
    with pytest.raises(DatabaseUnavailable, match="No free code"):
        put("two")
    assert tickets.listed() == [first]


def test_a_database_that_is_down_says_so(
    database_ready: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "postgresql+psycopg2://postgres@127.0.0.1:1/name")
    settings.cache_clear()
    with pytest.raises(DatabaseUnavailable):
        put()


def test_personal_data_is_masked_and_long_texts_are_cut(database_ready: Settings) -> None:
    ticket = put(text=f" Gọi 0905111222, căn cước 051098003344. {'x' * 3000}")
    assert ticket.text.startswith("Gọi ••••••••••, căn cước ••••••••••••. xxx")
    assert len(ticket.text) == tickets.LONGEST_TEXT
    assert [row[1] for row in stored()] == [ticket.text]


@pytest.mark.usefixtures("either_database")
def test_what_no_database_takes_is_left_out() -> None:
    ticket = put("half \ud83d", "Trễ\x00 hẹn \ud83d")
    assert ticket.text == "Trễ hẹn ?"
    assert tickets.find(ticket.code, "half \ud83d") == ticket


def test_a_ticket_about_nothing_is_refused(database_ready: Settings) -> None:
    with pytest.raises(TicketRefused, match="needs a text or a dossier"):
        tickets.open_ticket("feedback", "one", "web", " \x00 ", now=NOON)
    about_a_dossier = tickets.open_ticket(KIND, "one", "web", "", DOSSIER, NOON)
    assert tickets.listed() == [about_a_dossier]


def test_a_conversation_opens_a_few_within_an_hour(database_ready: Settings) -> None:
    for minutes in range(tickets.MOST_PER_HOUR):
        put(now=NOON + dt.timedelta(minutes=minutes))
    with pytest.raises(TooManyTickets):
        put(now=NOON + HOUR - dt.timedelta(seconds=1))
    put("two", now=NOON + HOUR - dt.timedelta(seconds=1))
    put(now=NOON + HOUR)
    with pytest.raises(TooManyTickets):
        put(now=NOON + HOUR)
    assert len(tickets.listed()) == tickets.MOST_PER_HOUR + 2


@pytest.mark.usefixtures("either_database")
def test_pages_that_open_tickets_at_once_get_no_more_than_that() -> None:
    def try_to() -> bool:
        try:
            put()
        except TooManyTickets:
            return False
        return True

    assert sorted(at_the_same_time(try_to)) == [False] * 3 + [True] * tickets.MOST_PER_HOUR
    assert len(tickets.listed()) == tickets.MOST_PER_HOUR


@pytest.mark.usefixtures("either_database")
def test_an_answer_is_read_by_the_citizen_and_a_closed_ticket_is_left_alone() -> None:
    code, other = put().code, put("two", now=NOON + HOUR).code
    assert (tickets.answer(f"pa {code[2:]}", " Đã có kết quả. ").state) == tickets.ANSWERED
    found = tickets.find(code, "one")
    assert found is not None
    assert (found.state, found.answer, found.closed_at) == ("answered", "Đã có kết quả.", None)
    closed = tickets.close(code, NOON + DAY)
    assert (closed.state, closed.answer, closed.closed_at) == (
        "closed",
        "Đã có kết quả.",
        NOON + DAY,
    )
    assert tickets.find(code, "one") == closed
    for change in (lambda: tickets.answer(code, "Khác"), lambda: tickets.close(code)):
        with pytest.raises(TicketRefused, match=f"Ticket {code} is closed"):
            change()
    assert tickets.find(code, "one") == closed
    assert [ticket.code for ticket in tickets.listed("closed")] == [code]
    assert [ticket.code for ticket in tickets.listed()] == [other]
    assert tickets.listed("answered") == []


def test_what_makes_no_sense_is_refused(database_ready: Settings) -> None:
    code = put().code
    with pytest.raises(TicketRefused, match="There is no ticket PA12"):
        tickets.answer("PA12", "Đã xong.")
    with pytest.raises(TicketRefused, match="There is no ticket PA12"):
        tickets.close("PA12")
    for text in ("", " \n", "x" * (tickets.LONGEST_TEXT + 1)):
        with pytest.raises(TicketRefused, match="1 to 2000 letters"):
            tickets.answer(code, text)
    with pytest.raises(TicketRefused, match="'new' is no state"):
        tickets.listed("new")
    assert [ticket.answer for ticket in tickets.listed()] == [""]


@pytest.mark.usefixtures("either_database")
def test_erasing_blanks_what_is_closed_and_the_rest_when_it_is_closed() -> None:
    closed, worked_on, others = put(), put(now=NOON + HOUR), put("two", now=NOON + 2 * HOUR)
    tickets.answer(closed.code, "Đã xong.")
    tickets.close(closed.code, NOON + DAY)
    assert tickets.erase("one") == {"tickets": 1, "tickets_kept": 1}
    assert tickets.find(closed.code, "one") is None
    # Somebody works on it, and its citizen may still ask for the answer.
    assert tickets.find(worked_on.code, "one") == worked_on
    assert tickets.listed() == [worked_on, others]
    tickets.answer(worked_on.code, "Đang xem.")
    assert tickets.erase("one") == {"tickets": 0, "tickets_kept": 1}
    assert [ticket.code for ticket in tickets.listed("answered")] == [worked_on.code]
    tickets.close(worked_on.code, NOON + DAY)
    kept, (_, *others_kept) = stored()[:2], stored()[2]
    assert kept == [(code, "", "", "", "") for code in (closed.code, worked_on.code)]
    assert others_kept[:3] == ["Trễ hẹn", DOSSIER, ""]
    assert tickets.erase("one") == {"tickets": 0, "tickets_kept": 0}


@pytest.mark.usefixtures("either_database")
def test_tickets_closed_long_ago_are_deleted_and_open_ones_never() -> None:
    long_ago, lately, never = put(), put(now=NOON + HOUR), put(now=NOON + 2 * HOUR)
    tickets.close(long_ago.code, NOON + DAY)
    tickets.close(lately.code, NOON + 3 * DAY)
    before = NOON + 2 * DAY
    assert tickets.purge(before, dry_run=True) == 1
    assert len(stored()) == 3
    assert tickets.purge(before) == 1
    assert tickets.purge(before) == 0
    assert [row[0] for row in stored()] == [lately.code, never.code]


# Codes


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("pa 012 345", "PA012345"),
        ("P A 0 1 2 3 4 5", "PA012345"),
        ("phiếu 012345", "PA012345"),
        ("mã phiếu pa012345", "PA012345"),
        ("phieu phan anh so 012 345", "PA012345"),
        ("xem PA-012345, 0905111222", "PA012345"),
        ("PA012345.", "PA012345"),
        ("pa 0123456", ""),
        ("PA12", ""),
        ("mapa 012345", ""),
        ("012345", ""),
        ("phiếu lý lịch tư pháp số 2", ""),
        ("H48.16-260512-0003", ""),
    ],
)
def test_codes_are_read_as_people_say_them(said: str, code: str) -> None:
    assert ticket_codes.find(said) == code


def test_a_code_is_told_in_groups_that_are_understood_again() -> None:
    assert ticket_codes.spoken("PA012345") == "PA 012 345"
    assert ticket_codes.find(ticket_codes.spoken("PA012345")) == "PA012345"
    assert ticket_codes.normalised("012 345") == "PA012345"


# The number that was left

NUMBER = "0905111222"


@pytest.fixture
def no_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticket_contacts, "_failures", ticket_contacts._Failures())


def put_with_number(number: str = "+84 905 111 222", session: str = "one") -> Ticket:
    return tickets.open_ticket(
        "complaint",
        session,
        "web",
        "Đèn hỏng",
        now=NOON,
        contact=number,
        place="ở nhà ông 0905111222",
        field="Điện",
        level="province",
        agency="Sở Công Thương",
        due_at=NOON + HOUR,
    )


@pytest.mark.usefixtures("either_database", "no_failures")
def test_a_number_is_kept_but_never_in_clear() -> None:
    ticket = put_with_number()
    assert ticket.has_contact
    assert tickets.find(ticket.code, "one") == tickets.by_code(ticket.code.lower()) == ticket
    assert (ticket.field, ticket.level, ticket.agency) == ("Điện", "province", "Sở Công Thương")
    assert (ticket.due_at, ticket.place) == (NOON + HOUR, "ở nhà ông ••••••••••")
    assert tickets.contact(f"pa {ticket.code[2:]}") == NUMBER
    with database.connect() as connection:
        row = connection.execute(sa.select(t.tickets)).one()
    assert not [value for value in row if "905111222" in str(value).replace(" ", "")]
    assert tickets.contact(put().code) == ""
    with pytest.raises(TicketRefused, match="There is no ticket PA12"):
        tickets.contact("PA12")


def test_what_is_no_telephone_number_is_refused(database_ready: Settings) -> None:
    for number in ("12", "abc", "051098003344"):
        with pytest.raises(TicketRefused, match="is a telephone number"):
            put_with_number(number)
    assert tickets.listed() == []


@pytest.mark.usefixtures("either_database", "no_failures")
def test_code_and_number_open_a_ticket_anywhere() -> None:
    ticket = put_with_number()
    others, bare = put_with_number("0905333444", "two"), put("three")
    for number in (NUMBER, "84905111222", "+84 905.111.222"):
        assert tickets.find_by_number(ticket.code, number, "elsewhere") == ticket
    for code, number in (
        (ticket.code, "0905333444"),
        (others.code, NUMBER),
        (bare.code, NUMBER),
        (bare.code, ""),
        ("PA000000", NUMBER),
    ):
        assert tickets.find_by_number(code, number, "elsewhere") is None


@pytest.mark.usefixtures("database_ready", "no_failures")
def test_numbers_are_not_guessed() -> None:
    ticket = put_with_number()
    most = ticket_contacts.FAILURES_PER_HOUR
    for guess in range(most):
        # A right pair in between costs nothing.
        assert tickets.find_by_number(ticket.code, NUMBER, "owner", now=float(guess)) == ticket
        wrong = f"09051112{guess:02}"
        assert tickets.find_by_number(ticket.code, wrong, f"s{guess}", now=float(guess)) is None
    # The code is locked for everybody, for the rest of the hour.
    assert tickets.find_by_number(ticket.code, NUMBER, "owner", now=3599.0) is None
    assert tickets.find_by_number(ticket.code, NUMBER, "owner", now=3601.0) == ticket
    # Codes are not guessed by one conversation either.
    for guess in range(most):
        assert tickets.find_by_number(f"PA{guess:06}", NUMBER, "one", now=9000.0) is None
    assert tickets.find_by_number(ticket.code, NUMBER, "one", now=9001.0) is None
    # Nor by many: conversations cost nothing, so a number is locked as well.
    assert tickets.find_by_number(ticket.code, NUMBER, "two", now=9001.0) is None
    assert tickets.find_by_number(ticket.code, NUMBER, "two", now=12_601.0) == ticket


@pytest.mark.usefixtures("either_database", "no_failures")
def test_erasing_takes_the_number_and_where_it_went() -> None:
    ticket = put_with_number()
    assert tickets.erase("one") == {"tickets": 0, "tickets_kept": 1}
    assert tickets.find_by_number(ticket.code, NUMBER) == ticket
    closed = tickets.close(ticket.code, NOON + DAY)
    assert (closed.text, closed.place, closed.field, closed.level) == ("", "", "", "")
    assert (closed.agency, closed.due_at, closed.has_contact) == ("", None, False)
    assert (closed.code, closed.kind, closed.made_at) == (ticket.code, "complaint", NOON)
    assert tickets.contact(ticket.code) == ""
    assert tickets.find_by_number(ticket.code, NUMBER) is None


def test_tickets_are_listed_by_kind(database_ready: Settings) -> None:
    late, complaint = put(now=NOON - HOUR), put_with_number()
    assert tickets.listed() == [late, complaint]
    assert tickets.listed(kind="complaint") == [complaint]
    assert tickets.listed("closed", "complaint") == []
