"""The text of a VietQR code: fields, CRC, strict reading."""

from __future__ import annotations

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.payments import vietqr
from bot.payments.vietqr import PayloadRefused, Transfer

HIGHEST = 9_999_999_999_999
LETTERS = string.digits + string.ascii_uppercase
# A code that another project (Go) publishes in its guide, made from the same four values.
PUBLISHED = (
    "00020101021238570010A00000072701270006970415011300110019324180208QRIBFTTA"
    "530370454061200005802VN62170813ung ho lu lut6304C15C"
)
TRANSFER = Transfer("970415", "0011001932418", 120_000, "ung ho lu lut")

banks = st.text(string.digits, min_size=6, max_size=6)
accounts = st.text(LETTERS, min_size=1, max_size=19)
amounts = st.integers(1, HIGHEST) | st.integers(1, 500_000_000)
references = st.from_regex(r"[0-9A-Za-z]{1,12}( [0-9A-Za-z]{1,12})?", fullmatch=True)
transfers = st.builds(Transfer, banks, accounts, amounts, references)


def payload(transfer: Transfer) -> str:
    return vietqr.payload(transfer.bank_bin, transfer.account, transfer.amount, transfer.reference)


def with_crc(text: str) -> str:
    """A text with a right CRC, whatever stands before it."""
    return f"{text}6304{vietqr.crc(text + '6304')}"


def test_a_published_code_comes_out_and_is_read() -> None:
    assert payload(TRANSFER) == PUBLISHED
    assert vietqr.parse(PUBLISHED) == TRANSFER


def test_the_crc_is_the_one_of_the_standard() -> None:
    # The check value that CRC catalogues give for CRC-16 with polynomial 1021 and start FFFF.
    assert vietqr.crc("123456789") == "29B1"


def test_every_object_stands_where_the_standard_has_it() -> None:
    assert vietqr.payload("970436", "0271000123456", 25_000, "QNGABCDEFGHJKM") == (
        "000201" "010212"
        "3857" "0010A000000727" "0127" "0006970436" "01130271000123456" "0208QRIBFTTA"
        "5303704" "540525000" "5802VN" "6218" "0814QNGABCDEFGHJKM" "63042F53"
    )  # fmt: skip


@given(transfers)
def test_what_is_written_is_read_again(transfer: Transfer) -> None:
    text = payload(transfer)
    assert vietqr.parse(text) == transfer
    assert text.isascii()
    assert len(text) <= 200


@given(transfers, st.data())
@settings(max_examples=300)
def test_one_changed_letter_is_always_noticed(transfer: Transfer, data: st.DataObject) -> None:
    text = payload(transfer)
    place = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(min_codepoint=32, max_codepoint=126))
    changed = text[:place] + other + text[place + 1 :]
    if changed != text:
        with pytest.raises(PayloadRefused):
            vietqr.parse(changed)


def test_each_letter_of_a_code_is_guarded_against_each_digit() -> None:
    for place in range(len(PUBLISHED)):
        for digit in LETTERS:
            changed = PUBLISHED[:place] + digit + PUBLISHED[place + 1 :]
            if changed != PUBLISHED:
                with pytest.raises(PayloadRefused):
                    vietqr.parse(changed)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(PayloadRefused):
        vietqr.parse(text)


@given(st.text(LETTERS, max_size=150))
def test_any_text_with_a_right_crc_is_read_or_refused(text: str) -> None:
    with pytest.raises(PayloadRefused):
        vietqr.parse(with_crc(text))


BODY = PUBLISHED[:-8]


@pytest.mark.parametrize(
    "text",
    [
        "", "6304", PUBLISHED + "0", PUBLISHED + "5802VN", f" {PUBLISHED}", f"{PUBLISHED}\n",
        PUBLISHED[:-4] + PUBLISHED[-4:].lower(), PUBLISHED[:-1], PUBLISHED[4:],
        with_crc(BODY + "5802VN"),                                   # twice
        with_crc(BODY.replace("5802VN", "")),                        # missing
        with_crc(BODY.replace("5802VN", "5802US")),
        with_crc(BODY.replace("5303704", "5303840")),
        with_crc(BODY.replace("QRIBFTTA", "QRIBFTTC")),
        with_crc(BODY.replace("A000000727", "A000000775")),
        with_crc(BODY.replace("000201", "000202")),
        with_crc(BODY.replace("010212", "010211")),                  # any sum, any number of times
        with_crc(BODY.replace("010212", "010213")),
        with_crc(BODY.replace("5406120000", "")),
        with_crc(BODY.replace("5406120000", "5406012000")),
        with_crc(BODY.replace("5406120000", "5406120.50")),
        with_crc(BODY.replace("5406120000", "5406-12000")),
        with_crc(BODY.replace("5406120000", "5400")),                # empty
        with_crc(BODY.replace("5406120000", "54+6120000")),
        with_crc(BODY.replace("0813ung ho lu lut", "0713ung ho lu lut")),
        with_crc(BODY.replace("6217", "6218")),                      # longer than the rest
        with_crc(BODY.replace("62170813ung ho lu lut", "6299" + "0895" + "a" * 95)),
        with_crc(BODY + "55020256041000"),                           # a tip on top
        with_crc(BODY + "8004ABCD"),
        with_crc(BODY[6:] + "000201"),                               # the version is not first
        with_crc(BODY.replace("ung ho", "ung\tho")),
        PUBLISHED.replace("ung", "ưng"),
    ],
)  # fmt: skip
def test_what_is_no_such_code_is_refused(text: str) -> None:
    with pytest.raises(PayloadRefused):
        vietqr.parse(text)


def test_what_others_add_and_no_transfer_needs_is_passed_over() -> None:
    others = "52040000" "5911CUA HANG AI" "6005HANOI" "610570000"  # fmt: skip
    assert vietqr.parse(with_crc(BODY + others)) == TRANSFER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bank_bin", ""), ("bank_bin", "97041"), ("bank_bin", "9704155"), ("bank_bin", "97041a"),
        ("bank_bin", "９７０４１５"), ("bank_bin", 970415),
        ("account", ""), ("account", "0" * 20), ("account", "001 100"), ("account", "001-100"),
        ("account", "abc"), ("account", "001\n"), ("account", "٠٠١"), ("account", None),
        ("amount", 0), ("amount", -1), ("amount", HIGHEST + 1), ("amount", 1.0), ("amount", True),
        ("amount", "120000"), ("amount", None),
        ("reference", ""), ("reference", "A" * 26), ("reference", " A"), ("reference", "A "),
        ("reference", "A  B"), ("reference", "Nộp phí"), ("reference", "A-B"), ("reference", "A\n"),
    ],
)  # fmt: skip
def test_values_that_no_code_carries_are_refused(name: str, value: object) -> None:
    values = {**vars(TRANSFER), name: value}
    with pytest.raises(PayloadRefused):
        vietqr.payload(**values)


def test_the_longest_and_the_highest_fit() -> None:
    longest = Transfer("999999", "Z" * 19, HIGHEST, "A" * 25)
    assert vietqr.parse(payload(longest)) == longest
    assert payload(longest)[12:16] == "3863"
