"""Papers, authorities, fields and places named in a message, by spaCy's phrase matcher.

spaCy's blank "vi" is given a tokenizer of ours: its own wants pyvi, and names begin and end at
syllables, not at the words of a segmentation. What is written with accents must agree with the
name in them: "số đo" is no "sổ đỏ", while "so do" is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot import text as vn
from bot.codes import Found
from bot.offices.routing import bare
from bot.offices.units_import import SHIPPED, read_units
from bot.vocabulary import Name, read_names

_TOKEN = re.compile(r"\w+|[^\w\s]")
# A commune, ward or district is one behind its kind, or behind a word that leads to a place.
_KINDS = {
    "xa": "Xã", "x": "Xã", "phuong": "Phường", "p": "Phường", "f": "Phường", "huyen": "Huyện",
    "h": "Huyện", "dao": "Đặc khu", "tp": "Thành phố", "tt": "Thị trấn", "tx": "Thị xã",
    "thi tran": "Thị trấn", "thi xa": "Thị xã", "thanh pho": "Thành phố", "dac khu": "Đặc khu",
}  # fmt: skip
_LEADING = frozenset((
    "o", "tai", "que", "ve", "ben", "tren", "duoi", "ngoai", "vo", "vao", "ra", "len", "xuong",
    "tu", "dan", "qua", "toi", "den", "sang", "noi", "trong", "goc", "dia",
))  # fmt: skip
# "Đóng bảo hiểm xã hội" speaks of the insurance, "sổ bảo hiểm xã hội" of the book.
_ALSO_PAID = ("Bảo hiểm xã hội", "Cơ quan thuế")
_NO_AUTHORITY = re.compile(
    r"\b(?:dong|rut|chot|huong|tham gia|mua|so|the|quy|luat|tien|che do|nop|dong tien) $"
)
_PREPOSITIONS = frozenset(("ben", "cho"))
_NEW = ("Xã", "Phường", "Đặc khu")
# Words that stand before a field that is asked for as such.
_FIELD_LEADING = re.compile(
    r"(?:linh vuc|\bmang?|nganh|nhom|\bve|thu tuc)\s(?:[\w, ]{3,30}\sva\s)?$"
)


@dataclass(frozen=True)
class _Place:
    kind: str
    full: str
    spelt: tuple[str, ...]


class SyllableTokenizer:
    """Syllables, numbers and marks are tokens; `NORM` is the folded word."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The document of a text; its words lie where they stand in the text."""
        return self.of(text, list(_TOKEN.finditer(text)))

    def of(self, text: str, matches: Sequence[re.Match[str]]) -> Doc:
        """The document of a text whose words were found already."""
        ends = ([m.start() for m in matches[1:]] + [len(text)])[: len(matches)]
        spaces = [m.end() < end for m, end in zip(matches, ends, strict=True)]
        # Words are looked up by their folded form alone. Of a mark that stands on nothing, none is
        # left, and spaCy wants no empty words.
        words = [vn.fold_word(m.group()) or m.group() for m in matches]
        return Doc(self.vocab, words=words, spaces=spaces)


@spacy.registry.tokenizers("bot.syllables")
def make_tokenizer() -> Callable[[Language], SyllableTokenizer]:
    """What spaCy makes the tokenizer with: its own for "vi" wants pyvi."""
    return lambda nlp: SyllableTokenizer(nlp.vocab)


