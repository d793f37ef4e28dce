"""What an article said before it was edited."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.store.records import StoredArticle
from dashboard.text import _, plain

SHOWN_CHARACTERS = 5_000


def draw_versions(versions: Sequence[StoredArticle]) -> None:
    """The earlier ones, the newest first; each can be opened."""
    for version in reversed(versions[:-1]):
        with st.expander(_("Earlier text {number}", number=version.version), icon=":material/history:"):
            st.markdown(f"**{plain(version.title)}**")
            st.code(version.content[:SHOWN_CHARACTERS], language=None, wrap_lines=True)
            if len(version.content) > SHOWN_CHARACTERS:
                shown, whole = f"{SHOWN_CHARACTERS:,}", f"{len(version.content):,}"
                st.caption(_("The first {shown} of {whole} characters.", shown=shown, whole=whole))
