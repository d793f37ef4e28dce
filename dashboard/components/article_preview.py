"""An article as the site will show it, made by the very code that hands it to the site's editor."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.publishing.content import render
from dashboard.components.cover_field import SeenCover
from dashboard.components.cover_preview import ARTICLE_WIDTH, draw_cover_picture
from dashboard.text import _, count, plain

STYLE = """
<style>
.topn-article { font-size: 16px; line-height: 1.7; overflow-wrap: anywhere; }
.topn-article h1 { font-size: 28px; line-height: 1.35; padding: 0 0 12px; }
.topn-article h2 { font-size: 20px; padding: 12px 0 4px; }
.topn-article h3 { font-size: 17px; padding: 8px 0 4px; }
.topn-article p { margin: 0 0 1em; }
.topn-article blockquote { margin: 0 0 1em; padding-left: 16px; border-left: 3px solid #8a94a6; opacity: .8; }
.topn-article pre { padding: 12px 16px; border-radius: 6px; background: #8a94a622; white-space: pre-wrap; }
.topn-article figure { margin: 1.4em 0; text-align: center; }
.topn-article img { max-width: 100%; border-radius: 4px; }
.topn-article table { width: 100%; border-collapse: collapse; }
.topn-article th, .topn-article td { padding: 6px 12px; border: 1px solid #8a94a666; text-align: left; }
</style>
"""


def draw_preview(title: str, content: str, content_format: str, cover: SeenCover | None) -> None:
    """Its cover, its title, its body, how long it is, and what could not be published of it."""
    st.subheader(_("Preview"), anchor=False)
    if cover is not None and not cover.faults:
        # Above the title, where Zhihu shows it.
        draw_cover_picture(cover.small)
    if not title.strip() and not content.strip():
        st.caption(_("As soon as you write something, it is shown here as the site will show it."))
        return
    shown = render(content, content_format)
    width = f"max-width: {ARTICLE_WIDTH}px"
    st.html(f'{STYLE}<div class="topn-article" style="{width}"><h1>{escape(title)}</h1>{shown.html}</div>')
    if content.strip():
        for fault in shown.faults:
            st.warning(plain(_(f"{fault.reason} {fault.remedy}")), icon=":material/warning:")
    st.caption(count("{number} character", "{number} characters", shown.text_length))
