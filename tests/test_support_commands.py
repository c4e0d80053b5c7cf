"""Commands about tickets and ratings: what operators read, and exit statuses."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from bot import __main__ as command_line
from bot.settings import Settings
from bot.support import ratings, tickets
from tests.dossiers.files import CODE
from tests.test_dossier_commands import run

pytestmark = pytest.mark.usefixtures("database_ready")

NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00.123456")  # UTC without zone, as stored
Captured = pytest.CaptureFixture[str]


def test_tickets_are_listed_answered_and_closed(capsys: Captured) -> None:
    ticket = tickets.open_ticket("late_dossier", "one", "web", "Trễ\nhẹn", CODE, NOON)
    line = f"{ticket.code}  2026-07-20 19:00:00  {{:8}} late_dossier {CODE}\n    Trễ hẹn\n"
    assert run(capsys, "tickets", "list") == (0, line.format("open"), "")
    digits = ticket.code[2:]
    answered = run(capsys, "tickets", "answer", f"pa {digits}", "Đã có kết quả.")
    assert answered == (0, f"{ticket.code} is answered.\n", "")
    assert run(capsys, "tickets", "list") == (0, "", "")
    with_answer = line.format("answered") + "    answer: Đã có kết quả.\n"
    assert run(capsys, "tickets", "list", "--state", "answered") == (0, with_answer, "")
    assert run(capsys, "tickets", "close", ticket.code) == (0, f"{ticket.code} is closed.\n", "")
    refused = (1, "", f"Error: Ticket {ticket.code} is closed.\n")
    assert run(capsys, "tickets", "close", ticket.code) == refused
    assert run(capsys, "tickets", "answer", ticket.code, "Khác") == refused


def test_a_ticket_that_there_is_not_is_an_error(capsys: Captured) -> None:
    expected = (1, "", "Error: There is no ticket PA000000.\n")
    assert run(capsys, "tickets", "close", "PA000000") == expected
    assert run(capsys, "tickets", "answer", "PA000000", "Đã xong.") == expected


def test_what_a_terminal_would_obey_is_not_printed(capsys: Captured) -> None:
    tickets.open_ticket("feedback", "one", "web", "Đỏ\x1b[31m \x9b2J quá", now=NOON)
    rate("m1", "good", comment="\x1b]0;tên\x07 Xong", question="Phí\x7f?")
    _, listed, _ = run(capsys, "tickets", "list")
    assert listed.splitlines()[1] == "    Đỏ [31m 2J quá"
    _, listed, _ = run(capsys, "ratings", "list")
    assert listed.splitlines()[1:] == ["    question: Phí ?", "    comment: ]0;tên Xong"]


def rate(message_id: str, rating: str, now: dt.datetime = NOON, **more: str) -> None:
    ratings.rate("one", message_id, rating, channel="web", now=now, **more)


def rate_some() -> None:
    """The last one at midnight in Vietnam, of which the 21st is the day."""
    midnight = dt.datetime.fromisoformat("2026-07-20T17:00:00")
    rate("m1", "bad", topic="fees", reason="wrong", procedure_code="1.000001", comment="Sai\nrồi")
    rate("m2", "good", midnight - dt.timedelta(seconds=1), topic="fees", question="Phí?")
    rate("m3", "bad", midnight)


LINES = (
    "2026-07-21 00:00:00  web      bad\n",
    "2026-07-20 23:59:59  web      good fees\n    question: Phí?\n",
    "2026-07-20 19:00:00  web      bad  wrong fees 1.000001\n    comment: Sai rồi\n",
)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ((), LINES),
        (("--rating", "bad"), (LINES[0], LINES[2])),
        (("--rating", "good"), LINES[1:2]),
        (("--since", "2026-07-20"), LINES),
        (("--since", "2026-07-21"), LINES[:1]),
        (("--since", "2026-07-21", "--rating", "good"), ()),
        (("--since", "0001-01-01"), LINES),
        (("--since", "9999-12-31"), ()),
    ],
)
def test_ratings_are_listed_by_days_of_vietnam(
    capsys: Captured, arguments: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    rate_some()
    assert run(capsys, "ratings", "list", *arguments) == (0, "".join(shown), "")


def test_ratings_are_told_as_json(capsys: Captured) -> None:
    assert run(capsys, "ratings", "list", "--json") == (0, "[]\n", "")
    rate_some()
    status, output, _ = run(capsys, "ratings", "list", "--json", "--rating", "bad")
    last, first = json.loads(output)
    assert status == 0
    assert first == {
        "message_id": "m1",
        "rating": "bad",
        "reason": "wrong",
        "comment": "Sai\nrồi",
        "topic": "fees",
        "procedure_code": "1.000001",
        "question": "",
        "channel": "web",
        "made_at": "2026-07-20T12:00:00.123456Z",
    }
    assert (last["message_id"], last["made_at"]) == ("m3", "2026-07-20T17:00:00Z")
    assert "rồi" in output


def test_ratings_are_counted_by_topic(capsys: Captured) -> None:
    def line(name: str, good: int, bad: int, reasons: str = "") -> str:
        return f"{name:24} {good:6} good {bad:6} bad  {reasons}".rstrip() + "\n"

    assert run(capsys, "ratings", "stats") == (0, line("all", 0, 0), "")
    rate_some()
    rate("m4", "bad", topic="fees", reason="wrong")
    rate("m5", "bad", topic="fees", reason="incomplete")
    told = (
        line("fees", 1, 3, "wrong 2, incomplete 1")
        + line("(none)", 0, 1, "no reason 1")
        + line("all", 1, 4, "wrong 2, no reason 1, incomplete 1")
    )
    assert run(capsys, "ratings", "stats") == (0, told, "")
    since = line("(none)", 0, 1, "no reason 1") + line("all", 0, 1, "no reason 1")
    assert run(capsys, "ratings", "stats", "--since", "2026-07-21") == (0, since, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("tickets", "list", "--state", "new"),
        ("tickets", "answer", "PA000000"),
        ("ratings",),
        ("ratings", "list", "--rating", "fair"),
        ("ratings", "list", "--since", "20/07/2026"),
        ("ratings", "stats", "--since", "2026-02-30"),
    ],
)
def test_missing_or_unknown_arguments_show_how_it_is_used(
    capsys: Captured, database_ready: Settings, arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as caught:
        command_line.main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m bot")
