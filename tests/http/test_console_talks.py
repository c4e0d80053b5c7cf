"""The queue and talks at the console: who sees what, and what operators do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot import database, sealing
from bot.settings import settings
from bot.staff import audit
from bot.support import handover as h
from bot.support import handover_talk, handovers
from bot.support.handover import Handover, Summary
from tests.http.console_client import Staff, refusal
from tests.http.serving import EVIL, Server
from tests.staff.accounts import put

HEALTH, BUILDING = "Sở Y tế", "Sở Xây dựng"
PHONE = "0905111222"
pytestmark = pytest.mark.usefixtures("console_ready")
NOON = dt.datetime.fromisoformat("2026-07-20T12:00:00")  # UTC without zone, as stored
SUMMARY = Summary(
    "Làm giấy khai sinh", "1.000001", "Đăng ký khai sinh", ("fees",), 2, ("H48.16-230512-0003",)
)


class People:
    """Those who are signed in, by name."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def signed_in(self, name: str, role: str = "operator", desk: str = "") -> Staff:
        put(name, role, desk)
        staff = Staff(self._server)
        staff.sign_in(name)
        return staff


@pytest.fixture
def people(server: Server) -> People:
    return People(server)


def talk(session: str = "one", desk: str = "", reason: str = h.REQUEST, **more: Any) -> Handover:
    return handovers.open_handover(session, "web", reason, SUMMARY, desk=desk, **more)


def hear(one: Handover, text: str, message_id: str, value: str = "") -> int:
    """A citizen writes, something of it masked; the line's number."""
    concealed = [{"value": sealing.seal(value, one.session)}] if value else []
    assert handover_talk.hear(one, text, message_id, concealed)
    return handover_talk.read(one.id)[-1].id


def ids(queue: dict[str, Any], part: str) -> list[int]:
    return [found["id"] for found in queue[part]]


def done(limit: int = 1) -> list[tuple[str, str, str, str]]:
    """The newest of the record."""
    return [(e.name, e.action, e.subject, e.detail) for e in audit.read(limit)]


def answer(staff: Staff, one: Handover, claim: int, text: str = "Dạ có.", key: str = "k1") -> Any:
    body = {"claim": claim, "text": text, "key": key}
    return staff.call("POST", f"talks/{one.id}/answer", body)


def test_a_talk_is_shown_with_what_an_operator_needs(people: People) -> None:
    lan = people.signed_in("lan")
    one = talk(now=NOON, reply_to="sealed")
    assert lan.get("queue") == {
        "waiting": [
            {
                "id": one.id,
                "channel": "web",
                "state": "waiting",
                "reason": "request",
                "priority": 2,
                "desk": "",
                "opened_at": "2026-07-20T12:00:00.000Z",
                "claimed_name": "",
                "claim": 0,
                "need": "Làm giấy khai sinh",
                "procedure": {"code": "1.000001", "name": "Đăng ký khai sinh"},
                "tried": ["fees"],
                "missed": 2,
                "dossiers": ["H48.16-230512-0003"],
                "place": 1,
            }
        ],
        "mine": [],
        "others": [],
        "on_duty": 1,
        "tickets_open": 0,
    }


def test_operators_see_their_desk_and_the_information_line(people: People) -> None:
    line, health, building = talk("one"), talk("two", HEALTH), talk("three", BUILDING)
    urgent = talk("four", HEALTH, h.DANGER)
    seen = {
        people.signed_in("an"): [line.id],
        people.signed_in("binh", desk=HEALTH): [urgent.id, line.id, health.id],
        people.signed_in("chi", "supervisor", HEALTH): [
            urgent.id, line.id, health.id, building.id,
        ],
    }  # fmt: skip
    for staff, expected in seen.items():
        assert ids(staff.get("queue"), "waiting") == expected
    *_, boss = seen
    places = {found["id"]: found["place"] for found in boss.get("queue")["waiting"]}
    assert places == {urgent.id: 1, line.id: 1, health.id: 2, building.id: 1}
    assert [staff.get("queue")["on_duty"] for staff in seen] == [2, 3, 3]


def test_a_talk_is_read_by_who_may_take_or_has_it(people: People) -> None:
    one = talk("one", HEALTH, earlier=[(h.CITIZEN, f"Gọi em {PHONE}", NOON)])
    hear(one, EVIL, "m1")
    an, binh = people.signed_in("an"), people.signed_in("binh", desk=HEALTH)
    minh = people.signed_in("minh", desk=HEALTH)
    boss = people.signed_in("boss", "admin")
    path = f"talks/{one.id}"
    assert refusal(an.call("GET", path)) == (403, "forbidden")
    for staff in (binh, minh, boss):
        told = staff.get(path)
        assert told["talk"]["id"] == one.id
        assert [(line["from"], line["text"], line["earlier"]) for line in told["lines"]] == [
            ("citizen", "Gọi em ••••••••••", True),
            ("citizen", EVIL, False),
        ]
    binh.post(f"{path}/claim")
    # It is somebody's now: colleagues need not read it.
    assert refusal(minh.call("GET", path)) == (403, "forbidden")
    assert ids(minh.get("queue"), "others") == [one.id]
    assert ids(an.get("queue"), "others") == []
    assert boss.get(path)["talk"]["claimed_name"] == "Cán bộ binh"
    second = binh.get(path)["lines"][1]["id"]
    assert [line["from"] for line in binh.get(f"{path}?after={second}")["lines"]] == ["bot"]


