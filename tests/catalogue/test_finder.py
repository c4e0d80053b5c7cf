"""Which procedure a message means, from a small catalogue in the database."""

from __future__ import annotations

import pytest

from bot import database, settings
from bot import text as vn
from bot.catalogue import companions, finder, layers
from bot.catalogue.finder import Finding, Outcome, find, search
from bot.catalogue.model import Procedure
from bot.catalogue.search import Match
from bot.catalogue.seed_import import (
    SEED_DIR,
    load_seed,
    read_all_procedures,
    read_phrases,
    read_vague,
)
from bot.catalogue.tables import CURATED, NATIONAL, STAFF
from bot.migrations.runner import upgrade
from bot.settings import Settings
from tests.catalogue.exports import procedure
from tests.catalogue.small_catalogue import ALIASES, LEXICON, PROCEDURES


def write(*procedures: Procedure) -> None:
    with database.begin() as connection:
        layers.write_layer(connection, NATIONAL, procedures)


@pytest.fixture
def small_catalogue(database_ready: Settings) -> None:
    write(*PROCEDURES)
    with database.begin() as connection:
        companions.replace_aliases(connection, CURATED, ALIASES)
        companions.replace_lexicon(connection, CURATED, LEXICON)


def outcome(finding: Finding) -> tuple[Outcome, list[str]]:
    return finding.outcome, [match.code for match in finding.matches]


@pytest.mark.usefixtures("small_catalogue")
@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Tôi muốn đăng ký khai sinh cho con", "1.000001"),
        ("hai đứa cưới nhau", "1.000003"),
        ("xin giấy phép xây dựng nhà ở", "1.000006"),
        ("giấy phép kinh doanh rượu", "1.000008"),
        ("thủ tục 1.000007 cần gì", "1.000007"),
    ],
)
def test_a_clear_need_finds_one_procedure(message: str, code: str) -> None:
    assert outcome(find(message)) == (Outcome.FOUND, [code])


@pytest.mark.usefixtures("small_catalogue")
def test_what_is_found_comes_with_its_need() -> None:
    found = find("xin giấy phép kinh doanh rượu")
    assert found == Finding(Outcome.FOUND, found.matches, ("phép", "kinh", "doanh", "rượu"))
    assert [(m.name, m.field, m.level) for m in found.matches] == [
        ("Cấp giấy phép kinh doanh rượu", "Lĩnh vực thử", "commune")
    ]


@pytest.mark.usefixtures("small_catalogue")
@pytest.mark.parametrize(
    ("accented", "plain"),
    [
        ("Tôi muốn đăng ký khai sinh cho con", "Toi muon dang ky khai sinh cho con"),
        ("mất bằng lái xe", "mat bang lai xe"),
        ("giấy phép kinh doanh rượu", "giay phep kinh doanh ruou"),
        ("đổi giấy phép lái xe", "doi giay phep lai xe"),
        ("cần giấy tờ gì", "can giay to gi"),
        ("nuôi tôm hùm", "nuoi tom hum"),
    ],
)
def test_a_message_without_accents_means_the_same(accented: str, plain: str) -> None:
    assert outcome(find(plain)) == outcome(find(accented))


@pytest.mark.usefixtures("small_catalogue")
def test_an_open_need_asks_between_the_nearest() -> None:
    kind, codes = outcome(find("xin cấp giấy phép"))
    assert kind is Outcome.SEVERAL
    # 1.000007 has the same name as 1.000008 and is no choice of its own.
    assert sorted(codes) == ["1.000006", "1.000008"]


@pytest.mark.usefixtures("small_catalogue")
@pytest.mark.parametrize("message", ["nuôi tôm hùm", "phóng vệ tinh lên mặt trăng"])
def test_a_need_that_nothing_serves_is_said_to_be_none(message: str) -> None:
    found = find(message)
    assert (found.outcome, found.matches) == (Outcome.NOTHING, ())
    assert found.need != ()


@pytest.mark.usefixtures("small_catalogue")
@pytest.mark.parametrize("message", ["cần giấy tờ gì", "bao nhiêu tiền vậy", "nộp ở mô", "", "?!"])
def test_a_bare_question_names_no_need(message: str) -> None:
    assert find(message) == Finding(Outcome.NO_NEED)


