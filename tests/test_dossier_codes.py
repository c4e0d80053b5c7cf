"""Dossier codes in the spellings of citizens, of speech input and of OCR."""

from __future__ import annotations

import csv
import random
import re
import unicodedata
from pathlib import Path

import pytest

from bot.codes import Found, find_codes, normalise_dossier_code, normalise_partial_dossier_code
from bot.dossier_codes import DossierCode, find_dossier_codes
from bot.nlu.messages import read_messages
from bot.settings import PROJECT_ROOT

LONG, SHORT, BARE = "000.00.53.H48-220921-0099", "H48.16-230512-0003", "H48-220921-0099"
TWO_LEVELS, NO_OFFICE = "H48.16.31-230512-0003", "H48-230512-0003"
PHRASES = PROJECT_ROOT / "bot" / "catalogue" / "seed" / "phrases"
HELD_OUT = Path(__file__).parent / "nlu" / "held_out.csv"


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


SIGNS = {
    LONG: [
        LONG,
        LONG.lower(),
        "0000053H48-220921-0099",
        "000 00 53 h48 220921 99",
        "0 0 0 . 0 0 . 5 3 . H 4 8 - 2 2 0 9 2 1 - 0 0 9 9",
        "000,00,53,H48-220921-0099",
        "000_00_53_H48_220921_0099",
        "000/00/53/H48/220921/0099",
        "000—00—53—H48—220921—0099",
    ],
    SHORT: [
        SHORT,
        SHORT.lower(),
        "h48 16 230512 3",
        "H48162305120003",
        "H48162305123",
        "H4816 230512 0003",
        "H48 162305120003",
        "h48-16-2305120003",
        "H 48 . 16 - 230512 - 0003",
        "H4 8.16-230512-0003",
        "H 4 8 1 6 2 3 0 5 1 2 0 0 0 3",
        "H48 16 23 05 12 00 03",
        "H48.16 - 23 05 12 - 3",
        "H48.16-2305 12-0003",
        "H48.16-230512-00 03",
        "H48.16-230512-0 0 0 3",
        "H48.16–230512—0003",
        "H48.16−230512‑0003",
        "H48_16_230512_0003",
        "H48/16/230512/0003",
        "H48\\16\\230512\\0003",
        "H48,16,230512,0003",
        "H48, 16, 230512-0003",
        "H48.16-23.05.12-0003",
        "H48.16-23/05/12-0003",
        "H48.16-230512-003",
        "H48.16-230512-3",
    ],
    BARE: [BARE, "h482209210099", "H4822092199", "H48 22 09 21 0099", "H48-22/09/21-0099"],
    TWO_LEVELS: [TWO_LEVELS, "h48 16 31 230512 3", "H4816312305120003", "H48-16-31-230512-0003"],
}
SAID = {
    SHORT: [
        "h48 chấm 16 gạch ngang 230512 gạch ngang 0003",
        "h48 cham 16 gach ngang 230512 gach ngang 3",
        "H48 CHẤM 16 GẠCH 230512 GẠCH 0003",
        nfd("H48 chấm 16 gạch nối 230512 gạch nối 0003"),
        "H48 chấm 16 trừ 230512 trừ 0003",
        "h48 cham 16 tru 230512 tru 3",
        "h48 xẹt 16 xẹt 230512 xẹt 3",
        "h48chấm16gạch230512gạch0003",
        "hát 48 chấm 16 gạch 230512 gạch 3",
        "hắt 48 16 230512 3",
        "hat 48 chấm 16 trừ 23 05 12 trừ 00 03",
        "Hát bốn tám chấm 16 gạch 230512 gạch 3",
        nfd("hắt bốn mươi tám 16 230512 3"),
        "h bon tam 16 230512 3",
    ],
    LONG: ["000 chấm 00 chấm 53 chấm H48 gạch ngang 220921 gạch ngang 0099"],
    BARE: ["H48 gạch dưới 220921 gạch dưới 99"],
}
SLIPS = {
    LONG: [
        "OOO.OO.53.H48-22O921-OO99",
        "ooo.oo.53.h48-220921-oo99",
        "000.0Q.53.H48-220921-0099",
        "000.00.S3.H48-220921-0099",
    ],
    SHORT: [
        "H48.16-23O512-OOO3",
        "H48.16-2305I2-0003",
        "H48.l6-230512-0003",
        "h48.i6-230512-0003",
        "H48.|6-2305|2-0003",
        "H48.16-Z30512-0003",
        "H48.16-2305IZ-0003",
        "H48.16-230S12-0003",
        "H4B.16-230512-0003",
        "H48162305I20003",
    ],
    BARE: ["H4B-22O921-0O99", "H48-22092l-0099"],
    "H48.16-230512-0030": ["H48.16-230512-003O"],
    "H48.16-230512-0100": ["H48.16-230512-01OO"],
}
UNICODE = {
    LONG: [full_width(LONG.lower())],
    SHORT: [
        full_width(SHORT),
        "H48.16-２３０５１２-0003",
        "H48\u200b.16-\u200d2305\u00ad12-0003\ufeff",
        "H4️⃣8️⃣.16-230512-0003",
        "H48.16-\n230512-0003",
        "H48.16-2305\n12-0003",
        "H48.16-230512-\r\n0003",
        "H48.16\u00a0230512\u00a00003",
    ],
}
AROUND = {
    LONG: ["mã000.00.53.H48-220921-0099", "000.00.53.\nH48-220921-\n0099."],
    SHORT: [
        "Mã hồ sơ: H48.16-230512-0003.",
        "“H48.16-230512-0003”",
        "(H48.16-230512-0003)",
        "[H48.16-230512-0003],",
        "*H48.16-230512-0003*",
        "_H48.16-230512-0003_",
        "Mã.H48.16-230512-0003",
        "mãH48.16-230512-0003",
        "hồ sơH48.16-230512-0003",
        nfd("mãH48.16-230512-0003"),
        "H48.16-230512-0003nha em",
        "H48.16-230512-0003ạ",
        nfd("H48.16-230512-0003ạ"),
        "H48.16-230512-0003 4567",
        "H48.16-230512-3 4567",
        "H48.16-230512-0003, 4 số cuối 4567",
        "H48.16-230512-0003 0905123456",
        "H48.16-230512-0003 0905 123 456",
        "0905123456,H48.16-230512-0003",
    ],
    "H48.16-230512-0099": ["h48 16 230512 99 12 ngày", "H48.16-230512-99số", "h48.16-230512-99so"],
}
OTHERS = {
    "H34.05-230512-0003": ["H34.05-230512-0003", "h34 05 230512 3", "H34052305120003"],
    "G22.99-230512-0003": ["G22.99-230512-0003", "g22/99/230512/3"],
    "G22.99.08-250930-40012": ["G22.99.08-250930-40012"],
    "H48.101-230512-12345": ["H48.101-230512-12345", "h48 101 230512 12345"],
    "H48.101-230512-0003": ["H481012305120003"],
    "000.00.15.H48-250901-0077": ["15.H48-250901-0077", "000.15.H48-250901-0077"],
}
SPELLINGS = [
    (text, code)
    for group in (SIGNS, SAID, SLIPS, UNICODE, AROUND, OTHERS)
    for code, texts in group.items()
    for text in texts
]