def test_what_there_is_not_is_not_found(people: People) -> None:
    lan = people.signed_in("lan")
    for number in (1, 2**31 - 1, 2**63, 10**40):
        assert refusal(lan.call("GET", f"talks/{number}")) == (404, "not_found")
        assert refusal(lan.call("POST", f"talks/{number}/claim")) == (404, "not_found")
    body = {"claim": 1, "text": "Dạ", "key": "k", "line": 1, "desk": "", "reason": "solved"}
    for change in ("answer", "give-back", "transfer", "return", "close", "reveal"):
        assert refusal(lan.call("POST", f"talks/7/{change}", body)) == (404, "not_found")
    one = talk()
    for after in ("-1", "x", "1e3", "99999999999"):
        answered = lan.call("GET", f"talks/{one.id}?after={after}")
        assert refusal(answered) == (400, "bad_request")


def test_of_two_who_claim_one_gets_the_talk(people: People) -> None:
    one = talk()
    an, binh = people.signed_in("an"), people.signed_in("binh")
    told = an.post(f"talks/{one.id}/claim")
    assert (told["talk"]["state"], told["talk"]["claim"]) == ("held", 1)
    assert done() == [("an", "claim", f"handover:{one.id}", "")]
    assert refusal(binh.call("POST", f"talks/{one.id}/claim")) == (409, "taken")
    assert ids(an.get("queue"), "mine") == [one.id]
    # Again is the same.
    assert an.post(f"talks/{one.id}/claim") == told


def test_another_desks_talk_is_not_claimed(people: People) -> None:
    one = talk("one", HEALTH)
    an, boss = people.signed_in("an"), people.signed_in("boss", "supervisor")
    assert refusal(an.call("POST", f"talks/{one.id}/claim")) == (403, "forbidden")
    assert boss.post(f"talks/{one.id}/claim")["talk"]["claimed_name"] == "Cán bộ boss"


