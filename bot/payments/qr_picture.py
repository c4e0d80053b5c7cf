"""A payment's text as a picture that a bank's application reads."""

from __future__ import annotations

import io

import segno

# Pixels of a module: a screen shows them sharp, and a picture saved on a phone stays readable.
SCALE = 8
# White around the code, in modules, as ISO/IEC 18004 wants.
BORDER = 4


def png(payload: str, scale: int = SCALE) -> bytes:
    """The picture of an ASCII text, black on white, readable with 15 % of it hidden."""
    buffer = io.BytesIO()
    _code(payload).save(buffer, kind="png", scale=scale, border=BORDER)
    return buffer.getvalue()


def side(payload: str, scale: int = SCALE) -> int:
    """Pixels of the picture's width and height."""
    width, _ = _code(payload).symbol_size(scale=scale, border=BORDER)
    return int(width)


def _code(payload: str) -> segno.QRCode:
    # Without boosting: more correction for the same size would be given to some codes only.
    return segno.make(payload, error="m", micro=False, boost_error=False)