@pytest.mark.usefixtures("small_catalogue")
@pytest.mark.parametrize(
    "message", ["kết hôn", "báo tử", "cấp lại bằng lái", "bằng lái", "1 000006"]
)
def test_words_of_the_catalogue_are_a_need_even_when_their_letters_are_common(
    message: str,
) -> None:
    # Folded, "kết hôn" looks like "kết (quả)", "hơn": taken for a question about nothing.
    assert find(message).need != ()


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("mất bằng lái xe", "3.000348"),
        ("mat ca vet xe", "1.013080"),
        ("báo tử", "1.000656"),
        ("kết hôn", "1.000894"),
        ("lam giay khai sinh can giay to chi", "1.001193"),
        ("đăng ký tạm trú nộp ở đâu", "1.004194"),
        ("mở quán karaoke", "1.001029"),
    ],
)
def test_what_ships_answers_common_needs(message: str, code: str) -> None:
    assert outcome(find(message)) == (Outcome.FOUND, [code])


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize(
    "message", ["sổ đỏ", "giấy phép xây dựng", "căn cước", "muốn thành lập công ty TNHH"]
)
def test_what_may_mean_several_is_asked_back(message: str) -> None:
    kind, codes = outcome(find(message))
    assert kind is Outcome.SEVERAL
    assert 2 <= len(codes) <= 5


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize(
    "message",
    [
        "thời tiết ngày mai thế nào",
        "gia vang hom nay",
        "xe ô tô tới hạn đăng kiểm",
        "xin visa đi mỹ",
    ],
)
def test_what_lies_outside_is_not_answered_with_the_nearest_procedure(message: str) -> None:
    assert find(message).outcome is Outcome.NOTHING


@pytest.mark.usefixtures("small_catalogue")
@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("đổi giấy phép lái xe", "1.000005"),
        ("gia hạn giấy phép kinh doanh rượu", "1.000008"),
    ],
)
def test_an_exchange_is_not_answered_with_something_else_unasked(message: str, code: str) -> None:
    kind, codes = outcome(find(message))
    assert (kind, codes[0]) == (Outcome.SEVERAL, code)
    assert len(codes) >= 2


@pytest.mark.usefixtures("small_catalogue")
@pytest.mark.parametrize("message", ["em bé mới chào đời", "khai sinh cho con bộ đội"])
def test_a_word_that_only_looks_like_an_exchange_is_none(message: str) -> None:
    # "đời" and "đội" fold to "doi" as "đổi" does; their accents tell them apart.
    assert outcome(find(message)) == (Outcome.FOUND, ["1.000001"])


@pytest.mark.usefixtures("small_catalogue")
def test_an_exchange_is_found_where_the_catalogue_has_it() -> None:
    write(*PROCEDURES, procedure("1.000009", "Đổi giấy phép lái xe", level="province"))
    assert outcome(find("đổi giấy phép lái xe")) == (Outcome.FOUND, ["1.000009"])


@pytest.mark.usefixtures("small_catalogue")
def test_twins_are_shown_once() -> None:
    found = [match.code for match in search("cấp giấy phép kinh doanh rượu", 8)]
    assert found[0] == "1.000008"
    assert "1.000007" not in found


@pytest.mark.usefixtures("small_catalogue")
def test_search_keeps_to_its_limit() -> None:
    assert len(search("đăng ký", 2)) == 2


@pytest.mark.usefixtures("small_catalogue")
def test_changes_of_the_catalogue_are_searchable_at_once() -> None:
    assert find("nuôi tôm hùm").outcome is Outcome.NOTHING
    write(*PROCEDURES, procedure("1.000009", "Đăng ký nuôi tôm hùm lồng bè"))
    assert outcome(find("nuôi tôm hùm")) == (Outcome.FOUND, ["1.000009"])
    write(*PROCEDURES)
    assert find("nuôi tôm hùm").outcome is Outcome.NOTHING


@pytest.mark.usefixtures("small_catalogue")
def test_another_database_has_another_index(
    monkeypatch: pytest.MonkeyPatch, database_ready: Settings
) -> None:
    assert find("đăng ký khai sinh").outcome is Outcome.FOUND
    url = f"sqlite:///{database_ready.var_dir / 'other.db'}"
    monkeypatch.setenv("BOT_DATABASE_URL", url)
    settings.settings.cache_clear()
    upgrade()
    write(procedure("2.000001", "Đăng ký khai sinh"), procedure("2.000002", "Nuôi cá"))
    assert outcome(find("đăng ký khai sinh")) == (Outcome.FOUND, ["2.000001"])