def test_nobody_has_more_talks_than_they_may(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_SUPPORT_TALKS_PER_OPERATOR", "1")
    settings.cache_clear()
    first, second = talk("one"), talk("two")
    lan = people.signed_in("lan")
    lan.post(f"talks/{first.id}/claim")
    answered = lan.call("POST", f"talks/{second.id}/claim")
    assert refusal(answered) == (409, "refused")
    assert "đủ số cuộc" in answered.text
    handovers.end(second.id, h.LEFT)
    lan.post(f"talks/{first.id}/give-back", claim=1)
    answered = lan.call("POST", f"talks/{second.id}/claim")
    assert refusal(answered) == (409, "refused")
    assert "đã đóng" in answered.text


def test_an_answer_is_kept_once_and_under_its_claim_only(people: People) -> None:
    one = talk()
    an, binh = people.signed_in("an"), people.signed_in("binh")
    assert refusal(answer(an, one, 0)) == (409, "taken")
    claim = an.post(f"talks/{one.id}/claim")["talk"]["claim"]
    sent = [answer(an, one, claim) for _ in range(2)]
    assert [found.status for found in sent] == [200, 200]
    assert sent[0].content == sent[1].content
    assert answer(an, one, claim, "Khác", "k2").status == 200
    assert refusal(answer(an, one, claim + 1, "x", "k3")) == (409, "taken")
    assert refusal(answer(binh, one, claim, "x", "k3")) == (409, "taken")
    lines = [line for line in handover_talk.read(one.id) if line.author == h.OPERATOR]
    assert [(line.name, line.text) for line in lines] == [
        ("Cán bộ an", "Dạ có."),
        ("Cán bộ an", "Khác"),
    ]
    # That there was an answer is recorded, not what it was.
    assert done() == [("an", "answer", f"handover:{one.id}", "")]


@pytest.mark.parametrize(
    "changes",
    [
        {"text": ""},
        {"text": " \n "},
        {"text": "x" * 2001},
        {"text": None},
        {"key": ""},
        {"key": 1},
        {"key": "k" * 65},
        {"claim": "1"},
        {"claim": True},
        {"claim": -1},
        {"claim": 2**31},
        {"claim": 1.5},
    ],
)
def test_what_is_no_answer_is_refused(people: People, changes: dict[str, Any]) -> None:
    one, lan = talk(), people.signed_in("lan")
    lan.post(f"talks/{one.id}/claim")
    body = {"claim": 1, "text": "Dạ", "key": "k", **changes}
    answered = lan.call("POST", f"talks/{one.id}/answer", body)
    assert refusal(answered) == (400, "bad_request")


def test_unread_lines_are_those_behind_the_newest_answer(people: People) -> None:
    one = talk(earlier=[(h.CITIZEN, "Trước", NOON)])
    lan = people.signed_in("lan")
    hear(one, "Một", "m1")
    lan.post(f"talks/{one.id}/claim")

    def unread() -> int:
        return lan.get("queue")["mine"][0]["unread"]

    assert unread() == 1
    hear(one, "Hai", "m2")
    assert unread() == 2
    answer(lan, one, 1)
    assert unread() == 0
    hear(one, "Ba", "m3")
    assert [unread(), unread()] == [1, 1]


def test_what_was_masked_is_opened_for_its_holder_and_recorded(people: People) -> None:
    one = talk()
    line = hear(one, "Gọi em ••••••••••", "m1", PHONE)
    lan, boss = people.signed_in("lan"), people.signed_in("boss", "admin")
    path = f"talks/{one.id}/reveal"
    claim = lan.post(f"talks/{one.id}/claim")["talk"]["claim"]
    assert lan.get(f"talks/{one.id}")["lines"][0]["has_sealed"] is True
    assert refusal(boss.call("POST", path, {"claim": claim, "line": line})) == (409, "taken")
    assert done() == [("lan", "claim", f"handover:{one.id}", "")]
    assert lan.post(path, claim=claim, line=line) == {"values": [PHONE]}
    assert done() == [("lan", "reveal", f"handover:{one.id}", f"line {line}")]
    other = talk("two")
    of_other = hear(other, "••••••••••", "m1", PHONE)
    assert lan.post(path, claim=claim, line=of_other) == {"values": []}
    lan.post(f"talks/{one.id}/close", claim=claim, reason="solved", note="")
    assert refusal(lan.call("POST", path, {"claim": claim, "line": line})) == (409, "taken")


def test_what_cannot_be_recorded_is_not_shown(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = talk()
    line = hear(one, "••••••••••", "m1", PHONE)
    lan = people.signed_in("lan")
    lan.post(f"talks/{one.id}/claim")

    def fail(*_: object, **__: object) -> None:
        raise database.DatabaseUnavailable("full")

    monkeypatch.setattr(audit, "record", fail)
    answered = lan.call("POST", f"talks/{one.id}/reveal", {"claim": 1, "line": line})
    assert answered.status == 503
    assert PHONE not in answered.text


def test_a_talk_is_transferred_to_a_desk_that_somebody_answers_for(people: People) -> None:
    one = talk()
    lan, binh = people.signed_in("lan"), people.signed_in("binh", desk=HEALTH)
    lan.post(f"talks/{one.id}/claim")
    path = f"talks/{one.id}/transfer"
    refused = lan.call("POST", path, {"claim": 1, "desk": BUILDING})
    assert refusal(refused) == (400, "bad_request")
    told = lan.post(path, claim=1, desk=HEALTH)["talk"]
    assert (told["state"], told["desk"], told["claimed_name"]) == ("waiting", HEALTH, "")
    assert done() == [("lan", "transfer", f"handover:{one.id}", HEALTH)]
    assert ids(lan.get("queue"), "waiting") == []
    assert ids(binh.get("queue"), "waiting") == [one.id]
    assert refusal(answer(lan, one, 1)) == (409, "taken")


def test_a_talk_is_given_back_returned_or_closed(people: People) -> None:
    talks = [talk(name) for name in ("one", "two", "three")]
    lan = people.signed_in("lan")
    for one in talks:
        lan.post(f"talks/{one.id}/claim")
    first, second, third = (f"talks/{one.id}" for one in talks)
    assert lan.post(f"{first}/give-back", claim=1)["talk"]["state"] == "waiting"
    assert lan.post(f"{second}/return", claim=1)["talk"]["state"] == "closed"
    for body in ({"claim": 1}, {"claim": 1, "reason": "returned"}, {"claim": 1, "reason": "x"}):
        assert refusal(lan.call("POST", f"{third}/close", body)) == (400, "bad_request")
    note = f"Đã gọi {PHONE}"
    assert lan.post(f"{third}/close", claim=1, reason="referred", note=note)["talk"]["state"] == (
        "closed"
    )
    found = [handovers.find(one.id) for one in talks]
    assert [one.close_reason for one in found if one] == ["", "returned", "referred"]
    assert [one.close_note for one in found if one][2] == "Đã gọi ••••••••••"
    assert done(3) == [
        ("lan", "close", f"handover:{talks[2].id}", "referred"),
        ("lan", "return", f"handover:{talks[1].id}", ""),
        ("lan", "give_back", f"handover:{talks[0].id}", ""),
    ]
    assert refusal(lan.call("POST", f"{third}/give-back", {"claim": 1})) == (409, "taken")


def test_asking_for_the_queue_keeps_talks_and_duty(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_SUPPORT_LEASE_SECONDS", "600")
    settings.cache_clear()
    one = talk()
    lan = people.signed_in("lan")
    lan.post(f"talks/{one.id}/claim")

    def lease() -> dt.datetime:
        found = handovers.find(one.id)
        assert found is not None
        assert found.lease_until is not None
        return found.lease_until

    before = lease()
    lan.get("queue")
    # Seen just now: nothing is written.
    assert lease() == before
    monkeypatch.setattr("bot.staff.sessions.MOST_SECONDS_UNSEEN", 0.0)
    lan.get("queue")
    assert lease() > before
