"""The picture of a code, read back by a reader that knows nothing of how it was drawn."""

from __future__ import annotations

import io

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from PIL import Image, ImageFilter

from bot.payments import qr_picture
from bot.payments.vietqr import Transfer
from tests.payments.test_vietqr import TRANSFER, payload, transfers

TEXT = payload(TRANSFER)
LONGEST = payload(Transfer("999999", "Z" * 19, 9_999_999_999_999, "A" * 25))
TEXTS = [TEXT, LONGEST]


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("L")


def read(picture: Image.Image) -> list[str]:
    """Texts of the QR codes in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(np.asarray(picture))]


def resized(picture: Image.Image, side: int) -> Image.Image:
    return picture.resize((side, side), Image.Resampling.BILINEAR)


def as_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return opened(buffer.getvalue())


@given(transfers)
@settings(max_examples=60, deadline=None)
def test_what_is_drawn_is_read_letter_for_letter(transfer: Transfer) -> None:
    text = payload(transfer)
    assert read(opened(qr_picture.png(text))) == [text]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("scale", [1, 2, 3, 5, 8, 16])
def test_every_scale_is_read_and_has_its_size(text: str, scale: int) -> None:
    picture = opened(qr_picture.png(text, scale))
    assert picture.size == (qr_picture.side(text, scale),) * 2
    assert read(picture) == [text]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("side", [150, 200, 240, 333, 1000])
def test_a_phone_may_show_it_at_any_size(text: str, side: int) -> None:
    assert read(resized(opened(qr_picture.png(text)), side)) == [text]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("quality", [20, 50, 90])
def test_a_picture_sent_on_as_jpeg_is_read(text: str, quality: int) -> None:
    small = resized(opened(qr_picture.png(text)), 200)
    assert read(as_jpeg(small, quality)) == [text]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("radius", [1, 2, 3])
def test_a_blurred_picture_is_read(text: str, radius: int) -> None:
    assert read(opened(qr_picture.png(text)).filter(ImageFilter.GaussianBlur(radius))) == [text]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("degrees", [3, 90, 180, -20])
def test_a_phone_held_askew_reads_it(text: str, degrees: int) -> None:
    picture = opened(qr_picture.png(text)).rotate(degrees, expand=True, fillcolor=255)
    assert read(picture) == [text]


@pytest.mark.parametrize("text", TEXTS)
def test_a_stain_on_the_print_is_borne(text: str) -> None:
    picture = opened(qr_picture.png(text))
    side = picture.width
    # A fiftieth of the area, off the corners that a reader finds a code by.
    stain = (side * 6 // 10, side * 6 // 10, side * 74 // 100, side * 74 // 100)
    picture.paste(0, stain)
    assert read(picture) == [text]


def test_around_it_four_modules_are_white() -> None:
    picture = np.asarray(opened(qr_picture.png(TEXT, 1)))
    dark = np.argwhere(picture == 0)
    assert dark.min() == 4
    assert dark.max() == picture.shape[0] - 5
    assert set(np.unique(picture)) == {0, 255}
