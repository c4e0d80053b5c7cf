"""One record of the national export, from text to a procedure."""

from __future__ import annotations

import unicodedata

import pytest

from bot.catalogue.model import Channel, Document, Duration, Fee, Form, LegalBasis, Procedure
from bot.catalogue.national_record import (
    SECTIONS,
    RecordError,
    clean_name,
    parse_channels,
    parse_documents,
    parse_legal_basis,
    parse_record,
    split_sections,
)
from tests.catalogue.exports import SOURCE, record


def parse(text: str) -> Procedure:
    return parse_record(text, issuing_body="Bộ Thử nghiệm", source=SOURCE)


FULL = record(
    "1.000009",
    "Thủ tục cấp thẻ thử (cấp xã)",
    Số_quyết_định=" 12/QĐ-THU",
    Trình_tự_thực_hiện="\n    Bước 1:  Điền   tờ khai.\n    + Gửi tờ khai.\n\n",
    Đối_tượng_thực_hiện=" Công dân thử",
    Cơ_quan_có_thẩm_quyền=" Ủy ban thử",
    Địa_chỉ_tiếp_nhận_HS=" Nhà số một",
    Kết_quả_thực_hiện=" Thẻ thử",
    Căn_cứ_pháp_lý="\n  * Luật Thử (1/2020/QH14)\n",
)


def test_a_whole_record_becomes_a_procedure() -> None:
    assert parse(FULL) == Procedure(
        code="1.000009",
        name="Cấp thẻ thử",
        field="Lĩnh vực thử",
        level="commune",
        issuing_body="Bộ Thử nghiệm",
        decision="12/QĐ-THU",
        subject="Công dân thử",
        agency="Ủy ban thử",  # the agency that carries it out is not named
        online=True,
        places=("Nhà số một",),
        documents=(Document("Tờ khai theo mẫu thử", 1, 0),),
        channels=(
            Channel(
                "online",
                Duration(3, "working_day"),
                (Fee(7000, note="mỗi lần nộp"),),
                "Gửi qua cổng",
            ),
            Channel("direct"),
        ),
        forms=(Form("Tờ khai"),),
        steps=("Bước 1: Điền tờ khai.", "- Gửi tờ khai."),
        result="Thẻ thử",
        legal_basis=(LegalBasis("Luật Thử", "1/2020/QH14"),),
        source=SOURCE,
    )


@pytest.mark.parametrize(
    "text", [unicodedata.normalize("NFD", FULL), FULL.replace("\n", "\r\n")], ids=["NFD", "CRLF"]
)
def test_unicode_form_and_line_ends_do_not_matter(text: str) -> None:
    assert parse(text) == parse(FULL)


def test_a_list_mark_without_text_is_no_step() -> None:
    text = record(Trình_tự_thực_hiện="\n    - Điền tờ khai.\n    -\n    + Gửi.\n")
    assert parse(text).steps == ("- Điền tờ khai.", "- Gửi.")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Đăng ký thử", "Đăng ký thử"),
        ("Thủ tục đăng ký thử", "Đăng ký thử"),
        ("THỦ TỤC: ĐĂNG KÝ THỬ", "Đăng ký thử"),
        ("thủ  tục\n đăng ký\tthử. ", "Đăng ký thử"),
        ("Đăng ký thử (Cấp xã)", "Đăng ký thử"),
        ("Đăng ký thử (thực hiện tại cấp tỉnh)", "Đăng ký thử"),
        ("Đăng ký thử (cấp lại)", "Đăng ký thử (cấp lại)"),
        ("Thủ tục", "Thủ tục"),
        ("", ""),
    ],
)
def test_names_are_made_readable(raw: str, expected: str) -> None:
    assert clean_name(raw) == expected


def test_papers_keep_their_case_count_and_remarks() -> None:
    text = """
  [ * Hồ sơ gồm: ]
    - Tờ khai thử;
      Số lượng: Bản chính: 1, Bản sao: 2
    - Giấy không có số
      Số lượng: Bản chính: 0, Bản sao: 0
    - Trường hợp gửi thư thì dán tem
      Số lượng: Bản chính: 0, Bản sao: 0
    - Các giấy sau đây:
      Số lượng: Bản chính: 1, Bản sao: 0
  [ * Khi người nhận ở xa: ]
    a) giấy ủy nhiệm
      Số lượng: Bản chính: 0, Bản sao: 1
  [ Lưu ý ]
    - Bản in phải rõ
      Số lượng: Bản chính: 0, Bản sao: 0
    - Ảnh chân dung
      Số lượng: Bản chính: 2, Bản sao: 0
    -
      Số lượng: Bản chính: 1, Bản sao: 0
"""
    assert parse_documents(text) == (
        Document("Tờ khai thử", 1, 2),
        Document("Giấy không có số"),
        Document("Trường hợp gửi thư thì dán tem", remark=True),
        Document("Các giấy sau đây:", 1, 0, remark=True),
        Document("Giấy ủy nhiệm", 0, 1, when="Khi người nhận ở xa"),
        Document("Bản in phải rõ", remark=True),
        Document("Ảnh chân dung", 2, 0),
    )


def test_legal_texts_are_read_with_and_without_number() -> None:
    text = """
  * Luật Thử (có sửa đổi) năm 2020 (1/2020/QH14)
  * Nghị định không số
    có tên dài hai dòng (2/2021/NĐ-CP)
  *
"""
    assert parse_legal_basis(text) == (
        LegalBasis("Luật Thử (có sửa đổi) năm 2020", "1/2020/QH14"),
        LegalBasis("Nghị định không số có tên dài hai dòng", "2/2021/NĐ-CP"),
    )


def test_words_instead_of_channels_are_a_note_on_handing_in() -> None:
    assert parse_channels("\n  Mang đến quầy số ba\n") == (
        Channel("direct", note="Mang đến quầy số ba"),
    )


def test_an_unknown_channel_is_passed_over() -> None:
    text = "  * Hình thức nộp: PIGEON\n    Thời hạn giải quyết: 1 HOUR\n"
    text += "  * Hình thức nộp: POSTAL\n    Thời hạn giải quyết: 2 ngày\n"
    assert parse_channels(text) == (Channel("postal", Duration(2, "day")),)


@pytest.mark.parametrize("parser", [parse_channels, parse_documents, parse_legal_basis])
def test_an_unknown_section_gives_nothing(parser: object) -> None:
    assert parser("") == ()  # type: ignore[operator]


@pytest.mark.parametrize("name", SECTIONS)
def test_a_record_that_lacks_a_section_is_refused(name: str) -> None:
    text = FULL.replace(f"\n{name}:", "\nKhác:")
    with pytest.raises(RecordError, match=f"section '{name}' is missing"):
        parse(text)


def test_half_a_file_is_refused() -> None:
    with pytest.raises(RecordError, match="is missing"):
        parse(FULL[: len(FULL) // 2])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (record("1.00001"), "'1.00001' is not a procedure code"),
        (record(Mã_thủ_tục=" Không có thông tin"), "'' is not a procedure code"),
        (record(name=" "), "the name is empty"),
        (
            record(Cấp_thực_hiện=" Cấp Bộ"),
            "level 'Cấp Bộ' is neither commune nor province",
        ),
        (record(Cấp_thực_hiện=""), "level '' is neither commune nor province"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        parse(text)
    assert str(caught.value) == reason


def test_sections_are_split_and_unknown_values_are_empty() -> None:
    sections = split_sections(FULL)
    assert tuple(sections) == SECTIONS
    assert sections["Kết quả thực hiện"].strip() == "Thẻ thử"
    assert sections["Từ khóa"] == ""
