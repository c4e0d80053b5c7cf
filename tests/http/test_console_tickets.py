"""Tickets at the console, prepared answers, and the record for who oversees."""

from __future__ import annotations

from typing import Any

import pytest

from bot.http import console_tickets
from bot.staff import audit
from bot.support import tickets
from bot.support.tickets import Ticket
from tests.http.console_client import Staff, refusal
from tests.http.serving import Server
from tests.staff.accounts import put

PHONE = "0905111222"


@pytest.fixture(autouse=True)
def _ready(console_ready: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_tickets, "COUNTED_FOR", 0.0)


def signed_in(server: Server, name: str, role: str = "operator") -> Staff:
    put(name, role)
    staff = Staff(server)
    staff.sign_in(name)
    return staff


@pytest.fixture
def lan(server: Server) -> Staff:
    return signed_in(server, "lan")


@pytest.fixture
def boss(server: Server) -> Staff:
    return signed_in(server, "boss", "supervisor")


def ticket(kind: str = "complaint", session: str = "one", **more: Any) -> Ticket:
    return tickets.open_ticket(kind, session, "web", "Trễ hẹn", **more)


def codes(staff: Staff, state: str) -> list[str]:
    return [found["code"] for found in staff.get(f"tickets?state={state}")]


def done(limit: int) -> list[tuple[str, str, str]]:
    return [(e.name, e.action, e.subject) for e in audit.read(limit)]


def test_a_ticket_is_shown_without_the_number_that_was_left(lan: Staff) -> None:
    one = ticket(contact=PHONE, agency="Sở Y tế", place="Phường Cẩm Thành")
    answered = lan.call("GET", f"tickets/{one.code}")
    assert PHONE not in answered.text
    assert lan.get("tickets") == [lan.get(f"tickets/{one.code}")]
    shown = lan.get("tickets")[0]
    assert shown.pop("made_at").endswith("Z")
    assert shown == {
        "code": one.code,
        "kind": "complaint",
        "state": "open",
        "text": "Trễ hẹn",
        "channel": "web",
        "due_at": None,
        "field": "",
        "level": "",
        "agency": "Sở Y tế",
        "place": "Phường Cẩm Thành",
        "answer": "",
        "has_contact": True,
    }


def test_a_number_is_opened_and_that_is_recorded(lan: Staff) -> None:
    with_number, without = ticket(contact=PHONE), ticket()
    assert lan.post(f"tickets/{with_number.code}/contact") == {"number": PHONE}
    assert lan.post(f"tickets/{without.code}/contact") == {"number": ""}
    assert done(2) == [
        ("lan", "ticket_contact", f"ticket:{without.code}"),
        ("lan", "ticket_contact", f"ticket:{with_number.code}"),
    ]
    assert PHONE not in str(audit.read())


def test_tickets_are_answered_and_closed(lan: Staff) -> None:
    first, second = ticket(), ticket()
    assert sorted(codes(lan, "open")) == sorted([first.code, second.code])
    told = lan.post(f"tickets/{first.code}/answer", text="Đã có kết quả.")
    assert (told["state"], told["answer"]) == ("answered", "Đã có kết quả.")
    assert codes(lan, "answered") == [first.code]
    assert lan.get("queue")["tickets_open"] == 1
    assert lan.post(f"tickets/{first.code}/close")["state"] == "closed"
    assert codes(lan, "closed") == [first.code]
    for change in ("answer", "close"):
        answered = lan.call("POST", f"tickets/{first.code}/{change}", {"text": "Khác"})
        assert refusal(answered) == (409, "refused")
    assert done(2) == [
        ("lan", "ticket_close", f"ticket:{first.code}"),
        ("lan", "ticket_answer", f"ticket:{first.code}"),
    ]
    for text in ("", " ", "x" * 2001, None):
        answered = lan.call("POST", f"tickets/{second.code}/answer", {"text": text})
        assert refusal(answered) == (400, "bad_request")
    assert refusal(lan.call("GET", "tickets?state=new")) == (400, "bad_request")


def test_denunciations_are_for_who_oversees(lan: Staff, boss: Staff) -> None:
    secret, plain = ticket("denunciation", contact=PHONE), ticket()
    assert codes(lan, "open") == [plain.code]
    assert (lan.get("queue")["tickets_open"], boss.get("queue")["tickets_open"]) == (1, 2)
    path = f"tickets/{secret.code}"
    tries = [("GET", path), *(("POST", f"{path}/{do}") for do in ("answer", "close", "contact"))]
    for method, address in tries:
        assert refusal(lan.call(method, address, {"text": "x"})) == (404, "not_found")
        # As for a ticket that there is not.
        nothing = lan.call(method, address.replace(secret.code, "PA99"), {"text": "x"})
        assert refusal(nothing) == (404, "not_found")
    assert boss.get(path)["state"] == "open"
    assert boss.post(f"{path}/contact") == {"number": PHONE}
    assert boss.post(f"{path}/answer", text="Đã nhận.")["state"] == "answered"


def test_open_tickets_are_counted_once_in_a_while(
    lan: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console_tickets, "COUNTED_FOR", 3600.0)
    assert lan.get("queue")["tickets_open"] == 0
    ticket()
    assert lan.get("queue")["tickets_open"] == 0
    monkeypatch.setattr(console_tickets, "COUNTED_FOR", 0.0)
    assert lan.get("queue")["tickets_open"] == 1


def test_prepared_answers_have_titles(lan: Staff) -> None:
    found = lan.get("prepared")
    assert len(found) >= 8
    titles = [item["title"] for item in found]
    assert len(set(titles)) == len(titles)
    assert titles[0] == "Chào và nhận việc"
    assert all(item["text"].endswith((".", "?")) and "{" not in item["text"] for item in found)
    assert all(len(item["text"]) > len(item["title"]) for item in found)


def test_the_record_is_read_by_who_oversees(lan: Staff, boss: Staff) -> None:
    ticket_code = ticket().code
    lan.post(f"tickets/{ticket_code}/close")
    newest, *others = boss.get("audit")
    assert newest.pop("at").endswith("Z")
    assert newest == {
        "name": "lan",
        "action": "ticket_close",
        "subject": f"ticket:{ticket_code}",
        "detail": "",
    }
    assert [entry["action"] for entry in others] == ["sign_in", "sign_in"]
    assert len(boss.get("audit?limit=1")) == 1
    for limit in ("x", "-1", "1001"):
        assert refusal(boss.call("GET", f"audit?limit={limit}")) == (400, "bad_request")
    assert refusal(lan.call("GET", "audit")) == (403, "forbidden")
