"""The files of a test of intents: messages that are read, and the report that is written.

A CSV file has a header with the column `text`; `intent` (of two questions `a+b`) and
`register` are taken if they are there, others passed over. Any other file has one message a line.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.imports import ImportRefused, faulty_rows, undecodable_line
from bot.settings import PROJECT_ROOT

LARGEST_FILE = 20 * 1024 * 1024
MOST_MESSAGES = 20_000
TEXT, INTENT, REGISTER = "text", "intent", "register"
# Spreadsheets write the second where a comma is the decimal sign, as in Vietnam.
DELIMITERS = (",", ";")
QUESTIONS_JOINED_BY = "+"
MOST_SHOWN = 40
REPORT_SUFFIXES = (".html", ".htm")

Cells = dict[str, str]


class OutputRefused(ValueError):
    """The report cannot be written where it should be."""


@dataclass(frozen=True)
class FileMessage:
    """A message with its line in the file, what it asks for (if told), how it is written."""

    line: int
    text: str
    intents: tuple[str, ...] = ()
    register: str = ""


def known_intents() -> list[str]:
    """Names of all intents, in the domain's order."""
    domain = yaml.safe_load((PROJECT_ROOT / "domain.yml").read_text(encoding="utf-8"))
    return [item if isinstance(item, str) else next(iter(item)) for item in domain["intents"]]


def read(path: Path, intents: Collection[str], longest: int) -> list[FileMessage]:
    """All messages of a file, in its order: either every one has intents or none.

    Args:
        path: the file, UTF-8 with or without a byte order mark.
        intents: names that labels may have.
        longest: the most characters of a message that the bot takes.

    Raises:
        ImportRefused: the file or one of its rows cannot be used; the first faulty lines
            are named.
    """
    rows = list(_rows(path, _content(path)))
    if not rows:
        raise ImportRefused(f"{path.name} holds no messages.")
    if len(rows) > MOST_MESSAGES:
        raise ImportRefused(
            f"{path.name} holds {len(rows)} messages; the most is {MOST_MESSAGES}. "
            "Split it into several files."
        )
    is_labelled = any(cells.get(INTENT) for _, cells in rows)
    messages: list[FileMessage] = []
    errors: list[str] = []
    for line, cells in rows:
        try:
            text = _text(cells[TEXT], longest)
            labels = _labels(cells[INTENT], intents) if is_labelled else ()
            messages.append(FileMessage(line, text, labels, cells.get(REGISTER, "")))
        except ValueError as error:
            errors.append(f"line {line}: {error}")
    if errors:
        raise faulty_rows(path, errors)
    return messages


def _content(path: Path) -> str:
    if not path.exists():
        raise ImportRefused(f"{path} does not exist.")
    if not path.is_file():
        raise ImportRefused(f"{path} is not a file.")
    if path.stat().st_size > LARGEST_FILE:
        raise ImportRefused(f"{path.name} is larger than {LARGEST_FILE // 2**20} MB.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused(f"{path.name}, line {undecodable_line(path)}, is not UTF-8.") from error
    except OSError as error:
        raise ImportRefused(f"{path} cannot be read: {error.strerror}.") from error


def _rows(path: Path, content: str) -> Iterator[tuple[int, Cells]]:
    """Line and cells of each row that is not blank."""
    header = content.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    if path.suffix.lower() == ".csv" or _names(header, delimiter) >= {TEXT, INTENT}:
        yield from _rows_of_csv(path, content, delimiter)
        return
    # Lines end with a line feed only: a message may hold any other character.
    for number, line in enumerate(content.split("\n"), start=1):
        if line.strip():
            yield number, {TEXT: line.strip()}


def _names(header: str, delimiter: str) -> set[str]:
    return {name.strip().strip('"') for name in header.split(delimiter)}


def _rows_of_csv(path: Path, content: str, delimiter: str) -> Iterator[tuple[int, Cells]]:
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    end = 0
    try:
        for row in reader:
            # A row may go over several lines; it is named by its first.
            start, end = end + 1, reader.line_num
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not header:
                header = cells
                _check_header(path, header)
                continue
            if len(cells) != len(header):
                raise ImportRefused(
                    f"{path.name}, line {start}: the number of columns differs from the header. "
                    "A message that holds a comma or a semicolon stands in double quotes."
                )
            yield start, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise ImportRefused(f"{path.name}, line {reader.line_num}: {error}.") from error


def _check_header(path: Path, header: list[str]) -> None:
    if TEXT not in header:
        raise ImportRefused(
            f"{path.name} has no column {TEXT}; its first line names the columns, "
            f"such as {TEXT},{INTENT}."
        )
    for name in (TEXT, INTENT, REGISTER):
        if header.count(name) > 1:
            raise ImportRefused(f"{path.name}: the column {name} stands twice.")


def _text(text: str, longest: int) -> str:
    if not text:
        raise ValueError("the text is missing")
    if len(text) > longest:
        raise ValueError(f"the text has {len(text)} characters; the bot takes at most {longest}")
    return text


def _labels(cell: str, intents: Collection[str]) -> tuple[str, ...]:
    if not cell:
        raise ValueError("the intent is missing, while other rows have one")
    names = tuple(name.strip() for name in cell.split(QUESTIONS_JOINED_BY))
    for name in names:
        if name not in intents:
            near = difflib.get_close_matches(name, intents, n=1)
            hint = f"; is {near[0]} meant?" if near else ""
            raise ValueError(f"there is no intent {_shown(name)}{hint}")
    if len(set(names)) < len(names):
        raise ValueError(f"an intent stands twice in {_shown(cell)}")
    return names


def _shown(text: str) -> str:
    """A faulty value for an error text; its digits may be a number in the wrong column."""
    return repr(re.sub(r"\d", "•", text[:MOST_SHOWN]))


def check_output(path: Path, source: Path) -> None:
    """Find out before the work whether the report can be written.

    Raises:
        OutputRefused: the name is no page's, or its folder is missing or cannot be written.
    """
    if path.suffix.lower() not in REPORT_SUFFIXES:
        raise OutputRefused(f"{path}: the report's name must end in .html.")
    if path.exists() and (not path.is_file() or path.samefile(source)):
        raise OutputRefused(f"{path} would be overwritten; give the report another name.")
    if not path.parent.is_dir():
        raise OutputRefused(f"The folder {path.parent} does not exist.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OutputRefused(
            f"The folder {path.parent} cannot be written: {error.strerror}."
        ) from error


def write(path: Path, page: str) -> None:
    """Beside the file first: an interruption leaves an earlier report as it was.

    Raises:
        OSError: the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text(page, encoding="utf-8")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
