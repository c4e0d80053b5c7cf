"""The style sheet's rules (tests/style_rules.py), run over all that the bot says.

Every rule is run over every file and has an example that it must catch.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT
from tests.style_rules import (
    BUTTON_LENGTH,
    BUTTONS,
    FILES,
    FRAGMENT,
    HEADING_WORDS,
    HTTP,
    LINES,
    LIST_ITEMS,
    RESPONSE,
    RULES,
    SEED_TEXT,
    SENTENCES_A_LINE,
    SENTENCES_AN_ITEM,
    SENTENCES_BEFORE_A_LIST,
    TITLE,
    WORDS_A_REPLY,
    WORDS_A_SENTENCE,
    Rule,
    Said,
    a_space_follows_punctuation,
    abbreviations_are_spelt_out,
    brackets_are_closed,
    button_payloads_are_understood,
    button_titles_are_short,
    buttons_are_few_and_distinct,
    codes_and_telephones_are_written_one_way,
    column_of,
    dates_are_written_in_figures,
    dots_and_dashes_are_plain,
    few_sentences_before_a_list,
    few_sentences_in_a_line,
    is_vietnamese,
    lines_begin_with_a_capital,
    lines_end_with_a_full_stop,
    lists_are_short,
    money_is_written_in_dong,
    no_chatter,
    no_exclamation_marks,
    no_foreign_words,
    no_offices_of_the_past,
    no_officialese,
    no_other_name_for_the_bot,
    no_pictures,
    no_space_before_punctuation,
    no_spellings_of_a_chat,
    no_wrong_address,
    polite_words_once,
    quotation_marks_are_curly,
    replies_are_short,
    said_in,
    sentences_are_short,
    sheet,
    sources_have_a_day,
    spaces_are_single,
    text_is_composed,
    times_are_written_in_figures,
    tones_stand_where_most_write_them,
)

# The rules over all that the bot says


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.relative_to(PROJECT_ROOT).as_posix())
@pytest.mark.parametrize("keep", RULES, ids=lambda function: function.__name__)
def test_wording_keeps_the_rule(keep: Rule, path: Path) -> None:
    broken = {said.name: what for said in said_in(path) if (what := keep(said))}
    listed = "\n".join(f"  {name}: {'; '.join(what)}" for name, what in broken.items())
    assert not broken, f"{keep.__name__} is broken in {path.name} by\n{listed}"


def test_all_that_is_said_is_read() -> None:
    assert {FILES[0].parent.name, "seed"} == {path.parent.name for path in FILES}
    assert all(said_in(path) for path in FILES)
    kinds = [said.kind for path in FILES for said in said_in(path)]
    assert set(kinds) == {RESPONSE, FRAGMENT, HTTP, SEED_TEXT, TITLE}
    assert kinds.count(SEED_TEXT) > 250
    assert kinds.count(RESPONSE) > 60


# Each rule catches what it is for


def _with_buttons(*buttons: tuple[str, str], text: str = "Dạ.") -> Said:
    return Said("utter_x", text, buttons=buttons or (("Phí", "/ask_fee"),))


def _long(count: int) -> str:
    return " ".join(["Em"] + ["nói"] * (count - 1)) + "."


CAUGHT: dict[Rule, list[Said | str]] = {
    no_wrong_address: [
        "Bạn cần gì?", "Mời quý khách.", "Mày hỏi gì?", "Anh chị cần gì?", "Mời ông/bà vào.",
    ],
    no_other_name_for_the_bot: ["Tôi trả lời ngay.", "Chúng em trả lời.", "Bot trả lời."],
    no_exclamation_marks: ["Chào anh/chị!"],
    no_chatter: ["Anh/chị chờ nhé.", "Em xem cho nha.", "Hihi, em chưa biết."],
    no_pictures: ["Dạ 🙂.", "Dạ :)", "Xong ✅", "Gồm ☐ giấy khai sinh."],
    polite_words_once: [
        "Em xin lỗi. Xin lỗi anh/chị nhiều.", "Anh/chị hỏi gì ạ? Ở xã nào ạ?",
    ],
    sentences_are_short: [_long(WORDS_A_SENTENCE + 1), f"Dạ.\n- {_long(30)}"],
    replies_are_short: [" ".join([_long(20)] * 6), "\n".join(["Dạ."] * (LINES + 1))],
    few_sentences_before_a_list: ["Một. Hai. Ba. Bốn:\n- Năm.", "Một. Hai.\nBa. Bốn:\n{lines}"],
    few_sentences_in_a_line: ["Một. Hai. Ba. Bốn. Năm.", "- Một. Hai. Ba.", "1. Một. Hai. Ba."],
    lists_are_short: ["Dạ:\n" + "\n".join(["- Một."] * (LIST_ITEMS + 1))],
    no_officialese: ["Anh/chị vui lòng chờ.", "Em tiến hành tra cứu.", "Thành phần hồ sơ gồm:"],
    abbreviations_are_spelt_out: [
        "Anh/chị hỏi UBND xã.", "TTHC này mới.", "Ghi vào sổ của TTPVHCC.",
    ],
    no_spellings_of_a_chat: ["Em ko biết.", "Hồ sơ dc nhận rồi.", "Rứa anh/chị cần gì?"],
    no_foreign_words: ["Anh/chị nộp online.", "Bấm vào link.", "Gửi file qua email.", "Chat lại."],
    no_offices_of_the_past: [
        "Anh/chị đến huyện Bình Sơn.", "Hỏi Sở Giao thông vận tải.", "Hỏi công an thị trấn.",
    ],
    dates_are_written_in_figures: [
        "Từ ngày 1/7/2025.", "Từ 2025-07-01.", "Từ ngày 1 tháng 7 năm 2025.", "Từ 01.07.2025.",
        "Từ ngày 40/07/2025.", "Đến 20/07/26.", "Đến ngày 20/7.",
    ],
    times_are_written_in_figures: ["Từ 7h30.", "Từ 7:30.", "Từ 7 giờ 30.", "Lúc 15h."],
    money_is_written_in_dong: [
        "Phí 15.000đ.", "Phí 15000 đồng.", "Phí 15,000 đồng.", "Phí 15k.", "Phí 15.000 VND.",
        "Phí 15 nghìn đồng.",
    ],
    codes_and_telephones_are_written_one_way: [
        "Mã H48-23512-3 và H48.16.230512.0003.", "Mã 1,001193.", "Gọi 18001096.", "Gọi 10-22.",
    ],
    sources_have_a_day: [
        "Nguồn: {source}.", "Dạ.\nNguồn: Công báo tỉnh.", "Nguồn về nơi này: {source}",
    ],
    text_is_composed: [
        unicodedata.normalize("NFD", "Thủ tục."), "Thủ\u00a0tục.", "Thủ\u200btục.", "Thủ\ttục.",
    ],
    tones_stand_where_most_write_them: ["Khoá tài khoản.", "Uỷ ban.", "Sức khoẻ."],
    quotation_marks_are_curly: ['Thủ tục "A".', "Thủ tục “A.", "Thủ tục A”.", "Thủ tục “A“."],
    brackets_are_closed: ["Thẻ (căn cước."],
    spaces_are_single: ["Em  nói.", "Em nói. ", " Em nói.", "Dạ. \nEm nói."],
    no_space_before_punctuation: ["Dạ , vâng.", "Anh/chị hỏi gì ?", "Thẻ ( căn cước)."],
    a_space_follows_punctuation: ["Dạ,vâng.", "Gồm:giấy tờ.", "Xong rồi.Em chào."],
    dots_and_dashes_are_plain: [
        "Em xem...", "Phí — lệ phí.", "2020–2025.", "• Giấy khai sinh.", "Một; hai; ba.",
    ],
    lines_begin_with_a_capital: ["anh/chị hỏi gì?", "Dạ. em xem.", "Gồm:\n- giấy khai sinh."],
    lines_end_with_a_full_stop: [
        "Em xem", "Gồm:\n- Giấy khai sinh", "- Giấy khai sinh", _with_buttons(text="Xong"),
        "Hồ sơ nộp tại xã, phường nơi đang ở hiện nay", "Xong rồi. Nộp phí",
        Said("utter_fragment_x", "- {text}.", FRAGMENT),
        Said("x", "Phí, lệ phí.", TITLE), Said("x", "Nộp ở đâu?", TITLE),
    ],
    buttons_are_few_and_distinct: [
        _with_buttons(*[(f"Nút {i}", f"/ask_fee{i}") for i in range(BUTTONS + 1)]),
        _with_buttons(("Phí", "/ask_fee"), ("Phí", "/ask_steps")),
        _with_buttons(("Phí", "/ask_fee"), ("Lệ phí", "/ask_fee")),
    ],
    button_titles_are_short: [_with_buttons(("Tìm nơi nhận hồ sơ của tỉnh", "/ask_fee"))],
    button_payloads_are_understood: [
        _with_buttons(("Phí", "/ask_price")), _with_buttons(("Phí", "ask_fee")),
        _with_buttons(("Phí", '/ask_fee{"nothing": 1}')), _with_buttons(("Phí", "/ask_fee{x}")),
    ],
}  # fmt: skip


def test_every_rule_has_an_example_to_catch() -> None:
    assert [r.__name__ for r in RULES] == [r.__name__ for r in CAUGHT]


@pytest.mark.parametrize("keep", CAUGHT, ids=lambda function: function.__name__)
def test_the_rule_catches_bad_examples(keep: Rule) -> None:
    for example in CAUGHT[keep]:
        said = Said("utter_x", example) if isinstance(example, str) else example
        assert keep(said), f"{keep.__name__} lets pass: {said}"


GOOD = [
    Said("utter_a", "Hồ sơ {code}: {status}.\n{lines}\nNguồn: {source}, cập nhật ngày {day}."),
    Said("utter_b", "Giờ làm việc: 07:30 đến 11:30. Sau 15 giờ, anh/chị gọi 1022 hoặc 1800 1096."),
    Said("utter_c", "Phí 15.000 đồng, 3 ngày làm việc, từ ngày 20/07/2026 (mã 1.001193)."),
    Said("utter_d", "Mã hồ sơ, ví dụ H48.16-230512-0003 hoặc 000.00.16.H48-230512-0003."),
    Said("utter_e", "Xã Bình Hải, huyện Bình Sơn (cũ), nay thuộc {new}.{ask}"),
    Said("utter_f", "Mục “Hồ sơ của tôi” trên dichvucong.gov.vn, đăng nhập bằng VNeID."),
    Said("utter_g", "Trung tâm Phục vụ hành chính công (TTPVHCC) nhận. TTPVHCC mở cả tuần."),
    Said("utter_h", "Gồm:\n- Sổ hộ khẩu bản gốc.\n- Giấy khai sinh (1 bản chính)."),
    Said("utter_i", "Nguồn dữ liệu chưa công bố mức phí. Trang web: dichvucong.gov.vn."),
    Said("utter_fragment_j", " trong đó {count} thủ tục", FRAGMENT),
    Said("utter_fragment_k", "- {name}: {when}", FRAGMENT),
    Said("utter_http_l", "Nội dung phải là JSON (message).", HTTP),
    Said("utter_m", "Em tra loi thu tuc hanh chinh. Bam phim 1.", channel="hotline"),
    Said("q", "Theo Nghị định 118/2025/NĐ-CP, mẫu TP-TK1, ở xã Đăk Hà hoặc Măng Đen:\n1. Một."),
    Said("utter_n", "Giấy tờ cần chuẩn bị"),
    Said("utter_o", "☐ {text}"),
    Said("p", "Phí, lệ phí", TITLE),
    _with_buttons(
        ("Phí, lệ phí", '/ask_fee{"procedure_code": "1.001193"}'),
        ("Nơi nhận của tỉnh", "địa chỉ trung tâm của tỉnh"),
    ),
]


@pytest.mark.parametrize("said", GOOD, ids=lambda said: said.name)
def test_good_examples_pass_all_rules(said: Said) -> None:
    assert {r.__name__: what for r in RULES if (what := r(said))} == {}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("tục", True), ("nghiêng", True), ("quyển", True), ("giấy", True), ("ủy", True),
        ("bot", False), ("link", False), ("form", False), ("online", False), ("email", False),
        ("scan", False), ("chat", False), ("OK", False),
    ],
)  # fmt: skip
def test_foreign_words_are_told_from_vietnamese(word: str, expected: bool) -> None:
    assert is_vietnamese(word) is expected


# The sheet itself


def examples(label: str) -> list[str]:
    return re.findall(rf"^- {label}: (.+)$", sheet(), re.MULTILINE)


@pytest.mark.parametrize("text", examples("Nên"))
def test_examples_to_follow_pass_all_rules(text: str) -> None:
    assert {r.__name__: what for r in RULES if (what := r(Said("nên", text)))} == {}


@pytest.mark.parametrize("text", examples("Không nên"))
def test_examples_to_avoid_break_a_rule(text: str) -> None:
    assert [r.__name__ for r in RULES if r(Said("không nên", text))]


def test_the_sheet_has_its_tables_and_examples() -> None:
    assert len(column_of("Từ ngữ")) == 25
    assert {"VNeID", "OTP", "PIN", "QR", "CCCD"} <= set(column_of("Chữ viết tắt"))
    assert "huyện" in column_of("Tên cơ quan, địa phương")
    assert min(len(examples("Nên")), len(examples("Không nên"))) >= 10


def test_the_sheet_names_the_limits() -> None:
    part = sheet().split("\n## Độ dài\n", 1)[1].split("\n## ", 1)[0]
    named = dict(re.findall(r"^\| ([^|]+?) +\| (\d+) \|$", part, re.MULTILINE))
    assert {key: int(value) for key, value in named.items()} == {
        "từ trong một câu": WORDS_A_SENTENCE,
        "từ trong một câu trả lời": WORDS_A_REPLY,
        "câu trong một dòng": SENTENCES_A_LINE,
        "câu trước một danh sách": SENTENCES_BEFORE_A_LIST,
        "câu trong một gạch đầu dòng": SENTENCES_AN_ITEM,
        "gạch đầu dòng": LIST_ITEMS,
        "dòng": LINES,
        "nút": BUTTONS,
        "ký tự trên một nút": BUTTON_LENGTH,
        "từ trong một tiêu đề": HEADING_WORDS,
    }
