"""Names and paths of one installation of the procedures system, read from a YAML file.

Source: igate_fields.yml beside this module, or a province's own file of the same form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.settings import SettingsError

SHIPPED = Path(__file__).with_name("igate_fields.yml")
FIELDS = (
    "code",
    "phone",
    "identity_number",
    "status",
    "procedure_code",
    "procedure_name",
    "agency",
    "agency_parent",
    "received_on",
    "due_on",
    "finished_on",
    "returned_on",
    "delivery",
    "fees",
    "note",
)
# Without these nobody could be verified, or every dossier would be someone else's.
NEEDED = ("code", "phone", "identity_number")


@dataclass(frozen=True)
class Search:
    """How dossiers are searched: `code` and `identity_number` name the parameters for them."""

    path: str
    code: str
    identity_number: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class Fields:
    """What igate_fields.yml says; `paths` holds each field's paths, split into their steps."""

    source_title: str
    vietnamese: frozenset[str]
    search: Search
    paths: Mapping[str, tuple[tuple[str, ...], ...]]
    status_ids: Mapping[str, str]
    named_with_parent: tuple[str, ...]


def read_fields(file: str = "") -> Fields:
    """The fields of a file; "" means the shipped one.

    Raises:
        SettingsError: the file cannot be read or is not of the form.
    """
    path = Path(file) if file else SHIPPED
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(f"BOT_IGATE_FIELDS: {path} cannot be read ({reason}).") from error
    try:
        return _fields(document)
    except ValueError as error:
        raise SettingsError(f"BOT_IGATE_FIELDS: {path}: {error}.") from error


def _fields(document: Any) -> Fields:
    top = _mapping("the file", document, set(Fields.__dataclass_fields__) - {"paths"} | {"fields"})
    search = _mapping("search", top["search"], set(Search.__dataclass_fields__))
    paths = _mapping("fields", top["fields"], set(FIELDS))
    for name in NEEDED:
        if not paths[name]:
            raise ValueError(f"fields: {name} needs a path")
    return Fields(
        source_title=_text("source_title", top["source_title"]),
        vietnamese=frozenset(_texts("vietnamese", top["vietnamese"])),
        search=Search(
            path=_text("search: path", search["path"]),
            code=_text("search: code", search["code"]),
            identity_number=_text("search: identity_number", search["identity_number"]),
            parameters=_table("search: parameters", search["parameters"]),
        ),
        paths={name: _paths(name, paths[name]) for name in FIELDS},
        status_ids=_table("status_ids", top["status_ids"]),
        named_with_parent=_texts("named_with_parent", top["named_with_parent"]),
    )


def _mapping(name: str, value: Any, keys: set[str]) -> dict[str, Any]:
    """A mapping with exactly the keys: a misspelt one would switch a field off in silence."""
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be a mapping")
    unknown = sorted(str(key) for key in value if key not in keys)
    if unknown:
        raise ValueError(f"{name} must not have {', '.join(unknown)}")
    missing = sorted(keys - set(value))
    if missing:
        raise ValueError(f"{name} lacks {', '.join(missing)}")
    return value


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} must be a text")
    return value.strip()


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(_is_plain(item) for item in value):
        raise ValueError(f"{name} must be a list of texts")
    return tuple(str(item) for item in value)


def _table(name: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(map(_is_plain, [*value, *value.values()])):
        raise ValueError(f"{name} must be a mapping of texts")
    return {str(key): str(item) for key, item in value.items()}


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _paths(name: str, value: Any) -> tuple[tuple[str, ...], ...]:
    paths = tuple(tuple(path.split(".")) for path in _texts(f"fields: {name}", value))
    if not all(step for path in paths for step in path):
        raise ValueError(f"fields: {name} has a path with an empty step")
    return paths
