"""Guidance as data: where it comes from, how it reads, and whose words lead to it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from bot.catalogue import guidance
from bot.catalogue.national_import import read_index
from bot.catalogue.seed_files import SEED_DIR
from bot.catalogue.seed_import import read_general_facts, read_pairs
from bot.settings import Settings
from bot.vocabulary import VocabularyError

FACTS = {
    name: (text, source) for name, text, source in read_general_facts(SEED_DIR / "general.yml")
}
GUIDES = {
    name: fact
    for name, fact in FACTS.items()
    if name not in ("payment", "online_services_2022") and not name.startswith("danger.")
}
NARROWER = [name for name in GUIDES if "." in name]
MESSAGES = list(read_pairs(Path(__file__).with_name("guidance_messages.tsv"), "\t"))


def general(topic: str) -> str:
    return topic.partition(".")[0]


def test_there_is_enough_of_it() -> None:
    assert 25 <= len(GUIDES) <= 50
    assert {general(name) for name in NARROWER} <= set(GUIDES)


@pytest.mark.parametrize("name", GUIDES)
def test_a_text_is_a_short_list_of_steps(name: str) -> None:
    lines = GUIDES[name][0].splitlines()
    assert 3 <= len(lines) <= 7
    assert [line for line in lines if not line.startswith("- ") or len(line) > 200] == []


@pytest.mark.parametrize("name", GUIDES)
def test_no_topic_is_without_source(name: str) -> None:
    _, source = GUIDES[name]
    assert source.title
    # What this project does itself has no page.
    assert source.url.startswith("http") or name == "privacy.stored"
    assert source.checked_on.isoformat() in ("2026-07-20", "2026-11-29", "2026-11-30")


def test_codes_that_are_cited_are_in_the_national_export(shared_data: Path) -> None:
    index = read_index(shared_data / "national-catalogue-2026-07" / "catalog.jsonl.xz")
    said = " ".join(f"{text} {source.title}" for text, source in GUIDES.values())
    codes = set(re.findall(r"\b\d\.\d{6}\b", said))
    assert len(codes) > 15
    assert codes - set(index) == set()


def test_there_are_enough_messages_for_each_topic() -> None:
    assert len(MESSAGES) >= 150
    assert len({message for message, _ in MESSAGES}) == len(MESSAGES)
    counts = Counter(topic for _, topic in MESSAGES)
    assert set(counts) == set(GUIDES)
    assert {topic: n for topic, n in counts.items() if n < 3} == {}


@pytest.mark.parametrize(("message", "topic"), MESSAGES)
def test_a_message_reaches_its_topic(message: str, topic: str) -> None:
    assert guidance.topic(message, general(topic)) == topic


def test_a_button_asks_for_the_general_topic() -> None:
    assert guidance.topic("/ask_account_help otp", "account") == "account"


def test_words_are_matched_whole_and_only_below_their_topic() -> None:
    assert guidance.topic("tôi otpa gì đó", "account") == "account"
    assert guidance.topic("quên mật khẩu", "receipt") == "receipt"


def test_the_longest_phrase_wins() -> None:
    assert guidance.topic("mã otp", "account") == "account.otp"
    assert guidance.topic("họ bảo đọc mã otp", "account") == "account.scam"


@pytest.mark.parametrize(
    ("message", "name"),
    [
        # Without accents these look like other words.
        ("gõ số điện thoại vô đây có an toàn không", "privacy"),
        ("cho mã otp hoài mà chưa thấy", "account.otp"),
        ("nên kê thêm ghế và quạt", "feedback.suggest"),
        ("hồ sơ đủ điều kiện mà trễ hẹn", "late_dossier"),
        ("hỏi thanh toán lỗi mà chưa được trả lời", "payment_problem"),
        ("tôi ở nước ngoài, quên mật khẩu", "account.password"),
    ],
)
def test_words_that_look_alike_do_not_mislead(message: str, name: str) -> None:
    assert guidance.topic(message, general(name)) == name


def test_a_weak_phrase_yields_to_a_shorter_one() -> None:
    assert guidance.topic("tôi muốn làm tài khoản", "account") == "account.register_level_2"
    assert guidance.topic("con tôi muốn làm tài khoản", "account") == "account.child"


@pytest.mark.usefixtures("shipped_seed")
def test_every_message_is_answered_from_the_database() -> None:
    told = defaultdict(set)
    for message, topic in MESSAGES:
        found = guidance.find(message, general(topic))
        assert found is not None
        told[found[0]].add(found[1:])
    assert told == {name: {fact} for name, fact in GUIDES.items()}


def test_a_fact_that_is_missing_is_not_found(database_ready: Settings) -> None:
    assert guidance.find("quên mật khẩu", "account") is None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("account.moon\tmặt trăng", "account.moon"),
        ("account.otp", "two columns"),
        ("account.otp\tmã otp;;mã khác", "empty"),
        ("account.otp\tmã otp\naccount.scam\tMa OTP", "account.otp, too"),
    ],
)
def test_a_faulty_vocabulary_is_refused(tmp_path: Path, line: str, fault: str) -> None:
    file = tmp_path / "guidance.tsv"
    file.write_text(f"# a comment\n\n{line}\n", encoding="utf-8")
    with pytest.raises(VocabularyError, match=rf"guidance\.tsv, line \d: .*{fault}"):
        guidance.read_phrases(file, set(FACTS))
