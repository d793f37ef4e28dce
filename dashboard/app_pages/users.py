"""Who may use TOP_N, and as what."""

from __future__ import annotations

import streamlit as st

from core import wiring
from core.store.records import Actor, Role, UserView
from dashboard.components.stored_field import follow
from dashboard.text import _, count, mark, plain
from dashboard.told_times import ToldTimes
from dashboard.visitor import callback, forget_sessions, page, toast

ROLES = {Role.OPERATOR: mark("Operator"), Role.ADMIN: mark("Administrator")}


def draw(actor: Actor) -> None:
    st.title(_("Users"), anchor=False)
    st.caption(_("Operators see and touch only what is their own. Administrators see and touch everything."))
    for user in wiring.get_user_manager().list(actor=actor):
        _user(user, is_self=user.id == actor.user_id)
    _add()


def _user(user: UserView, *, is_self: bool) -> None:
    with st.container(border=True):
        name, role, action = st.columns([3, 2, 2], vertical_alignment="center")
        state = f" · {_('disabled')}" if user.is_disabled else ""
        times = ToldTimes()
        since = _("since {at}", at=times.clock(user.created_at))
        name.markdown(f"**{plain(user.name)}**{state}  \n:gray[{since}]", help=times.help)
        follow(f"role_{user.id}", user.role)
        role.selectbox(
            _("Role"),
            list(ROLES),
            format_func=lambda one: _(ROLES[one]),
            key=f"role_{user.id}",
            label_visibility="collapsed",
            on_change=_set_role,
            args=(user.id,),
            disabled=is_self,
        )
        with action.popover(_("More"), icon=":material/more_horiz:"):
            _more(user, is_self=is_self)


def _more(user: UserView, *, is_self: bool) -> None:
    with st.form(f"password_{user.id}", clear_on_submit=True, border=False):
        st.text_input(_("New password"), type="password", key=f"new_password_{user.id}", autocomplete="new-password")
        st.form_submit_button(_("Set password"), on_click=_set_password, args=(user.id,))
    st.button(_("Sign out everywhere"), key=f"out_{user.id}", on_click=_sign_out, args=(user.id,))
    st.button(_("Revoke all tokens"), key=f"tokens_{user.id}", on_click=_revoke_tokens, args=(user.id,))
    st.caption(_("Tokens stay good after a new password and a sign-out, until they are revoked or expire."))
    if not is_self:
        words = _("Let in again") if user.is_disabled else _("Lock out")
        st.button(words, key=f"lock_{user.id}", on_click=_lock, args=(user.id, not user.is_disabled))
        st.caption(_("What waits of a locked out user goes on. Pause the user to hold it back."))


def _add() -> None:
    st.subheader(_("Add a user"), anchor=False)
    with st.form("add_user", border=False):
        name, password, role = st.columns([2, 2, 1])
        name.text_input(_("Name"), key="add_name")
        password.text_input(_("Password"), type="password", key="add_password", autocomplete="new-password")
        role.selectbox(_("Role"), list(ROLES), format_func=lambda one: _(ROLES[one]), key="add_role")
        st.form_submit_button(_("Add"), icon=":material/person_add:", on_click=_add_user)


@callback
def _add_user(actor: Actor) -> None:
    chosen = st.session_state
    password = chosen["add_password"] or None
    user = wiring.get_user_manager().add(chosen["add_name"], password, actor=actor, role=chosen["add_role"])
    # Emptied only now: who was refused for one field need not fill in the others again.
    chosen["add_name"], chosen["add_password"], chosen["add_role"] = "", "", Role.OPERATOR
    toast(_("{name} was added.", name=plain(user.name)), icon=":material/check_circle:")


@callback
def _set_role(actor: Actor, user_id: int) -> None:
    # Taken out of the field, which shows what is stored then, also when it was refused.
    wiring.get_user_manager().set_role(user_id, st.session_state.pop(f"role_{user_id}"), actor=actor)
    forget_sessions()


@callback
def _set_password(actor: Actor, user_id: int) -> None:
    wiring.get_user_manager().set_password(user_id, st.session_state[f"new_password_{user_id}"], actor=actor)
    forget_sessions()
    toast(_("The password is set, and the user's browsers were signed out."), icon=":material/check_circle:")


@callback
def _sign_out(actor: Actor, user_id: int) -> None:
    wiring.get_sign_in().sign_out_everywhere(user_id, actor=actor)
    forget_sessions()


@callback
def _revoke_tokens(actor: Actor, user_id: int) -> None:
    number = wiring.get_token_manager().revoke_all(user_id, actor=actor)
    toast(count("{number} token was revoked.", "{number} tokens were revoked.", number), icon=":material/check_circle:")


@callback
def _lock(actor: Actor, user_id: int, is_disabled: bool) -> None:
    wiring.get_user_manager().set_disabled(user_id, is_disabled=is_disabled, actor=actor)
    forget_sessions()


page(draw)
