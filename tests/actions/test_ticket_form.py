"""What is left for a person: the form asks one thing after the other and opens a ticket."""

from __future__ import annotations

import asyncio
import datetime as dt
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import ticket_questions, tickets
from actions.ticket_form import ValidateTicketForm, start
from actions.ticket_slots import FORM, SLOTS
from bot import aspects, personal_data, sealing
from bot.settings import Settings
from bot.support import promises, ticket_contacts
from bot.support import tickets as store
from bot.support.ticket import Ticket
from tests.actions.talking import template

pytestmark = pytest.mark.usefixtures("database_ready")

NUMBER = "0905111222"
# Monday, nine in the morning in Vietnam, and four hours of work later.
NINE, DUE = dt.datetime(2026, 11, 30, 2), dt.datetime(2026, 11, 30, 8, 15)  # noqa: DTZ001
QUESTIONS = {
    "ticket_text": ticket_questions.ActionAskTicketText,
    "ticket_place": ticket_questions.ActionAskTicketPlace,
    "ticket_contact": ticket_questions.ActionAskTicketContact,
}
RESPONSES = re.compile(r"utter_\w+")


@pytest.fixture(autouse=True)
def fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(promises, "due", lambda _=None: DUE)
    monkeypatch.setattr(ticket_contacts, "_failures", ticket_contacts._Failures())


class Talk:
    """A conversation with the form, as Rasa leads it; numbers are masked as channels do."""

    def __init__(self, sender: str = "one", own_number: str = "") -> None:
        self.sender = sender
        self.slots: dict[str, Any] = {}
        self.events: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.answers: list[tuple[str, str]] = []
        self.is_open = False
        self.metadata = {"reply_to": sealing.seal(own_number, sender)} if own_number else {}

    def hears(self, text: str, intent: str = "inform", **entities: str) -> None:
        shown = personal_data.conceal(text)
        found = [
            {"entity": p.kind, "value": sealing.seal(p.value, self.sender), "start": p.start}
            for p in shown.pieces
        ]
        found += [{"entity": name, "value": value} for name, value in entities.items()]
        self.message = {
            "text": shown.text,
            "intent": {"name": intent, "confidence": 1.0},
            "entities": found,
            "metadata": self.metadata,
        }
        self.events.append({"event": "user", "text": shown.text, "parse_data": self.message})

    def begin(self, wish: str, text: str = "", intent: str = "request_human") -> str:
        self.hears(text or f'/{intent}{{"aspect": "{wish}"}}', intent)
        dispatcher = CollectingDispatcher()
        events = start(dispatcher, self.tracker(), wish)
        assert [e["name"] for e in events if e["event"] == "followup"] == [FORM]
        return self._go_on(dispatcher, events, leads_on=True)

    def answer(self, text: str, intent: str = "inform", **entities: str) -> str:
        """What is said then; "" where the form leaves the message to others."""
        self.hears(text, intent, **entities)
        return self._go_on(CollectingDispatcher(), [], leads_on=False)

    def tracker(self) -> Tracker:
        loop = {"name": FORM} if self.is_open else {}
        message = self.message
        return Tracker(self.sender, dict(self.slots), message, self.events, False, None, loop, None)

    def _go_on(self, dispatcher: CollectingDispatcher, events: list[Any], *, leads_on: bool) -> str:
        self._take(events)
        self.is_open = True
        form = ValidateTicketForm()
        domain = {"forms": {FORM: {"required_slots": list(QUESTIONS)}}}
        found = asyncio.run(form.run(dispatcher, self.tracker(), domain))
        named = {event["name"] for event in found}
        if not leads_on and named <= {"requested_slot"}:
            return ""
        self._take(found)
        if "requested_slot" not in named:  # Rasa asks for the first that is missing
            missing = (name for name in QUESTIONS if self.slots.get(name) is None)
            self.slots["requested_slot"] = next(missing, None)
        asked = self.slots.get("requested_slot")
        self.is_open = asked is not None
        action = QUESTIONS[asked]() if asked else tickets.ActionTicket()
        result = action.run(dispatcher, self.tracker(), {})
        self._take(asyncio.run(result) if inspect.isawaitable(result) else result)
        return self._speak(dispatcher)

    def _take(self, events: list[Any]) -> None:
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            self.events.append(event)

    def _speak(self, dispatcher: CollectingDispatcher) -> str:
        spoken = [m for m in dispatcher.messages if m.get("response")]
        self.said = [m["response"] for m in spoken]
        found = [m["custom"]["answer"] for m in dispatcher.messages if m.get("custom")]
        self.answers = [(a["topic"], a["status"]) for a in found]
        return "\n".join(template(m["response"]).format(**m) for m in spoken)


