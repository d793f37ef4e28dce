"""What is held back, by whom and since when; holding back more, and letting it go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from core import wiring
from core.lane import PauseScope
from core.services.submission_check import PLATFORMS
from core.services.task_words import SITE_NAMES
from core.store.pauses import PauseView
from core.store.records import Actor
from dashboard.components.late_articles import draw_late, running_articles
from dashboard.figures import reader
from dashboard.shared_figures import RECENT_SECONDS, shared
from dashboard.text import _, language, mark, plain, zone
from dashboard.told_times import ToldTimes
from dashboard.visitor import callback, toast

SCOPES = {
    PauseScope.EVERYTHING: mark("Everything"),
    PauseScope.PLATFORM: mark("A platform"),
    PauseScope.USER: mark("All articles of a user"),
    PauseScope.ACCOUNT: mark("An account"),
    PauseScope.BATCH: mark("A batch"),
}
FOR_ADMINS = frozenset({PauseScope.EVERYTHING, PauseScope.PLATFORM})
SPANS = {
    None: mark("Until somebody lifts it"),
    timedelta(minutes=15): mark("15 minutes"),
    timedelta(hours=1): mark("1 hour"),
    timedelta(hours=8): mark("8 hours"),
    timedelta(days=1): mark("1 day"),
}


class Targets:
    """The names of what can be held back, for who looks, in its language. No two of a kind have the same: a browser
    tells by its name what was chosen, and batches may be called alike."""

    def __init__(self, actor: Actor) -> None:
        accounts = wiring.get_account_manager().list(actor=actor)
        users = wiring.get_user_manager().list(actor=actor) if actor.is_admin else []
        self._names: dict[PauseScope, dict[str, str]] = {
            PauseScope.EVERYTHING: {"": _("Everything")},
            PauseScope.PLATFORM: {name: _(SITE_NAMES.get(name, name)) for name in PLATFORMS},
            PauseScope.USER: {str(user.id): user.name for user in users} or {str(actor.user_id): actor.name},
            PauseScope.ACCOUNT: {
                str(one.id): f"{one.name} · {one.user_name}" if actor.is_admin else one.name for one in accounts
            },
            PauseScope.BATCH: {
                str(one.id): f"{one.name} · #{one.id}" for one in wiring.get_task_lists().batches(actor=actor)
            },
        }

    def of(self, scope: PauseScope) -> Mapping[str, str]:
        """Key → name."""
        return self._names[scope]

    def name(self, pause: PauseView) -> str:
        """Of what a pause holds back."""
        return self._names[pause.scope].get(pause.key, f"#{pause.key}")


@shared(RECENT_SECONDS)
def _targets(who: Actor, code: str) -> Targets:
    """`code`: of the language, as the names are in it."""
    return Targets(who)


def draw_pauses(actor: Actor, pauses: Sequence[PauseView]) -> None:
    """Each with a button, where who looks may lift it, and below all of them what they came too late for."""
    if not pauses:
        st.caption(_("Nothing is paused. Above, something can be held back."))
        return
    targets = _targets(reader(actor), language())
    for pause in pauses:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            times = ToldTimes()
            what, since = plain(targets.name(pause)), times.clock(pause.since)
            words = _("**{what}** · paused by {who} since {since}", what=what, who=plain(pause.by), since=since)
            if pause.is_of_site:
                words = _("**{what}** · slowed by the site since {since}", what=what, since=since)
            end = f" · {_('until {end}', end=times.clock(pause.until))}" if pause.until else ""
            reason = f" · {plain(_(pause.reason))}" if pause.reason else ""
            st.markdown(f":orange[:material/pause_circle:] {words}{end}{reason}", help=times.help)
            if actor.is_admin or pause.by == actor.name:
                st.button(
                    _("Let it go on"),
                    icon=":material/play_arrow:",
                    key=f"resume_{pause.scope}_{pause.key}_{pause.by}",
                    on_click=_resume,
                    args=(pause.scope, pause.key),
                )
    draw_late(pauses, running_articles(reader(actor), language(), zone().key))


def draw_form(actor: Actor) -> None:
    """Hold back something more."""
    targets = _targets(reader(actor), language())
    st.caption(_("Nothing new starts; what is being published already goes on to its end."))
    scopes = [scope for scope in SCOPES if (actor.is_admin or scope not in FOR_ADMINS) and targets.of(scope)]
    scope = st.selectbox(_("What"), scopes, format_func=lambda one: _(SCOPES[one]), key="pause_scope")
    names = targets.of(scope)
    if scope is not PauseScope.EVERYTHING:
        st.selectbox(_("Which"), list(names), format_func=lambda key: names.get(key, key), key=f"pause_key_{scope}")
    spans: list[Any] = list(SPANS)
    st.selectbox(_("How long"), spans, format_func=lambda one: _(SPANS[one]), key="pause_span")
    st.text_input(_("Reason, for others to read"), key="pause_reason", max_chars=200)
    st.button(_("Pause"), type="primary", icon=":material/pause:", key="pause_now", on_click=_pause, args=(scope,))


@callback
def _pause(actor: Actor, scope: PauseScope) -> None:
    """`scope`: what the form was drawn for. Another one that is chosen just before the click comes with it."""
    chosen = st.session_state
    if chosen["pause_scope"] != scope:
        words = _("What is to be paused changed with the click, so nothing was paused. Look at it and press again.")
        toast(words, icon=":material/sync:")
        return
    key = "" if scope is PauseScope.EVERYTHING else chosen[f"pause_key_{scope}"]
    span: timedelta | None = chosen["pause_span"]
    until = None if span is None else datetime.now(UTC) + span
    reason = chosen["pause_reason"].strip() or None
    wiring.get_pause_manager().pause(scope, key, actor=actor, until=until, reason=reason)
    toast(_("Paused. Nothing new of it starts."), icon=":material/pause_circle:")


@callback
def _resume(actor: Actor, scope: PauseScope, key: str) -> None:
    wiring.get_pause_manager().resume(scope, key, actor=actor)
    toast(_("It goes on."), icon=":material/play_circle:")
