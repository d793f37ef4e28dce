"""Covers made small for the preview."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops

from dashboard.components.cover_preview import MOST_PIXELS, SHARP_WIDTH, small_picture
from tests.pictures import opened, picture

EXIF_ORIENTATION = 0x0112
LIES_ON_ITS_SIDE = 6


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
