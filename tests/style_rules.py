"""The mechanical parts of the style sheet (docs/phong-cach.md) as rules over what the bot says.

A rule takes one text and returns what breaks it, in words; every rule is run over every file and
has an example that it must catch. The style sheet's own examples and tables are used here, too,
so that sheet and test cannot drift apart.
"""

from __future__ import annotations

import functools
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import text as vn
from bot.settings import PROJECT_ROOT

SHEET = PROJECT_ROOT / "docs" / "phong-cach.md"
SEED = PROJECT_ROOT / "bot" / "catalogue" / "seed"
UNITS = PROJECT_ROOT / "bot" / "offices" / "seed" / "administrative_units.csv"
GENERAL, LIFE_EVENTS = SEED / "general.yml", SEED / "life_events.yml"
FILES = [*sorted((PROJECT_ROOT / "domain").glob("*.yml")), GENERAL, LIFE_EVENTS]

# Limits that the sheet names (see `test_the_sheet_names_the_limits`).
WORDS_A_SENTENCE = 25
WORDS_A_REPLY = 110
SENTENCES_A_LINE = 4
SENTENCES_BEFORE_A_LIST = 3
SENTENCES_AN_ITEM = 2
LIST_ITEMS = 7
LINES = 9
BUTTONS = 4
BUTTON_LENGTH = 25
HEADING_WORDS = 8

# What a text is: it decides where full stops stand and whether it may begin in the middle.
RESPONSE, FRAGMENT, HTTP, SEED_TEXT, TITLE = "response", "fragment", "http", "seed", "title"
PLACEHOLDER = re.compile(r"\{\w+\}")
LINK = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org)\b(?:/\S*)?")
CITED = re.compile(r"“[^”]*”")
# A numbered law or form: "118/2025/NĐ-CP", "TP-TK1".
NUMBERED = re.compile(r"\b\d+/\S+|\b\w+-\w*\d\w*")
ITEM = re.compile(r"- |\d+\. ")


@dataclass(frozen=True)
class Said:
    """A text that citizens read, with the buttons below it as (title, payload)."""

    name: str
    text: str
    kind: str = RESPONSE
    buttons: tuple[tuple[str, str], ...] = ()
    channel: str = ""

    @property
    def filled(self) -> str:
        """The text with a capital X for each placeholder."""
        return PLACEHOLDER.sub("X", self.text)

    @property
    def own_words(self) -> str:
        """The text without placeholders, addresses of pages and what stands in quotation marks."""
        return CITED.sub("", LINK.sub("", PLACEHOLDER.sub("", self.text)))


Rule = Callable[[Said], list[str]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    RULES.append(function)
    return function


# Reading


def _of_domain(path: Path) -> Iterator[Said]:
    document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for name, variants in (document.get("responses") or {}).items():
        for number, variant in enumerate(variants, start=1):
            yield from _of_variant(name if len(variants) == 1 else f"{name}#{number}", variant)


def _of_variant(name: str, variant: dict[str, Any]) -> Iterator[Said]:
    kind = RESPONSE
    if name.startswith("utter_fragment_"):
        kind = FRAGMENT
    elif name.startswith("utter_http_"):
        kind = HTTP
    buttons = tuple((str(b["title"]), str(b["payload"])) for b in variant.get("buttons") or ())
    channel = variant.get("channel", "")
    yield Said(name, str(variant.get("text", "")), kind, buttons, channel)
    for title, _ in buttons:
        yield Said(f"{name} [{title}]", title, TITLE, channel=channel)


def _of_general(path: Path) -> Iterator[Said]:
    for item in yaml.safe_load(path.read_text(encoding="utf-8")):
        yield Said(item["topic"], item["text"].rstrip("\n"), SEED_TEXT)


def _of_life_events(path: Path) -> Iterator[Said]:
    for event in yaml.safe_load(path.read_text(encoding="utf-8")):
        yield Said(event["key"], event["name"], TITLE)
        for step in event["steps"]:
            yield Said(f"{event['key']}/{step['code']}", step["why"], SEED_TEXT)


@functools.cache
def said_in(path: Path) -> tuple[Said, ...]:
    read = {GENERAL: _of_general, LIFE_EVENTS: _of_life_events}.get(path, _of_domain)
    return tuple(read(path))


@functools.cache
def vocabulary() -> dict[str, Any]:
    """Intents and entities of domain.yml, as they are today."""
    return yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))