class Gazetteer:
    """Finds the names of the vocabularies and the units in composed (NFC) texts."""

    def __init__(self, names: Iterable[Name], places: Iterable[str]) -> None:
        """`names` of papers, authorities and fields; `places` are units with their kind."""
        nlp = spacy.blank("vi", config={"nlp": {"tokenizer": {"@tokenizers": "bot.syllables"}}})
        assert isinstance(nlp.tokenizer, SyllableTokenizer)
        self._vocab, self._tokenizer = nlp.vocab, nlp.tokenizer
        self._matcher = PhraseMatcher(self._vocab)
        self._names: dict[str, list[tuple[Name, tuple[str, ...]]]] = defaultdict(list)
        self._places: dict[str, list[_Place]] = defaultdict(list)
        for name in names:
            self._names[self._key(name.name)].append((name, spelling(name.name)))
        for full in places:
            kind = next((k for k in set(_KINDS.values()) if full.startswith(f"{k} ")), "")
            own = full.removeprefix(f"{kind} ")
            self._places[self._key(own)].append(_Place(kind, full, spelling(own)))
        keys = {*self._names, *self._places}
        for key in sorted(keys):
            self._matcher.add(key, [self._tokenizer(key)])

    def _key(self, text: str) -> str:
        return " ".join(vn.fold_word(m.group()) for m in _TOKEN.finditer(vn.nfc(text)))

    def find(self, text: str) -> Iterator[Found]:
        """Names in a composed text, the longest of those that overlap."""
        tokens = list(_TOKEN.finditer(text))
        doc = self._tokenizer.of(text, tokens)
        found: list[Found] = []
        places: list[Found] = []
        for key, start, end in self._matcher(doc):
            line = self._vocab.strings[key]
            spans = tokens[start:end]
            found += self._of_names(text, line, spans)
            places += self._of_places(line, tokens, start, end)
        taken: list[Found] = []
        for item in sorted(found, key=_rank):
            if all(item.end <= other.start or item.start >= other.end for other in taken):
                taken.append(item)
        for item in sorted(places, key=_rank):
            # "công an xã Bình Hải": the authority takes the kind, the place keeps its name.
            before = max((o.end for o in taken if o.start < item.start < o.end), default=0)
            start = item.start if not before else text.find(" ", before - 1) + 1
            item = Found(item.entity, item.value, start, item.end)
            if start < item.end and all(
                item.end <= other.start or item.start >= other.end for other in taken
            ):
                taken.append(item)
        yield from taken

    def _of_names(self, text: str, key: str, spans: Sequence[re.Match[str]]) -> Iterator[Found]:
        start, end = spans[0].start(), spans[-1].end()
        if len(spans) > 1 and vn.fold_word(spans[0].group()) in _PREPOSITIONS:
            start = spans[1].start()
        written = [m.group().lower() for m in spans]
        for name, spelt in self._names.get(key, ()):
            if not agrees(written, spelt, strictly=name.accented_only):
                continue
            if name.value in _ALSO_PAID and _NO_AUTHORITY.search(vn.fold(text[:start])):
                continue
            if name.entity == "field" and not _FIELD_LEADING.search(vn.fold(text[:start])):
                continue
            yield Found(name.entity, name.value, start, end)

    def _of_places(
        self, key: str, tokens: Sequence[re.Match[str]], start: int, end: int
    ) -> Iterator[Found]:
        if key not in self._places:
            return
        written = [m.group().lower() for m in tokens[start:end]]
        known = [place for place in self._places[key] if agrees(written, place.spelt)]
        if not known:
            return
        before = [vn.fold_word(m.group()) for m in tokens[max(0, start - 3) : start]]
        kind, length = _kind_before(before)
        of_kind = [place for place in known if place.kind == kind]
        first = start - length
        # One syllable, as "Kon", needs its kind; others may follow a leading word.
        is_named = bool(kind) or (
            end - start > 1 and (not before or before[-1] in _LEADING or _after_place(before))
        )
        if not is_named or (not before and end < len(tokens) and not kind):
            return
        place = (of_kind or sorted(known, key=lambda p: p.kind not in _NEW))[0]
        if not of_kind:
            first = start
        yield Found("place", place.full, tokens[first].start(), tokens[end - 1].end())


def _rank(found: Found) -> tuple[int, int, bool]:
    """The longest first; a field, which was asked for as one, before an authority."""
    return (found.start - found.end, found.start, found.entity != "field")


def _kind_before(before: Sequence[str]) -> tuple[str, int]:
    """The kind of unit that the words before a name end with, and how many words it takes."""
    words = list(before)
    dots = 0
    if words and words[-1] == ".":
        words.pop()
        dots = 1
    if len(words) > 1 and f"{words[-2]} {words[-1]}" in _KINDS:
        return _KINDS[f"{words[-2]} {words[-1]}"], 2 + dots
    if words and words[-1] == "dao":  # an island's own word, no part of the unit's name
        return _KINDS["dao"], 0
    if words and words[-1] in _KINDS:
        return _KINDS[words[-1]], 1 + dots
    return "", 0


def _after_place(before: Sequence[str]) -> bool:
    """Whether a comma or a dash leads on from a place: "Bình Hải, Bình Sơn"."""
    return before[-1] in (",", "-") and len(before) > 1


def spelling(name: str) -> tuple[str, ...]:
    """The words of a name, lower case, tones where most writers put them."""
    return tuple(vn.tone_style(m.group().lower()) for m in _TOKEN.finditer(vn.nfc(name)))


def agrees(written: Sequence[str], wanted: Sequence[str], *, strictly: bool = False) -> bool:
    """Whether words (lower case) are those of a `spelling`; one without accents may be any.

    `strictly`: each word must bear the name's accents.
    """
    return len(wanted) == len(written) and all(
        vn.tone_style(word) == other or (not strictly and vn.fold_word(word) == word)
        for word, other in zip(written, wanted, strict=True)
    )


def _place_names() -> Iterator[str]:
    seen = set()
    for unit in read_units(SHIPPED):
        for name in (unit.old_district, unit.old_ward, unit.new_ward):
            if name and name not in seen and bare(name):
                seen.add(name)
                yield name


def default_gazetteer() -> Gazetteer:
    """The gazetteer of the vocabularies and units that ship with the project."""
    return Gazetteer(read_names(), _place_names())
