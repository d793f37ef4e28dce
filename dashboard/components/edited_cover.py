"""The cover an article is going to have, in the form that changes it: the one that was chosen, else the present one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import wiring
from core.errors import NotFound
from core.store.records import Actor
from dashboard.components.cover_field import SeenCover, draw_cover_faults, look_at
from dashboard.components.cover_preview import draw_cover_picture

WIDTH = 320


def draw_edited_cover(actor: Actor, task_id: int, chosen: Any, version: int | None) -> None:
    """`chosen`: the file in the field. `version`: of the article whose own cover is shown without one; None: it has
    none, or is to lose it. Each is looked at once."""
    named = version if chosen is None else chosen.file_id
    if named is None:
        return
    seen: SeenCover | None = st.session_state.get(seen_key(task_id))
    if seen is None or seen.source != named:
        data = _present(actor, task_id) if chosen is None else chosen.getvalue()
        seen = st.session_state[seen_key(task_id)] = look_at(named, data)
    if chosen is not None:
        draw_cover_faults(seen)
    if not seen.faults:
        draw_cover_picture(seen.small, width=WIDTH)


def _present(actor: Actor, task_id: int) -> bytes:
    """Empty where there is none any more: the form goes on, and its cover can be taken out or another one chosen."""
    try:
        return wiring.get_picture_viewer().cover(task_id, actor=actor) or b""
    except NotFound:
        return b""


def seen_key(task_id: int) -> str:
    """Where the session keeps what was looked at."""
    return f"edit_cover_seen_{task_id}"
