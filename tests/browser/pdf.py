"""Just enough of PDF to read what Chromium prints: the number of pages and their text."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_OBJECT = re.compile(rb"(?s)(\d+) 0 obj\s(.*?)\sendobj")
_STREAM = re.compile(rb"(?s)stream\r?\n(.*?)\r?\nendstream")
_SHOWN = re.compile(r"/(\w+) [\d.]+ Tf|<([0-9A-Fa-f ]+)>")
_ONE = re.compile(r"^<([0-9A-F]+)> <([0-9A-F]+)>$", re.MULTILINE)
_RANGE = re.compile(r"^<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]+)>$", re.MULTILINE)
Letters = dict[int, str]


class Pdf:
    """A printed document; texts are without spaces, as printing sets letters and not words."""

    def __init__(self, content: bytes) -> None:
        """`content`: the file's bytes, as `page.pdf()` gives them."""
        self._objects = {int(number): body for number, body in _OBJECT.findall(content)}
        pages = [body for body in self._objects.values() if re.search(rb"/Type\s*/Page\b", body)]
        self.pages = len(pages)
        self.text = "".join(letter for page in pages for letter in self._letters(page))

    def _letters(self, page: bytes) -> Iterator[str]:
        resources = self._dictionary(page, b"Resources")
        fonts = self._dictionary(resources, b"Font")
        named = re.findall(rb"/(\w+) (\d+) 0 R", fonts)
        tables = {name.decode(): self._table(int(number)) for name, number in named}
        contents = re.search(rb"/Contents (\d+) 0 R", page)
        assert contents is not None
        table: Letters = {}
        for font, glyphs in _SHOWN.findall(self._stream(int(contents[1]))):
            if font:
                table = tables[font]
                continue
            numbers = glyphs.replace(" ", "")
            for at in range(0, len(numbers), 4):
                yield table.get(int(numbers[at : at + 4], 16), "").strip()

    def _dictionary(self, body: bytes, key: bytes) -> bytes:
        """What stands behind the key, itself or in an object of its own."""
        place = re.search(rb"/" + key + rb"\s*(?:(\d+) 0 R|<<)", body)
        if place is None:
            return b""
        return self._objects[int(place[1])] if place[1] else body[place.end() :]

    def _table(self, font: int) -> Letters:
        """Which letters the font's glyphs stand for."""
        place = re.search(rb"/ToUnicode (\d+) 0 R", self._objects[font])
        if place is None:
            return {}
        source = self._stream(int(place[1]))
        letters = {int(glyph, 16): _text(code) for glyph, code in _ONE.findall(source)}
        for first, last, code in _RANGE.findall(source):
            for offset in range(int(last, 16) - int(first, 16) + 1):
                letters[int(first, 16) + offset] = chr(int(code, 16) + offset)
        return letters

    def _stream(self, number: int) -> str:
        found = _STREAM.search(self._objects[number])
        assert found is not None
        content = found[1]
        if b"FlateDecode" in self._objects[number]:
            content = zlib.decompress(content)
        return content.decode("latin-1")


def _text(code: str) -> str:
    return bytes.fromhex(code).decode("utf-16-be")