def stored() -> Ticket:
    (ticket,) = store.listed()
    return ticket


def clear_numbers(values: Any) -> Iterator[str]:
    yield from re.findall(r"0905[ .]?111[ .]?222", repr(values))


def test_a_message_is_taken_down_with_a_number() -> None:
    talk = Talk()
    assert "viết lời nhắn" in talk.begin(aspects.LEAVE_MESSAGE)
    assert talk.answers == [("ticket", "clarify")]
    assert "số điện thoại" in talk.answer("Tôi hỏi giờ làm việc chiều thứ sáu", "ask_office_hours")
    said = talk.answer(NUMBER)
    ticket = stored()
    assert (ticket.kind, ticket.text) == ("message", "Tôi hỏi giờ làm việc chiều thứ sáu")
    assert store.contact(ticket.code) == NUMBER
    assert f"PA {ticket.code[2:5]} {ticket.code[5:]}" in said
    assert "Tổng đài 1022" in said
    assert "15 giờ 15" in said
    assert "30/11/2026" in said
    assert ticket.due_at == DUE
    assert talk.answers == [("ticket", "handover")]
    assert {talk.slots[name] for name in SLOTS} == {None}


def test_no_slot_and_no_event_holds_a_number_in_clear() -> None:
    talk = Talk()
    talk.begin(aspects.CALL_BACK)
    talk.answer(f"Gọi tôi số {NUMBER} về sổ đỏ", "request_human")
    assert list(clear_numbers((talk.slots, talk.events, talk.said))) == []
    assert store.contact(stored().code) == NUMBER
    assert NUMBER not in stored().text


def test_a_call_without_a_number_becomes_a_message_and_that_is_said() -> None:
    talk = Talk()
    talk.begin(aspects.CALL_BACK)
    talk.answer("Tôi muốn hỏi thủ tục tách thửa đất", "find_procedure")
    said = talk.answer("không", "deny")
    assert "không gọi lại được" in said
    assert (stored().kind, stored().has_contact) == ("message", False)
    assert stored().agency == "Sở Nông nghiệp và Môi trường"


def test_feedback_told_before_the_button_is_not_asked_again() -> None:
    talk = Talk()
    told = "Đèn đường khu dân cư bị hỏng cả dãy, tối đi rất nguy hiểm"
    talk.hears(told, "give_feedback")
    assert "xã, phường nào" in talk.begin(aspects.LEAVE_FEEDBACK, intent="give_feedback")
    assert talk.answers == [("feedback", "clarify")]
    talk.answer("không biết", "out_of_scope")
    said = talk.answer("thôi khỏi", "deny")
    ticket = stored()
    assert (ticket.kind, ticket.text, ticket.place) == ("complaint", told, "")
    assert ticket.field == "Hạ tầng kỹ thuật"
    assert "Sở Xây dựng" in said
    assert "không kèm số điện thoại" in said
    assert talk.answers == [("feedback", "handover")]


def test_short_feedback_before_the_button_is_asked_for() -> None:
    talk = Talk()
    talk.hears("tôi muốn phản ánh", "give_feedback")
    talk.begin(aspects.LEAVE_FEEDBACK, intent="give_feedback")
    assert talk.said == ["utter_ask_for_feedback"]


def test_what_is_said_together_with_the_wish_is_the_text() -> None:
    talk = Talk()
    talk.begin(aspects.LEAVE_FEEDBACK, "gửi phản ánh qua đây")
    assert talk.said == ["utter_ask_for_feedback"]
    wish = "gửi phản ánh qua đây: quán karaoke hát tới mười hai giờ đêm"
    talk.begin(aspects.LEAVE_FEEDBACK, wish)
    assert talk.said == ["utter_ask_for_place"]
    assert talk.slots["ticket_text"] == wish


