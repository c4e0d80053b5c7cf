"""How much of the raw text became numbers, and that no number of it is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.catalogue.archive import read_files
from bot.catalogue.model import Channel, Document, Duration, Fee
from bot.catalogue.national_import import (
    belongs_to_province,
    find_export,
    import_export,
    read_index,
)
from bot.catalogue.national_record import (
    RecordError,
    from_sections,
    level_of,
    measure,
    split_sections,
)
from bot.catalogue.parsed_shares import MOST_LOST, Shares
from tests.catalogue.exports import SOURCE, record, write_export


def measured(text: str) -> Shares:
    sections = split_sections(text)
    return measure(sections, from_sections(sections, issuing_body="", source=SOURCE))


def way(time: str, fees: str) -> str:
    return (
        "\n  * Hình thức nộp: DIRECT\n"
        f"    Thời hạn giải quyết: {time}\n"
        f"    Phí, lệ phí: {fees}\n"
        "    Mô tả: Không có thông tin\n"
    )


def shares_of(time: str = "Không có thông tin", fees: str = "Không có thông tin") -> Shares:
    return measured(record(Cách_thức_thực_hiện=way(time, fees), Thành_phần_hồ_sơ=""))


@pytest.mark.parametrize(
    ("fees", "stated", "parsed", "words", "unknown"),
    [
        ("Không có thông tin", 0, 0, 0, 0),
        ("7000 VNĐ (mỗi lần)", 1, 1, 0, 0),
        ("0 VNĐ (Miễn phí)", 1, 1, 0, 0),
        ("0 VNĐ (20.000 đồng/tờ khai)", 1, 1, 0, 0),
        ("0 VNĐ (Do tỉnh quy định)", 1, 0, 1, 0),
        ("Theo Thông tư của Bộ", 1, 0, 1, 0),
        ("0 VNĐ ()", 1, 0, 0, 1),
        ("5 VNĐ ()", 1, 0, 0, 1),
        ("7000 VNĐ (a) | 0 VNĐ (Theo bảng giá) | 0 VNĐ ()", 3, 1, 1, 1),
        # Equal fees are kept once and missed by nobody.
        ("7000 VNĐ (a) | 7000 VNĐ (a)", 2, 1, 0, 0),
    ],
)
def test_fees_are_numbers_words_or_unknown(
    fees: str, stated: int, parsed: int, words: int, unknown: int
) -> None:
    assert shares_of(fees=fees) == Shares(
        fees_stated=stated, fees_parsed=parsed, fees_words=words, fees_unknown=unknown
    )


@pytest.mark.parametrize(
    ("time", "stated", "parsed", "words", "unknown"),
    [
        ("Không có thông tin", 0, 0, 0, 0),
        ("3 WORKING_DAY", 1, 1, 0, 0),
        ("15 ngày OTHER", 1, 1, 0, 0),
        ("Trong buổi làm việc", 1, 0, 1, 0),
        ("3 ngày, nếu ở xa 5 ngày", 1, 0, 1, 0),
        ("5 OTHER", 1, 0, 0, 1),
        ("0 WORKING_DAY", 1, 0, 0, 1),
    ],
)
def test_times_are_numbers_words_or_unknown(
    time: str, stated: int, parsed: int, words: int, unknown: int
) -> None:
    assert shares_of(time=time) == Shares(
        times_stated=stated, times_parsed=parsed, times_words=words, times_unknown=unknown
    )


def test_papers_count_without_remarks() -> None:
    shares = Shares()
    shares.add_documents(
        (
            Document("Tờ khai", 1, 0),
            Document("Bản chụp", 0, 2),
            Document("Ảnh"),
            Document("Lưu ý", remark=True),
        )
    )
    assert shares == Shares(documents_stated=3, documents_parsed=2)


@pytest.mark.parametrize(
    ("raw", "fee", "lost"),
    [
        ("7000 VNĐ (mỗi lần)", Fee(7000), []),
        ("7000 VNĐ (từ bản hai 5.000 đồng)", Fee(7000, note="từ bản hai 5.000 đồng"), []),
        ("7000 VNĐ (từ bản hai 5.000 đồng)", Fee(7000), ["5000"]),
        ("7000 VNĐ (mỗi lần)", Fee(70000), ["7000"]),
        ("7000 VNĐ (mỗi lần)", Fee(note="mỗi lần"), ["7000"]),
        ("0 VNĐ (1.200.000 đồng)", Fee(1_200_000), []),
        ("8000.0 VNĐ ()", Fee(8000), []),
        # Sums that nobody believes may go.
        ("5 VNĐ (một bản)", Fee(note="một bản"), []),
    ],
)
def test_a_sum_that_is_kept_nowhere_is_named(raw: str, fee: Fee, lost: list[str]) -> None:
    shares = Shares()
    shares.add_channel("1.000001", Channel("direct", fees=(fee,)), "", [raw])
    assert shares.lost == [("1.000001", number) for number in lost]


@pytest.mark.parametrize(
    ("raw", "time", "lost"),
    [
        ("03 ngày làm việc", Duration(3, "working_day"), []),
        ("2,5 ngày", Duration(2.5, "day"), []),
        ("3 ngày, nếu ở xa 5 ngày", Duration(3, "day"), ["5"]),
        ("3 ngày, nếu ở xa 5 ngày", Duration(3, "day", "nếu ở xa 5 ngày"), []),
        ("3 ngày", Duration(13, "day"), ["3"]),
        # Without its unit a number is given up on purpose.
        ("5 OTHER", Duration(), []),
    ],
)
def test_a_number_of_a_time_that_is_kept_nowhere_is_named(
    raw: str, time: Duration, lost: list[str]
) -> None:
    shares = Shares()
    shares.add_channel("1.000001", Channel("direct", time), raw, [])
    assert shares.lost == [("1.000001", number) for number in lost]


def test_shares_add_up_and_are_told_in_words() -> None:
    shares = Shares()
    for text in (way("3 WORKING_DAY", "7000 VNĐ ()"), way("5 OTHER", "0 VNĐ (Theo bảng giá)")):
        shares.merge(measured(record(Cách_thức_thực_hiện=text)))
    assert shares == Shares(
        fees_stated=2,
        fees_parsed=1,
        fees_words=1,
        times_stated=2,
        times_parsed=1,
        times_unknown=1,
        documents_stated=2,
        documents_parsed=2,
    )
    assert shares.lines() == [
        "fees: 2 entries; 1 (50.0 %) of those that say something became numbers, 1 are kept in "
        "words; 0 are bare defaults or lost units",
        "times: 2 entries; 1 (100.0 %) of those that say something became numbers, 0 are kept "
        "in words; 1 are bare defaults or lost units",
        "documents: 2 papers, 2 (100.0 %) with counts",
        "numbers of the raw text that are kept nowhere: 0",
    ]
    assert Shares().lines()[2] == "documents: 0 papers, 0 with counts"


def test_the_list_of_lost_numbers_does_not_grow_without_end() -> None:
    shares = Shares()
    words = " ".join(str(number) for number in range(1000, 1000 + 2 * MOST_LOST))
    shares.add_channel("1.000001", Channel("direct"), "", [words])
    assert len(shares.lost) == MOST_LOST


@pytest.mark.usefixtures("database_ready")
def test_an_import_tells_the_shares_of_what_it_read(tmp_path: Path) -> None:
    export = write_export(tmp_path, {code: record(code) for code in ("1.000001", "1.000002")})
    once = Shares(
        fees_stated=4,
        fees_parsed=2,
        fees_unknown=2,
        times_stated=4,
        times_parsed=2,
        times_unknown=2,
        documents_stated=2,
        documents_parsed=2,
    )
    assert import_export(export).shares == once
    # What has not changed is not read again.
    assert import_export(export).shares == Shares()


def test_no_number_of_the_real_export_is_lost(shared_data: Path) -> None:
    texts, index_path = find_export(shared_data / "national-catalogue-2026-07")
    index = read_index(index_path)
    shares = Shares()
    for code, content, _ in read_files(texts, ".txt"):
        row = index.get(code)
        if row is None or not belongs_to_province(row):
            continue
        try:
            sections = split_sections(content.decode())
        except RecordError:
            continue
        if level_of(sections) is not None:
            found = from_sections(sections, issuing_body=row.issuing_body, source=SOURCE)
            shares.merge(measure(sections, found))
    assert shares == Shares(
        fees_stated=7624,
        fees_parsed=1592,
        fees_words=1278,
        fees_unknown=4589,
        times_stated=7943,
        times_parsed=6950,
        times_words=42,
        times_unknown=951,
        documents_stated=13590,
        documents_parsed=13216,
        lost=[],
    )
