"""The cover in the preview of an article. A picture of five megabytes is made small once, when it is chosen: a page is
drawn anew with every key that somebody types."""

from __future__ import annotations

import logging
from io import BytesIO

import streamlit as st
from PIL import ExifTags, Image

from dashboard.text import _

logger = logging.getLogger(__name__)

ARTICLE_WIDTH = 690
"""Pixels of a column of text on Zhihu. The cover is as wide."""
SHARP_WIDTH = 2 * ARTICLE_WIDTH
"""Streamlit makes what is wider small itself, at every run."""
TALLEST = 4 * SHARP_WIDTH
MOST_PIXELS = 40_000_000
"""A picture of few bytes may be one of very many pixels, which all have to be held at once."""
KINDS = ("PNG", "JPEG", "WEBP")
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""How a photograph lies (the orientation of its EXIF) → what puts it upright."""
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
            return _on_paper(_upright(picture).convert("RGBA"))
    except Exception:
        # Pillow fails at odd files in more ways than it names, and a form must not break off at any of them.
        logger.info("a cover cannot be shown", exc_info=True)
        return None


def _upright(picture: Image.Image) -> Image.Image:
    """Pillow's own `exif_transpose` writes the whole EXIF anew, which fails where any other tag of it is odd."""
    try:
        turn = TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        # An EXIF that cannot be read says nothing; the picture beside it may be fine.
        logger.info("the EXIF of a cover cannot be read", exc_info=True)
        return picture
    return picture if turn is None else picture.transpose(turn)


def _on_paper(upright: Image.Image) -> bytes:
    """Where the cover lets something through, the page of the site is white."""
    paper = Image.new("RGBA", upright.size, "white")
    paper.alpha_composite(upright)
    small = BytesIO()
    paper.convert("RGB").save(small, "JPEG", quality=85)
    return small.getvalue()


def draw_cover_picture(small: bytes | None, *, width: int = ARTICLE_WIDTH) -> None:
    """What `small_picture` made. The same picture has the same address at every run: a browser fetches it once."""
    if small is None:
        st.caption(_("The cover cannot be shown here and goes to the site as it is: look whether it opens elsewhere."))
        return
    with st.container(key=PLACE, width=width):
        st.html(STYLE)
        st.image(small, width="stretch")
