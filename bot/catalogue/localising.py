"""Agencies that a national record names after one province, as they are in every province.

The national database shows an example where an agency is meant that each province has:
"Sở Tư pháp Thành phố Hà Nội" is the Department of Justice of the citizen's own province.
"""

from __future__ import annotations

import functools
import re

from bot.catalogue.seed_files import SEED_DIR, data_lines

# Agencies that every province has; those of ministries are where they are.
_LOCAL = (
    r"Sở|UBND|Ủy ban nhân dân|Uỷ ban nhân dân|Chi cục|Thuế|Công an|Bảo hiểm xã hội"
    r"|Ngân hàng Nhà nước chi nhánh|Trung tâm Dịch vụ việc làm|Trung tâm Phục vụ hành chính công"
)


@functools.lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in data_lines(SEED_DIR / "other_provinces.txt"))
    return re.compile(
        rf"\b((?:{_LOCAL})\b[^,;]*?(?:, Thể thao và Du lịch)?)[\s-]+(?:(?:tỉnh|thành phố|tp\.?)\s*)"
        rf"(?:{names})(?=\s*(?:[,;]|$))"
        rf"|\b(Trung tâm Dịch vụ việc làm)\s+(?:{names})(?=\s*(?:[,;]|$))",
        re.IGNORECASE,
    )


def without_other_provinces(agencies: str) -> str:
    """The agencies without the names of other provinces, each once."""
    text = _pattern().sub(lambda match: match[1] or match[2], agencies)
    if text == agencies:
        return agencies
    # Names hold commas themselves: only a whole repetition is one.
    parts = re.split(r"[,;] (?=(?:Sở|UBND|Ủy ban|Uỷ ban|Chi cục|Ngân hàng|Trung tâm)\b)", text)
    return ", ".join(dict.fromkeys(part.strip() for part in parts))
