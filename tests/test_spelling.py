"""Left-overs of Telex and VNI: what they spell, and what is none."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import lru_cache

import pytest

from bot import spelling
from bot import text as vn
from bot.catalogue.seed_import import SEED_DIR

TONES = {"\u0301": "s1", "\u0300": "f2", "\u0309": "r3", "\u0303": "x4", "\u0323": "j5"}
SHAPES = {
    "â": ("aa", "a6"), "ă": ("aw", "a8"), "ê": ("ee", "e6"), "ô": ("oo", "o6"),
    "ơ": ("ow", "o7"), "ư": ("uw", "u7"), "đ": ("dd", "d9"),
}  # fmt: skip
# English and trade words, names, abbreviations; behind them words that no keystrokes spell
# wholly, or that are bare Vietnamese.
NO_TELEX = (
    "gas bus box tax max mix pos sms web wifi visa file word form online email zalo facebook app"
    " bot ok otp vneid fax inox axit taxi robot video scan photo laptop internet website google"
    " shopee momo zoom wave windows iphone container logistics golf free show tour view work ems"
    " ups bar air cor download gps pdf apps vsip doosan napas ielts aj vj tw as os is"
    " so duoc viet giayas thoonong dduoc bieet xoong boong loong kroong hoà cáoo wax law"
    " w s x h48 señor привет 你好"
)
NO_VNI = (
    "h48 a1 b2 ct07 tk1 dc02 c3 m2 76c1 k25 1.001193 h48.16-230512-0003 60/2014/qh13 30/4 nd61"
    " ngay16 ngay25 thang12 lop6 quan10 2024 8h30 100m2 covid19 mp3 h5n1 a61 d99 dd96 to66 to123"
    " te7t đất dat win11 vsip2 6 d9"
)


def typed(word: str, method: int) -> str:
    """The keystrokes of a word in Telex (0) or VNI (1), the tone's at its end."""
    tones = [c for c in unicodedata.normalize("NFD", word) if c in TONES]
    letters = "".join(c for c in unicodedata.normalize("NFD", word) if c not in TONES)
    keys = [SHAPES[c][method] if c in SHAPES else c for c in unicodedata.normalize("NFC", letters)]
    return "".join(keys + [TONES[tone][method] for tone in tones])


@lru_cache(maxsize=1)
def phrases() -> tuple[str, ...]:
    """Every phrase that a citizen might say, as the catalogue has it, without its code."""
    files = sorted((SEED_DIR / "phrases").glob("*.tsv"))
    lines = (line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    return tuple(line.split("\t")[-1] for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=1)
def phrase_words() -> Counter[str]:
    """Lower-case words of the phrases, with how often they stand there."""
    return Counter(word for phrase in phrases() for word in vn.words(vn.nfc(phrase).lower()))


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("ddaats", "đất"),
        ("giaays", "giấy"),
        ("muoons", "muốn"),
        ("hoo", "hô"),
        ("phis", "phí"),
        ("dduwowcj", "được"),
        ("dduowcj", "được"),
        ("nhaanj", "nhận"),
        ("khoong", "không"),
        ("nguwowif", "người"),
        ("nguowif", "người"),
        ("trwowcs", "trước"),
        ("nhw", "như"),
        ("thuowr", "thuở"),
        ("suwar", "sửa"),
        ("quyeets", "quyết"),
        ("quar", "quả"),
        ("gif", "gì"),
        ("giaf", "già"),
        ("gieengs", "giếng"),
        ("hoaf", "hòa"),
        ("toans", "toán"),
        ("uyr", "ủy"),
        ("ys", "ý"),
        ("oo", "ô"),
        ("xax", "xã"),
        # An input method that began late, or stopped early.
        ("đaats", "đất"),
        ("ddất", "đất"),
        ("giâys", "giấy"),
        ("đưocj", "được"),
        ("sơr", "sở"),
        # Marks that are typed where they come to mind.
        ("muoosn", "muốn"),
        ("chuwsc", "chức"),
        ("nguoiwf", "người"),
    ],
)
def test_telex_is_decoded(keys: str, word: str) -> None:
    assert spelling.from_telex(keys) == word


@pytest.mark.parametrize("word", [*NO_TELEX.split(), "", "1.001193"])
def test_other_words_are_no_telex(word: str) -> None:
    assert spelling.from_telex(word) == word


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("ho62", "hồ"),
        ("to6i", "tôi"),
        ("d9a61t", "đất"),
        ("d9at61", "đất"),
        ("đa61t", "đất"),
        ("nop65", "nộp"),
        ("xu73", "xử"),
        ("d9u7o7c5", "được"),
        ("d9uoc75", "được"),
        ("ngu7o7i2", "người"),
        ("nguoi72", "người"),
        ("gi6ay1", "giấy"),
        ("ba8ng2", "bằng"),
        ("quye61t", "quyết"),
    ],
)
def test_vni_is_decoded_for_sure(keys: str, word: str) -> None:
    assert spelling.from_vni(keys) == word
    assert spelling.is_surely_vni(keys)


@pytest.mark.parametrize(
    ("keys", "word"),
    [("so7", "sơ"), ("ly1", "lý"), ("co1", "có"), ("o73", "ở"), ("thon6", "thôn"), ("la2", "là")],
)
def test_vni_that_may_be_a_numbered_thing_is_a_guess(keys: str, word: str) -> None:
    assert spelling.from_vni(keys) == word
    assert not spelling.is_surely_vni(keys)


@pytest.mark.parametrize("word", [*NO_VNI.split(), ""])
def test_codes_and_numbers_are_no_vni(word: str) -> None:
    assert spelling.from_vni(word) == word


def test_words_of_correct_vietnamese_are_no_keystrokes() -> None:
    words = phrase_words()
    assert len(words) > 2000
    assert [word for word in words if spelling.from_telex(word) != word] == []
    # Guesses such as "ct1" would be harmless: they need a sure word beside them.
    assert [w for w in words if spelling.from_vni(w) != w and spelling.is_surely_vni(w)] == []


def test_phrases_read_the_same_without_those_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    read = [vn.normalise(phrase) for phrase in phrases()]
    assert len(read) > 20_000
    vn._normalised_word.cache_clear()
    monkeypatch.setattr(vn, "from_telex", lambda word: word)
    monkeypatch.setattr(vn, "from_vni", lambda word: word)
    try:
        changed = [p for p, said in zip(phrases(), read, strict=True) if vn.normalise(p) != said]
    finally:
        vn._normalised_word.cache_clear()
    assert changed == []


@pytest.mark.parametrize("method", [0, 1])
def test_what_is_typed_is_decoded_to_what_was_meant(method: int) -> None:
    decode = (spelling.from_telex, spelling.from_vni)[method]
    kept: dict[str, str] = {}
    lost: dict[str, int] = {}
    tried = 0
    for word, times in phrase_words().items():
        keys = typed(word, method)
        if len(keys) < 3 or keys == word or keys[-1] not in "sfrxj12345":
            continue
        tried += 1
        if keys in spelling.KEPT:
            kept[keys] = word
        elif decode(keys) != vn.tone_style(word):
            lost[word] = times
    assert tried > 1000
    assert len(kept) <= len(spelling.KEPT)
    # Loans ("goòng", "moóc") and words cut off are no syllables: few, and rarely said.
    assert len(lost) < tried / 50
    assert max(lost.values(), default=0) < 10
