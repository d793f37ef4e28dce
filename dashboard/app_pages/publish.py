"""One article: write it, see it as the site will show it, hand it in, and watch it go."""

from __future__ import annotations

import uuid

import streamlit as st

from core import wiring
from core.errors import InvalidInput, Repeated
from core.store.records import AccountView, Actor
from dashboard.components.article_form import draw_form, keep_draft, key, read_form, start_anew, take_over_draft
from dashboard.components.article_preview import draw_preview
from dashboard.components.sent_article import PARAMETER, draw_sent
from dashboard.text import _, one_behind_the_other, plain
from dashboard.visitor import callback, page

REFERENCE = "publish_reference"
"""The same until the article is handed in: two clicks, or one whose answer was lost, make one article."""
FAULTS = "publish_faults"
EARLIER = "publish_earlier"


def draw(actor: Actor) -> None:
    st.title(_("Publish"), anchor=False)
    sent = st.query_params.get(PARAMETER)
    if sent:
        draw_sent(sent)
    accounts = _accounts(actor)
    if not accounts:
        st.info(_("You have no account to publish with yet. Add one first."), icon=":material/person_add:")
        return
    take_over_draft(actor)
    keep_draft(actor)  # before anything is drawn: who types on ends this run early
    form, preview = st.columns(2, gap="large")
    with form:
        draw_form(accounts, actor)
        _draw_answer()
        _draw_buttons()
    with preview:
        draw_preview(*(st.session_state[key(name)] for name in ("title", "content", "format")))
    keep_draft(actor)


def _accounts(actor: Actor) -> list[AccountView]:
    found = wiring.get_account_manager().list(actor=actor)
    return sorted(found, key=lambda one: (one.user_id != actor.user_id, one.user_name, one.name))


def _draw_answer() -> None:
    """Why it was not handed in, if so."""
    for fault in st.session_state.get(FAULTS, ()):
        st.error(plain(_(f"{fault.reason} {fault.remedy}")), icon=":material/error:")
    earlier = st.session_state.get(EARLIER)
    if earlier:
        words = _("The same article was handed in before, as {number}.", number=earlier)
        words = one_behind_the_other(words, _("Send it again only if it is meant twice."))
        st.warning(words, icon=":material/content_copy:")


def _draw_buttons() -> None:
    with st.container(horizontal=True):
        words = _("Send it all the same") if st.session_state.get(EARLIER) else _("Hand in")
        st.button(
            words,
            key="publish_send",
            type="primary",
            icon=":material/send:",
            shortcut="Ctrl+Shift+Enter",
            on_click=_send,
        )
        st.button(_("Start anew"), key="publish_anew", icon=":material/ink_eraser:", on_click=_start_anew)


@callback
def _send(actor: Actor) -> None:
    st.session_state[FAULTS] = ()
    reference = st.session_state.setdefault(REFERENCE, f"form-{uuid.uuid4().hex}")
    submission, owner = read_form(_accounts(actor), reference, actor)
    known = st.session_state.get(EARLIER)
    try:
        task = wiring.get_task_manager().submit(
            submission, actor=actor, user_id=owner, refuse_repeat=True, repeat_of=known
        )
    except Repeated as error:
        st.session_state[EARLIER] = error.public_id
        return
    except InvalidInput as error:
        st.session_state[FAULTS] = error.faults
        return
    st.query_params[PARAMETER] = task.public_id
    _start(actor)


@callback
def _start_anew(actor: Actor) -> None:
    _start(actor)


def _start(actor: Actor) -> None:
    start_anew(actor)
    for name in (REFERENCE, FAULTS, EARLIER):
        st.session_state.pop(name, None)


page(draw)
