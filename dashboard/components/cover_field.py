"""The cover of an article that is being written. It is kept with the rest until the article is handed in."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core import wiring
from core.errors import Fault
from core.services.pictures import MAX_PICTURE_BYTES, cover_faults
from core.store.records import Actor
from dashboard.components.cover_preview import small_picture
from dashboard.components.file_field import chosen_file, draw_file_field, is_lost
from dashboard.components.upload_wait import wait_for_upload
from dashboard.text import _, plain
from dashboard.visitor import callback

COVERS = "publish_covers"
"""Counts the blank forms: a file that was chosen can only be taken out by a new field."""
KINDS = ("png", "jpg", "jpeg", "webp")
MOST_MB = MAX_PICTURE_BYTES // 1024 // 1024
KEPT = "publish_cover_kept"
"""Which chosen file is kept already."""
SEEN = "publish_cover_seen"
"""The cover that was looked at last: each is once, however often the page is drawn."""


@dataclass(frozen=True, slots=True)
class SeenCover:
    """A cover as far as the page shows it."""

    source: Hashable
    """Another one for every file that is chosen and every cover that is kept."""
    size: int
    faults: tuple[Fault, ...]
    small: bytes | None = field(repr=False)
    """None: it has faults, or cannot be shown."""


def draw_cover(actor: Actor, form: str) -> None:
    """The field, or beside it the cover of before, and what is wrong with it."""
    draw_file_field(_("Cover"), KINDS, key=_key(), most_mb=MOST_MB)
    if is_lost(_key()) and cover_now(actor, form) is not None:
        # The kept one takes its place, below a field without a name.
        start_anew()
        st.rerun()
    wait_for_upload()
    chosen, drafts = _chosen(), wiring.get_form_drafts()
    if chosen is None and st.session_state.pop(KEPT, None) is not None:
        # It was taken out of the field.
        drafts.forget_cover(form, actor=actor)
    seen = cover_now(actor, form)
    if seen is None:
        return
    draw_cover_faults(seen)
    if chosen is None:
        _draw_kept(seen, form)
    elif not seen.faults:
        _keep(chosen, actor, form)


def _draw_kept(seen: SeenCover, form: str) -> None:
    size = f"{max(seen.size // 1024, 1):,}"
    st.caption(_("The cover you chose before goes with it ({size} kB).", size=size))
    st.button(
        _("Take the cover out"),
        key="publish_cover_out",
        icon=":material/hide_image:",
        on_click=_take_out,
        args=(form,),
    )


def cover_now(actor: Actor, form: str) -> SeenCover | None:
    """The one in the field, else the one of before. It is looked at once, not at every key that is typed beside it."""
    chosen, drafts = _chosen(), wiring.get_form_drafts()
    named = drafts.cover_stamp(form, actor=actor) if chosen is None else chosen.file_id
    known: SeenCover | None = st.session_state.get(SEEN)
    if named is None:
        return None
    if known is not None and known.source == (form, named):
        return known
    data = read_cover(actor, form)
    if data is None:
        return None
    seen = st.session_state[SEEN] = look_at((form, named), data)
    return seen


def look_at(source: Hashable, data: bytes) -> SeenCover:
    """What is wrong with this cover, or how it looks."""
    faults = tuple(cover_faults(data))
    return SeenCover(source, len(data), faults, None if faults else small_picture(data))


def draw_cover_faults(seen: SeenCover) -> None:
    """Below the field it was chosen in."""
    for fault in seen.faults:
        st.error(plain(_(f"{fault.reason} {fault.remedy}")), icon=":material/error:")


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


def is_cover_lost(actor: Actor, form: str) -> bool:
    """Whether the browser shows one that is neither in the field nor kept."""
    return is_lost(_key()) and cover_now(actor, form) is None


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
    return chosen_file(_key())
