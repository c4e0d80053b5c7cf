"""Who may import whom (docs: architecture), read off the source by `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT

NOUNS = {"catalogue", "dossiers", "identity", "offices", "payments", "staff", "support"}
SHARED = {
    "bot.sources",
    "bot.clock",
    "bot.imports",
    "bot.text",
    "bot.bag",
    "bot.bag_training",
    "bot.vocabulary",
    "bot.codes",
    "bot.dossier_codes",
    "bot.ordinals",
    "bot.settings",
    "bot.database",
    "bot.personal_data",
    "bot.rate_limits",
    "bot.recent",
    "bot.sealing",
}
# A noun folder that another one may use, through these modules, and never the other way round.
PUBLIC = {
    "payments": {
        "bot.catalogue.model",
        "bot.catalogue.situation",
        "bot.catalogue.amounts",
        "bot.catalogue.service",
    },
    "support": {
        "bot.offices.model",
        "bot.offices.opening",
        "bot.offices.working_days",
        "bot.staff.presence",
    },
}
RASA_ROOMS = ("bot/nlu/", "bot/channels/", "bot/engine/", "bot/importer.py")
SDK_ROOMS = ("actions/", "bot/engine/")
SQL_ROOMS = (
    "bot/catalogue/",
    "bot/dossiers/",
    "bot/offices/",
    "bot/payments/",
    "bot/support/",
    "bot/staff/",
    "bot/leases.py",
    # Deletes from the tables of Rasa's own tracker store.
    "bot/engine/erasure.py",
    "bot/migrations/",
    "bot/database.py",
)
LONGEST_MODULE = 350


def modules() -> list[Path]:
    return sorted(
        path.relative_to(PROJECT_ROOT)
        for folder in ("bot", "actions")
        for path in (PROJECT_ROOT / folder).rglob("*.py")
    )


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((PROJECT_ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def test_there_are_modules() -> None:
    assert len(modules()) > 30


@pytest.mark.parametrize("path", modules(), ids=str)
def test_imports_follow_the_arrows(path: Path) -> None:
    place = path.as_posix()
    for name in imports(path):
        if is_below(name, "rasa"):
            assert place.startswith(RASA_ROOMS), f"{place} imports {name}"
        if is_below(name, "rasa_sdk"):
            assert place.startswith(SDK_ROOMS), f"{place} imports {name}"
        if is_below(name, "sqlalchemy"):
            assert place.startswith(SQL_ROOMS), f"{place} imports {name}"
        if place.startswith("actions/"):
            # Rooms that need Rasa itself, which an action server of its own need not load.
            for room in ("bot.channels", "bot.engine", "bot.http"):
                assert not is_below(name, room), f"{place} imports {name}"
        if is_below(name, "actions"):
            assert place.startswith("actions/"), f"{place} imports {name}"


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_noun_folders_import_only_shared_modules_and_no_other_noun(noun: str) -> None:
    for path in modules():
        if not path.as_posix().startswith(f"bot/{noun}/"):
            continue
        for name in imports(path):
            if is_below(name, "bot") and name != "bot" and not is_below(name, f"bot.{noun}"):
                allowed = SHARED | PUBLIC.get(noun, set())
                assert any(is_below(name, shared) for shared in allowed), f"{path}: {name}"


def test_only_settings_reads_the_environment() -> None:
    # bot/engine/quiet.py sets what other libraries read, training hands it to a child.
    allowed = {"bot/settings.py", "bot/engine/quiet.py", "bot/engine/training.py"}
    for path in modules():
        if path.as_posix() not in allowed:
            source = (PROJECT_ROOT / path).read_text(encoding="utf-8")
            assert "os.environ" not in source, path
            assert "os.getenv" not in source, path


def test_actions_are_flat() -> None:
    # rasa-sdk imports subpackages by their bare names, which may be other packages'.
    folders = [p for p in (PROJECT_ROOT / "actions").iterdir() if p.is_dir()]
    assert [p.name for p in folders if p.name != "__pycache__"] == []
    assert (PROJECT_ROOT / "actions" / "__init__.py").read_text() == ""


def test_text_needs_only_the_standard_library() -> None:
    own = ("bot/text.py", "bot/spelling.py")
    names = {name for path in own for name in imports(Path(path))}
    assert {name for name in names if not is_below(name, "bot.spelling")} <= {
        "__future__", "__future__.annotations", "re", "unicodedata", "dataclasses",
        "dataclasses.dataclass", "functools", "collections.abc", "collections.abc.Iterable",
        "collections.abc.Iterator",
    }  # fmt: skip


@pytest.mark.parametrize("path", modules(), ids=str)
def test_modules_are_short_and_say_what_they_are(path: Path) -> None:
    source = (PROJECT_ROOT / path).read_text(encoding="utf-8")
    assert len(source.splitlines()) <= LONGEST_MODULE
    if source.strip():
        assert ast.get_docstring(ast.parse(source)), path
