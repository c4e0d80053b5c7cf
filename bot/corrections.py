"""A message that corrects what was said: "à nhầm, phải là đổi chứ không phải làm mới"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot import text as vn

_WHO = "tôi|em|mình|tao|chau|cháu|con|bác|chú|cô|anh|chị"
_POLITE = f"ạ|nha|nhe|nhé|bạn|em|anh|chị|{_WHO}|ơi|ad|đó|á|nghe|nhỉ|luôn"
_WORDS = {
    "said": "nói|hỏi|ghi|gõ|bấm|chọn|viết|nhắn|hiểu|nghe|đánh",
    "who": _WHO,
    "polite": _POLITE,
    "not": "không phải|đâu phải|chẳng phải|chưa phải|hông phải|hổng phải|hong phải",
    "is": f"phải là|mới là|mà là|là|ý (?:{_WHO}) là|ý là|(?:{_WHO}) nói là|(?:{_WHO}) nói",
}
# What a clause may begin with before the correction itself.
_SIGHS = r"(?:(?:à|ơ|ủa|ui|ý|ấy|thôi|dạ|chết|xin lỗi|khoan|khoan đã|uhm|ừ)\s)*"
_PATTERNS = {
    # "Em hỏi lộn rồi", "nhầm": nothing else is said in the clause.
    "slip": rf"^{_SIGHS}(?:(?:{{who}})\s)?(?:(?:{{said}})\s)?(?:nhầm|lộn|sai)"
    rf"(?:\s(?:rồi|mất|hết|cái|thủ tục|{{polite}}))*$|^{_SIGHS}(?:{{not}})(?:\s(?:{{polite}}))*$"
    r"|^không$",
    # "Nhầm rồi căn cước", "à nhầm phải là đổi": the rest is what is meant.
    "slip_then": rf"^{_SIGHS}(?:(?:{{who}})\s)?(?:(?:{{said}})\s)?(?:nhầm|lộn)\s"
    r"(?:(?:rồi|mất rồi)\s(?:(?:{is})\s)?|(?:{is})\s)(.+)$",
    "claim": rf"^{_SIGHS}(?:ý (?:{{who}}) (?:là|muốn nói là)|ý là|sửa lại là|(?:{{who}}) nói là)"
    r"\s(.+)$",
    "both": r"^(?:.*?\s)?(?:{not})\s(?:là\s)?(.+?)\s(?:mà là|mà|{is})\s(.+)$",
    "denied_last": r"^(.+?)\s(?:chứ\s)?(?:{not})\s(?:là\s)?(.+)$",
    "denied": rf"^{_SIGHS}(?:(?:{{who}})\s)?(?:chứ\s)?(?:{{not}})\s(?:là\s|hỏi\s)?(.+)$",
    "front": r"^(?:(?:{is}|cái|muốn|(?:{who}) (?:muốn|cần|hỏi|nói)|thủ tục|hỏi)\s)+",
    "back": r"(?:\s(?:mới đúng|mới phải|cơ|kìa|kia|ạ|nha|nhé|bạn|ơi|ad|đó|á|nghe|đâu))+$",
}
_CLAUSE = re.compile(r"[,.;!?:\n]+(?!\d)")


def _compiled(fold: bool) -> dict[str, re.Pattern[str]]:
    made = {name: pattern.format(**_WORDS) for name, pattern in _PATTERNS.items()}
    return {name: re.compile(vn.fold(p) if fold else p) for name, p in made.items()}


# "Lớn" is not "lộn": accents count where they are written.
_ACCENTED, _FOLDED = _compiled(False), _compiled(True)


@dataclass(frozen=True)
class Correction:
    """What is meant and what is not, in the message's words; either may be missing ("")."""

    meant: str
    denied: str = ""


def read(message: str) -> Correction | None:
    """The correction that a message makes; None if it makes none."""
    patterns = _ACCENTED if vn.is_accented(message) else _FOLDED
    meant: list[str] = []
    denied: list[str] = []
    corrects = False
    for clause in _clauses(message):
        clause = clause if patterns is _ACCENTED else vn.fold(clause)
        if patterns["slip"].match(clause):
            corrects = True
        elif found := patterns["slip_then"].match(clause) or patterns["claim"].match(clause):
            corrects = True
            _split(found[1], patterns, meant, denied)
        else:
            corrects = _split(clause, patterns, meant, denied) or corrects
    if not corrects or not (meant or denied):
        return None
    return Correction(*(" ".join(filter(None, parts)) for parts in (meant, denied)))


def _split(
    clause: str, patterns: dict[str, re.Pattern[str]], meant: list[str], denied: list[str]
) -> bool:
    """Put what a clause means and what it denies aside; whether it denies anything."""

    def clean(words: str) -> str:
        return patterns["front"].sub("", f"{patterns['back'].sub('', words)} ").strip()

    if found := patterns["both"].match(clause):
        denied.append(clean(found[1]))
        meant.append(clean(found[2]))
    elif found := patterns["denied"].match(clause):
        denied.append(clean(found[1]))
    elif found := patterns["denied_last"].match(clause):
        meant.append(clean(found[1]))
        denied.append(clean(found[2]))
    else:
        if rest := clean(clause):
            meant.append(rest)
        return False
    return True


def _clauses(message: str) -> Iterator[str]:
    for clause in _CLAUSE.split(message):
        line = vn.normalise(clause)
        if line:
            yield line
