"""The cover in the preview of an article. A picture of five megabytes is made small once, when it is chosen: a page is
drawn anew with every key that somebody types."""

from __future__ import annotations

from io import BytesIO

import streamlit as st
from PIL import Image, ImageOps, UnidentifiedImageError

ARTICLE_WIDTH = 690
"""Pixels of a column of text on Zhihu. The cover is as wide."""
SHARP_WIDTH = 2 * ARTICLE_WIDTH
"""Streamlit makes what is wider small itself, at every run."""
TALLEST = 4 * SHARP_WIDTH
MOST_PIXELS = 40_000_000
"""A picture of few bytes may be one of very many pixels, which all have to be held at once."""
KINDS = ("PNG", "JPEG", "WEBP")
PLACE = "cover_preview"
STYLE = f"<style>.st-key-{PLACE} [data-testid='stElementToolbar'] {{ display: none; }}</style>"
"""Its button to enlarge the picture speaks English only."""


def small_picture(data: bytes) -> bytes | None:
    """What the preview shows of a cover, as JPEG, the right way up as browsers show it. None: it cannot be opened, or
    only with more memory than a preview is worth."""
    try:
        with Image.open(BytesIO(data), formats=KINDS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.thumbnail((SHARP_WIDTH, TALLEST))
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        return None
    # Where the cover lets something through, the page of the site is white.
    paper = Image.new("RGBA", upright.size, "white")
    paper.alpha_composite(upright)
    small = BytesIO()
    paper.convert("RGB").save(small, "JPEG", quality=85)
    return small.getvalue()


def draw_cover_picture(small: bytes, *, width: int = ARTICLE_WIDTH) -> None:
    """The same picture has the same address at every run: a browser fetches it once."""
    with st.container(key=PLACE, width=width):
        st.html(STYLE)
        st.image(small, width="stretch")
