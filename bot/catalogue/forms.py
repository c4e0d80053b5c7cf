"""Forms (mẫu đơn, tờ khai) that the papers of a dossier name."""

from __future__ import annotations

import re

from bot.catalogue.model import Document, Form

# "Tờ khai đăng ký khai sinh theo mẫu …", "Đơn đề nghị … (Mẫu số 01)".
_FORM = re.compile(
    r"^(?:\d+ |bản (?:chính |sao )?)?((?:tờ khai|đơn|phiếu|bản khai|bản đăng ký|bản kê|giấy đề nghị"
    r"|giấy đăng ký|văn bản|công văn|thông báo|danh sách|báo cáo|biên bản|tờ trình|hồ sơ|kế hoạch"
    r"|phương án|lý lịch|sơ yếu|bảng|hợp đồng|giấy khai)\b[^.;]{0,200}?)"
    r"[\s,;:(–-]*(?:\b(?:lập |được lập )?theo (?:biểu |các |đúng )?mẫu|\bmẫu)\b",
    re.IGNORECASE,
)
_FORM_NUMBER = re.compile(
    r"mẫu(?: đơn| tờ khai)?(?: số)?:? ((?=[\w./-]*\d)[A-ZĐ0-9][\w./-]*)", re.IGNORECASE
)


def forms_among(documents: tuple[Document, ...]) -> tuple[Form, ...]:
    """Papers of the dossier that are filled-in forms, with the form's number if it is named."""
    forms = []
    for document in documents:
        match = None if document.remark else _FORM.match(document.name)
        if match:
            number = _FORM_NUMBER.search(document.name)
            name = " ".join(match[1].split()).rstrip(" ,;:(")
            forms.append(Form(name=name, number=number[1].rstrip(".") if number else ""))
    return tuple(dict.fromkeys(forms))
