"""Statuses: what systems write finds its meaning, or none; the shipped file and bad ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.dossiers import statuses as s
from tests.style_rules import FRAGMENT, RESPONSE, RULES, Said

STATUSES = s.statuses().statuses
# All that were seen in iGate installations, and what they mean.
SEEN = {
    "Mới đăng ký": "registered",
    "Chờ tiếp nhận": "awaiting_receipt",
    "Đã tiếp nhận": "received",
    "Đang xử lý": "processing",
    "Yêu cầu bổ sung": "supplement",
    "Trình duyệt": "awaiting_approval",
    "Đã phê duyệt": "approved",
    "Có kết quả": "result_ready",
    "Đã trả kết quả": "returned",
    "Dừng xử lý": "stopped",
    "Từ chối": "refused",
    "Rút hồ sơ": "withdrawn",
}


def key(written: str) -> str:
    found = s.find(written)
    return found.key if found else ""


@pytest.mark.parametrize(("written", "expected"), SEEN.items())
def test_statuses_of_igate_are_known(written: str, expected: str) -> None:
    assert key(written) == expected


def test_every_name_finds_its_own_status() -> None:
    wrong = [n for status in STATUSES for n in status.names if s.find(n) is not status]
    assert wrong == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("  đang   XỬ LÝ ", "processing"),
        ("dang xu ly", "processing"),
        ("Đã huỷ", "cancelled"),
        ("Đã hủy.", "cancelled"),
        ("Đang xử lý - Phòng Tài nguyên", "processing"),
        ("Yêu cầu bổ sung (lần 2)", "supplement"),
        ("Đã trả kết quả qua bưu chính", "returned"),
        # The longest name, though a shorter one stands within it.
        ("Công dân đã thực hiện nghĩa vụ tài chính", "paid"),
        ("Đang chờ trả kết quả tại quầy", "result_ready"),
    ],
)
def test_spelling_and_additions_make_no_difference(written: str, expected: str) -> None:
    assert key(written) == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "  ",
        "…",
        "Xyz",
        # A word turns the sense of the name beside it.
        "Chưa có kết quả",
        "Đã có kết quả xác minh",
        "Đề nghị từ chối hồ sơ",
        "Hết hạn yêu cầu bổ sung",
        "Đã trả kết quả một phần",
        "Chờ phê duyệt yêu cầu bổ sung",
        # Two statuses at once, beside or across one another.
        "Đã xử lý xong, chờ thanh toán",
        "Tạm dừng xử lý hồ sơ",
        # Short names mean something only when they stand alone.
        "Công dân từ chối nhận kết quả",
        # Parts of words are no words.
        "Đang xử lýa",
        # These mean different things in different provinces.
        "Đã duyệt",
        "Kết thúc",
    ],
)
def test_a_meaning_is_never_guessed(written: str) -> None:
    assert s.find(written) is None


def test_what_the_citizen_does_and_the_clock_agree() -> None:
    by_key = {status.key: status for status in STATUSES}
    stopped = {k for k, status in by_key.items() if status.clock == s.STOPPED}
    done = {k for k, status in by_key.items() if status.clock == s.DONE}
    final = {k for k, status in by_key.items() if status.is_final}
    assert stopped == {"supplement", "payment", "paused", "withdrawal_asked"}
    assert done - final == {"processed", "result_ready", "sent_by_post"}
    assert final == {"returned", "stopped", "not_eligible", "refused", "withdrawn", "cancelled"}
    assert {k for k, status in by_key.items() if status.todo == s.FILE_AGAIN} == final - {
        "returned"
    }
    assert {k for k, status in by_key.items() if status.todo == s.SUPPLEMENT} == {"supplement"}
    assert {k for k, status in by_key.items() if status.todo == s.PAY} == {"payment"}
    # Whoever is to act is not waited for by anybody else.
    assert all(by_key[k].todo in (s.WAIT, s.SUPPLEMENT, s.PAY) for k in stopped)


def test_the_wording_keeps_the_style_sheet() -> None:
    texts = [
        Said(f"{status.key}.{name}", getattr(status, name), kind)
        for status in STATUSES
        for name, kind in (
            ("plain", FRAGMENT),
            ("meaning", RESPONSE),
            ("next", RESPONSE),
            ("todo_text", RESPONSE),
        )
    ]
    assert len(texts) == 4 * len(STATUSES)
    assert {said.name: what for said in texts for rule in RULES if (what := rule(said))} == {}
    sentences = [t.text for t in texts if t.kind == RESPONSE and not t.text.endswith(".")]
    assert sentences == []
    assert [status.key for status in STATUSES if status.plain.endswith(".")] == []


# Files of others

ONE = """\
turning: [chưa]
statuses:
  - key: one
    names: [Một, Số một]
    plain: là một
    meaning: Đây là một.
    next: Rồi đến hai.
    todo: wait
    todo_text: Anh/chị chờ.
    is_final: false
    clock: running
"""
TWO = ONE[ONE.index("  - key") :]


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "statuses.yml"
    file.write_text(ONE, encoding="utf-8")
    assert s.read(file) == s.Statuses(
        ("chưa",),
        (
            s.Status(
                key="one",
                names=("Một", "Số một"),
                plain="là một",
                meaning="Đây là một.",
                next="Rồi đến hai.",
                todo="wait",
                todo_text="Anh/chị chờ.",
                is_final=False,
                clock="running",
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "bad.yml is empty"),
        ("- a", "bad.yml, line 1: keys with values expected"),
        ("a: [", "bad.yml cannot be read: "),
        (ONE.replace("turning: [chưa]\n", ""), "bad.yml, line 1: turning is missing"),
        (ONE.replace("[chưa]", "[]"), "line 1: turning must be a list that is not empty"),
        (ONE.replace("    clock: running\n", ""), "line 3: clock is missing"),
        (ONE.replace("clock: running", "clock: fast"), "line 11: clock must be one of running, "),
        (ONE.replace("todo: wait", "todo: nothing"), "line 8: todo must be one of wait, "),
        (ONE.replace("todo: wait", "todo: [wait]"), "line 8: todo must be one of wait, "),
        (ONE.replace("final: false", "final: no"), "line 10: is_final must be one of true, false"),
        (ONE.replace("là một", '""'), "line 5: plain must be a text that is not empty"),
        (ONE.replace("[Một, Số một]", "Một"), "line 4: names must be a list that is not empty"),
        (ONE.replace("[Một, Số một]", '[""]'), "line 4: names must be a text that is not empty"),
        (ONE.replace("next:", "later:"), "line 3: next is missing"),
        (ONE + "    colour: red\n", "line 12: colour is no key of this format"),
        (ONE + "    clock: done\n", "line 12: clock stands twice"),
        (ONE + "  - one\n", "line 12: keys with values expected"),
        (ONE + TWO, "line 12: 'one' of one is one's, too"),
        (ONE + TWO.replace("key: one", "key: two"), "line 12: 'mot' of two is one's, too"),
    ],
)
def test_a_bad_file_is_refused_by_line_and_key(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "bad.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(s.StatusFileError) as caught:
        s.read(file)
    assert reason in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(s.StatusFileError, match=r"none\.yml cannot be read"):
        s.read(tmp_path / "none.yml")
