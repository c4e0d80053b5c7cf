"""The day that a question about a fact asks for ("phí hồi tháng 3/2025", "từ 1/1/2027").

Only a day that stands right beside the fact counts: in "năm ngoái tôi mất bằng lái, giờ làm
lại phí bao nhiêu" the citizen asks for today. Standard library only.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

from bot import text as vn

_FACT = (
    r"(?:phi|le phi|gia(?! (?:dinh|han)\b)|muc thu|muc phi|giay to|thanh phan ho so|thoi han"
    r"|thoi gian giai quyet|quy dinh|dieu kien|thu tuc)"
)
_LEAD = r"(?:hoi|vao|luc|cua|tu|ke tu|tai thoi diem|thoi diem|thoi|trong|ap dung tu|ap dung cho|o)"
_DAY = (
    r"(?:(?:ngay )?(?P<d>\d{1,2})(?:[/.-]| thang )(?P<m>\d{1,2})(?:[/.-]| nam )(?P<y>\d{4})"
    r"|thang (?P<m2>\d{1,2})(?: ?[/.-] ?| nam )(?P<y2>\d{4})"
    r"|nam (?P<y3>\d{4})"
    r"|(?P<said>nam ngoai|nam truoc|thang truoc|sang nam|nam sau|nam toi|thang sau|thang toi))"
)
# Words whose own day is named: of a birth, a purchase, a paper, a law.
_EVENT = r"(?:sinh|cap|mat|chet|cuoi|mua|nop|dong|xuat|han|den)"
_LAW = r"(?:luat|nghi dinh|nghi quyet|thong tu|quyet dinh)"
_NEXT = rf"(?:khai sinh|gia han|(?!(?:{_EVENT}|{_LEAD}|{_LAW}|ngay)\b)\w+)"
# Names of procedures are long; without a leading word the day must stand near.
_BEHIND = re.compile(
    rf"\b{_FACT}\b(?:(?:(?: (?!{_LAW}\b)\w+){{0,4}}? {_NEXT})??|"
    rf"(?:(?: (?!{_LAW}\b)\w+){{0,12}}? {_NEXT})??(?= (?:hoi|tai thoi diem)\b))"
    rf" (?:{_LEAD} )?{_DAY}\b"
)
_BEFORE = re.compile(
    rf"^(?:(?:da )?cho (?:\w+ )?hoi )?(?:{_LEAD} )?{_DAY}(?: {_NEXT}){{0,2}}? {_FACT}\b"
)
_SPAN = re.compile(rf"(?:\b{_LEAD} )?\b{_DAY}\b")
_NOW = re.compile(r"\b(?:gio|hien nay|hom nay)\b")
# The dialect's word for now, written bare: no vocative and no owner.
_BARE_DIALECT_NOW = re.compile(r"\bchu\b(?! (?:oi|a|ho|xe|so|nha|dat)\b)")


def asked_day(message: str, today: dt.date) -> dt.date | None:
    """The day whose facts a message asks for; None if it names none, or no day that exists.

    A month or a year that is over means its last day, one to come its first.
    """
    line = " ".join(vn.fold(vn.nfc(message)).replace(",", " ").replace("?", " ").split())
    match = _BEHIND.search(line) or _BEFORE.search(line)
    if match is None or _NOW.search(vn.fold(vn.normalise(message))):
        return None
    if _BARE_DIALECT_NOW.search(vn.nfc(message).lower()):
        return None
    try:
        return _day(match.groupdict(), today)
    except ValueError:
        return None


def without_day(message: str) -> str:
    """The message without the day that `asked_day` finds, so that a need can be looked for."""
    plain = vn.nfc(message)
    # Folding keeps the length: places in the folded text are places in the plain one.
    match = _SPAN.search(vn.fold(plain))
    return plain if match is None else f"{plain[: match.start()]} {plain[match.end() :]}".strip()


def _day(parts: dict[str, str | None], today: dt.date) -> dt.date | None:
    if parts["y"]:
        return dt.date(int(parts["y"]), int(parts["m"] or 0), int(parts["d"] or 0))
    if parts["y2"]:
        return _of_month(int(parts["y2"]), int(parts["m2"] or 0), today)
    if parts["y3"]:
        return _of_year(int(parts["y3"]), today)
    said = parts["said"] or ""
    if said in ("nam ngoai", "nam truoc"):
        return _of_year(today.year - 1, today)
    if said in ("sang nam", "nam sau", "nam toi"):
        return _of_year(today.year + 1, today)
    step = -1 if said == "thang truoc" else 1
    years, month = divmod(today.month - 1 + step, 12)
    return _of_month(today.year + years, month + 1, today)


def _of_month(year: int, month: int, today: dt.date) -> dt.date | None:
    first = dt.date(year, month, 1)
    last = first.replace(day=calendar.monthrange(year, month)[1])
    return _of_period(first, last, today)


def _of_year(year: int, today: dt.date) -> dt.date | None:
    return _of_period(dt.date(year, 1, 1), dt.date(year, 12, 31), today)


def _of_period(first: dt.date, last: dt.date, today: dt.date) -> dt.date | None:
    if last < today:
        return last
    return first if first > today else None
