"""The search index: scores, codes, what is stripped, what expands."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bot import text as vn
from bot.catalogue.question import PhraseStripper, default_stripper
from bot.catalogue.search import Match, SearchIndex, word_features
from bot.catalogue.vector_space import CosineSpace, CoverageSpace
from tests.catalogue.exports import procedure
from tests.catalogue.small_catalogue import ALIASES, LEXICON, PROCEDURES

STRIPPER = PhraseStripper(["cần giấy tờ gì", "tôi muốn", "muốn"], ["là", "ở", "gì"])


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex(PROCEDURES, ALIASES, LEXICON, STRIPPER)


def codes(matches: list[Match]) -> list[str]:
    return [match.code for match in matches]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("đăng ký khai sinh", "1.000001"),
        ("làm giấy khai sinh cho trẻ", "1.000001"),
        ("em bé mới chào đời", "1.000001"),
        ("Tôi muốn đăng ký kết hôn", "1.000003"),
        ("hai đứa cưới nhau", "1.000003"),
        ("mất bằng lái", "1.000005"),
        ("báo tử", "1.000002"),
        ("xin phép xây nhà", "1.000006"),
        ("tam tru can giay to gi", "1.000004"),
        ("đăg kí kết hônnn", "1.000003"),
    ],
)
def test_the_procedure_meant_comes_first(index: SearchIndex, message: str, expected: str) -> None:
    assert codes(index.search(message, 1)) == [expected]


def test_a_match_carries_what_is_shown(index: SearchIndex) -> None:
    shown = [(m.code, m.name, m.field, m.level, m.score) for m in index.search("1.000001")]
    name = "Làm giấy khai sinh cho trẻ"
    assert shown == [("1.000001", name, "Lĩnh vực thử", "commune", 1.0)]


@pytest.mark.parametrize(
    "message", ["1.000006", "thủ tục 1.000006 mất bao lâu", "1,000006", "1 000006", "1000006"]
)
def test_a_code_is_found_as_it_stands(index: SearchIndex, message: str) -> None:
    assert [(m.code, m.score) for m in index.search(message)] == [("1.000006", 1.0)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("000006", ["1.000006"]),
        ("thủ tục số 000006 cần gì", ["1.000006"]),
        ("2.00123", ["2.001231", "2.001239"]),
        ("mã 2.0012", ["2.001231", "2.001239"]),
        ("001231", ["2.001231"]),
    ],
)
def test_a_part_of_a_code_finds_the_few_that_have_it(message: str, expected: list[str]) -> None:
    more = [procedure(code, f"Thủ tục {code}") for code in ("2.001231", "2.001239")]
    found = SearchIndex([*PROCEDURES, *more], ALIASES, LEXICON, STRIPPER).search(message)
    assert codes(found) == expected
    assert [match.score for match in found] == [round(1 / len(expected), 4)] * len(expected)


@pytest.mark.parametrize(
    "message",
    [
        "H48.16-000006-0003",
        "0900000006",
        "000006/2025",
        "1.000",
        "1.0000061",
        "15.000006",
        "1.00000",
    ],
)
def test_other_numbers_are_no_parts_of_a_code(index: SearchIndex, message: str) -> None:
    assert index.search(message) == []


def test_only_a_field_or_a_level_may_be_searched() -> None:
    procedures = [
        procedure("1.000001", "Đăng ký tàu cá", field="Thủy sản"),
        procedure("1.000002", "Đăng ký tàu cá cấp tỉnh", field="Thủy sản", level="province"),
        procedure("1.000003", "Đăng ký tàu thuyền", field="Đường thủy", agency="Công an xã"),
    ]
    index = SearchIndex(procedures, [], [], STRIPPER)

    def found(**only: str) -> list[str]:
        return sorted(codes(list(index.rank("đăng ký tàu", **only).matches)))  # type: ignore[arg-type]

    assert found() == ["1.000001", "1.000002", "1.000003"]
    assert found(field="thuy san") == ["1.000001", "1.000002"]
    assert found(level="province") == ["1.000002"]
    assert found(field="Thủy", level="commune") == ["1.000001", "1.000003"]
    assert found(field="Y tế") == []
    assert found(agency="cong an") == ["1.000003"]
    assert found(agency="Công an", level="province") == []


@pytest.mark.parametrize(
    ("message", "level"),
    [
        ("xin giấy rượu tại xã", "commune"),
        ("xin giay ruou o phuong", "commune"),
        ("xin giấy rượu ở tỉnh", "province"),
        ("lên sở xin giấy rượu", "province"),
    ],
)
def test_the_office_that_is_named_decides_between_twins(message: str, level: str) -> None:
    twins = [
        procedure("1.000001", "Giấy phép rượu", level="province"),
        procedure("1.000002", "Giấy phép rượu"),
    ]
    assert SearchIndex(twins, [], [], STRIPPER).search(message, 1)[0].level == level


def test_an_unknown_code_leaves_the_words_to_be_searched(index: SearchIndex) -> None:
    assert codes(index.search("9.999999 đăng ký khai sinh", 1)) == ["1.000001"]


@pytest.mark.parametrize("message", [p.name for p in PROCEDURES])
def test_scores_fall_and_lie_between_nothing_and_one(index: SearchIndex, message: str) -> None:
    scores = [match.score for match in index.search(message)]
    assert scores == sorted(scores, reverse=True)
    assert 0 < scores[0] <= 1
    assert all(0 <= score <= 1 for score in scores)


@pytest.mark.parametrize("message", ["đăng ký khai tử", "giấy phép kinh doanh rượu", "bằng lái"])
def test_a_question_without_accents_finds_the_same(index: SearchIndex, message: str) -> None:
    plain = {
        "đăng ký khai tử": "dang ky khai tu",
        "giấy phép kinh doanh rượu": "giay phep kinh doanh ruou",
        "bằng lái": "bang lai",
    }[message]
    assert codes(index.search(plain, 2)) == codes(index.search(message, 2))


def test_of_twins_the_nearer_office_comes_first(index: SearchIndex) -> None:
    assert codes(index.search("kinh doanh rượu", 2)) == ["1.000008", "1.000007"]


@pytest.mark.parametrize("limit", [0, -1])
def test_no_matches_are_given_when_none_are_wanted(index: SearchIndex, limit: int) -> None:
    assert index.search("đăng ký khai sinh", limit) == []


@pytest.mark.parametrize("message", ["", "???", "漢字"])
def test_a_message_that_shares_nothing_finds_nothing(index: SearchIndex, message: str) -> None:
    assert index.search(message) == []


def test_an_empty_catalogue_is_searched_without_harm() -> None:
    empty = SearchIndex([], ALIASES, LEXICON, STRIPPER)
    assert (len(empty), empty.search("đăng ký khai sinh")) == (0, [])


@pytest.mark.parametrize(
    ("message", "need"),
    [
        ("tôi muốn đăng ký khai sinh", ["đăng", "ký", "khai", "sinh"]),
        ("cần giấy tờ gì", []),
        ("CẦN GIẤY TỜ CHI", []),
        ("là gì 123", []),
        ("rượu là gì", ["rượu"]),
        ("", []),
    ],
)
def test_the_need_is_what_no_phrase_and_no_function_word_covers(
    index: SearchIndex, message: str, need: list[str]
) -> None:
    assert list(index.read(message).need) == need


def test_the_longest_phrase_is_stripped_first_and_whole_words_only() -> None:
    stripper = PhraseStripper(["muốn hỏi", "muốn hỏi về", "hỏi"])
    assert stripper.strip(["tôi", "muốn", "hỏi", "về", "đất"]) == ["tôi", "đất"]
    assert stripper.strip(["muon", "hoi", "đất"]) == ["đất"]
    assert stripper.strip(["muốn", "hỏihan"]) == ["muốn", "hỏihan"]
    assert stripper.strip(["muốn", "đất"]) == ["muốn", "đất"]


def test_words_at_the_edges_go_where_their_mark_says() -> None:
    stripper = PhraseStripper([], [], ["tôi", "thì*", "phí-"])
    assert stripper.strip(["phí", "tôi", "đất"]) == ["đất"]
    assert stripper.strip(["đất", "phí"]) == ["đất", "phí"]
    assert stripper.strip(["phi", "dat"]) == ["dat"]
    assert stripper.strip(["thì", "đất", "tôi"]) == ["đất"]
    assert stripper.strip(["thi", "lai", "toi"]) == ["thi", "lai"]


def test_features_are_syllables_and_pairs() -> None:
    assert word_features(["khai", "sinh", "tre"]) == [
        "khai",
        "sinh",
        "tre",
        "khai sinh",
        "sinh tre",
    ]


def test_the_cosine_of_equal_rows_is_one_and_of_strangers_nothing() -> None:
    space = CosineSpace([["a", "b"], ["b", "c"], ["d"], []])
    scores = space.scores(["a", "b"])
    assert scores[0] == pytest.approx(1.0, abs=1e-6)
    assert 0 < scores[1] < 1
    assert list(scores[2:]) == [0.0, 0.0]


def test_rare_features_weigh_more_and_unknown_ones_lower_the_score() -> None:
    space = CosineSpace([["rare", "common"], ["common"], ["common"]])
    assert np.argmax(space.scores(["rare", "common"])) == 0
    assert space.scores(["common", "unknown"])[1] < space.scores(["common"])[1]


def test_features_of_most_rows_are_left_out_of_them() -> None:
    space = CosineSpace([["common", "a"], ["common", "b"], ["common"]], most_common=0.5)
    assert list(space.scores(["common"])) == [0.0, 0.0, 0.0]
    assert space.scores(["a"])[0] > 0


def test_coverage_is_the_share_of_the_question_that_a_text_has() -> None:
    space = CoverageSpace([["a", "b"], ["a"], []])
    scores = space.scores(["a", "b", "b"], [0, 1, 2])
    assert scores[0] == pytest.approx(1.0)
    assert 0 < scores[1] < 0.5, "the rarer word counts more"
    assert scores[2] == 0.0


def test_words_spread_over_several_names_of_a_procedure_are_joined(index: SearchIndex) -> None:
    # "em bé" and "khai sinh" stand in different names of the same procedure.
    best = index.search("khai sinh cho em bé", 1)[0]
    assert best.code == "1.000001"
    assert dict(best.parts)["coverage"] > 0


def test_the_parts_explain_the_odds(index: SearchIndex) -> None:
    first, second = index.search("giấy phép rượu", 2)

    def total(match: Match) -> float:
        return sum(part for name, part in match.parts if name != "coverage")

    odds = math.log(first.score / second.score)
    assert total(first) - total(second) == pytest.approx(odds, abs=0.02)


def test_scores_are_probabilities(index: SearchIndex) -> None:
    scores = [match.score for match in index.search("giấy phép", 100)]
    assert 0.9 < sum(scores) <= 1.001


def test_a_need_that_lies_outside_takes_its_share() -> None:
    outside = [("thi bằng lái", "thi bằng lái xe máy"), ("thi bằng lái", "sát hạch lái xe")]
    index = SearchIndex(PROCEDURES, ALIASES, LEXICON, STRIPPER, outside)
    assert index.rank("thi bằng lái xe máy").outside > 0.9
    assert index.rank("đăng ký kết hôn").outside < 0.1
    assert all(match.code in {p.code for p in PROCEDURES} for match in index.search("thi lái xe"))


def test_the_stripper_that_ships_leaves_the_need_and_takes_the_question() -> None:
    shipped = default_stripper()
    assert shipped.content(shipped.strip(vn.words("cần giấy tờ gì"))) == []
    assert "rượu" in shipped.content(shipped.strip(vn.words("mở quán bán rượu cần giấy tờ gì")))