@pytest.mark.usefixtures("database_ready")
def test_an_empty_catalogue_has_nothing() -> None:
    assert find("đăng ký khai sinh").outcome is Outcome.NOTHING
    assert search("đăng ký khai sinh") == []


@pytest.mark.usefixtures("fresh_settings")
def test_a_database_without_tables_is_said_to_be_unavailable() -> None:
    with pytest.raises(database.DatabaseUnavailable):
        find("đăng ký khai sinh")


@pytest.mark.usefixtures("database_ready")
def test_every_phrase_of_the_seed_names_a_need() -> None:
    load_seed()
    procedures = read_all_procedures(SEED_DIR / "procedures")
    phrases = {name for p in procedures for name in (p.name, p.plain_name, *p.aliases)}
    codes = {p.code for p in procedures}
    phrases |= {phrase for code, phrase in read_phrases(SEED_DIR / "phrases") if code in codes}
    assert sorted(p for p in phrases if find(p).outcome is Outcome.NO_NEED) == []


@pytest.mark.usefixtures("database_ready")
def test_every_phrase_of_a_curated_procedure_leads_to_it() -> None:
    load_seed()
    lost = []
    for item in read_all_procedures(SEED_DIR / "procedures"):
        for phrase in (item.name, item.plain_name, *item.aliases):
            matches: list[Match] = search(phrase, 5)
            if item.code not in [match.code for match in matches]:
                lost.append((item.code, phrase))
    assert lost == []


@pytest.mark.usefixtures("small_catalogue")
def test_a_part_of_a_code_that_several_have_is_asked_back() -> None:
    write(*PROCEDURES, procedure("1.000060", "Cấp giấy A"), procedure("1.000061", "Cấp giấy B"))
    assert outcome(find("mã 1.00006")) == (Outcome.SEVERAL, ["1.000060", "1.000061"])
    assert outcome(find("000060 phí bao nhiêu")) == (Outcome.FOUND, ["1.000060"])


@pytest.mark.usefixtures("shipped_seed")
@pytest.mark.parametrize("message", ["giấy phép xây dựng", "thành lập công ty TNHH"])
def test_words_that_several_names_share_say_nothing_of_which(message: str) -> None:
    found = find(message)
    assert found.outcome is Outcome.SEVERAL
    words = vn.fold(vn.normalise(message))
    assert all(words in vn.fold(vn.normalise(m.official_name)) for m in found.matches)


@pytest.mark.usefixtures("small_catalogue")
def test_a_vague_need_is_asked_back_on_with_its_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    # Said of one procedure word for word, and still no answer: the words do not tell which.
    with database.begin() as connection:
        companions.replace_aliases(connection, STAFF, [("1.000003", "giấy của hai vợ chồng")])
    assert outcome(find("giay cua hai vo chong")) == (Outcome.FOUND, ["1.000003"])
    needs = [
        ("giấy của hai vợ chồng", ("1.000003", "1.000001", "9.999999")),
        ("đăng ký khai tử", ("1.000002", "9.999999")),
    ]
    monkeypatch.setattr(finder, "read_vague", lambda _: needs)
    write(*PROCEDURES, procedure("1.000099", "Thủ tục khác"))
    choices = (Outcome.SEVERAL, ["1.000003", "1.000001"])
    assert outcome(find("Tui muốn hỏi giấy của hai vợ chồng")) == choices
    assert outcome(find("đăng ký khai tử")) == (Outcome.FOUND, ["1.000002"]), "one choice is none"


def test_what_ships_as_vague_is_of_the_catalogue_and_no_phrase() -> None:
    phrases = {vn.fold(vn.normalise(phrase)) for _, phrase in read_phrases(SEED_DIR / "phrases")}
    needs = list(read_vague(SEED_DIR / "vague.tsv"))
    assert len(needs) > 1500
    assert [need for need, _ in needs if vn.fold(vn.normalise(need)) in phrases] == []
    assert [need for need, codes in needs if len(codes) > 6] == []
