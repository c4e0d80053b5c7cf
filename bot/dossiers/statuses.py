"""What the statuses of dossiers mean; the words stand in `statuses.yml`.

Systems write statuses as free text. One that is not known stays unknown: a wrong meaning would
send a citizen on a trip for nothing.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from bot import text as vn

FILE = Path(__file__).with_name("statuses.yml")
WAIT, COLLECT, SUPPLEMENT, PAY, FILE_AGAIN, NOTHING = TODOS = (
    "wait",
    "collect",
    "supplement",
    "pay",
    "file_again",
    "none",
)
RUNNING, STOPPED, DONE = CLOCKS = ("running", "stopped", "done")
# Shorter names stand in too many other phrases ("từ chối nhận kết quả").
LEAST_WORDS_WITHIN = 3


class StatusFileError(ValueError):
    """The file of statuses cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Status:
    """A status in a citizen's words; `statuses.yml` says what each field holds."""

    key: str
    names: tuple[str, ...]
    plain: str
    meaning: str
    next: str
    todo: str
    todo_text: str
    is_final: bool
    clock: str


@dataclass(frozen=True)
class Statuses:
    """All statuses, and the words that turn a name into something else."""

    turning: tuple[str, ...]
    statuses: tuple[Status, ...]

    @functools.cached_property
    def _named(self) -> tuple[tuple[str, Status], ...]:
        return tuple((_line(name), status) for status in self.statuses for name in status.names)

    def find(self, written: str) -> Status | None:
        """The status that a text names, or None if that is not certain."""
        line = _line(written)
        for name, status in self._named:
            if name == line:
                return status
        within = [
            (name, status)
            for name, status in self._named
            if name in line and len(name.split()) >= LEAST_WORDS_WITHIN
        ]
        if not within:
            return None
        longest, found = max(within, key=lambda item: len(item[0]))
        # A second status beside or across it, or a word that turns its sense: not certain.
        if any(name not in longest and status is not found for name, status in within):
            return None
        rest = line.replace(longest, " | ")
        return None if any(_line(words) in rest for words in self.turning) else found


def find(written: str) -> Status | None:
    """The status that a system's text names; None if it is empty, unknown or ambiguous."""
    return statuses().find(written)


@functools.lru_cache(maxsize=1)
def statuses() -> Statuses:
    """The statuses that ship with the project.

    Raises:
        StatusFileError: the file is not of the format.
    """
    return read(FILE)


def read(path: Path) -> Statuses:
    """Statuses from a file of the format of `statuses.yml`.

    Raises:
        StatusFileError: the file is not of the format; the message names line and key.
    """
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise StatusFileError(f"{path.name} cannot be read: {error}") from error
    if root is None:
        raise StatusFileError(f"{path.name} is empty")
    try:
        parts = _mapping(root)
        _keys(root, parts, {"turning", "statuses"})
        turning = tuple(_texts(parts["turning"], "turning"))
        read_statuses = tuple(_status(node) for node in _items(parts["statuses"], "statuses"))
        _check_distinct(parts["statuses"], read_statuses)
    except StatusFileError as error:
        raise StatusFileError(f"{path.name}, {error}") from None
    return Statuses(turning, read_statuses)


def _status(node: yaml.Node) -> Status:
    parts = _mapping(node)
    _keys(node, parts, {field.name for field in fields(Status)})
    values: dict[str, Any] = {
        "names": tuple(_texts(parts["names"], "names")),
        "todo": _choice(parts["todo"], "todo", TODOS),
        "clock": _choice(parts["clock"], "clock", CLOCKS),
        "is_final": _choice(parts["is_final"], "is_final", ("true", "false")) == "true",
    }
    values |= {key: _text(value, key) for key, value in parts.items() if key not in values}
    return Status(**values)


def _check_distinct(node: yaml.Node, found: tuple[Status, ...]) -> None:
    """No key and no name stands twice: a text means one status."""
    taken: dict[str, str] = {}
    for item, status in zip(node.value, found, strict=True):
        for word in (status.key, *dict.fromkeys(map(_line, status.names))):
            if word in taken:
                raise _fault(item, f"{word.strip()!r} of {status.key} is {taken[word]}'s, too")
            taken[word] = status.key


def _mapping(node: yaml.Node) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        raise _fault(node, "keys with values expected")
    parts: dict[str, yaml.Node] = {}
    for key, value in node.value:
        if key.value in parts:
            raise _fault(key, f"{key.value} stands twice")
        parts[key.value] = value
    return parts


def _keys(node: yaml.Node, parts: dict[str, yaml.Node], wanted: set[str]) -> None:
    for key in sorted(wanted - set(parts)):
        raise _fault(node, f"{key} is missing")
    for key in sorted(set(parts) - wanted):
        raise _fault(parts[key], f"{key} is no key of this format")


def _items(node: yaml.Node, key: str) -> Iterator[yaml.Node]:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise _fault(node, f"{key} must be a list that is not empty")
    yield from node.value


def _texts(node: yaml.Node, key: str) -> list[str]:
    return [_text(item, key) for item in _items(node, key)]


def _text(node: yaml.Node, key: str) -> str:
    value = vn.nfc(node.value) if isinstance(node, yaml.ScalarNode) else ""
    if not value:
        raise _fault(node, f"{key} must be a text that is not empty")
    return value


def _choice(node: yaml.Node, key: str, allowed: tuple[str, ...]) -> str:
    if node.value not in allowed:
        raise _fault(node, f"{key} must be one of {', '.join(allowed)}, not {node.value!r:.40}")
    return str(node.value)


def _fault(node: yaml.Node, what: str) -> StatusFileError:
    return StatusFileError(f"line {node.start_mark.line + 1}: {what}")


def _line(text: str) -> str:
    return f" {' '.join(vn.words(vn.fold(vn.nfc(text))))} "
