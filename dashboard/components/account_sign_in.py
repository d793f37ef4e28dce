"""A fresh sign-in for an account: looked at first, stored only after its owner has seen what it replaces."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from core import wiring
from core.store.records import AccountView, Actor
from dashboard.text import _, count, mark, plain
from dashboard.told_times import ToldTimes
from dashboard.visitor import callback, callback_here, hold_typed, toast

COOKIE_HELP = mark(
    "Sign in to the site in your own browser, export its cookies with an extension such as Cookie-Editor, and paste "
    "them here. JSON, Netscape files and the header “Cookie:” are all understood. They are kept encrypted and never "
    "shown again."
)


def draw_sign_in(account: AccountView, ends_at: datetime | None, waiting: int) -> None:
    """`ends_at`: of the sign-in that is there. `waiting`: so many articles need a person."""
    looked_at = st.session_state.get(_pending(account.id))
    if looked_at is not None:
        _draw_question(account, ends_at, looked_at[1], waiting)
        return
    st.caption(_(COOKIE_HELP))
    hold_typed([_typed(account.id)])
    st.text_area(_("Cookies"), key=_typed(account.id), max_chars=200_000)
    key = f"look_at_{account.id}"
    st.button(_("Look at them"), type="primary", key=key, on_click=_look_at, args=(account.id,))


def _draw_question(account: AccountView, ends_at: datetime | None, fresh_end: datetime | None, waiting: int) -> None:
    who = plain(account.remote_name or account.name)
    old, new = ToldTimes(), ToldTimes()
    words = _("This replaces the sign-in of **{who}** ({end}).", who=who, end=_end(ends_at, old))
    st.markdown(words, help=old.help)
    words = _("The new one: {end}. It must be of the same person on the site.", end=_end(fresh_end, new))
    st.markdown(words, help=new.help)
    if waiting:
        st.markdown(
            count(
                "{number} article needs a person; if it waits for a sign-in, it goes on.",
                "{number} articles need a person; those that wait for a sign-in go on.",
                waiting,
            )
        )
    with st.container(horizontal=True):
        replace, back = _("Replace the sign-in"), _("Cancel")
        st.button(replace, type="primary", key=f"replace_{account.id}", on_click=_replace, args=(account.id,))
        st.button(back, key=f"keep_{account.id}", on_click=_forget, args=(account.id,))


def _end(moment: datetime | None, times: ToldTimes) -> str:
    if moment is None:
        return _("its cookies do not tell until when it is good")
    return _("good until {at}", at=times.clock(moment))


def _typed(account_id: int) -> str:
    """The field's name."""
    return f"cookies_{account_id}"


def _pending(account_id: int) -> str:
    """In the session: the cookies and when they end."""
    return f"new_sign_in_{account_id}"


@callback_here
def _look_at(actor: Actor, account_id: int) -> None:
    text = st.session_state[_typed(account_id)]
    fresh_end = wiring.get_account_manager().look_at_cookies(account_id, text, actor=actor)
    st.session_state[_pending(account_id)] = (text, fresh_end)
    st.session_state[_typed(account_id)] = ""


@callback
def _replace(actor: Actor, account_id: int) -> None:
    """Without asking the site: the button for that stands beside it, and takes a browser."""
    if _pending(account_id) not in st.session_state:
        # The second of two clicks.
        return
    text, _fresh_end = st.session_state[_pending(account_id)]
    receipt = wiring.get_account_manager().replace_cookies(account_id, text, actor=actor, probe=False)
    # Only now: what failed can be tried again without fetching the cookies once more.
    del st.session_state[_pending(account_id)]
    told = count(
        "The sign-in is replaced. {number} article goes on.",
        "The sign-in is replaced. {number} articles go on.",
        receipt.resumed,
    )
    toast(told, icon=":material/check_circle:")


@callback_here
def _forget(actor: Actor, account_id: int) -> None:
    st.session_state.pop(_pending(account_id), None)