@pytest.mark.parametrize("begun", [aspects.LEAVE_FEEDBACK, aspects.LEAVE_MESSAGE])
def test_a_denunciation_is_told_about_names_first_and_goes_to_nobodys_office(begun: str) -> None:
    talk = Talk()
    talk.begin(begun)
    said = talk.answer("Cán bộ địa chính đòi tiền mới chịu đo đất cho tôi", "give_feedback")
    assert talk.said == ["utter_denunciation_note", "utter_ask_for_place"]
    assert "theo luật" in said
    assert not re.search(r"[Đđ]iều \d", said)
    talk.answer("Ủy ban nhân dân xã Bình Hải", "inform", agency="Ủy ban nhân dân xã")
    said = talk.answer("tôi muốn giấu tên", "out_of_scope")
    ticket = stored()
    assert (ticket.kind, ticket.agency) == ("denunciation", "Ban Tiếp công dân tỉnh")
    assert ticket.place == "Ủy ban nhân dân xã Bình Hải"
    assert "Bình Hải" not in said
    assert not ticket.has_contact


def test_a_number_that_the_channel_knows_is_only_confirmed() -> None:
    talk = Talk(own_number="84905111222")
    talk.begin(aspects.CALL_BACK)
    talk.answer("hỏi giấy khai sinh cho con", "find_procedure")
    assert talk.said == ["utter_ask_for_own_number"]
    said = talk.answer("ừ được", "affirm")
    assert "gọi lại trước" in said
    assert store.contact(stored().code) == NUMBER


def test_another_number_than_the_known_one_may_be_given() -> None:
    talk = Talk(own_number=NUMBER)
    talk.begin(aspects.CALL_BACK)
    talk.answer("hỏi giấy khai sinh cho con", "find_procedure")
    talk.answer("gọi số 0905 333 444 nhé")
    assert store.contact(stored().code) == "0905333444"


def test_a_wrong_number_is_asked_for_once_more_then_done_without() -> None:
    talk = Talk()
    talk.begin(aspects.LEAVE_MESSAGE)
    talk.answer("Nhờ cán bộ xem lại hồ sơ của tôi", "check_dossier_status")
    talk.answer("12")
    assert talk.said == ["utter_ticket_contact_invalid"]
    said = talk.answer("abc")
    assert "không kèm số điện thoại" in said
    assert not stored().has_contact


def test_without_a_text_the_form_gives_up_and_says_so() -> None:
    talk = Talk()
    talk.begin(aspects.LEAVE_MESSAGE)
    talk.answer("có", "affirm")
    assert talk.said == ["utter_ticket_text_invalid"]
    assert "chưa lập phiếu" in talk.answer("..", "out_of_scope")
    assert store.listed() == []


@pytest.mark.parametrize(
    ("text", "intent"),
    [("/cancel", "cancel"), ("huỷ", "cancel"), ("gặp cán bộ", "request_human"), ("chào", "greet")],
)
def test_leaving_and_small_talk_are_no_text(text: str, intent: str) -> None:
    talk = Talk()
    talk.begin(aspects.LEAVE_MESSAGE)
    assert talk.answer(text, intent) == ""
    assert talk.slots["ticket_text"] is None


@pytest.mark.parametrize("asked", ["ticket_place", "ticket_contact"])
def test_side_questions_are_left_to_others(asked: str) -> None:
    talk = Talk()
    talk.begin(aspects.LEAVE_FEEDBACK)
    talk.answer("Đường trước nhà tôi hư nặng lắm", "give_feedback")
    if asked == "ticket_contact":
        talk.answer("ở cầu sắt gần chợ", "give_feedback")
    assert talk.slots["requested_slot"] == asked
    assert talk.answer("phí đăng ký tạm trú bao nhiêu", "ask_fee") == ""
    assert talk.slots[asked] is None


def test_a_text_is_taken_whatever_it_resembles() -> None:
    talk = Talk()
    talk.begin(aspects.LEAVE_MESSAGE)
    talk.answer("phí đăng ký tạm trú bao nhiêu", "ask_fee")
    assert talk.slots["ticket_text"] == "phí đăng ký tạm trú bao nhiêu"


def test_too_many_tickets_are_refused() -> None:
    for count in range(store.MOST_PER_HOUR):
        store.open_ticket("message", "one", "web", f"Tin {count}")
    talk = Talk()
    talk.begin(aspects.LEAVE_MESSAGE)
    talk.answer("Thêm một lời nhắn nữa đây ạ", "inform")
    talk.answer("không", "deny")
    assert talk.answers == [("ticket", "refused")]


