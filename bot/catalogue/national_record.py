"""One record of the national text export, from text to a `Procedure`.

A file is a list of `Key: value` sections in a fixed order, some with indented lines.
Names of sections and the traps of their values: see `bot.catalogue.amounts` and the
tests, which hold the real records against what is read here.
"""

from __future__ import annotations

import re
import unicodedata

from bot.catalogue.amounts import UNKNOWN, parse_duration, parse_fees
from bot.catalogue.model import (
    COMMUNE,
    DIRECT,
    ONLINE,
    POSTAL,
    PROVINCE,
    Channel,
    Document,
    Duration,
    LegalBasis,
    Procedure,
    Source,
)

SECTIONS = (
    "Mã thủ tục",
    "Số quyết định",
    "Tên thủ tục",
    "Cấp thực hiện",
    "Loại thủ tục",
    "Lĩnh vực",
    "Trình tự thực hiện",
    "Cách thức thực hiện",
    "Thành phần hồ sơ",
    "Đối tượng thực hiện",
    "Cơ quan thực hiện",
    "Cơ quan có thẩm quyền",
    "Địa chỉ tiếp nhận HS",
    "Cơ quan được ủy quyền",
    "Cơ quan phối hợp",
    "Kết quả thực hiện",
    "Căn cứ pháp lý",
    "Yêu cầu, điều kiện thực hiện",
    "Từ khóa",
    "Mô tả",
)
LEVELS = {"Cấp Xã": COMMUNE, "Cấp Tỉnh": PROVINCE}
CODE = re.compile(r"^\d\.\d{6}$")

_CHANNEL_KINDS = {"ONLINE": ONLINE, "DIRECT": DIRECT, "POSTAL": POSTAL}
_CHANNEL = re.compile(r"^\s*\* Hình thức nộp:\s*(\w+)\s*$", re.MULTILINE)
_CHANNEL_KEY = re.compile(r"^\s{2,}(Thời hạn giải quyết|Phí, lệ phí|Mô tả):", re.MULTILINE)
_QUANTITY = re.compile(r"^\s*Số lượng: Bản chính: (\d+), Bản sao: (\d+)\s*$", re.MULTILINE)
_GROUP = re.compile(r"^\s*\[ (.*?) \]\s*$", re.MULTILINE | re.DOTALL)
_LIST_MARK = re.compile(r"^(?:[-+*•–\s]|\(?[ivx]{1,4}\)|[a-zđ0-9]{1,2}[.)]\s)+", re.IGNORECASE)
_LEVEL_SUFFIX = re.compile(
    r"\s*[(（]\s*(?:thực hiện\s*)?(?:tại|ở)?\s*cấp (?:tỉnh|huyện|xã|trung ương)\s*[)）]\s*$",
    re.IGNORECASE,
)
_GENERIC_GROUP = re.compile(
    r"^(thành phần )?(hồ sơ|giấy tờ( phải nộp)?|số lượng)?( (bao )?gồm( có)?)?\W*$", re.IGNORECASE
)
_REMARK = re.compile(
    r"^(lưu ý|ghi chú|ví dụ|trường hợp|người (tiếp nhận|yêu cầu|nộp)|đối với|việc |cơ quan |"
    r"cá nhân có quyền|khi nộp|hồ sơ (được|nộp)|(các )?giấy tờ (do|gửi|nộp|xuất trình))",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"^(.*?)(?:\s*\(([^()]*)\))?\s*$")


class RecordError(ValueError):
    """A record lacks a section or has a value that cannot be used."""


def split_sections(text: str) -> dict[str, str]:
    """Values of the sections by name, in the order of `SECTIONS`.

    Raises:
        RecordError: a section is missing, as in half a file.
    """
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    starts = []
    position = 0
    for name in SECTIONS:
        match = re.compile(rf"^{re.escape(name)}:", re.MULTILINE).search(text, position)
        if not match:
            raise RecordError(f"section {name!r} is missing")
        starts.append((name, match.start(), match.end()))
        position = match.end()
    ends = [start for _, start, _ in starts[1:]] + [len(text)]
    return {
        name: _known(text[value:end]) for (name, _, value), end in zip(starts, ends, strict=True)
    }


def _known(value: str) -> str:
    value = value.strip("\n").rstrip()
    return "" if value.strip() == UNKNOWN else value


