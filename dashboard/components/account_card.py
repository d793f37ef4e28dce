"""One platform account: how its sign-in stands, what waits for it, and what can be done."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import streamlit as st

from core import wiring
from core.errors import TopnError
from core.lane import PauseScope
from core.services.task_words import SITE_NAMES
from core.store.pauses import PauseView
from core.store.records import AccountState, AccountView, Actor
from core.task_state import TaskStatus
from dashboard.components.account_sign_in import draw_sign_in
from dashboard.components.task_badges import status_label
from dashboard.navigation import path_of
from dashboard.shared_figures import forget_all
from dashboard.text import _, full_clock, mark, plain
from dashboard.told_times import ToldTimes
from dashboard.visitor import callback, toast

STATES = {
    AccountState.SIGNED_IN: (mark("Signed in"), "green"),
    AccountState.UNCHECKED: (mark("Not asked yet"), "gray"),
    AccountState.NEEDS_LOGIN: (mark("Action needed: sign in again"), "orange"),
    AccountState.NEEDS_HUMAN: (mark("Action needed: the site asks for verification"), "orange"),
}
NEAR = timedelta(days=7)
"""A sign-in that ends so soon is worth a warning."""
RESULT_SECONDS = 60
"""So long the answer of a check stays on the page."""


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """What is known beside the account itself."""

    pauses: Sequence[PauseView]
    tasks: Mapping[TaskStatus, int]
    ends_at: datetime | None
    """When the sign-in ends, if nothing renews it; None: the cookies do not tell."""


def draw_account(account: AccountView, facts: AccountFacts, actor: Actor) -> None:
    """A box with everything."""
    with st.container(border=True, key=f"account_{account.id}"):
        _draw_head(account, facts, actor)
        if account.error_message and account.state in (AccountState.NEEDS_LOGIN, AccountState.NEEDS_HUMAN):
            st.warning(plain(_(account.error_message)), icon=":material/front_hand:")
        _draw_end(account, facts.ends_at)
        _draw_tasks(account, facts.tasks)
        _draw_actions(account, facts, actor)


def _draw_head(account: AccountView, facts: AccountFacts, actor: Actor) -> None:
    label, color = STATES[AccountState(account.state)]
    site = _(SITE_NAMES.get(account.platform, account.platform))
    owner = f" · {plain(account.user_name)}" if actor.is_admin else ""
    paused = "".join(f" :orange-badge[{_why_paused(pause)}]" for pause in facts.pauses[:1])
    st.markdown(f"**{plain(account.name)}** · {site}{owner} :{color}-badge[{_(label)}]{paused}")
    times = ToldTimes()
    known = _("Known on the site as {name}", name=plain(account.remote_name)) if account.remote_name else ""
    asked = _("last asked {at}", at=times.clock(account.checked_at)) if account.checked_at else ""
    until = _("good until {at}", at=times.clock(facts.ends_at)) if facts.ends_at else ""
    told = " · ".join(part for part in (known, asked, until) if part)
    if told:
        st.caption(told, help=times.help)


def _why_paused(pause: PauseView) -> str:
    return _("Slowed by the site") if pause.is_of_site else _("Paused by {who}", who=plain(pause.by))


def _draw_end(account: AccountView, ends_at: datetime | None) -> None:
    """A sign-in that is about to end; one that has ended says so itself. A box has no tooltip: it tells the time in
    full."""
    if ends_at is None or account.state in (AccountState.NEEDS_LOGIN, AccountState.NEEDS_HUMAN):
        return
    now, at = datetime.now(UTC), full_clock(ends_at, seconds=False)
    if ends_at <= now:
        st.warning(_("Its sign-in ended at {at}. Sign in again.", at=at), icon=":material/timer_off:")
    elif ends_at - now < NEAR:
        words = _("Its sign-in ends at {at}, unless the site renews it. Sign in again in time.", at=at)
        st.warning(words, icon=":material/timer:")


def _draw_tasks(account: AccountView, tasks: Mapping[TaskStatus, int]) -> None:
    told = " · ".join(f"{status_label(status)} {tasks[status]}" for status in TaskStatus if tasks.get(status))
    st.page_link(
        path_of("tasks"),
        label=told or _("No article waits for it"),
        icon=":material/table_rows:",
        query_params={"account": str(account.id)},
    )


def _draw_actions(account: AccountView, facts: AccountFacts, actor: Actor) -> None:
    with st.container(horizontal=True):
        is_asked = st.button(_("Check now"), icon=":material/sync:", key=f"check_{account.id}")
        with st.popover(_("New sign-in"), icon=":material/login:"):
            draw_sign_in(account, facts.ends_at, facts.tasks.get(TaskStatus.BLOCKED, 0))
        if facts.pauses:
            may_lift = actor.is_admin or any(pause.by == actor.name for pause in facts.pauses)
            st.button(
                _("Let it go on"),
                icon=":material/play_arrow:",
                key=f"account_resume_{account.id}",
                disabled=not may_lift,
                on_click=_resume,
                args=(account.id,),
            )
        else:
            st.button(
                _("Pause"),
                icon=":material/pause:",
                key=f"account_pause_{account.id}",
                on_click=_pause,
                args=(account.id,),
            )
        with st.popover(_("Delete"), icon=":material/delete:"):
            st.write(_("Only an account that no article was ever handed in for can be deleted. Others can be paused."))
            label = _("Delete {name}", name=plain(account.name))
            st.button(label, type="primary", key=f"delete_{account.id}", on_click=_delete, args=(account.id,))
    if is_asked:
        _check(account, actor)
    _draw_result(account)


def _check(account: AccountView, actor: Actor) -> None:
    """Takes as long as the site and a browser need. The answer outlives the next refreshes of the page."""
    with st.spinner(_("Asking the site who is signed in…")):
        try:
            found = wiring.get_account_manager().check(account.id, actor=actor)
        except TopnError as error:
            words, is_well = _(str(error)), False
        else:
            words, is_well = _("Signed in as {name}.", name=plain(found.remote_name or found.name)), True
    forget_all()
    st.session_state[_result(account)] = (words, is_well, time.monotonic())
    st.rerun()


def _result(account: AccountView) -> str:
    return f"account_checked_{account.id}"


def _draw_result(account: AccountView) -> None:
    words, is_well, at = st.session_state.get(_result(account), ("", True, 0.0))
    if words and time.monotonic() - at < RESULT_SECONDS:
        (st.success if is_well else st.error)(
            plain(words), icon=":material/check_circle:" if is_well else ":material/error:"
        )


@callback
def _pause(actor: Actor, account_id: int) -> None:
    wiring.get_pause_manager().pause(PauseScope.ACCOUNT, str(account_id), actor=actor)
    toast(_("Paused. Nothing new of it starts."), icon=":material/pause_circle:")


@callback
def _resume(actor: Actor, account_id: int) -> None:
    wiring.get_pause_manager().resume(PauseScope.ACCOUNT, str(account_id), actor=actor)
    toast(_("It goes on."), icon=":material/play_circle:")


@callback
def _delete(actor: Actor, account_id: int) -> None:
    wiring.get_account_manager().delete(account_id, actor=actor)
    toast(_("The account is deleted."), icon=":material/check_circle:")
