"""The second factor: digits are compared by keyed hashes that are bound to a dossier."""

from __future__ import annotations

import pytest

from bot.dossiers.verification import digits_of, keyed_hash, matches, number_hashes
from tests.dossiers.files import CODE, IDENTITY, PHONE

SECRET = "one secret"


def stored(secret: str = SECRET, code: str = CODE) -> dict[str, str]:
    phone, phone_tail = number_hashes(secret, code, "phone", PHONE)
    identity, identity_tail = number_hashes(secret, code, "identity", IDENTITY)
    return {
        "phone": phone,
        "phone-tail": phone_tail,
        "identity": identity,
        "identity-tail": identity_tail,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0905111222", "0905111222"),
        (" 0905.111 222 ", "0905111222"),
        ("+84905111222", "0905111222"),
        (" +84 905-111-222", "0905111222"),
        ("bốn số cuối 1222", "1222"),
        ("không nhớ", ""),
        ("", ""),
    ],
)
def test_digits_are_read_as_written(text: str, expected: str) -> None:
    assert digits_of(text) == expected


@pytest.mark.parametrize("digits", [PHONE, PHONE[-4:], IDENTITY, IDENTITY[-4:]])
def test_the_right_digits_match(digits: str) -> None:
    assert matches(SECRET, CODE, digits, stored()) is True


@pytest.mark.parametrize("digits", ["", "1", PHONE[:4], PHONE[-5:], PHONE[1:], f"{PHONE}0", "0000"])
def test_other_digits_do_not_match(digits: str) -> None:
    assert matches(SECRET, CODE, digits, stored()) is False


def test_hashes_of_another_secret_or_dossier_do_not_match() -> None:
    assert matches(SECRET, CODE, PHONE, stored(secret="another")) is False
    assert matches(SECRET, CODE, PHONE, stored(code="H48.16-230512-0004")) is False


@pytest.mark.parametrize("hashes", [{}, dict.fromkeys(stored(), "")])
@pytest.mark.parametrize("digits", ["", "0000", PHONE])
def test_a_dossier_without_numbers_is_open_to_nobody(hashes: dict[str, str], digits: str) -> None:
    assert matches(SECRET, CODE, digits, hashes) is False


def test_a_tail_does_not_open_a_number_of_which_only_the_whole_is_known() -> None:
    hashes = {"phone": stored()["phone"]}
    assert matches(SECRET, CODE, PHONE, hashes) is True
    assert matches(SECRET, CODE, PHONE[-4:], hashes) is False


@pytest.mark.parametrize("number", ["", "123", "không có"])
def test_an_unknown_number_has_no_hash(number: str) -> None:
    assert number_hashes(SECRET, CODE, "phone", number) == ("", "")


def test_hashes_depend_on_every_part_and_on_where_it_ends() -> None:
    variants = [
        keyed_hash(SECRET, "ab", "c"),
        keyed_hash(SECRET, "a", "bc"),
        keyed_hash(SECRET, "abc"),
        keyed_hash("another", "ab", "c"),
    ]
    assert len(set(variants)) == 4
    assert {len(value) for value in variants} == {64}
    assert keyed_hash(SECRET, "ab", "c") == variants[0]