@pytest.mark.parametrize(("text", "code"), SPELLINGS)
def test_every_spelling_becomes_the_official_one(text: str, code: str) -> None:
    assert [found.value for found in find_dossier_codes(text)] == [code]
    assert normalise_dossier_code(text) == code
    assert normalise_partial_dossier_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "H48",
        "H48.16",
        "H48.16-230512",
        "H48-2209-0099",
        "H48-22092-0099",
        "H48-2209211-0099",
        "H48-220921-009999",
        "X48-220921-0099",
        "AH48-220921-0099",
        "kgH48-220921-0099",
        "1H48-220921-0099",
        "1000.00.53.H48-220921-0099",
        "2.15.H48-250901-0077",
        "H48-220921-0099X",
        "H48 220921-99b",
        "230512-0003",
        "16-230512-0003",
        "1.001193",
        "1.001612.000.00.00.H48",
        "hoi oi il",
        "hoi oil sobiz oooo",
        "HOI OI IL 48",
        "hỏi 230512 3",
        "hoi 230512 0003",
        "Hỏi 230512-0003",
        "h48 so 230512 3",
        "h48 16 230512 so 3",
        "H48 số 16 ngày 230512",
        "HS16 230512 3",
        "hs162305120003",
        "H48.OO-OOOOOO-OOOO",
        "H4B.lS-Z3OSlZ-OOO3",
        "H48-23O5I2-OOOO",
        "H48-23O5I3Z-0003",
        "H48-22O931-0099",
        "H48-2213O1-0099",
        "H482213010099",
        "H489909210099",
        "H48 20/10/2024",
        "H48 20/10/24 8 giờ",
        "H48-230512, 4 số cuối 1234",
        "H48-230512 0905 123 456",
        "H48 0905 123 456",
        "H48 0387441920",
        "H48 051098001234",
        "H48 cccd 051098001234",
        "phòng H12 tầng 3, gọi 0905123456",
        "Nghị định 60/2014/QH13 ngày 28/12/2014",
        "5G 48 tháng 230512 đồng 3",
        "hết 48 230512 0003",
        "chấm 16 gạch 230512 gạch 0003",
    ],
)
def test_what_is_no_dossier_code_is_not_taken(text: str) -> None:
    assert list(find_dossier_codes(text)) == []
    assert normalise_dossier_code(text) is None
    assert [f for f in find_codes(text) if f.entity == "dossier_code"] == []


