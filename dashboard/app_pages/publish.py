"""One article: write it, see it as the site will show it, hand it in, and watch it go."""

from __future__ import annotations

import uuid

import streamlit as st

from core import wiring
from core.errors import InvalidInput, ReferenceTaken, Repeated
from core.store.records import AccountView, Actor
from dashboard.components.article_draft import (
    discard,
    draw_draft_state,
    forget_draft,
    form_now,
    keep_draft,
    leave_form,
    set_aside,
    take_over_draft,
)
from dashboard.components.article_form import GONE_WORDS, chosen_account, draw_form, key, read_form
from dashboard.components.article_preview import draw_preview
from dashboard.components.cover_field import cover_now, is_cover_lost
from dashboard.components.file_field import LOST_WORDS
from dashboard.components.sent_article import draw_handed_in, show_handed_in
from dashboard.components.ways_in import draw_way_to_account
from dashboard.text import _, one_behind_the_other, plain
from dashboard.visitor import REFUSED_ICON, callback, page, toast

REFERENCE = "publish_reference"
"""The same until the article is handed in: two clicks, or one whose answer was lost, make one article."""
FAULTS = "publish_faults"
EARLIER = "publish_earlier"
CHANGED = "publish_changed"
"""What was handed in earlier from this form differs from what stands in it now."""
HANDED_IN = "handed_in_form"
"""The form that was handed in last, and its article. Its button may be pressed once more before the browser shows the
next form."""


def draw(actor: Actor) -> None:
    st.title(_("Publish"), anchor=False)
    draw_handed_in()
    accounts = _accounts(actor)
    if not accounts:
        draw_way_to_account()
        return
    take_over_draft(actor)
    keep_draft(actor)  # before anything is drawn: who types on ends this run early
    form, preview = st.columns(2, gap="large")
    with form:
        draw_draft_state(actor)
        draw_form(accounts, actor, form_now())
        _draw_answer()
        _draw_buttons()
    with preview:
        title, content, content_format = (st.session_state[key(name)] for name in ("title", "content", "format"))
        draw_preview(title, content, content_format, cover_now(actor, form_now()))


def _accounts(actor: Actor) -> list[AccountView]:
    found = wiring.get_account_manager().list(actor=actor)
    return sorted(found, key=lambda one: (one.user_id != actor.user_id, one.user_name, one.name))


def _draw_answer() -> None:
    """Why it was not handed in, if so."""
    for fault in st.session_state.get(FAULTS, ()):
        st.error(plain(_(f"{fault.reason} {fault.remedy}")), icon=":material/error:")
    earlier = st.session_state.get(EARLIER)
    if earlier:
        same = _("The same article was handed in before, as {number}.", number=earlier)
        other = _("From this form an article was handed in before, as {number}, with other content.", number=earlier)
        words = other if st.session_state.get(CHANGED) else same
        words = one_behind_the_other(words, _("Send it again only if it is meant twice."))
        st.warning(words, icon=":material/content_copy:")


def _draw_buttons() -> None:
    with st.container(horizontal=True):
        words = _("Send it all the same") if st.session_state.get(EARLIER) else _("Hand in")
        st.button(
            words,
            key=f"publish_send_{form_now()}",
            type="primary",
            icon=":material/send:",
            shortcut="Ctrl+Shift+Enter",
            on_click=_send,
            args=(form_now(),),
        )
        st.button(_("Start anew"), key="publish_anew", icon=":material/note_add:", on_click=set_aside)
        st.button(_("Discard it"), key="publish_discard", icon=":material/delete:", on_click=discard)


@callback
def _send(actor: Actor, form: str) -> None:
    handed_in, known_as = st.session_state.get(HANDED_IN, (None, None))
    if form == handed_in:
        # The second of two clicks brought fields and address of before with it.
        leave_form(form_now())
        show_handed_in(known_as)
        return
    st.session_state[FAULTS] = ()
    account = chosen_account(_accounts(actor))
    if account is None:
        toast(_(GONE_WORDS), icon=REFUSED_ICON)
        return
    if is_cover_lost(actor, form):
        toast(_(LOST_WORDS), icon=REFUSED_ICON)
        return
    reference = st.session_state.setdefault(REFERENCE, f"form-{uuid.uuid4().hex}")
    submission = read_form(account, reference, actor, form_now())
    known = st.session_state.get(EARLIER)
    try:
        task = wiring.get_task_manager().submit(
            submission, actor=actor, user_id=account.user_id, refuse_repeat=True, repeat_of=known
        )
    except (Repeated, ReferenceTaken) as error:
        st.session_state[EARLIER] = error.public_id
        st.session_state[CHANGED] = isinstance(error, ReferenceTaken)
        if isinstance(error, ReferenceTaken):
            del st.session_state[REFERENCE]
        return
    except InvalidInput as error:
        st.session_state[FAULTS] = error.faults
        return
    st.session_state[HANDED_IN] = form, task.public_id
    show_handed_in(task.public_id)
    forget_draft(actor)
    # The button stands far below the place where its way is shown.
    words = _("“{title}” was handed in. How it goes is shown at the top of this page.", title=plain(task.title))
    toast(words, icon=":material/check_circle:")


page(draw)
