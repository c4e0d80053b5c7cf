"""One record of the national text export, from text to a `Procedure`.

A file is a list of `Key: value` sections in a fixed order, some with indented lines.
Names of sections and the traps of their values: see `bot.catalogue.amounts` and the
tests, which hold the real records against what is read here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from bot.catalogue.amounts import UNKNOWN, fee_parts, parse_duration, parse_fees
from bot.catalogue.forms import forms_among
from bot.catalogue.localising import without_other_provinces
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
from bot.catalogue.parsed_shares import Shares

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
MOST_COPIES = 1000
CODE = re.compile(r"^\d\.\d{6}$")

_CHANNEL_KINDS = {"ONLINE": ONLINE, "DIRECT": DIRECT, "POSTAL": POSTAL}
_CHANNEL = re.compile(r"^\s*\* Hình thức nộp:\s*(\w+)\s*$", re.MULTILINE)
_TIME_KEY, _FEE_KEY = "Thời hạn giải quyết", "Phí, lệ phí"
_CHANNEL_KEY = re.compile(rf"^\s{{2,}}({_TIME_KEY}|{_FEE_KEY}|Mô tả):", re.MULTILINE)
_QUANTITY = re.compile(r"^\s*Số lượng: Bản chính: (\d+), Bản sao: (\d+)\s*$", re.MULTILINE)
_GROUP = re.compile(r"^\s*\[ (.*?) \]\s*$", re.MULTILINE | re.DOTALL)
_LIST_MARK = re.compile(r"^(?:[-+*•–=\s]|\(?[ivx]{1,4}\)|[a-zđ0-9]{1,2}[.)]\s)+", re.IGNORECASE)
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
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\0", "")
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
    return from_sections(split_sections(text), issuing_body=issuing_body, source=source)


def level_of(sections: Mapping[str, str]) -> str | None:
    """The level of a record, None if it is neither commune nor province."""
    return LEVELS.get(sections["Cấp thực hiện"].strip())


def from_sections(sections: Mapping[str, str], *, issuing_body: str, source: Source) -> Procedure:
    """A procedure from the sections of its file.

    Raises:
        RecordError: code, name or level is not usable.
    """
    code = sections["Mã thủ tục"].strip()
    if not CODE.match(code):
        raise RecordError(f"{code!r} is not a procedure code")
    name = clean_name(sections["Tên thủ tục"])
    if not name:
        raise RecordError("the name is empty")
    level = level_of(sections)
    if level is None:
        raise RecordError(
            f"level {sections['Cấp thực hiện'].strip()!r} is neither commune nor province"
        )
    channels = parse_channels(sections["Cách thức thực hiện"])
    documents = parse_documents(sections["Thành phần hồ sơ"])
    return Procedure(
        code=code,
        name=name,
        field=one_line(sections["Lĩnh vực"]),
        level=level,
        issuing_body=issuing_body,
        decision=one_line(sections["Số quyết định"]),
        subject=one_line(sections["Đối tượng thực hiện"]),
        agency=without_other_provinces(
            one_line(sections["Cơ quan thực hiện"]) or one_line(sections["Cơ quan có thẩm quyền"])
        ),
        # A record that names no online channel does not say that there is none.
        online=True if any(c.kind == ONLINE for c in channels) else None,
        places=paragraphs(sections["Địa chỉ tiếp nhận HS"]),
        documents=documents,
        channels=channels,
        forms=forms_among(documents),
        steps=paragraphs(sections["Trình tự thực hiện"]),
        result=one_line(sections["Kết quả thực hiện"]),
        conditions="\n".join(paragraphs(sections["Yêu cầu, điều kiện thực hiện"])),
        legal_basis=parse_legal_basis(sections["Căn cứ pháp lý"]),
        source=source,
    )


def clean_name(text: str) -> str:
    """A name for reading: no "Thủ tục" in front, no level in brackets, no capitals."""
    name = one_line(text).rstrip(".;")
    letters = [c for c in name if c.isalpha()]
    if letters and sum(c.isupper() for c in letters) > 0.6 * len(letters):
        name = name.lower()
    name = _LEVEL_SUFFIX.sub("", name)
    name = re.sub(r"^thủ tục:?\s+(?=\S)", "", name, flags=re.IGNORECASE).strip()
    return name[:1].upper() + name[1:]


def measure(sections: Mapping[str, str], procedure: Procedure) -> Shares:
    """How much of a record became numbers, held against its text."""
    shares = Shares()
    texts = _channel_texts(sections["Cách thức thực hiện"])
    for channel, (_, values) in zip(procedure.channels, texts, strict=False):
        shares.add_channel(
            procedure.code,
            channel,
            values.get(_TIME_KEY, ""),
            fee_parts(" ".join(values.get(_FEE_KEY, "").split())),
        )
    shares.add_documents(procedure.documents)
    return shares


def parse_channels(text: str) -> tuple[Channel, ...]:
    """Channels with their time and fees, in the order of the record."""
    channels = [
        Channel(
            kind=kind,
            time=parse_duration(values.get(_TIME_KEY, "")),
            fees=parse_fees(" ".join(values.get(_FEE_KEY, "").split())),
            note=one_line(values.get("Mô tả", "")),
        )
        for kind, values in _channel_texts(text)
    ]
    if not channels and text.strip():
        # A few records give only words instead of channels.
        words = one_line(text)
        if words != UNKNOWN:
            channels.append(Channel(kind=DIRECT, time=Duration(), note=words))
    return tuple(channels)


def _channel_texts(text: str) -> list[tuple[str, dict[str, str]]]:
    """Kind and values by key of each channel of a known kind."""
    pieces = _CHANNEL.split(text)
    return [
        (_CHANNEL_KINDS[kind], _channel_values(body))
        for kind, body in zip(pieces[1::2], pieces[2::2], strict=True)
        if kind in _CHANNEL_KINDS
    ]


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
            group = match[1]
        document = document_of(_GROUP.sub("", chunk), group, int(original), int(copy))
        if document is not None:
            documents.append(document)
    return tuple(documents)


def document_of(text: str, group: str, original: int, copy: int) -> Document | None:
    """One paper, or an explanation among the papers; None where there are no words.

    `group` is the heading that it stands below, often the case that needs it.

    Raises:
        RecordError: nobody can want so many copies.
    """
    if max(original, copy) > MOST_COPIES:
        raise RecordError(f"{max(original, copy)} copies of one paper")
    bare = _LIST_MARK.sub("", one_line(text)).rstrip("; ")
    if not bare:
        return None
    heading = _LIST_MARK.sub("", one_line(group)).rstrip(":;. ")
    counted = original > 0 or copy > 0
    in_notes = bool(re.match(r"lưu ý|ghi chú", heading, re.IGNORECASE))
    # A line that only leads to others is no paper, even where a count stands behind it.
    remark = bare.endswith(":") or (not counted and (in_notes or bool(_REMARK.match(bare))))
    return Document(
        name=bare[:1].upper() + bare[1:],
        original=original if counted else None,
        copy=copy if counted else None,
        # Papers filed below "Lưu ý" are papers all the same.
        when="" if in_notes or _GENERIC_GROUP.match(heading) else heading,
        remark=remark,
    )


def parse_legal_basis(text: str) -> tuple[LegalBasis, ...]:
    """Legal texts with their numbers."""
    bases = []
    for item in re.split(r"^\s*\*(?=\s)", text, flags=re.MULTILINE)[1:]:  # may span lines
        match = _LEGAL.match(one_line(item))
        if match and match[1]:
            bases.append(LegalBasis(title=one_line(match[1]), number=one_line(match[2] or "")))
    return tuple(bases)


def one_line(text: str) -> str:
    return " ".join(text.split())


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a text, with one kind of list mark."""
    lines = []
    for line in text.splitlines():
        line = re.sub(r"^(?:[-+*•–=]\s*)+", "- ", one_line(line)).strip()
        if line and line != "-":
            lines.append(line)
    return tuple(lines)