def test_several_codes_are_found_in_their_order() -> None:
    text = nfd(f"Mã {full_width(SHORT)}, {LONG} và hát 48 chấm 16 gạch 23O512 gạch 4 nhé")
    found = list(find_dossier_codes(text))
    assert [(code.value, text[code.start : code.end]) for code in found] == [
        (SHORT, full_width(SHORT)),
        (LONG, LONG),
        ("H48.16-230512-0004", nfd("hát 48 chấm 16 gạch 23O512 gạch 4")),
    ]


@pytest.mark.parametrize(
    ("before", "written", "after"),
    [
        ("Mã hồ sơ: ", SHORT, ". Cảm ơn ạ"),
        (nfd("Mã hồ sơ là "), "H48.16-230512-0003", nfd("ạ")),
        ("½ ", full_width(SHORT), " ½"),
        ("ﬃ…™ ", "H48\u200b.16-230512-0003", "\u200b xong"),
        ("😀 ", "H48.16-230512-0003\ufe0f\u20e3", " 😀"),
        ("mã", SHORT, "nha"),
        ("“", "H48.16\n—\n2305\n12\n—\n0003", "”"),
    ],
)
def test_offsets_are_those_of_the_text_as_written(before: str, written: str, after: str) -> None:
    text = f"{before}{written}{after}"
    place = DossierCode(SHORT, len(before), len(before) + len(written))
    assert list(find_dossier_codes(text)) == [place]
    assert find_codes(text) == [Found("dossier_code", SHORT, place.start, place.end)]


def test_random_codes_survive_every_mix_of_signs() -> None:
    chance = random.Random(7)
    gaps = ("", " ", "-", ".", "/", "_", "–", " - ", " chấm ", " gạch ngang ", "\n")
    for _ in range(2000):
        office = chance.choice(("", "16", "07", "101"))
        month, day = chance.randint(1, 12), chance.randint(1, 28)
        date = f"{chance.randint(18, 27)}{month:02}{day:02}"
        serial = f"{chance.randint(1, 9999):04}"
        front = chance.choice((("000", "00", "53"), ()))
        code = f"{'000.00.53.' if front else ''}H48{office and f'.{office}'}-{date}-{serial}"
        parts = (*front, "H48", *((office,) if office else ()), date, serial)
        text = "".join(f"{part}{chance.choice(gaps)}" for part in parts[:-1]) + serial
        assert normalise_dossier_code(f"mã {text} nhé") == code, text