@functools.cache
def sheet() -> str:
    return SHEET.read_text(encoding="utf-8")


@functools.cache
def column_of(heading: str) -> tuple[str, ...]:
    """First column of the table below a heading of the sheet."""
    part = sheet().split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\|([^|]+)\|", part, re.MULTILINE)
    return tuple(cell.strip() for cell in rows[2:])


# Helpers of the rules


def sentences(line: str) -> list[str]:
    """Sentences of a line; what a colon introduces is one of its own, a semicolon is not."""
    line = ITEM.sub("", line, count=1) if ITEM.match(line) else line
    return [part for part in re.split(r"(?<=[.?!…:])\s+", line) if part.strip()]


def items(text: str) -> list[str]:
    """Lines of lists, numbered or not."""
    return [line for line in text.split("\n") if ITEM.match(line)]


def found(pattern: str, text: str, flags: int = 0) -> list[str]:
    return [f"“{match[0]}”" for match in re.finditer(pattern, text, flags)]


def words_found(terms: str, text: str) -> list[str]:
    return found(rf"(?<!\w)(?:{terms})(?!\w)", text, re.IGNORECASE)


# Who speaks to whom, and how


@rule
def no_wrong_address(said: Said) -> list[str]:
    terms = (
        r"bạn(?! bè| đời)|các bạn|quý khách|quý vị|quý công dân|quý anh/chị|mày|mi|tao|tớ|ông/bà"
        r"|cô/chú|người dùng|anh chị(?! em)|chị/anh|a/c"
    )
    return words_found(terms, said.own_words)


@rule
def no_other_name_for_the_bot(said: Said) -> list[str]:
    return words_found(r"tôi|tui|chúng tôi|chúng em|bot|chatbot|robot", said.own_words)


@rule
def no_exclamation_marks(said: Said) -> list[str]:
    return found(r"[^\s]*[!！]", said.text)


@rule
def no_chatter(said: Said) -> list[str]:
    return words_found(r"nhé|nha(?! khoa)|nè|hihi|haha|hehe|hì hì|ha ha|oke?|okay", said.own_words)


@rule
def no_pictures(said: Said) -> list[str]:
    # A box to tick may begin a line.
    text = re.sub("^☐ ", "", said.text, flags=re.MULTILINE)
    odd = [c for c in text if unicodedata.category(c) in ("So", "Sk", "Cn", "Co")]
    return [f"U+{ord(c):04X}" for c in odd] + found(r"[:;]-?[)(D](?!\w)", text)


@rule
def polite_words_once(said: Said) -> list[str]:
    counts = {
        word: len(words_found(word, said.own_words)) for word in ("xin lỗi", "ạ", "dạ", "cảm ơn")
    }
    return [f"{word} × {count}" for word, count in counts.items() if count > 1]


# Length


@rule
def sentences_are_short(said: Said) -> list[str]:
    lengths = [
        (len(sentence.split()), sentence)
        for line in said.filled.split("\n")
        for sentence in sentences(line)
    ]
    return [f"{n} words: {sentence}" for n, sentence in lengths if n > WORDS_A_SENTENCE]


@rule
def replies_are_short(said: Said) -> list[str]:
    words, lines = len(said.filled.split()), said.text.count("\n") + 1
    long = [f"{words} words"] if words > WORDS_A_REPLY else []
    return long + ([f"{lines} lines"] if lines > LINES else [])


@rule
def few_sentences_before_a_list(said: Said) -> list[str]:
    lines = said.text.split("\n")
    starts = [i for i, line in enumerate(lines) if ITEM.match(line) or line == "{lines}"]
    count = sum(len(sentences(line)) for line in lines[: starts[0]]) if starts else 0
    return [f"{count} sentences before the list"] if count > SENTENCES_BEFORE_A_LIST else []


