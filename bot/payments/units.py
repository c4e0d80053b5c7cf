"""What fees are counted in (đơn vị tính): pages, copies, contracts; read from `units.yml`."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot import text as vn

_FILE = Path(__file__).with_name("units.yml")
_ONE = re.compile(r"^(?:tren |moi |cho )?(?:0?1|mot)?\s*")


@dataclass(frozen=True)
class Unit:
    """An entry of the data file; see its head for what the attributes mean."""

    key: str
    official: tuple[str, ...]
    said: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    single: bool = False
    dropped: tuple[str, ...] = ()
    ask: str = ""
    need: str = ""
    thing: bool = False


@functools.lru_cache(maxsize=1)
def units() -> dict[str, Unit]:
    """All units by key, in the order of the file."""
    entries = _document()["units"]
    return {
        key: Unit(
            key,
            tuple(entry["official"]),
            tuple(entry.get("said", ())),
            tuple(entry.get("but", ())),
            bool(entry.get("single", False)),
            tuple(entry.get("dropped", ())),
            str(entry.get("ask", "")),
            str(entry.get("need", "")),
            bool(entry.get("thing", False)),
        )
        for key, entry in entries.items()
    }


@functools.lru_cache(maxsize=1)
def largest() -> int:
    """The largest number that is taken for one."""
    return int(_document()["largest"])


@functools.lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return document


def of_fee(text: str) -> tuple[Unit, ...] | None:
    """The units of a fee's "lần/cơ sở", one for each part; None if any part is unknown."""
    found = [_part(part) for part in vn.fold(vn.nfc(text)).split("/") if part.strip()]
    known = tuple(unit for unit in found if unit is not None)
    return known if len(known) == len(found) else None


def _part(folded: str) -> Unit | None:
    words = _ONE.sub("", " ".join(folded.split()), count=1).strip(" .")
    for unit in units().values():
        names = [vn.fold(name) for name in unit.official]
        # What follows the name describes it: "giấy chứng nhận đăng ký". Of "trang" and the
        # like it may change what is counted ("trang quy chuẩn"), of single ones it cannot.
        if words in names or (unit.single and any(words.startswith(f"{n} ") for n in names)):
            return unit
    return None
