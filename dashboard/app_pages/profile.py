"""Where one is signed in, the own password, and tokens for programs."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.store.api_tokens import TokenView
from core.store.records import Actor
from core.store.sessions import SessionView
from dashboard.components.new_token import draw_new_token, keep
from dashboard.text import _, count, mark, plain
from dashboard.told_times import ToldTimes
from dashboard.visitor import callback, current_session, forget_sessions, page, toast

DAYS: dict[int | None, str] = {
    None: mark("Until it is revoked"),
    30: mark("30 days"),
    90: mark("90 days"),
    365: mark("1 year"),
}


def draw(actor: Actor) -> None:
    st.title(_("Sign-ins and password"), anchor=False)
    _sessions(actor)
    _password()
    _tokens(actor)


def _sessions(actor: Actor) -> None:
    st.subheader(_("Where you are signed in"), anchor=False)
    here = current_session()
    for session in wiring.get_sign_in().sessions(actor=actor):
        _session(session, is_here=here is not None and here.id == session.id)
    st.button(_("Sign out everywhere"), icon=":material/logout:", on_click=_sign_out_everywhere)


def _session(session: SessionView, *, is_here: bool) -> None:
    words, action = st.columns([4, 1], vertical_alignment="center")
    times = ToldTimes()
    at, seen = times.clock(session.created_at), times.clock(session.last_seen_at)
    since = _("Signed in {at}, last used {seen}", at=at, seen=seen)
    words.markdown(f"{since} · **{_('this browser')}**" if is_here else since, help=times.help)
    if not is_here:
        action.button(_("Sign out"), key=f"session_{session.id}", on_click=_sign_out, args=(session.id,))


@callback
def _sign_out(actor: Actor, session_id: int) -> None:
    wiring.get_sign_in().sign_out(session_id, actor=actor)
    forget_sessions()


@callback
def _sign_out_everywhere(actor: Actor) -> None:
    if actor.user_id is not None:
        wiring.get_sign_in().sign_out_everywhere(actor.user_id, actor=actor)
        forget_sessions()


def _password() -> None:
    st.subheader(_("Change your password"), anchor=False)
    with st.form("password", clear_on_submit=True, border=False):
        st.text_input(_("Present password"), type="password", key="password_old", autocomplete="current-password")
        st.text_input(_("New password"), type="password", key="password_new", autocomplete="new-password")
        st.form_submit_button(_("Change password"), on_click=_change_password)


@callback
def _change_password(actor: Actor) -> None:
    old, new = st.session_state["password_old"], st.session_state["password_new"]
    session = current_session()
    if session is None:
        return
    wiring.get_sign_in().change_password(old, new, actor=actor, keep_session=session.id)
    forget_sessions()
    toast(_("Your password is changed. Other browsers were signed out."), icon=":material/check_circle:")


def _tokens(actor: Actor) -> None:
    st.subheader(_("Tokens for programs"), anchor=False)
    st.caption(_("A program with a token acts as you, at {address}.", address="/api/v1"))
    draw_new_token()
    own = [one for one in wiring.get_token_manager().list(actor=actor) if one.user_id == actor.user_id]
    for one in own:
        _token(one)
    if any(one.is_open for one in own):
        st.button(_("Revoke all tokens"), key="tokens_revoke_all", icon=":material/key_off:", on_click=_revoke_all)
    st.caption(_("Tokens stay good after a new password and a sign-out, until they are revoked or expire."))
    if not own:
        st.caption(_("You have no token yet."))
    with st.form("token", clear_on_submit=True, border=False):
        st.text_input(_("What is it for?"), key="token_name", placeholder=_("Nightly import"))
        spans: list[int | None] = list(DAYS)
        st.selectbox(_("How long is it good?"), spans, format_func=lambda one: _(DAYS[one]), key="token_days")
        st.form_submit_button(_("Make a token"), on_click=_make_token)


def _token(token: TokenView) -> None:
    words, action = st.columns([4, 1], vertical_alignment="center")
    times = ToldTimes()
    made, used = times.clock(token.created_at), times.clock(token.last_used_at) or _("never")
    told = _("made {at}, last used {used}", at=made, used=used)
    if token.expires_at is not None:
        told += " · " + _("good until {at}", at=times.clock(token.expires_at))
    words.markdown(f"**{plain(token.name)}** · {told}", help=times.help)
    if token.revoked_at is not None:
        action.caption(_("revoked"))
    elif not token.is_open:
        action.caption(_("expired"))
    else:
        action.button(_("Revoke"), key=f"token_{token.id}", on_click=_revoke, args=(token.id,))


@callback
def _make_token(actor: Actor) -> None:
    name, days = st.session_state["token_name"], st.session_state["token_days"]
    token, _view = wiring.get_token_manager().make(name, days=days, actor=actor)
    keep(token)


@callback
def _revoke_all(actor: Actor) -> None:
    if actor.user_id is not None:
        number = wiring.get_token_manager().revoke_all(actor.user_id, actor=actor)
        toast(
            count("{number} token was revoked.", "{number} tokens were revoked.", number),
            icon=":material/check_circle:",
        )


@callback
def _revoke(actor: Actor, token_id: int) -> None:
    wiring.get_token_manager().revoke(token_id, actor=actor)


page(draw)
