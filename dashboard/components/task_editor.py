"""Another text for an article that is not online, in its drawer. What is typed is kept until it is saved, also over
a page that is loaded anew or a dashboard that dies; only another cover is to be chosen again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core import wiring
from core.errors import InvalidInput, TopnError
from core.publishing.content import FORMATS, MAX_TITLE_LENGTH, MAX_TOPICS
from core.services.submission import ArticleChanges, TaskUpdate
from core.store.records import Actor, StoredArticle, TaskView
from core.task_state import Mode, TaskStatus
from dashboard.components.article_form import FORMAT_NAMES, MODE_NAMES, UNKEPT_WORDS
from dashboard.components.cover_field import KINDS, MOST_MB
from dashboard.components.edited_cover import draw_edited_cover, seen_key
from dashboard.components.file_field import LOST_WORDS, chosen_file, draw_file_field, is_lost
from dashboard.components.task_badges import badge
from dashboard.components.typing_watch import watch_typing
from dashboard.components.upload_wait import wait_for_upload
from dashboard.text import _, clock, plain
from dashboard.visitor import callback, fragment, hold_typed, toast

EDITED = "task_edited"
"""The name under which a drawer was opened, and the id of the article whose text is in its form."""
CHANGED = "task_edited_changed"
"""The form was opened or left just now: the whole drawer is drawn anew."""
SAID = "task_edit_said"
"""Why it was not saved."""
FIELDS = ("title", "content", "format", "topics", "column", "mode", "without_cover")


def edited_task(public_id: str) -> int | None:
    """The article whose text is in the form; None: the drawer of this article shows no form."""
    opened, task_id = st.session_state.get(EDITED, (None, None))
    return task_id if opened == public_id else None


def leave_form() -> None:
    """The drawer is closed. What was typed is offered again."""
    for name in (EDITED, SAID):
        st.session_state.pop(name, None)


@callback
def edit(_actor: Actor, opened: str, task_id: int) -> None:
    """From a button of the drawer that was opened under this name: show the form."""
    st.session_state[EDITED] = (opened, task_id)
    st.session_state[CHANGED] = True
    st.session_state.pop(SAID, None)


def forget_change() -> None:
    """A run of the whole page draws the drawer as it is now."""
    st.session_state.pop(CHANGED, None)


def follow_change() -> None:
    """At the end of a fragment of the drawer: draw the whole of it when the form was opened or left."""
    if st.session_state.pop(CHANGED, False):
        st.rerun()


@fragment()
def draw_editor(actor: Actor, task_id: int) -> None:
    """Not refreshed by itself: somebody is typing."""
    manager = wiring.get_task_manager()
    task = manager.get(task_id, actor=actor)
    _fill(actor, task_id, lambda: _facts_of(task, manager.article(task_id, actor=actor)))
    hold_typed([_key(name, task_id) for name in FIELDS])
    is_kept = _keep(actor, task_id)
    kept = st.session_state[_kept(task_id)]
    st.markdown(f"{badge(task.status)} **{_('Change the text')}**")
    _draw_kept(task_id, is_kept=is_kept)
    st.text_input(_("Title"), key=_key("title", task_id), live=True)
    used = len(st.session_state[_key("title", task_id)].strip())
    words = _("{used} of {most} characters", used=used, most=MAX_TITLE_LENGTH)
    st.caption(f":red[{words}]" if used > MAX_TITLE_LENGTH else words)
    st.text_area(_("Text"), key=_key("content", task_id), height=360)
    watch_typing()
    _draw_settings(actor, task_id, kept["version"] if kept["has_cover"] else None)
    for words in st.session_state.get(SAID, ()):
        st.error(plain(words), icon=":material/error:")
    _draw_buttons(task)
    follow_change()


def _draw_settings(actor: Actor, task_id: int, with_cover: int | None) -> None:
    """`with_cover`: the version of the article, if it has a cover."""
    st.segmented_control(
        _("Written as"),
        FORMATS,
        format_func=lambda one: _(FORMAT_NAMES[one]),
        key=_key("format", task_id),
        required=True,
    )
    topics, column = st.columns(2)
    topics.multiselect(
        _("Topics (at most {number})", number=MAX_TOPICS),
        st.session_state[_key("topics", task_id)],
        key=_key("topics", task_id),
        accept_new_options=True,
        max_selections=MAX_TOPICS,
        placeholder=_("Type, then Enter"),
    )
    column.text_input(_("Column"), key=_key("column", task_id), placeholder=_("None"))
    is_out = False
    if with_cover is not None:
        is_out = st.checkbox(_("Take the present cover out"), key=_key("without_cover", task_id))
    label = _("Cover") if with_cover is None else _("Another cover")
    draw_file_field(label, KINDS, key=_key("cover", task_id), most_mb=MOST_MB)
    wait_for_upload()
    chosen = chosen_file(_key("cover", task_id))
    draw_edited_cover(actor, task_id, chosen, None if is_out else with_cover)
    st.segmented_control(
        _("What to do"),
        [one.value for one in MODE_NAMES],
        format_func=lambda one: _(MODE_NAMES[Mode(one)]),
        key=_key("mode", task_id),
        required=True,
    )


def _draw_buttons(task: TaskView) -> None:
    goes_by_itself = task.status in (TaskStatus.WAITING, TaskStatus.RETRYING)
    st.caption(
        _("It goes with the new text when its turn comes. The old text is kept.")
        if goes_by_itself
        else _("It stays the same article. The old text is kept.")
    )
    with st.container(horizontal=True):
        if not goes_by_itself:
            st.button(
                _("Save and send again"),
                type="primary",
                icon=":material/send:",
                key=f"edit_send_{task.id}",
                on_click=_save,
                args=(task.id, True),
            )
        st.button(
            _("Save"),
            type="primary" if goes_by_itself else "secondary",
            icon=":material/save:",
            key=f"edit_save_{task.id}",
            on_click=_save,
            args=(task.id, False),
        )
        st.button(
            _("Start from the present text"),
            icon=":material/undo:",
            key=f"edit_undo_{task.id}",
            on_click=_undo,
            args=(task.id,),
        )
        st.button(_("Back"), icon=":material/arrow_back:", key=f"edit_back_{task.id}", on_click=_back)


@callback
def _save(actor: Actor, task_id: int, resend: bool) -> None:
    st.session_state[SAID] = ()
    if is_lost(_key("cover", task_id)):
        st.session_state[SAID] = [_(LOST_WORDS)]
        return
    try:
        wiring.get_task_manager().change(task_id, TaskUpdate(_changes(task_id), resend=resend), actor=actor)
    except InvalidInput as error:
        st.session_state[SAID] = [_(f"{fault.reason} {fault.remedy}") for fault in error.faults]
    except TopnError as error:
        st.session_state[SAID] = [_(str(error))]
    else:
        _forget(actor, task_id)
        st.session_state.pop(EDITED, None)
        st.session_state[CHANGED] = True
        told = _("It is sent again with the new text.") if resend else _("The new text is saved.")
        toast(told, icon=":material/check_circle:")


@callback
def _undo(actor: Actor, task_id: int) -> None:
    _forget(actor, task_id)
    st.session_state.pop(SAID, None)


@callback
def _back(_actor: Actor) -> None:
    leave_form()
    st.session_state[CHANGED] = True


def _changes(task_id: int) -> ArticleChanges:
    """Everything that the form holds, based on the version it was filled with."""
    kept: dict[str, Any] = st.session_state[_kept(task_id)]
    typed = {name: st.session_state.get(_key(name, task_id), kept[name]) for name in FIELDS}
    cover = chosen_file(_key("cover", task_id))
    return ArticleChanges(
        title=typed["title"],
        content=typed["content"],
        content_format=typed["format"],
        column=typed["column"],
        topics=tuple(typed["topics"]),
        cover=None if cover is None else cover.getvalue(),
        without_cover=bool(typed["without_cover"]) and cover is None,
        mode=typed["mode"],
        based_on=kept["version"],
    )


def _facts_of(task: TaskView, article: StoredArticle) -> dict[str, Any]:
    return {
        "title": article.title,
        "content": article.content,
        "format": article.content_format,
        "topics": list(article.topics),
        "column": article.column or "",
        "mode": task.mode.value,
        "without_cover": False,
        "has_cover": article.cover_sha256 is not None,
        "version": article.version,
    }


def _fill(actor: Actor, task_id: int, read: Callable[[], dict[str, Any]]) -> None:
    """Before the form is drawn: what was typed before, else the article as it is."""
    if _kept(task_id) not in _state():
        facts = read()
        found = wiring.get_edit_drafts().load(str(task_id), actor=actor)
        if found is not None and _types(found[0]) == _types(facts):
            facts, st.session_state[_kept_at(task_id)] = found
        st.session_state[_kept(task_id)] = facts
    kept = st.session_state[_kept(task_id)]
    for name in FIELDS:
        if _key(name, task_id) not in _state():
            st.session_state[_key(name, task_id)] = kept[name]


def _keep(actor: Actor, task_id: int) -> bool:
    """What has changed, also on disk. False: it is only kept here."""
    kept: dict[str, Any] = st.session_state[_kept(task_id)]
    typed = {name: st.session_state[_key(name, task_id)] for name in FIELDS}
    changed = {**kept, **typed}
    if changed == kept and not st.session_state.get(_unkept(task_id)):
        return True
    st.session_state[_kept(task_id)] = changed
    is_kept = wiring.get_edit_drafts().save(str(task_id), changed, actor=actor)
    st.session_state[_unkept(task_id)] = not is_kept
    return is_kept


def _draw_kept(task_id: int, *, is_kept: bool) -> None:
    at = st.session_state.get(_kept_at(task_id))
    if at is not None:
        st.caption(_("What you typed until {at} is here again.", at=clock(at)))
    if not is_kept:
        st.caption(f":orange[{_(UNKEPT_WORDS)}]")


def _forget(actor: Actor, task_id: int) -> None:
    wiring.get_edit_drafts().forget(str(task_id), actor=actor)
    for name in (
        *(_key(field, task_id) for field in (*FIELDS, "cover")),
        _kept(task_id),
        _kept_at(task_id),
        _unkept(task_id),
        seen_key(task_id),
    ):
        st.session_state.pop(name, None)


def _types(facts: dict[str, Any]) -> dict[str, type]:
    """A draft of another version of TOP_N may hold other things."""
    return {name: type(value) for name, value in facts.items()}


def _state() -> Any:
    return st.session_state


def _key(name: str, task_id: int) -> str:
    return f"edit_{name}_{task_id}"


def _kept(task_id: int) -> str:
    return f"edit_kept_{task_id}"


def _kept_at(task_id: int) -> str:
    return f"edit_kept_at_{task_id}"


def _unkept(task_id: int) -> str:
    return f"edit_unkept_{task_id}"