@rule
def few_sentences_in_a_line(said: Said) -> list[str]:
    broken = []
    for line in said.filled.split("\n"):
        if line.startswith("Nguồn"):
            continue
        # An item may have a lead ("Nộp tại quầy: …"); the source at the end counts for nothing.
        item = ITEM.match(line)
        said_first = line[item.end() if item else 0 :].partition(" Nguồn: ")[0]
        count = len(re.findall(r"[.?!…](?=\s|$)", said_first))
        if count > (SENTENCES_AN_ITEM if item else SENTENCES_A_LINE):
            broken.append(f"{count} sentences: {line}")
    return broken


@rule
def lists_are_short(said: Said) -> list[str]:
    count = len(items(said.text))
    return [f"{count} items"] if count > LIST_ITEMS else []


# Words


@rule
def no_officialese(said: Said) -> list[str]:
    return words_found("|".join(map(re.escape, column_of("Từ ngữ"))), said.own_words)


@rule
def abbreviations_are_spelt_out(said: Said) -> list[str]:
    """Capitals that the sheet does not allow and that do not stand in brackets at first use."""
    # Names of the interface stand in its messages.
    allowed = {*column_of("Chữ viết tắt"), *(["JSON"] if said.kind == HTTP else [])}
    broken = []
    text = NUMBERED.sub("", LINK.sub("", said.text))
    for match in re.finditer(r"(?<![\w.])[^\W\d_]{2,}(?![\w.]\w)", text):
        short = match[0]
        if f"({short})" in said.text:
            allowed.add(short)
        if short.isupper() and short not in allowed:
            broken.append(f"“{short}”")
    return broken


@rule
def no_spellings_of_a_chat(said: Said) -> list[str]:
    """What the bot understands as an abbreviation, teen-code or dialect, it does not write."""
    allowed = {short.lower() for short in column_of("Chữ viết tắt")}
    allowed |= {match[1].lower() for match in re.finditer(r"\((\w+)\)", said.text)}
    lower = [word for word in vn.words(said.own_words) if not word.isupper()]
    return [f"“{w}”" for w in lower if w.lower() in vn.ABBREVIATIONS and w.lower() not in allowed]


_ONSET = r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnprstvx])?"
_SYLLABLE = re.compile(rf"{_ONSET}[aăâeêioôơuưy]{{1,3}}(?P<end>ch|ng|nh|[cmnpt])?")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_STOPPED = frozenset("\u0301\u0323")
# Loan words without a plain Vietnamese one, and names.
_LOANS = {"web", "zalo", "internet", "karaoke", "gas", "axit", "video", "homestay", "ctrl"}


@functools.cache
def place_words() -> frozenset[str]:
    """Words of the province's place names: "Đăk", "Plông"."""
    return frozenset(re.findall(r"[^\W\d_]+", UNITS.read_text(encoding="utf-8")))


def is_vietnamese(word: str) -> bool:
    """Whether a word is a Vietnamese syllable: "tục" is, "form", "link" and "bot" are not."""
    apart = unicodedata.normalize("NFD", word.lower())
    tones = set(_TONES.findall(apart))
    match = _SYLLABLE.fullmatch(unicodedata.normalize("NFC", _TONES.sub("", apart)))
    if match is None or len(tones) > 1:
        return False
    # Syllables that end in c, ch, p, t bear the tone sắc or nặng.
    return match["end"] not in ("c", "ch", "p", "t") or bool(tones & _STOPPED)


@rule
def no_foreign_words(said: Said) -> list[str]:
    unaccented = bool(said.channel) and not vn.is_accented(said.text)
    if said.kind == HTTP or unaccented:  # parameters' names; a telephone's plain text
        return []
    allowed = {*_LOANS, *(short.lower() for short in column_of("Chữ viết tắt"))}
    broken = [
        word
        for word in re.findall(r"(?<![\w.])[^\W\d_]+(?!\w)", said.own_words)
        if not (word.lower() in allowed or word in place_words() or is_vietnamese(word))
    ]
    return [f"“{word}”" for word in broken if len(word) > 1 and not word.isupper()]


