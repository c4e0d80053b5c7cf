"""References of QR orders and the tokens of their pages."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot import settings
from bot.payments import qr_reference
from bot.payments.qr_reference import LETTERS, draw, is_reference, reference_of, token

pytestmark = pytest.mark.usefixtures("fresh_settings")


def test_references_are_drawn_from_letters_that_look_like_no_others() -> None:
    drawn = {draw() for _ in range(2000)}
    assert len(drawn) == 2000
    assert all(re.fullmatch(r"QNG[2-9A-HJ-KM-NP-Z]{11}", one) for one in drawn)
    assert all(is_reference(one) for one in drawn)
    for place in range(3, 13):
        assert {one[place] for one in drawn} == set(LETTERS)


@given(st.text(LETTERS, min_size=10, max_size=10))
@examples(max_examples=50, deadline=None)
def test_one_wrong_letter_or_two_swapped_are_noticed(drawn: str) -> None:
    right = f"QNG{drawn}{qr_reference._check_letter(drawn)}"
    assert is_reference(right)
    for place, letter in itertools.product(range(3, 14), LETTERS):
        wrong = right[:place] + letter + right[place + 1 :]
        assert is_reference(wrong) is (wrong == right)
    for place in range(3, 13):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        # The last letter guards the others, and has no weight of its own.
        if place < 12:
            assert is_reference(swapped) is (swapped == right)


@pytest.mark.parametrize("text", ["", "QNG", "qng2222222222", "QNG0000000000O", "QNG" + "2" * 12])
def test_other_texts_are_no_references(text: str) -> None:
    assert is_reference(text) is False


def test_a_token_leads_to_its_reference() -> None:
    reference = draw()
    assert reference_of(token(reference)) == reference
    assert re.fullmatch(rf"{reference}-[0-9a-f]{{32}}", token(reference))


def test_a_token_cannot_be_made_or_changed() -> None:
    reference = draw()
    made = token(reference)
    assert reference_of(f"{draw()}{made[14:]}") is None
    for place in range(len(made)):
        for letter in "0123456789abcdefQ":
            changed = made[:place] + letter + made[place + 1 :]
            assert reference_of(changed) == (reference if changed == made else None)


@pytest.mark.parametrize("text", ["", "-", "x" * 5000, "QNG\n", "ưng", "\ud800", "QNG%00"])
def test_other_texts_are_no_tokens(text: str) -> None:
    assert reference_of(text) is None


def test_line_ends_and_capitals_are_not_passed_over() -> None:
    made = token(draw())
    for changed in (f"{made}\n", f" {made}", made.upper(), made.lower(), made + "0"):
        assert reference_of(changed) is None


def test_a_token_is_of_one_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    made = token(draw())
    monkeypatch.setenv("BOT_SECRET", "another")
    settings.settings.cache_clear()
    assert reference_of(made) is None