def test_no_code_is_found_in_messages_that_have_none() -> None:
    province = re.compile(r"[GgHh]\d\d")
    with HELD_OUT.open(encoding="utf-8", newline="") as file:
        messages = [row["text"] for row in csv.DictReader(file)]
    messages += [message.text for message in read_messages()]
    lines = [line for path in PHRASES.glob("*.tsv") for line in path.read_text("utf-8").split("\n")]
    without = [text for text in (*messages, *lines) if not province.search(text)]
    assert len(messages) > 15_000
    assert len(lines) > 20_000
    assert [text for text in without if list(find_dossier_codes(text))] == []
    assert [line for line in lines if list(find_dossier_codes(line))] == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("16-230512-0003", SHORT),
        ("16 230512 0003", SHORT),
        ("16 230512 3", SHORT),
        ("16.230512.0003", SHORT),
        ("16 chấm 230512 gạch 3", SHORT),
        ("16-23O512-OOO3", SHORT),
        ("１６－２３０５１２－０００３", SHORT),
        ("dạ 16-230512-0003 ạ", SHORT),
        ("16-230512-0003 4567", SHORT),
        ("48.16-230512-0003", SHORT),
        ("16.31-230512-0003", TWO_LEVELS),
        ("101-230512-0003", "H48.101-230512-0003"),
        ("000.00.53-220921-0099", LONG),
        ("48-230512-0003", NO_OFFICE),
        ("230512-0003", NO_OFFICE),
        ("230512 0003", NO_OFFICE),
        ("230512/3", NO_OFFICE),
        ("230512-003", NO_OFFICE),
        ("16-230512-0003, 07-230512-0004", SHORT),
        ("H34.05-230512-0003", "H34.05-230512-0003"),
        ("không phải 16-230512-0003 mà là h34 05 230512 3", "H34.05-230512-0003"),
    ],
)
def test_an_answer_may_leave_the_province_out(text: str, code: str) -> None:
    assert normalise_partial_dossier_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "16",
        "230512",
        "2305120003",
        "162305120003",
        "231399-0003",
        "230230-0001",
        "990921-0003",
        "16-230512-009999",
        "1234-230512-0003",
        "4111-230512-0003",
        "4111 230512 0003",
        "12 230512 0003 4567 8901",
        "230512-0003-4567",
        "X48-230512-0003",
        "K48 16-230512-0003",
        "a16-230512-0003",
        "số 230512 là 3",
        "0905123456",
        "0905 123 456",
        "090512 3456",
        "090512-3456",
        "09 231212 34",
        "+84 905 123 456",
        "84-912312-345",
        "231207 0905 123 456",
        "051098001234",
        "051 201 004 518",
        "051 201004 518",
        "051-201004-518",
        "0510 9800 1234",
        "0512 0512 3456",
        "211207643",
        "211207 643",
        "211 207 643",
        "20/10/2024",
        "1.001193",
        "231.207.000 đồng",
        "so oi-230512",
    ],
)
def test_numbers_of_persons_and_others_are_no_answer(text: str) -> None:
    assert normalise_partial_dossier_code(text) is None


def test_a_long_message_costs_no_more_than_its_length() -> None:
    """No pattern may run away: 100,000 characters, the most that a message can have."""
    for piece in ("h48 ", "0 ", "000 00 00 ", "h48-2 3 0 5 1 2 ", "h48 chấm ", "1.", "o0"):
        assert list(find_dossier_codes(piece * (100_000 // len(piece)))) == []
