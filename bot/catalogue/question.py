"""The words of a question that name its need, without those that only ask."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot import text as vn
from bot.catalogue.seed_files import SEED_DIR, data_lines
from bot.vocabulary import FOLDER


class PhraseTable:
    """Folded phrases, each with words to stand in its place; the longest is taken first."""

    def __init__(self, entries: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._entries: dict[str, list[tuple[tuple[str, ...], list[str]]]] = defaultdict(list)
        for phrase, words in entries:
            if phrase:
                self._entries[phrase[0]].append((tuple(phrase), list(words)))
        for known in self._entries.values():
            known.sort(key=lambda entry: -len(entry[0]))

    def find(self, folded: Sequence[str], position: int) -> tuple[int, list[str]] | None:
        """Length and replacement of the phrase that begins at a position."""
        for phrase, words in self._entries.get(folded[position], ()):
            if tuple(folded[position : position + len(phrase)]) == phrase:
                return len(phrase), words
        return None

    def replace(self, words: Sequence[str], folded: Sequence[str]) -> list[str]:
        """The words with every phrase replaced; `folded` are the same words folded."""
        kept: list[str] = []
        position = 0
        while position < len(words):
            found = self.find(folded, position)
            if found is None:
                kept.append(words[position])
                position += 1
            else:
                kept += found[1]
                position += found[0]
        return kept

    def names_one(self, folded: Sequence[str]) -> bool:
        """Whether any phrase stands among the words."""
        return any(self.find(folded, position) for position in range(len(folded)))


class PhraseStripper:
    """Removes whole folded phrases from a list of words, the longest first."""

    def __init__(
        self,
        phrases: Iterable[str],
        function_words: Sequence[str] = (),
        edge_words: Iterable[str] = (),
    ) -> None:
        """`edge_words` go at both ends of what is left; see `seed/edge_words.txt` for marks."""
        self._phrases = PhraseTable((vn.fold(phrase).split(), ()) for phrase in phrases)
        self._function_words = frozenset(function_words)
        words = list(edge_words)
        leading = [word.rstrip("-") for word in words if word.endswith("-")]
        edges = [word for word in words if not word.endswith("-")]
        self._edge_words = frozenset(word.rstrip("*") for word in edges)
        self._folded_edge_words = frozenset(vn.fold(w) for w in edges if not w.endswith("*"))
        self._leading_words = self._edge_words.union(leading)
        self._folded_leading_words = self._folded_edge_words.union(map(vn.fold, leading))
        self._folded_function_words = frozenset(vn.fold(word) for word in function_words)

    def content(self, words: Sequence[str]) -> list[str]:
        """The words that name a need by themselves.

        Accented words are compared with their accents: "hôn" is not "hơn".
        """
        accented = any(vn.fold_word(word) != word for word in words)
        known = self._function_words if accented else self._folded_function_words
        return [word for word in words if word not in known and not word.isdigit()]

    def need(self, text: str) -> list[str]:
        """The words of a text that belong to no phrase; all of them if nothing else is left."""
        words = vn.normalise(text).split()
        return self.strip(words) or words

    def strip(self, words: Sequence[str]) -> list[str]:
        """The words that belong to no phrase, in their order and spelling."""
        folded = [vn.fold_word(word) for word in words]
        kept = self._phrases.replace(words, folded)
        accented = folded != list(words)
        edges = self._edge_words if accented else self._folded_edge_words
        leading = self._leading_words if accented else self._folded_leading_words
        start, end = 0, len(kept)
        while start < end and kept[start] in leading:
            start += 1
        while end > start and kept[end - 1] in edges:
            end -= 1
        return kept[start:end]


def lexicon_table(lexicon: Iterable[tuple[str, str]]) -> PhraseTable:
    """Citizens' words with the official ones to stand for them."""
    return PhraseTable(
        (vn.fold(vn.normalise(citizen)).split(), vn.fold(vn.normalise(official)).split())
        for citizen, official in lexicon
    )


def default_stripper() -> PhraseStripper:
    """Stop phrases and function words that ship with the project."""
    phrases = data_lines(SEED_DIR / "stop_phrases.txt")
    function_words = " ".join(data_lines(SEED_DIR / "function_words.txt")).split()
    edge_words = " ".join(data_lines(SEED_DIR / "edge_words.txt")).split()
    return PhraseStripper(phrases, function_words, edge_words)


@functools.lru_cache(maxsize=1)
def _checklist_stripper() -> PhraseStripper:
    return PhraseStripper(data_lines(FOLDER / "checklist_words.txt"))


def without_checklist_words(text: str) -> str:
    """A message that asks for a checklist, without the words that do; "" if there are no others."""
    return " ".join(_checklist_stripper().strip(vn.normalise(text).split()))
