"""How each user stands against the limits, and changing them."""

from __future__ import annotations

import math

import pyarrow as pa
import streamlit as st

from core import wiring
from core.lane import UserLimits
from core.services.limit_manager import LimitReport
from core.services.wait_words import DOWN
from core.store.records import Actor
from dashboard import figures
from dashboard.components.limit_history import draw_history
from dashboard.components.stored_field import follow
from dashboard.text import _, plain
from dashboard.visitor import REFRESH_SECONDS, callback, fragment, page, toast


def draw(actor: Actor) -> None:
    st.title(_("Limits"), anchor=False)
    st.caption(_("A limit never refuses an article, it only makes it wait. Changes count from the next start on."))
    users = wiring.get_user_manager().list(actor=actor)
    names = {user.id: user.name for user in users}
    if not users:
        st.info(_("There are no users yet."))
        return
    is_everybody = st.toggle(_("All users"), key="limits_everybody", bind="query-params")
    place = st.container()
    st.subheader(_("Change limits"), anchor=False)
    user_id = st.selectbox(
        _("User"), list(names), format_func=names.__getitem__, key="limits_user", bind="query-params"
    )
    report = wiring.get_limit_manager().show(user_id, actor=actor)
    with place:
        # Only now: while Redis is away, that is told once, in place of both.
        live_figures(is_everybody=is_everybody)
    _change_form(report)
    draw_history(actor)


@fragment(run_every=REFRESH_SECONDS)
def live_figures(actor: Actor, *, is_everybody: bool) -> None:
    """Those whose limits matter just now, or all users; refreshed by itself."""
    standings = figures.standings(figures.reader(actor)) if actor.is_admin else []
    shown = [one for one in standings if is_everybody or one.is_of_interest]
    if not shown:
        st.info(
            _(
                "Nobody has anything waiting, running or started in the last minute, and all have the usual limits. "
                "“All users” shows everybody."
            )
        )
        return
    stats, is_published = [one.stats for one in shown], figures.workers(figures.reader(actor)) != []
    columns = {
        _("User"): [one.name for one in shown],
        _("Publishing"): [f"{one.running} / {one.max_running}" for one in stats],
        _("Started in 60 s"): [f"{one.starts} / {one.max_starts}" for one in stats],
        _("Waiting"): [one.waiting for one in stats],
        _("Next start in"): [_seconds(one.next_slot_seconds) if is_published else _(DOWN) for one in stats],
        _("Limits"): [_("own") if one.has_own_limits else _("usual") for one in shown],
    }
    st.dataframe(pa.table(columns), hide_index=True)


def _seconds(seconds: float) -> str:
    return _("{number} s", number=math.ceil(seconds)) if seconds > 0 else _("now")


def _change_form(report: LimitReport) -> None:
    own, defaults, user_id = report.overrides, report.defaults, report.user.id
    for name, stored in (("running", own.max_running), ("starts", own.max_starts), ("weight", own.weight)):
        follow(f"limits_{name}_{user_id}", stored)
    with st.form("limits", border=True):
        running, starts, weight = st.columns(3)
        running.number_input(
            _("Publishing at once (usual: {number})", number=defaults.max_running_per_user),
            min_value=1,
            value=None,
            placeholder=_("usual"),
            key=f"limits_running_{user_id}",
        )
        starts.number_input(
            _("Starts a minute (usual: {number})", number=defaults.max_starts_per_minute),
            min_value=1,
            value=None,
            placeholder=_("usual"),
            key=f"limits_starts_{user_id}",
        )
        weight.number_input(
            _("Share of the turns (usual: 1)"),
            help=_("While several users wait, one with 2 gets twice as many turns as one with 1."),
            min_value=0.01,
            value=None,
            placeholder=_("usual"),
            key=f"limits_weight_{user_id}",
        )
        st.form_submit_button(_("Save"), on_click=_save, args=(user_id, own))
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


@callback
def _save(actor: Actor, user_id: int, drawn: UserLimits) -> None:
    """`drawn`: what was stored when the form was drawn. All three are written, so what somebody else has set since
    would be lost. What is stored already, as by the first of two clicks, is saved."""
    running, starts, weight = (st.session_state[f"limits_{name}_{user_id}"] for name in ("running", "starts", "weight"))
    limits, report = UserLimits(user_id, running, starts, weight), wiring.get_limit_manager().show(user_id, actor=actor)
    if report.overrides not in (drawn, limits):
        words = _(
            "The limits of {name} were changed meanwhile. Look at them and save again.", name=plain(report.user.name)
        )
        toast(words, icon=":material/sync:")
        return
    if report.overrides != limits:
        wiring.get_limit_manager().set(limits, actor=actor)
    toast(_("Saved. It counts from the next start on."), icon=":material/check_circle:")


@callback
def _reset(actor: Actor, user_id: int) -> None:
    wiring.get_limit_manager().reset(user_id, actor=actor)
    toast(_("Reset. The user may go on at once."), icon=":material/check_circle:")


page(draw)