@rule
def no_offices_of_the_past(said: Said) -> list[str]:
    """Districts and merged departments, unless the sentence says that the name is an old one."""
    terms = "|".join(map(re.escape, column_of("Tên cơ quan, địa phương")))
    broken = []
    for sentence in (s for line in said.own_words.split("\n") for s in sentences(line)):
        if not words_found("cũ|trước đây", sentence):
            broken += words_found(terms, sentence)
    return broken


# Numbers, dates, codes, sources


@rule
def dates_are_written_in_figures(said: Said) -> list[str]:
    text = LINK.sub("", said.text)
    broken = found(r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[.-]\d{1,2}[.-]\d{4}\b", text)
    broken += found(r"ngày \d{1,2} tháng \d{1,2}(?: năm \d+)?|ngày \d{1,2}/\d{1,2}(?![/\d])", text)
    for day, month, year in re.findall(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{2,4})(?![\d/])", text):
        right = len(day) == len(month) == 2 and len(year) == 4 and day < "32" and month < "13"
        broken += [] if right else [f"“{day}/{month}/{year}”"]
    return broken


@rule
def times_are_written_in_figures(said: Said) -> list[str]:
    patterns = r"\b\d{1,2}\s?[hH]\d{0,2}\b|\b\d{1,2} giờ \d{1,2}\b|\b\d{1,2} giờ rưỡi\b"
    return found(patterns, said.text) + found(r"(?<![\d:.])\d:\d\d\b", said.text)


@rule
def money_is_written_in_dong(said: Said) -> list[str]:
    broken = found(r"\d[\d.,]*\s?(?:đ|vnđ|vnd|k|ngàn|nghìn)(?!\w)", said.text, re.IGNORECASE)
    broken += words_found("vnđ|vnd", said.text)
    for number in re.findall(r"(?<![\d.,])(\d[\d.,]*) đồng(?!\w)", said.text):
        right = re.fullmatch(r"\d{1,3}(?:\.\d{3})*(?:,\d{1,2})?", number)
        broken += [] if right else [f"“{number} đồng”"]
    return broken


@rule
def codes_and_telephones_are_written_one_way(said: Said) -> list[str]:
    broken = [
        code
        for code in re.findall(r"\S*H48\S*", said.text)
        if re.search(r"\d{6}", code)
        and not re.match(r"(?:000\.00\.\d\d\.)?H48(?:\.\d{2,3})?-\d{6}-\d{4}(?!\d)", code)
    ]
    broken += found(r"(?<![\d.,-])[1-9][, ]?\d{6}(?!\d)", said.text)
    return broken + found(r"1800[.-]?1096|10-?22(?<!1022)", said.text)


@rule
def sources_have_a_day(said: Said) -> list[str]:
    form = r"Nguồn(?: [^:]+)?: \{\w*source\}, (?:kiểm tra|cập nhật) ngày \{\w+\}\."
    # "Nguồn dữ liệu chưa công bố …" is no statement of a source.
    stated = re.findall(r"Nguồn(?: về [^:\n]+)?: [^\n]*", said.text)
    return [line for line in stated if not re.match(form, line)]


# Spelling and punctuation


@rule
def text_is_composed(said: Said) -> list[str]:
    broken = [] if unicodedata.is_normalized("NFC", said.text) else ["not NFC"]
    odd = [c for c in said.text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zs")]
    return broken + [f"U+{ord(c):04X}" for c in odd if c != " "]


@rule
def tones_stand_where_most_write_them(said: Said) -> list[str]:
    return [f"“{w}”" for w in vn.words(said.text.lower()) if vn.tone_style(w) != w]


@rule
def quotation_marks_are_curly(said: Said) -> list[str]:
    broken = found(r"""["'«»‘’`]""", said.text)
    return broken + found(r"“[^”]*(?:“|$)|(?:^|”)[^“]*”", said.text)


@rule
def brackets_are_closed(said: Said) -> list[str]:
    return ["( and )"] if said.text.count("(") != said.text.count(")") else []


@rule
def spaces_are_single(said: Said) -> list[str]:
    broken = found(r"\S*(?:  +| +(?=\n|$))", said.text)
    # Some pieces are glued to a sentence and begin with its space.
    return broken + ([] if said.kind == FRAGMENT else found(r"(?m)^ \S*", said.text))


@rule
def no_space_before_punctuation(said: Said) -> list[str]:
    return found(r"\S+\s+[,.;:?!…)”](?!\w)|[(“]\s\S*", said.filled)


@rule
def a_space_follows_punctuation(said: Said) -> list[str]:
    text = LINK.sub("", PLACEHOLDER.sub("", said.text))
    return found(r"\S*[,;:?][^\W\d_]\S*|\w*[^\W\d_]\.[A-ZĐÀ-Ỹ]\w*", text)


@rule
def dots_and_dashes_are_plain(said: Said) -> list[str]:
    return found(r"\S*\.\.+|\S*[—–]|(?m:^[•*+·] ?\S*)", said.text) + found(
        r"[^\n]*;[^\n.?]*;[^\n]*", said.text
    )


@rule
def lines_begin_with_a_capital(said: Said) -> list[str]:
    # A piece is put into the middle of a sentence as often as at its beginning.
    lines = said.filled.split("\n") if said.kind != FRAGMENT else items(said.filled)
    starts = [start for line in lines for start in [*sentences(line)][:1]]
    starts += re.findall(r"(?<=[^\d][.?!] )\S+", said.filled)
    return [f"“{start[:30]}”" for start in starts if start[:1].islower()]


def is_heading(said: Said) -> bool:
    """A few words over a part of a page, not a sentence and nobody's address."""
    if said.kind != RESPONSE or said.buttons or len(said.filled.split()) > HEADING_WORDS:
        return False
    return not re.search(r"[.?!]|\n|^- ", said.text) and not words_found("em|anh/chị", said.text)


@rule
def lines_end_with_a_full_stop(said: Said) -> list[str]:
    """Sentences do, also in lists that stand in the wording; headings and pieces do not."""
    lines = said.text.split("\n")
    if is_heading(said):
        return []
    if said.kind == TITLE:
        return [line for line in lines if re.search(r"[.,;:?!…]$", line)]
    if said.kind == FRAGMENT:
        # Pieces of a list hold data, often shortened or in brackets.
        return [line for line in items(said.text) if line.endswith(".")]
    return [line for line in lines if not re.search(r"(?:[.?:]|[.]\)|\}|^)$", line)]


# Buttons


@rule
def buttons_are_few_and_distinct(said: Said) -> list[str]:
    titles, payloads = {t for t, _ in said.buttons}, {p for _, p in said.buttons}
    broken = [f"{len(said.buttons)} buttons"] if len(said.buttons) > BUTTONS else []
    same = len(titles) < len(said.buttons) or len(payloads) < len(said.buttons)
    return broken + (["two buttons are the same"] if same else [])


@rule
def button_titles_are_short(said: Said) -> list[str]:
    return [f"{len(t)}: {t}" for t, _ in said.buttons if not 2 <= len(t) <= BUTTON_LENGTH]


@rule
def button_payloads_are_understood(said: Said) -> list[str]:
    return [payload for _, payload in said.buttons if not _is_understood(payload)]


def _is_understood(payload: str) -> bool:
    """An intent with entities of the domain, or a message as a citizen would write it."""
    if not payload.startswith("/"):
        return " " in payload and not re.search(r"[_{}]", payload)
    # Rasa fills in keywords: braces that are meant to stay are doubled.
    match = re.fullmatch(r"/(\w+)(\{.*\})?", payload.replace("{{", "{").replace("}}", "}"))
    if match is None or match[1] not in vocabulary()["intents"]:
        return False
    try:
        values = json.loads(match[2] or "{}")
    except ValueError:
        return False
    known = {next(iter(e)) if isinstance(e, dict) else e for e in vocabulary()["entities"]}
    return set(values) <= known | set(vocabulary()["slots"])
