"""Faults of citizens' phrases are found and named."""

from __future__ import annotations

import pytest

from bot import database
from bot.catalogue import companions, finder, layers
from bot.catalogue.phrase_check import ELSEWHERE, NAME, SHARED, UNKNOWN, VAGUE, Fault, faults
from bot.catalogue.tables import CURATED, NATIONAL
from tests.catalogue.small_catalogue import PROCEDURES

pytestmark = pytest.mark.usefixtures("database_ready")


def with_phrases(*phrases: tuple[str, str]) -> list[Fault]:
    with database.begin() as connection:
        layers.write_layer(connection, NATIONAL, PROCEDURES)
        companions.replace_aliases(connection, CURATED, phrases)
    return list(faults())


def test_good_phrases_have_no_faults() -> None:
    assert with_phrases(("1.000001", "em bé mới chào đời"), ("1.000003", "hai đứa cưới nhau")) == []


def test_a_phrase_of_two_procedures_is_named_for_both() -> None:
    # "Bé mới sinh" and "be moi sinh" are one phrase to a reader without accents.
    assert with_phrases(("1.000001", "bé mới sinh"), ("1.000002", "be moi sinh")) == [
        Fault("1.000001", "bé mới sinh", SHARED, ("1.000002",)),
        Fault("1.000002", "be moi sinh", SHARED, ("1.000001",)),
    ]


def test_a_phrase_that_is_asked_back_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = ("1.000001", "1.000002")
    monkeypatch.setattr(finder, "read_vague", lambda _: [("làm giấy cho người nhà", choices)])
    assert with_phrases(("1.000001", "lam giay cho nguoi nha")) == [
        Fault("1.000001", "lam giay cho nguoi nha", VAGUE, choices)
    ]


def test_a_phrase_that_only_says_the_name_brings_nothing() -> None:
    assert with_phrases(("1.000002", "Đăng ký khai tử")) == [
        Fault("1.000002", "Đăng ký khai tử", NAME)
    ]


def test_a_phrase_that_leads_to_another_procedure_is_named_with_it() -> None:
    assert with_phrases(("1.000004", "đăng ký khai tử đi")) == [
        Fault("1.000004", "đăng ký khai tử đi", ELSEWHERE, ("1.000002",))
    ]


def test_a_phrase_may_lead_to_the_twin_of_its_procedure() -> None:
    # 1.000007 and 1.000008 are one procedure at two levels.
    assert with_phrases(("1.000007", "bán rượu")) == []


def test_a_phrase_of_no_procedure_is_named() -> None:
    assert with_phrases(("9.999999", "không của ai")) == [
        Fault("9.999999", "không của ai", UNKNOWN)
    ]


def test_the_catalogue_may_be_empty() -> None:
    assert list(faults()) == []
