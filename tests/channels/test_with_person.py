"""Messages of a talk that a person has are theirs; the bot is silent but for a few things."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot import aspects, wording
from bot.channels import transcript, with_person
from bot.channels.conversation_output import ConversationOutput
from bot.channels.incoming import user_message
from bot.support import handover as h
from bot.support import handover_rows, handover_talk, handovers
from bot.support.handover import Handover, Line
from tests.talks import MINUTE, NOON, held, known, opened, rows, sealed, take_the_database_away

pytest_plugins = ("tests.databases",)
pytestmark = pytest.mark.usefixtures("database_ready")

LEAVE_MESSAGE = '/request_human{"aspect": "leave_message"}'
CALL_BACK = '/request_human{"aspect": "call_back"}'


class Pages(ConversationOutput):
    """A channel with pages; all that it does, in order."""

    def __init__(self) -> None:
        self.done: list[tuple[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "web"

    async def heard(self, recipient_id: str, text: str | None) -> None:
        self.done.append(("heard", text))

    async def send_unasked(self, recipient_id: str, text: str) -> None:
        self.done.append(("unasked", text))

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        self.done.append(("text", text))

    async def send_line(self, recipient_id: str, line: Line) -> None:
        self.done.append(("line", line.text))

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        self.done.append(("person", json_message["answer"]["person"]))


async def understood_nothing(message: UserMessage) -> Mapping[str, Any]:
    return {"text": message.text, "intent": {"name": "inform"}, "entities": []}


async def must_not_understand(message: UserMessage) -> Mapping[str, Any]:
    raise AssertionError("nothing is to be understood here")


def understood(aspect: str) -> with_person.Parse:
    async def parse(message: UserMessage) -> Mapping[str, Any]:
        return {**await understood_nothing(message), "aspect": aspect}

    return parse


def take(
    text: str,
    output: Any = None,
    *,
    message_id: str = "m1",
    session: str = "one",
    channel: str = "web",
    parse: with_person.Parse = understood_nothing,
    title: Callable[[], str] = str,
    **more: Any,
) -> bool:
    """Whether a message was kept for the operator."""
    spoken = output if output is not None else CollectingOutputChannel()
    message = user_message(text, spoken, session, channel, message_id=message_id, **more)
    return asyncio.run(with_person.take(message, parse, title))


def words(response: str, channel: str = "web", /, **values: object) -> str:
    return wording.text("handover", f"utter_handover_{response}", channel).format(**values)


def heard(talk: Handover) -> list[str]:
    """What an operator reads of the citizen."""
    return [line.text for line in handover_talk.read(talk.id) if line.author == h.CITIZEN]


def texts(output: CollectingOutputChannel) -> list[str]:
    return [message["text"] for message in output.messages if "text" in message]


@pytest.fixture(params=[opened, held], ids=["waiting", "held"])
def talk(request: pytest.FixtureRequest) -> Handover:
    return request.param()  # type: ignore[no-any-return]


def test_a_conversation_that_nobody_has_is_the_bots() -> None:
    output = CollectingOutputChannel()
    opened("two")
    handovers.close(held().id, "an", 1, h.SOLVED)
    assert not take("chào", output, parse=must_not_understand)
    assert output.messages == []
    assert rows() == (2, 0)


def test_who_waits_is_told_that_it_was_kept_and_the_place() -> None:
    opened("before", NOON - MINUTE)
    talk = opened()
    output = CollectingOutputChannel()
    assert take("Giấy bị cháy", output)
    assert heard(talk) == ["Giấy bị cháy"]
    text, custom = output.messages
    assert text["text"] == words("waiting", place=2)
    assert [b["payload"] for b in text["buttons"]] == [LEAVE_MESSAGE, "/cancel"]
    assert custom["custom"] == {
        "answer": {"topic": "handover", "status": "handover", "person": {"state": "waiting"}}
    }
    # The reply is part of the talk, and was delivered.
    assert handover_talk.read(talk.id)[-1].text == words("waiting", place=2)
    assert handover_talk.undelivered("one") == []
    assert known(talk).told_place == 2


def test_a_hotline_hears_its_short_words() -> None:
    opened(channel="hotline")
    output = CollectingOutputChannel()
    assert take("Giấy bị cháy", output, channel="hotline")
    assert texts(output) == [words("waiting", "hotline", place=1)]


def test_who_only_knows_the_name_of_a_talk_neither_says_nor_hears_anything_in_it() -> None:
    talk = opened(channel="hotline")
    output = CollectingOutputChannel()
    for text in ("Giấy bị cháy", "/cancel", "thôi"):
        assert take(text, output, channel="rest")
    assert (output.messages, heard(talk), known(talk)) == ([], [], talk)


def test_the_bot_is_silent_while_an_operator_has_the_talk() -> None:
    talk = held()
    output = CollectingOutputChannel()
    assert take("Giấy bị cháy", output)
    assert heard(talk) == ["Giấy bị cháy"]
    (custom,) = output.messages
    assert custom["custom"]["answer"]["person"] == {"state": "held", "name": "Cán bộ an"}
    assert [line.author for line in handover_talk.read(talk.id)] == [h.CITIZEN]


def test_pages_show_what_was_said_and_get_the_line(talk: Handover) -> None:
    pages = Pages()
    assert take("Số em 0905111222", pages)
    person = ("person", {"state": "held", "name": "Cán bộ an"})
    if talk.state == h.WAITING:
        waiting = ("line", words("waiting", place=1))
        expected = [waiting, ("person", {"state": "waiting"})]
    else:
        expected = [person]
    assert pages.done == [("heard", "Số em ••••••••••"), *expected]


def test_a_number_is_masked_and_lies_sealed_for_the_operator() -> None:
    talk = held()
    assert take("Số em 0905111222", message_id="m1")
    (line,) = handover_talk.read(talk.id)
    assert (line.text, line.has_sealed) == ("Số em ••••••••••", True)
    assert "0905111222" not in str(sealed())
    assert handover_talk.opened(talk.id, line.id, "an", 1) == ["0905111222"]


def test_a_message_without_a_channel_is_kept(talk: Handover) -> None:
    message = user_message("Giấy bị cháy", None, "one", "web")  # type: ignore[arg-type]
    message.output_channel = None
    assert asyncio.run(with_person.take(message, understood_nothing))
    assert heard(talk) == ["Giấy bị cháy"]


def test_the_same_message_again_is_kept_once_and_answered_again() -> None:
    talk = opened()
    outputs = [CollectingOutputChannel() for _ in range(2)]
    for output in outputs:
        assert take("Giấy bị cháy", output)
    assert heard(talk) == ["Giấy bị cháy"]
    assert texts(outputs[0]) == texts(outputs[1]) == [words("waiting", place=1)]
    assert len(handover_talk.read(talk.id)) == 2


def test_the_same_message_again_is_kept_once_for_an_operator() -> None:
    talk = held()
    assert take("Giấy bị cháy")
    assert take("Giấy bị cháy")
    assert take("Giấy bị cháy", message_id="m2")
    assert heard(talk) == ["Giấy bị cháy"] * 2


def test_a_message_that_comes_again_when_the_talk_is_over_is_not_the_bots() -> None:
    # A page whose line was lost sends it again; the operator has answered it.
    talk = held()
    assert take("Giấy bị cháy")
    handovers.close(talk.id, "an", 1, h.SOLVED)
    assert take("Giấy bị cháy")
    assert heard(talk) == ["Giấy bị cháy"]
    assert not take("Giấy bị cháy", message_id="m2")


def test_who_has_left_and_sends_it_again_is_told_again() -> None:
    opened()
    outputs = [CollectingOutputChannel() for _ in range(2)]
    for output in outputs:
        assert take("/cancel", output)
    assert texts(outputs[0]) == texts(outputs[1]) == [words("left")]


def test_what_a_page_says_by_itself_is_for_nobody(talk: Handover) -> None:
    output = CollectingOutputChannel()
    quiet = {transcript.QUIET: True}
    assert take('/choose_option{"x": "1"}', output, metadata=quiet, parse=must_not_understand)
    assert heard(talk) == []
    (custom,) = output.messages
    assert custom["custom"]["answer"]["person"]["state"] == talk.state
    assert known(talk).state == talk.state


def test_a_pressed_button_is_kept_by_its_title(talk: Handover) -> None:
    assert take("/ask_fee", title=lambda: "Lệ phí", parse=must_not_understand)
    assert take("/unknown", message_id="m2", parse=must_not_understand)
    # A key of the hotline that stands for no words says nothing to an operator.
    assert heard(talk) == ["Lệ phí"]


LEAVING = [
    "thôi", "Thôi!", "thôi ạ", "Dạ thôi", "thôi em", "thôi khỏi", "thôi không chờ nữa",
    "Không chờ nữa", "khong cho nua", "ko chờ nữa", "không cần nữa đâu em", "hủy", "huỷ đi",
    "bỏ qua", "bỏ qua đi em", "rời hàng chờ", "roi hang", "thoát", "khỏi cần", "khỏi chờ",
    "thoi", "thoi khoi cho nua", "huy", "không gặp nữa", "thôi cảm ơn em",
]  # fmt: skip
TO_THE_BOT = [
    "/cancel", "quay lại máy", "Quay lại hỏi máy", "quay lai may", "quay về máy đi",
    "cho tôi hỏi máy", "em muốn nói chuyện với máy", "gặp bot", "trở lại trợ lý nhé",
    "cho anh gặp robot", "hoi may",
]  # fmt: skip
# What sounds like leaving, without its accents or in its beginning, and is a matter of its own.
NO_LEAVING = [
    "thôi nôi con tôi", "làm lễ thôi nôi", "Thời hạn bao lâu", "thời gian giải quyết mấy ngày",
    "thoi han bao lau", "thoi gian giai quyet", "thôi quốc tịch Việt Nam", "thoi quoc tich",
    "thôi việc hưởng trợ cấp gì", "khối lượng đất bao nhiêu", "khói nhiều quá",
    "khỏi bệnh rồi có cần giấy không", "hủy hợp đồng công chứng", "hủy hồ sơ đã nộp",
    "huy hop dong", "Huy là con tôi", "huy chương", "bỏ qua bước này được không",
    "thoát nước trước nhà", "thoat nuoc", "rồi hàng xóm lấn đất", "rồi hàng tháng nộp bao nhiêu",
    "từ khối phố chuyển đi", "chờ tới khi nào", "không cần giấy này à",
]  # fmt: skip
NOT_TO_THE_BOT = [
    "hỏi mấy giờ làm việc", "cho em hỏi mấy ngày có", "cho em hoi may ngay co",
    "hoi may gio mo cua",
    "em hỏi mấy lần rồi", "quay lại mấy lần rồi", "trở lại mấy bữa nữa", "gặp mấy anh ở xã",
    "hỏi máy tính tiền", "gap may anh cong an", "em không muốn nói chuyện với máy",
    "đừng cho tôi gặp máy", "khong gap bot dau", "quay lại ủy ban", "máy hỏng",
]  # fmt: skip


@pytest.mark.parametrize("text", [*LEAVING, *TO_THE_BOT])
def test_who_waits_may_leave(text: str) -> None:
    talk = opened()
    pages = Pages()
    assert take(text, pages, parse=must_not_understand)
    after = known(talk)
    assert (after.state, after.close_reason) == (h.CLOSED, h.LEFT)
    assert pages.done == [
        ("heard", text), ("line", words("left")), ("person", {"state": "closed"}),
    ]  # fmt: skip
    assert handover_talk.undelivered("one") == []
    # The next message is the bot's.
    assert not take("chào", message_id="m2")


@pytest.mark.parametrize("text", TO_THE_BOT)
def test_who_talks_with_an_operator_may_go_back_to_the_bot(text: str) -> None:
    talk = held()
    output = CollectingOutputChannel()
    assert take(text, output, parse=must_not_understand)
    assert (known(talk).state, known(talk).close_reason) == (h.CLOSED, h.LEFT)
    assert texts(output) == [words("left")]
    # What the citizen said last can be read.
    assert heard(talk) == [text]


@pytest.mark.parametrize("text", [*NO_LEAVING, *NOT_TO_THE_BOT])
def test_what_only_sounds_like_leaving_is_for_the_operator(text: str) -> None:
    talk = opened()
    assert take(text)
    assert known(talk).state == h.WAITING
    assert heard(talk) == [text]


@pytest.mark.parametrize("text", [*LEAVING, *NOT_TO_THE_BOT])
def test_an_operator_is_not_left_by_what_ends_a_wait(text: str) -> None:
    talk = held()
    assert take(text)
    assert known(talk).state == h.HELD
    assert heard(talk) == [text]


def test_a_long_message_with_leaving_words_is_no_leaving() -> None:
    talk = opened()
    assert take("thôi để em kể lại cho rõ từ đầu chuyện này nhé")
    assert known(talk).state == h.WAITING


@pytest.mark.parametrize("aspect", aspects.DANGERS)
def test_who_is_in_danger_gets_the_number_at_once(talk: Handover, aspect: str) -> None:
    output = CollectingOutputChannel()
    assert take("Nhà em cháy", output, parse=understood(aspect))
    assert wording.text("limits", f"utter_danger_{aspect}") in texts(output)
    assert heard(talk) == ["Nhà em cháy"]


def test_an_operator_and_other_pages_see_the_number_that_was_given(talk: Handover) -> None:
    take("Nhà em cháy", Pages(), parse=understood("fire"))
    warning = wording.text("limits", "utter_danger_fire")
    said = [line.text for line in handover_talk.read(talk.id) if line.author == h.BOT]
    assert warning in said
    assert warning not in [line.text for line in handover_talk.undelivered("one")]


def test_who_waits_in_danger_is_answered_first(talk: Handover) -> None:
    opened("before", NOON - MINUTE)
    take("Nhà em cháy", parse=understood("fire"))
    assert (known(talk).reason, known(talk).priority) == (h.DANGER, 0)


@pytest.mark.parametrize("aspect", [aspects.RUDE, aspects.GO_BACK, *aspects.LIMITS])
def test_other_aspects_are_for_the_operator(aspect: str) -> None:
    talk = held()
    output = CollectingOutputChannel()
    assert take("Gì đó", output, parse=understood(aspect))
    assert texts(output) == []
    assert heard(talk) == ["Gì đó"]


@pytest.mark.parametrize("aspect", [aspects.ERASE, aspects.ERASE_NOW])
def test_who_wants_their_data_erased_is_heard_by_the_bot(talk: Handover, aspect: str) -> None:
    pages = Pages()
    assert not take(f'/privacy{{"aspect": "{aspect}"}}', pages, parse=must_not_understand)
    assert pages.done == []
    assert known(talk) == talk


def test_so_is_who_says_it_in_words(talk: Handover) -> None:
    pages = Pages()
    assert not take("Xóa hết dữ liệu của tôi", pages, parse=understood(aspects.ERASE))
    assert pages.done == []
    assert (heard(talk), known(talk)) == ([], talk)
    assert heard(talk) == []


@pytest.mark.parametrize("text", [LEAVE_MESSAGE, CALL_BACK])
def test_who_will_not_wait_leaves_a_message_with_the_bot(text: str) -> None:
    talk = opened()
    pages = Pages()
    assert not take(text, pages, parse=must_not_understand)
    assert pages.done == []
    assert (known(talk).state, known(talk).close_reason) == (h.CLOSED, h.LEFT)


@pytest.mark.parametrize("text", [LEAVE_MESSAGE, CALL_BACK])
def test_whoever_has_an_operator_tells_them_instead(text: str) -> None:
    talk = held()
    assert take(text, title=lambda: "Để lại lời nhắn")
    assert known(talk).state == h.HELD
    assert heard(talk) == ["Để lại lời nhắn"]


def test_a_talk_that_is_closed_while_a_message_comes_is_the_bots(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    talk = held()
    look = handovers.of_session

    def closed_meanwhile(session: str) -> list[Handover]:
        found = look(session)
        handovers.close(talk.id, "an", 1, h.SOLVED)
        return found

    monkeypatch.setattr(handovers, "of_session", closed_meanwhile)
    output = CollectingOutputChannel()
    # Nobody would read it: the bot answers.
    assert not take("Số em 0905111222", output)
    assert (heard(talk), sealed(), output.messages) == ([], [], [])


@pytest.mark.parametrize("text", ["chào", "/cancel", LEAVE_MESSAGE])
def test_a_talk_that_is_erased_while_a_message_comes_is_the_bots(
    monkeypatch: pytest.MonkeyPatch, talk: Handover, text: str
) -> None:
    look = handovers.of_session

    def erased_meanwhile(session: str) -> list[Handover]:
        found = look(session)
        handover_rows.erase(session)
        return found

    monkeypatch.setattr(handovers, "of_session", erased_meanwhile)
    assert not take(text)
    assert rows() == (0, 0)


def test_without_a_database_the_bot_says_that_there_is_an_outage(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, talk: Handover
) -> None:
    take_the_database_away(monkeypatch)
    output = CollectingOutputChannel()
    with caplog.at_level(logging.ERROR):
        assert not take("Giấy của Nguyễn Văn A", output, parse=must_not_understand)
    assert output.messages == []
    assert "DatabaseUnavailable" in caplog.text
    assert "Nguyễn" not in caplog.text
