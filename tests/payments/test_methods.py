"""Ways to pay: the data, which go for a procedure, and which a message asks about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from bot import clock, database
from bot.catalogue import layers
from bot.catalogue import tables as catalogue
from bot.catalogue.model import CHANNEL_KINDS, Procedure
from bot.payments import method_words
from bot.payments.method_list import Statement, methods, questions
from bot.payments.methods import (
    ACCEPTED,
    GENERAL,
    NOT_PUBLISHED,
    REFUSED,
    MethodOfProcedure,
    methods_of,
)
from bot.payments.tables import methods as table
from bot.sources import Source
from tests.catalogue.exports import SOURCE, procedure
from tests.style_rules import LINES, RULES, SEED_TEXT, WORDS_A_REPLY, Said

pytest_plugins = ("tests.databases",)

TODAY = dt.date(2026, 11, 30)
QUOTE = "nộp phí, lệ phí thông qua chức năng thanh toán trực tuyến hoặc bằng cách thức khác"
PLAIN = procedure("1.000001", "Đăng ký thử")
QUOTED = procedure("1.000002", "Đăng ký có chữ", steps=(f"Bước 1: nộp; {QUOTE}.",))
FLAGGED = procedure("1.000003", "Đăng ký có cờ", steps=QUOTED.steps, online_payment=False)
OFFICE = Source("Thông báo của Sở thử", "https://example.vn/tb", dt.date(2026, 10, 1))


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: TODAY)


@pytest.fixture
def catalogue_ready(either_database: None) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, catalogue.NATIONAL, [PLAIN, QUOTED, FLAGGED])


def publish(code: str, method: str, **values: Any) -> None:
    row: dict[str, Any] = {
        "procedure_code": code,
        "channel": "",
        "method": method,
        "accepted": True,
        "note": "",
        "source_title": OFFICE.title,
        "source_url": OFFICE.url,
        "checked_on": OFFICE.checked_on,
        **values,
    }
    with database.begin() as connection:
        connection.execute(sa.insert(table), [row])


def ways(found: Procedure, channel: str = "", on: dt.date | None = None) -> Mapping[str, Any]:
    """Status and channel of each way."""
    told: dict[str, list[tuple[str, str]]] = {}
    for way in methods_of(found, channel, on):
        told.setdefault(way.method.key, []).append((way.status, way.channel))
    return {key: values[0] if len(values) == 1 else values for key, values in told.items()}


# The data


def statements() -> list[tuple[str, Statement]]:
    found = [(f"{q.key}", q.answer) for q in questions().values()]
    for method in methods().values():
        parts = ("general", "steps", "fees", "proof")
        found += [(f"{method.key}/{part}", getattr(method, part)) for part in parts]
    return found


def test_all_ways_that_citizens_ask_about_are_there() -> None:
    assert list(methods()) == [
        "portal", "desk", "cash", "transfer", "domestic_card", "international_card", "wallet",
        "qr", "post", "treasury",
    ]  # fmt: skip
    assert [key for key, m in methods().items() if m.main] == ["portal", "desk", "transfer"]
    assert all(m.channels and set(m.channels) <= set(CHANNEL_KINDS) for m in methods().values())


def test_a_statement_has_a_source_or_says_that_it_is_unknown_or_what_to_ask() -> None:
    bare = {name for name, statement in statements() if not statement.sources}
    assert bare == {
        "for_others", "instalments", "foreign_currency", "desk/fees", "cash/fees",
        "transfer/fees", "qr/fees", "international_card/proof", "post/steps", "post/fees",
        "post/proof", "treasury/steps", "treasury/fees",
    }  # fmt: skip
    for name in bare:
        text = dict(statements())[name].text
        assert "chưa" in text or text.startswith(("Giữ", "Đòi", "Hỏi", "Đem")), name
    general = [method.general for method in methods().values()]
    assert all(statement.sources for statement in general)
    days = {source.checked_on for _, s in statements() for source in s.sources}
    assert days == {dt.date(2026, 7, 20), TODAY}
    assert all(s.url.startswith("https://") for _, x in statements() for s in x.sources)


@pytest.mark.parametrize("keep", RULES, ids=lambda function: function.__name__)
def test_the_wording_keeps_the_style_sheet(keep: Any) -> None:
    said = [Said(name, statement.text, SEED_TEXT) for name, statement in statements()]
    assert {one.name: what for one in said if (what := keep(one))} == {}
    assert max(len(one.text.split()) for one in said) * 3 < WORDS_A_REPLY * 2
    assert max(one.text.count("\n") for one in said) < LINES


def test_no_phrase_stands_for_two_things() -> None:
    found: dict[str, set[str]] = {}
    words = {key: method.words for key, method in methods().items()}
    words |= {key: question.words for key, question in questions().items()}
    for key, phrases in words.items():
        for phrase in phrases:
            found.setdefault(phrase, set()).add(key)
    assert {phrase: keys for phrase, keys in found.items() if len(keys) > 1} == {}


# Of a procedure


@pytest.mark.usefixtures("catalogue_ready")
def test_without_anything_published_only_the_common_ways_are_known() -> None:
    assert ways(PLAIN) == dict.fromkeys(methods(), (GENERAL, ""))
    (cash,) = [way for way in methods_of(PLAIN) if way.method.key == "cash"]
    assert cash.source == methods()["cash"].general.sources[0]


@pytest.mark.usefixtures("catalogue_ready")
def test_a_way_makes_sense_for_some_channels_only() -> None:
    direct = ways(PLAIN, "direct")
    assert direct["international_card"] == (NOT_PUBLISHED, "direct")
    assert direct["cash"] == (GENERAL, "direct")
    assert ways(PLAIN, "postal")["qr"] == (NOT_PUBLISHED, "postal")


@pytest.mark.usefixtures("catalogue_ready")
def test_its_own_text_is_quoted() -> None:
    portal = methods_of(QUOTED)[0]
    assert portal == MethodOfProcedure(methods()["portal"], ACCEPTED, quote=QUOTE, source=SOURCE)
    assert ways(QUOTED)["desk"] == (GENERAL, "")


@pytest.mark.usefixtures("catalogue_ready")
def test_a_published_flag_goes_before_the_text() -> None:
    assert methods_of(FLAGGED)[0] == MethodOfProcedure(methods()["portal"], REFUSED, source=SOURCE)


@pytest.mark.usefixtures("catalogue_ready")
def test_what_an_office_published_goes_before_all() -> None:
    publish(FLAGGED.code, "portal", channel="online", note="Từ tháng 10")
    publish(FLAGGED.code, "portal", channel="direct", accepted=False)
    assert ways(FLAGGED)["portal"] == [(REFUSED, "direct"), (ACCEPTED, "online")]
    (online,) = [w for w in methods_of(FLAGGED, "online") if w.method.key == "portal"]
    assert online == MethodOfProcedure(
        methods()["portal"], ACCEPTED, "online", "Từ tháng 10", source=OFFICE
    )
    # Another way of the same procedure, and another procedure, are as before.
    assert ways(FLAGGED)["cash"] == (GENERAL, "")
    assert ways(PLAIN)["portal"] == (GENERAL, "")


@pytest.mark.usefixtures("catalogue_ready")
def test_a_row_holds_from_its_first_to_its_last_day() -> None:
    dates = {"effective_from": dt.date(2026, 12, 1), "effective_to": dt.date(2026, 12, 31)}
    publish(PLAIN.code, "wallet", **dates)
    days = (TODAY, dt.date(2026, 12, 1), dt.date(2026, 12, 31), dt.date(2027, 1, 1))
    assert [ways(PLAIN, on=day)["wallet"][0] for day in days] == [
        GENERAL, ACCEPTED, ACCEPTED, GENERAL,
    ]  # fmt: skip
    assert ways(PLAIN)["wallet"][0] == GENERAL


@pytest.mark.usefixtures("catalogue_ready")
def test_a_row_about_a_way_of_another_release_is_passed_over() -> None:
    publish(PLAIN.code, "carrier_pigeon")
    assert ways(PLAIN) == dict.fromkeys(methods(), (GENERAL, ""))


# Of a message


@pytest.mark.parametrize(
    ("message", "keys"),
    [
        ("trả bằng momo được không", ["wallet"]),
        ("tra = zalo pay dc k", ["wallet"]),
        ("tui xài Viettel Money thôi, đóng phí bằng cái nớ có nhận hông", ["wallet"]),
        ("quẹt thẻ visa được hông", ["international_card"]),
        ("the atm noi dia co dong duoc khong", ["domestic_card"]),
        ("quét cái mã vuông vuông trả tiền được không rứa", ["qr"]),
        ("cho e xin stk để ck lệ phí vs ạ", ["transfer"]),
        ("bưu tá đem tới nhà thì đưa tiền cho bưu tá luôn dc k", ["post", "cash"]),
        ("có phải ra kho bạc không", ["treasury"]),
        ("tiền mặt hay chuyển khoản", ["cash", "transfer"]),
        ("nghe nói chừ hổng nhận tiền mặt nữa, có thiệt hông", ["cash"]),
        ("tui hổng có thẻ ngân hàng, đưa tiền mặt được hông cô", ["cash"]),
        ("ngoài tiền mặt còn cách nào khác", []),
        ("khong xai momo thi sao", []),
        ("ở nước ngoài, paypal trả được không", ["international_card"]),
        ("trả tiền kiểu chi", []),
    ],
)
def test_the_ways_that_a_message_asks_about(message: str, keys: list[str]) -> None:
    found = list(method_words.read(message).methods)
    assert found[:1] == keys[:1]
    assert set(found) <= set(keys)


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ("đóng tiền trước hay chừng mô lấy giấy mới đóng hỉ", "when"),
        ("tra tien luc nop hay luc lay ket qua", "when"),
        ("trả thẻ có bị tính thêm phí không", "surcharge"),
        ("con tôi trả hộ được không", "for_others"),
        ("tiền đất nhiều quá, trả góp được không", "instalments"),
        ("trả bằng đô la dc ko", "foreign_currency"),
        ("trả tiền kiểu chi", ""),
    ],
)
def test_a_question_that_names_no_way(message: str, key: str) -> None:
    assert method_words.read(message).question == key


@pytest.mark.parametrize(
    ("message", "rest"),
    [
        ("trả bằng momo được không", ""),
        ("phí đổi bằng lái chuyển khoản đc ko", "đổi bằng lái"),
        ("lệ phí giấy phép lao động trả bằng ví điện tử", "giấy phép lao động"),
        ("thuế đất phi nông nghiệp quét mã được không", "thuế đất phi nông nghiệp"),
    ],
)
def test_what_is_paid_for_is_left_with_its_accents(message: str, rest: str) -> None:
    assert method_words.read(message).rest == rest
