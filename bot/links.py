"""Links in what citizens write that lead to hosts nobody vouches for.

A swindler's page is called like the real one ("dichvucong-gov.vn.top"): what counts is the end of
the host's name. Known ends stand in `vocabulary/known_hosts.txt`.
"""

from __future__ import annotations

import functools
import re

from bot.vocabulary import FOLDER

FILE = FOLDER / "known_hosts.txt"
# Without a scheme only names with a usual end are taken for hosts: "tr.đ", "QĐ.UBND" are none.
_ENDS = (
    "com|net|org|vn|info|top|xyz|site|online|click|vip|shop|store|cc|me|app|link|live|club|pro|icu"
    "|tk|ml|ga|cf|gq|ly|gl|io|co|us|biz|asia|work|space|fun|life|today|world|apk"
)
_HOST = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+"
_SCHEME = re.compile(r"h(?:tt|xx)ps?\s?:\s?//\s?(?:[^\s/@]*@)?", re.IGNORECASE)
_LINK = re.compile(
    rf"(?:{_SCHEME.pattern}(?P<address>\d{{1,3}}(?:\.\d{{1,3}}){{3}})"
    rf"|(?:{_SCHEME.pattern}|(?<![\w@.-])(?:www\.)?)(?P<host>{_HOST}"
    rf"(?P<end>[^\W\d_]{{2,24}}|xn--[\w-]+)))(?![\w@-])(?:[:/?#]\S*)?",
    re.IGNORECASE,
)
_USUAL_END = re.compile(rf"(?:{_ENDS})\Z", re.IGNORECASE)


def strange_hosts(text: str) -> list[str]:
    """Hosts of links in a text that are not known, each once, in lower case."""
    found = []
    for match in _LINK.finditer(text):
        host = (match["address"] or match["host"]).lower()
        if not (_SCHEME.match(match[0]) or _USUAL_END.fullmatch(match["end"])):
            continue
        if not any(host == known or host.endswith(f".{known}") for known in _known_hosts()):
            found.append(host)
    return list(dict.fromkeys(found))


@functools.lru_cache(maxsize=1)
def _known_hosts() -> tuple[str, ...]:
    lines = (line.strip() for line in FILE.read_text(encoding="utf-8").splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))
