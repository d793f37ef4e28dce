"""The cover of an article that is being written. It is kept with the rest until the article is handed in."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import wiring
from core.services.pictures import MAX_PICTURE_BYTES
from core.store.records import Actor
from dashboard.components.file_field import draw_file_field
from dashboard.text import _
from dashboard.visitor import callback

COVERS = "publish_covers"
"""Counts the blank forms: a file that was chosen can only be taken out by a new field."""
KINDS = ("png", "jpg", "jpeg", "webp")
MOST_MB = MAX_PICTURE_BYTES // 1024 // 1024
KEPT = "publish_cover_kept"
"""Which chosen file is kept already."""


def draw_cover(actor: Actor, form: str) -> None:
    """The field, or beside it the cover of before."""
    draw_file_field(_("Cover"), KINDS, key=_key(), most_mb=MOST_MB)
    chosen, drafts = _chosen(), wiring.get_form_drafts()
    if chosen is not None:
        _keep(chosen, actor, form)
        return
    if st.session_state.pop(KEPT, None) is not None:
        # It was taken out of the field.
        drafts.forget_cover(form, actor=actor)
    kept = drafts.load_cover(form, actor=actor)
    if kept is not None:
        size = f"{max(len(kept) // 1024, 1):,}"
        st.caption(_("The cover you chose before goes with it ({size} kB).", size=size))
        st.button(
            _("Take the cover out"),
            key="publish_cover_out",
            icon=":material/hide_image:",
            on_click=_take_out,
            args=(form,),
        )


def _keep(chosen: Any, actor: Actor, form: str) -> None:
    if st.session_state.get(KEPT) == (form, chosen.file_id):
        return
    if wiring.get_form_drafts().save_cover(form, chosen.getvalue(), actor=actor):
        st.session_state[KEPT] = (form, chosen.file_id)
    else:
        words = _("The cover cannot be kept just now. It goes with the article if you hand it in from here.")
        st.caption(f":orange[{words}]")


def read_cover(actor: Actor, form: str) -> bytes | None:
    """The one in the field, else the one of before."""
    chosen = _chosen()
    return wiring.get_form_drafts().load_cover(form, actor=actor) if chosen is None else bytes(chosen.getvalue())


def start_anew() -> None:
    """A blank field. The draft forgets its own."""
    st.session_state[COVERS] = st.session_state.get(COVERS, 0) + 1
    st.session_state.pop(KEPT, None)


@callback
def _take_out(actor: Actor, form: str) -> None:
    wiring.get_form_drafts().forget_cover(form, actor=actor)
    start_anew()


def _key() -> str:
    return f"{COVERS}_{st.session_state.get(COVERS, 0)}"


def _chosen() -> Any:
    return st.session_state.get(_key())
