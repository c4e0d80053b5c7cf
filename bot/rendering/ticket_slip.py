"""A ticket as a slip on A4 (PDF) for the agency that deals with it.

Nothing is on it that is not stored: personal data is masked, the telephone number is not shown.
The same ticket gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from bot import clock
from bot.rendering.ticket_lines import LEVELS, STATES, TOPIC, kind_name
from bot.support.ticket import OPEN, Ticket
from bot.support.ticket_codes import spoken
from bot.wording import text

FONT = "DejaVu"
_FONT_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
_MARGIN, _LABEL_WIDTH, _LINE = 20, 48, 6.5
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")


class FontMissing(RuntimeError):
    """The font that has all Vietnamese letters is not installed."""


def draw(ticket: Ticket) -> bytes:
    """The slip of a ticket, one page or more.

    Raises:
        FontMissing: the font's files are not where matplotlib, which Rasa brings, keeps them.
    """
    pdf = FPDF(format="A4")
    pdf.set_creation_date(ticket.made_at.replace(tzinfo=dt.timezone.utc))
    pdf.set_title(f"{text(TOPIC, 'utter_slip_title')} {ticket.code}")
    pdf.set_lang("vi")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, margin=_MARGIN)
    for style, file in _FONT_FILES.items():
        pdf.add_font(FONT, style, _font_folder() / file)
    pdf.add_page()
    _head(pdf)
    for name, value in _rows(ticket):
        _row(pdf, text(TOPIC, name), value)
    _part(pdf, "utter_slip_text", ticket.text)
    _part(pdf, "utter_slip_answer", ticket.answer or text(TOPIC, STATES[OPEN]))
    pdf.ln(_LINE)
    pdf.set_font(FONT, size=8)
    pdf.multi_cell(0, 4.5, text(TOPIC, "utter_slip_note"), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    return bytes(pdf.output())


def _font_folder() -> Path:
    found = importlib.util.find_spec("matplotlib")
    for folder in (found.submodule_search_locations if found else None) or ():
        fonts = Path(folder) / "mpl-data" / "fonts" / "ttf"
        if all((fonts / file).is_file() for file in _FONT_FILES.values()):
            return fonts
    raise FontMissing(f"{_FONT_FILES['']} was not found among matplotlib's fonts.")


def _head(pdf: FPDF) -> None:
    half = pdf.epw / 2
    columns = (
        (pdf.l_margin, ("utter_slip_province",)),
        (pdf.l_margin + half, ("utter_slip_country", "utter_slip_motto")),
    )
    top, bottom = pdf.get_y(), pdf.get_y()
    for left, names in columns:
        pdf.set_y(top)
        for name in names:
            written = text(TOPIC, name)
            pdf.set_x(left)
            pdf.set_font(FONT, "B", 9)
            shown = written if name == "utter_slip_motto" else written.upper()
            pdf.multi_cell(half, 5, shown, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        bottom = max(bottom, pdf.get_y())
    pdf.set_y(bottom + 8)
    pdf.set_font(FONT, "B", 14)
    title = text(TOPIC, "utter_slip_title").upper()
    pdf.multi_cell(0, 8, title, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    pdf.ln(4)


def _rows(ticket: Ticket) -> list[tuple[str, str]]:
    level = text(TOPIC, LEVELS[ticket.level]) if ticket.level in LEVELS else ticket.level
    contact = "utter_slip_has_contact" if ticket.has_contact else "utter_slip_no_contact"
    rows = [
        ("utter_slip_code", spoken(ticket.code)),
        ("utter_slip_kind", kind_name(ticket.kind)),
        ("utter_slip_made_at", _moment(ticket.made_at)),
        ("utter_slip_channel", ticket.channel),
        ("utter_slip_field", ticket.field),
        ("utter_slip_level", level),
        ("utter_slip_agency", ticket.agency),
        ("utter_slip_due_at", _moment(ticket.due_at)),
        ("utter_slip_state", text(TOPIC, STATES[ticket.state])),
        ("utter_slip_place", ticket.place),
        ("utter_slip_contact", text(TOPIC, contact)),
    ]
    return rows + ([("utter_slip_dossier", ticket.dossier_code)] if ticket.dossier_code else [])


def _moment(moment: dt.datetime | None) -> str:
    return f"{clock.in_vietnam(moment):%H:%M, %d/%m/%Y}" if moment else ""


def _row(pdf: FPDF, label: str, value: str) -> None:
    pdf.set_font(FONT, "B", 10)
    pdf.multi_cell(_LABEL_WIDTH, _LINE, label, align="L", new_x=XPos.RIGHT, new_y=YPos.TOP)
    _write(pdf, value)


def _part(pdf: FPDF, name: str, value: str) -> None:
    pdf.ln(3)
    pdf.set_font(FONT, "B", 10)
    pdf.multi_cell(0, _LINE, text(TOPIC, name), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _write(pdf, value)


def _write(pdf: FPDF, value: str) -> None:
    pdf.set_font(FONT, size=10)
    shown = _CONTROL.sub("", value).strip() or text(TOPIC, "utter_slip_unknown")
    pdf.multi_cell(0, _LINE, shown, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