def parse_record(text: str, *, issuing_body: str, source: Source) -> Procedure:
    """A procedure from the text of its file.

    Raises:
        RecordError: the file is incomplete, or its code, name or level is not usable.
    """
    sections = split_sections(text)
    code = sections["Mã thủ tục"].strip()
    if not CODE.match(code):
        raise RecordError(f"{code!r} is not a procedure code")
    name = clean_name(sections["Tên thủ tục"])
    if not name:
        raise RecordError("the name is empty")
    level = LEVELS.get(sections["Cấp thực hiện"].strip())
    if level is None:
        raise RecordError(
            f"level {sections['Cấp thực hiện'].strip()!r} is neither commune nor province"
        )
    return Procedure(
        code=code,
        name=name,
        field=_line(sections["Lĩnh vực"]),
        level=level,
        issuing_body=issuing_body,
        decision=_line(sections["Số quyết định"]),
        subject=_line(sections["Đối tượng thực hiện"]),
        agency=_line(sections["Cơ quan thực hiện"]) or _line(sections["Cơ quan có thẩm quyền"]),
        place=_paragraph(sections["Địa chỉ tiếp nhận HS"]),
        documents=parse_documents(sections["Thành phần hồ sơ"]),
        channels=parse_channels(sections["Cách thức thực hiện"]),
        steps=_paragraph(sections["Trình tự thực hiện"]),
        result=_line(sections["Kết quả thực hiện"]),
        conditions=_paragraph(sections["Yêu cầu, điều kiện thực hiện"]),
        legal_basis=parse_legal_basis(sections["Căn cứ pháp lý"]),
        source=source,
    )


def clean_name(text: str) -> str:
    """A name for reading: no "Thủ tục" in front, no level in brackets, no capitals."""
    name = _line(text).rstrip(".;")
    letters = [c for c in name if c.isalpha()]
    if letters and sum(c.isupper() for c in letters) > 0.6 * len(letters):
        name = name.lower()
    name = _LEVEL_SUFFIX.sub("", name)
    name = re.sub(r"^thủ tục:?\s+(?=\S)", "", name, flags=re.IGNORECASE)
    return name[:1].upper() + name[1:]


def parse_channels(text: str) -> tuple[Channel, ...]:
    """Channels with their time and fees, in the order of the record."""
    pieces = _CHANNEL.split(text)
    channels = []
    for kind, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if kind not in _CHANNEL_KINDS:
            continue
        values = _channel_values(body)
        channels.append(
            Channel(
                kind=_CHANNEL_KINDS[kind],
                time=parse_duration(values.get("Thời hạn giải quyết", "")),
                fees=parse_fees(" ".join(values.get("Phí, lệ phí", "").split())),
                note=_line(values.get("Mô tả", "")),
            )
        )
    if not channels and text.strip():
        # A few records give only words instead of channels.
        words = _line(text)
        if words != UNKNOWN:
            channels.append(Channel(kind=DIRECT, time=Duration(), note=words))
    return tuple(channels)


def _channel_values(body: str) -> dict[str, str]:
    pieces = _CHANNEL_KEY.split(body)
    return {key: _known(value) for key, value in zip(pieces[1::2], pieces[2::2], strict=True)}


def parse_documents(text: str) -> tuple[Document, ...]:
    """Papers with their counts; explanations among them are marked as remarks."""
    pieces = _QUANTITY.split(text)
    documents = []
    group = ""
    for chunk, original, copy in zip(pieces[0::3], pieces[1::3], pieces[2::3], strict=False):
        for match in _GROUP.finditer(chunk):
            group = _LIST_MARK.sub("", _line(match[1])).rstrip(":;. ")
        name = _line(_GROUP.sub("", chunk))
        bare = _LIST_MARK.sub("", name).rstrip("; ")
        if not bare:
            continue
        counted = int(original) > 0 or int(copy) > 0
        in_notes = bool(re.match(r"lưu ý|ghi chú", group, re.IGNORECASE))
        # A line that only leads to others is no paper, even where a count stands behind it.
        remark = bare.endswith(":") or (not counted and (in_notes or bool(_REMARK.match(bare))))
        documents.append(
            Document(
                name=bare[:1].upper() + bare[1:],
                original=int(original) if counted else None,
                copy=int(copy) if counted else None,
                # Papers filed below "Lưu ý" are papers all the same.
                when="" if in_notes or _GENERIC_GROUP.match(group) else group,
                remark=remark,
            )
        )
    return tuple(documents)


def parse_legal_basis(text: str) -> tuple[LegalBasis, ...]:
    """Legal texts with their numbers."""
    bases = []
    for item in re.split(r"^\s*\*(?=\s)", text, flags=re.MULTILINE)[1:]:  # may span lines
        match = _LEGAL.match(_line(item))
        if match and match[1]:
            bases.append(LegalBasis(title=_line(match[1]), number=_line(match[2] or "")))
    return tuple(bases)


def _line(text: str) -> str:
    return " ".join(text.split())


def _paragraph(text: str) -> str:
    lines = []
    for line in text.splitlines():
        line = re.sub(r"^(?:[-+*•–]\s*)+", "- ", _line(line)).strip()
        if line and line != "-":
            lines.append(line)
    return "\n".join(lines)
