"""The second factor: digits are compared by keyed hashes that are bound to a dossier."""

from __future__ import annotations

import pytest

from bot.dossiers.model import NumberHashes
from bot.dossiers.verification import (
    digits_of,
    keyed_hash,
    matches,
    number_hashes,
    person_hash,
)
from tests.dossiers.files import CODE, IDENTITY, PHONE

SECRET = "one secret"


def stored(secret: str = SECRET, code: str = CODE) -> NumberHashes:
    return number_hashes(secret, code, PHONE, IDENTITY)


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


@pytest.mark.parametrize("digits", ["", "0000", PHONE])
def test_a_dossier_without_numbers_is_open_to_nobody(digits: str) -> None:
    assert matches(SECRET, CODE, digits, NumberHashes()) is False


def test_a_tail_does_not_open_a_number_of_which_only_the_whole_is_known() -> None:
    hashes = NumberHashes(phone=stored().phone)
    assert matches(SECRET, CODE, PHONE, hashes) is True
    assert matches(SECRET, CODE, PHONE[-4:], hashes) is False


def test_a_number_of_one_kind_does_not_pass_for_the_other() -> None:
    same_digits = number_hashes(SECRET, CODE, PHONE, PHONE)
    assert same_digits.phone != same_digits.identity
    assert matches(SECRET, CODE, PHONE, NumberHashes(identity=same_digits.phone)) is False


@pytest.mark.parametrize("number", ["", "123", "không có"])
def test_an_unknown_number_has_no_hash(number: str) -> None:
    assert number_hashes(SECRET, CODE, number, number) == NumberHashes()
    only_identity = number_hashes(SECRET, CODE, number, IDENTITY)
    assert only_identity == NumberHashes(
        identity=stored().identity, identity_tail=stored().identity_tail
    )


def test_a_person_is_the_same_in_each_spelling_of_both_numbers() -> None:
    person = person_hash(SECRET, PHONE, IDENTITY)
    assert len(person) == 64
    assert person_hash(SECRET, f"+84 {PHONE[1:]}", f" {IDENTITY[:6]} {IDENTITY[6:]}") == person
    others = [
        person_hash("another", PHONE, IDENTITY),
        person_hash(SECRET, "0905111223", IDENTITY),
        person_hash(SECRET, PHONE, "051098003345"),
    ]
    assert len({person, *others}) == 4


@pytest.mark.parametrize(
    ("phone", "identity"),
    [
        ("", ""),
        (PHONE, ""),
        ("", IDENTITY),
        (PHONE[-4:], IDENTITY),
        (PHONE, IDENTITY[-4:]),
        (PHONE, PHONE),
        (IDENTITY, PHONE),
    ],
)
def test_who_gives_only_parts_of_the_numbers_is_nobody(phone: str, identity: str) -> None:
    assert person_hash(SECRET, phone, identity) == ""


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
