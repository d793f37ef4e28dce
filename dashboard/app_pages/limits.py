"""How each user stands against the limits, and changing them."""

from __future__ import annotations

import math

import pyarrow as pa
import streamlit as st

from core import wiring
from core.lane import UserLimits
from core.services.limit_manager import LimitReport
from core.services.wait_words import DOWN
from core.store.audit import AuditFilter
from core.store.records import Actor
from dashboard import figures
from dashboard.text import _, clock, full_clock, mark, plain
from dashboard.visitor import REFRESH_SECONDS, callback, fragment, page

HISTORY = 20
RESET = mark("{who} reset the limits of {whose}")
CHANGED = mark("{who} changed the limits of {whose}")


def draw(actor: Actor) -> None:
    st.title(_("Limits"), anchor=False)
    st.caption(_("A limit never refuses an article, it only makes it wait. Changes count from the next start on."))
    users = wiring.get_user_manager().list(actor=actor)
    names = {user.id: user.name for user in users}
    if not users:
        st.info(_("There are no users yet."))
        return
    live_figures()
    st.subheader(_("Change limits"), anchor=False)
    user_id = st.selectbox(
        _("User"), list(names), format_func=names.__getitem__, key="limits_user", bind="query-params"
    )
    _change_form(wiring.get_limit_manager().show(user_id, actor=actor))
    _history(actor)


@fragment(run_every=REFRESH_SECONDS)
def live_figures(actor: Actor) -> None:
    """Those with something waiting or running; refreshed by itself."""
    busy = figures.busy_users(figures.reader(actor)) if actor.is_admin else []
    if not busy:
        st.info(_("Nobody has anything waiting or running now."))
        return
    stats, is_published = [one.stats for one in busy], figures.workers(figures.reader(actor)) != []
    columns = {
        _("User"): [one.name for one in busy],
        _("Publishing"): [f"{one.running} / {one.max_running}" for one in stats],
        _("Started in 60 s"): [f"{one.starts} / {one.max_starts}" for one in stats],
        _("Waiting"): [one.waiting for one in stats],
        _("Next start in"): [_seconds(one.next_slot_seconds) if is_published else _(DOWN) for one in stats],
    }
    st.dataframe(pa.table(columns), hide_index=True)


def _seconds(seconds: float) -> str:
    return _("{number} s", number=math.ceil(seconds)) if seconds > 0 else _("now")


def _change_form(report: LimitReport) -> None:
    own, defaults, user_id = report.overrides, report.defaults, report.user.id
    with st.form("limits", border=True):
        running, starts, weight = st.columns(3)
        running.number_input(
            _("Publishing at once (usual: {number})", number=defaults.max_running_per_user),
            min_value=1,
            value=own.max_running,
            placeholder=_("usual"),
            key=f"limits_running_{user_id}",
        )
        starts.number_input(
            _("Starts a minute (usual: {number})", number=defaults.max_starts_per_minute),
            min_value=1,
            value=own.max_starts,
            placeholder=_("usual"),
            key=f"limits_starts_{user_id}",
        )
        weight.number_input(
            _("Share of the turns (usual: 1)"),
            help=_("While several users wait, one with 2 gets twice as many turns as one with 1."),
            min_value=0.01,
            value=own.weight,
            placeholder=_("usual"),
            key=f"limits_weight_{user_id}",
        )
        st.form_submit_button(_("Save"), on_click=_save, args=(user_id,))
    with st.popover(_("Reset"), icon=":material/restart_alt:"):
        st.write(
            _(
                "Forget what {name} started in the last minute, so that it may go on at once. What is publishing now "
                "goes on and still counts.",
                name=plain(report.user.name),
            )
        )
        st.button(
            _("Reset {name}", name=plain(report.user.name)), type="primary", on_click=_reset, args=(report.user.id,)
        )


def _history(actor: Actor) -> None:
    st.subheader(_("History"), anchor=False)
    entries = wiring.get_audit_viewer().entries(AuditFilter(action="limits."), actor=actor, limit=HISTORY)
    if not entries:
        st.caption(_("No limit was ever changed or reset."))
    for entry in entries:
        did = RESET if entry.action == "limits.reset" else CHANGED
        words = _(did, who=plain(entry.actor_name), whose=plain(entry.target or ""))
        refused = f" · {_('refused')}" if entry.detail.get("denied") else ""
        st.markdown(f"{clock(entry.at)} · {words}{refused}", help=full_clock(entry.at))


@callback
def _save(actor: Actor, user_id: int) -> None:
    running, starts, weight = (st.session_state[f"limits_{name}_{user_id}"] for name in ("running", "starts", "weight"))
    limits = UserLimits(user_id, running, starts, weight)
    wiring.get_limit_manager().set(limits, actor=actor)
    st.toast(_("Saved. It counts from the next start on."), icon=":material/check_circle:")


@callback
def _reset(actor: Actor, user_id: int) -> None:
    wiring.get_limit_manager().reset(user_id, actor=actor)
    st.toast(_("Reset. The user may go on at once."), icon=":material/check_circle:")


page(draw)