# What a form's answers mean while it is open


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        ("thôi", "ticket_text", aspects.LEAVE),
        ("thôi không gửi nữa", "ticket_contact", aspects.LEAVE),
        ("menu", "ticket_place", aspects.LEAVE),
        ("không cần", "ticket_contact", ""),
        ("thôi khỏi ghi số", "ticket_contact", ""),
        ("nhờ gọi lại cho tôi", "ticket_text", ""),
        ("xem phiếu PA012345", "ticket_text", ""),
    ],
)
def test_only_what_ends_the_form_interrupts_it(text: str, asked: str, expected: str) -> None:
    assert aspects.aspect_of({"text": text}, in_form=True, asked=asked) == expected


def test_danger_is_heard_in_the_form_and_other_aspects_are_text() -> None:
    for aspect, expected in (("fire", "fire"), ("suicide", "suicide"), ("bribe", ""), ("rude", "")):
        message = {"text": "nghe tôi kể", "aspect": aspect}
        assert aspects.aspect_of(message, in_form=True, asked="ticket_text") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("để lại lời nhắn", aspects.LEAVE_MESSAGE),
        ("goi lai cho toi", aspects.CALL_BACK),
        ("Nhờ người gọi lại cho tôi", aspects.CALL_BACK),
        ("gui phan anh qua day", aspects.LEAVE_FEEDBACK),
        ("ghi phiếu giùm tui", aspects.LEAVE_MESSAGE),
        ("sao không ai gọi lại cho tôi", ""),
        ("công an bảo gọi lại cho tôi", ""),
        ("gửi phản ánh ở đâu", ""),
        ("ghi phiếu lý lịch tư pháp", ""),
        ("phiếu 012 345 sao rồi", aspects.TICKET),
    ],
)
def test_certain_words_begin_the_form(text: str, expected: str) -> None:
    assert aspects.aspect_of({"text": text}, in_form=False) == expected


# The state of a ticket


def left(number: str = NUMBER) -> Ticket:
    ticket = store.open_ticket("message", "one", "web", "Hỏi", now=NINE, contact=number)
    return store.answer(ticket.code, "Đã xem xong.")


def tell(talk: Talk, text: str) -> str:
    talk.hears(text)
    dispatcher = CollectingDispatcher()
    events = tickets.tell_ticket(dispatcher, talk.tracker())
    talk._take(events)
    said = talk._speak(dispatcher)
    if any(event["event"] == "followup" for event in events):
        return "\n".join((said, talk._go_on(CollectingDispatcher(), [], leads_on=True)))
    return said


def test_in_its_conversation_the_code_alone_tells() -> None:
    code = left().code
    assert "Đã xem xong." in tell(Talk(), f"phiếu {code[2:]} sao rồi")


def test_elsewhere_the_number_is_asked_for() -> None:
    code, talk = left().code, Talk("two")
    said = tell(talk, f"xem {code}")
    assert "Đã xem xong." not in said
    assert "số điện thoại đã để lại" in said
    assert talk.slots["requested_slot"] == "ticket_contact"
    assert "Đã xem xong." in talk.answer(NUMBER)
    assert {talk.slots[name] for name in SLOTS} == {None}


def test_elsewhere_code_and_number_together_tell() -> None:
    code = left().code
    assert "Đã xem xong." in tell(Talk("two"), f"{code} số {NUMBER}")
    assert "Đã xem xong." in tell(Talk("three", own_number=NUMBER), code)


def test_a_wrong_code_and_a_wrong_number_are_answered_alike() -> None:
    code = left().code
    other = "PA000000" if code != "PA000000" else "PA000001"
    wrong_number = tell(Talk("two"), f"{code} số 0905999888")
    wrong_code = tell(Talk("three"), f"{other} số {NUMBER}")
    assert wrong_number == wrong_code == template("utter_ticket_refused")
    assert "Đã xem xong." not in wrong_number


def test_a_form_for_a_ticket_that_is_not_proven_ends_with_a_refusal(
    database_ready: Settings,
) -> None:
    talk = Talk("two")
    tell(talk, f"xem {left().code}")
    talk.answer("không có", "deny")
    assert talk.said == ["utter_ticket_refused"]
    assert talk.answers == [("ticket", "refused")]
