"""Covers made small for the preview."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from PIL import Image, ImageChops

from dashboard.components.cover_preview import MOST_PIXELS, SHARP_WIDTH, small_picture
from tests.pictures import opened, picture

EXIF_ORIENTATION = 0x0112
LIES_ON_ITS_SIDE = 6
ASCII, SHORT, SIGNED_SHORT = 2, 3, 8


def tag(number: int, kind: int, value: bytes) -> bytes:
    """One entry of an EXIF, of at most four bytes."""
    return struct.pack("<HHI4s", number, kind, len(value) if kind == ASCII else 1, value)


def tiff(*tags: bytes) -> bytes:
    """An EXIF of these, as no camera may have written it."""
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + b"".join(tags) + bytes(4)


UPRIGHT_BY_A_TURN = tag(EXIF_ORIENTATION, SHORT, struct.pack("<H", LIES_ON_ITS_SIDE))
WORD_FOR_ORIENTATION = tag(EXIF_ORIENTATION, ASCII, b"6\0")
ASCII_RESOLUTION = tag(0x011A, ASCII, b"72\0")
ASCII_WIDTH = tag(0x0100, ASCII, b"60\0")
NEGATIVE_LENGTH = tag(0x0103, SIGNED_SHORT, struct.pack("<h", -1))


def with_exif(exif: bytes, kind: str) -> bytes:
    """A picture that is wider than high."""
    data = BytesIO()
    Image.new("RGB", (60, 20)).save(data, kind, exif=b"Exif\0\0" + exif)
    return data.getvalue()


def small(data: bytes) -> Image.Image:
    made = small_picture(data)
    assert made is not None
    return opened(made)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_wide_cover_is_made_as_wide_as_a_sharp_screen_shows_it(kind: str) -> None:
    made = small(picture(3000, 1500, "blue", kind=kind))
    assert (made.format, made.size) == ("JPEG", (SHARP_WIDTH, SHARP_WIDTH // 2))
    assert max(ImageChops.difference(made, Image.new("RGB", made.size, "blue")).tobytes()) < 8


def test_a_small_cover_stays_as_large_as_it_is() -> None:
    assert small(picture(300, 200)).size == (300, 200)


def test_what_is_clear_in_a_cover_is_white_as_the_site_s_page() -> None:
    assert small(picture(10, 10, 0, mode="RGBA")).getpixel((5, 5)) == (255, 255, 255)


def test_a_photograph_that_lies_on_its_side_stands_up() -> None:
    turned, data = Image.Exif(), BytesIO()
    turned[EXIF_ORIENTATION] = LIES_ON_ITS_SIDE
    Image.new("RGB", (60, 20)).save(data, "JPEG", exif=turned)
    assert small(data.getvalue()).size == (20, 60)


@pytest.mark.parametrize("odd", [ASCII_RESOLUTION, ASCII_WIDTH, NEGATIVE_LENGTH])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photograph_stands_up_whatever_else_its_exif_says(kind: str, odd: bytes) -> None:
    assert small(with_exif(tiff(UPRIGHT_BY_A_TURN, odd), kind)).size == (20, 60)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
@pytest.mark.parametrize("exif", [b"nothing", b"II*\0", tiff(UPRIGHT_BY_A_TURN)[:15], tiff(WORD_FOR_ORIENTATION)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photograph_whose_exif_cannot_be_read_is_shown_as_it_lies(kind: str, exif: bytes) -> None:
    assert small(with_exif(exif, kind)).size == (60, 20)


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\n and the rest", picture(300, 200)[:200], picture(60, 60, kind="GIF"), b""]
)
def test_what_cannot_be_opened_is_not_shown(data: bytes) -> None:
    assert small_picture(data) is None


@pytest.mark.parametrize("height", [MOST_PIXELS // 10_000 + 1, 30_000])
def test_a_small_file_of_too_many_pixels_is_not_opened(height: int) -> None:
    data = picture(10_000, height, 0, mode="1")
    assert len(data) < 500_000
    assert small_picture(data) is None
