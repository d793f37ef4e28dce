"""What is wrong with the service, one calm sentence each with what to do: on the overview all of it, on every other
page what is urgent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from core.services.alerts import Alert, AlertKind
from core.services.fault_words import kind_words
from core.services.task_words import SITE_NAMES
from core.services.worker_viewer import WorkerView, sum_of
from core.store.records import Actor
from core.task_state import TaskStatus
from dashboard import figures
from dashboard.navigation import path_of
from dashboard.text import _, count, mark, plain
from dashboard.visitor import fragment, say_in_box

BANNER_SECONDS = 15.0
"""On pages where somebody does something else."""
WAITS = mark("Publishing is stopped by an administrator. Articles are accepted and wait.")
FOR_ADMINS = {
    AlertKind.DATABASE_AWAY: mark(
        "The database cannot be reached. Nothing can be handed in or published until it is back: look at its server."
    ),
    AlertKind.REDIS_AWAY: mark(
        "Redis cannot be reached. Articles are accepted and go on by themselves when it is back: look at its server."
    ),
    AlertKind.NOBODY_PUBLISHES: mark(
        "Publishing service is down. Articles are accepted and wait. Start it on the server: python run_workers.py"
    ),
    AlertKind.ALL_STOPPED: mark("All workers were stopped. Start one again on the page Workers and browsers."),
    AlertKind.ALL_QUIET: mark(
        "All workers take nothing new, as they were told. Let one go on, on the page Workers and browsers."
    ),
    AlertKind.EVERYTHING_PAUSED: mark(
        "Everything is paused, by {name}. Articles are accepted and wait. Let them go on, on the page Queue."
    ),
    AlertKind.SITE_PAUSED: mark(
        "Publishing on {name} is paused. Its articles are accepted and wait. Let them go on, on the page Queue."
    ),
    AlertKind.SAME_FAULT: mark(
        "{number} accounts failed within an hour with the same kind of fault ({name}). The site may have changed: look "
        "at one of them, and pause the site if it goes on."
    ),
    AlertKind.DISK_SHORT: mark(
        "Less than {number} MB of disk are free on {name}. Free some, or pictures and logs cannot be written."
    ),
    AlertKind.MEMORY_SHORT: mark(
        "Memory is short on {name}: no new browser starts there. Give it more, or lower TOPN_DRIVERS."
    ),
}
FOR_OPERATORS = {
    AlertKind.DATABASE_AWAY: mark("The database cannot be reached. This page goes on by itself when it is back."),
    AlertKind.REDIS_AWAY: mark(
        "A part of the service cannot be reached. Articles are accepted and go on by themselves when it is back."
    ),
    AlertKind.NOBODY_PUBLISHES: mark(
        "Publishing service is down. Articles are accepted and wait. An administrator has to start it."
    ),
    AlertKind.ALL_STOPPED: WAITS,
    AlertKind.ALL_QUIET: WAITS,
    AlertKind.EVERYTHING_PAUSED: mark("Everything is paused, by {name}. Articles are accepted and wait."),
    AlertKind.SITE_PAUSED: mark("Publishing on {name} is paused. Its articles are accepted and wait."),
    AlertKind.SAME_FAULT: mark(
        "Articles of several accounts failed alike within the last hour. The site may have changed; administrators see "
        "this too."
    ),
}
GRAVE = frozenset({AlertKind.DATABASE_AWAY, AlertKind.REDIS_AWAY})
LINKS = {
    AlertKind.NEEDS_PERSON: ("tasks", {"status": TaskStatus.BLOCKED.value}, mark("Show what needs a person")),
    AlertKind.SAME_FAULT: ("tasks", {"status": TaskStatus.FAILED.value}, mark("Show what failed")),
    AlertKind.ALL_STOPPED: ("workers", {}, mark("Show the workers")),
    AlertKind.ALL_QUIET: ("workers", {}, mark("Show the workers")),
    AlertKind.MEMORY_SHORT: ("workers", {}, mark("Show the workers")),
    AlertKind.EVERYTHING_PAUSED: ("queue", {}, mark("Show what is paused")),
    AlertKind.SITE_PAUSED: ("queue", {}, mark("Show what is paused")),
}


def draw_alerts(actor: Actor) -> None:
    """On the overview, with the way to what each is about. Nothing when all is well, or when only articles need a
    person: these are listed there."""
    for alert in figures.alerts(figures.reader(actor)):
        if alert.kind is not AlertKind.NEEDS_PERSON:
            _draw(alert, actor)


@fragment(run_every=BANNER_SECONDS, say=say_in_box)
def draw_banner(actor: Actor) -> None:
    """At the top of every other page: what is urgent, in one box."""
    urgent = [alert for alert in figures.alerts(figures.reader(actor)) if alert.is_urgent]
    if len(urgent) == 1:
        _draw(urgent[0], actor)
    elif urgent:
        words = "\n".join(f"- {words_of_alert(alert, is_admin=actor.is_admin)}" for alert in urgent)
        show = st.error if any(alert.kind in GRAVE for alert in urgent) else st.warning
        show(words, icon=":material/warning:")
        with st.container(horizontal=True, key="alert_links"):
            links = [LINKS[alert.kind] for alert in urgent if alert.kind in LINKS]
            for link in {link[-1]: link for link in links}.values():
                _draw_link(*link)


def words_of_alert(alert: Alert, *, is_admin: bool) -> str:
    """One sentence, or two."""
    if alert.kind is AlertKind.NEEDS_PERSON:
        return needs_person_words(alert.number)
    words = (FOR_ADMINS if is_admin else FOR_OPERATORS)[alert.kind]
    names = plain(", ".join(_name_of(alert.kind, name) for name in alert.names))
    return _(words, number=f"{alert.number:,}", name=names)


def _name_of(kind: AlertKind, name: str) -> str:
    if kind is AlertKind.SAME_FAULT:
        return _(kind_words(name))
    return _(SITE_NAMES.get(name, name)) if kind is AlertKind.SITE_PAUSED else name


def needs_person_words(number: int) -> str:
    """So many articles."""
    return count("{number} article needs a person.", "{number} articles need a person.", number)


def _draw(alert: Alert, actor: Actor) -> None:
    show = st.error if alert.kind in GRAVE else st.warning
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key=f"alert_{alert.kind}_{'_'.join(alert.names)}"
    ):
        show(words_of_alert(alert, is_admin=actor.is_admin), icon=":material/warning:")
        if alert.kind in LINKS:
            page, query, label = LINKS[alert.kind]
            if alert.kind is AlertKind.SAME_FAULT and actor.is_admin:
                query = {**query, "fault": alert.names[0]}
            _draw_link(page, query, label)


def _draw_link(page: str, query: Mapping[str, str], label: str) -> None:
    st.page_link(path_of(page), label=_(label), icon=":material/arrow_forward:", query_params=dict(query))


def draw_health(workers: Sequence[WorkerView] | None) -> None:
    """One line. That it is drawn at all means that the database answers."""
    parts = [(_("Database answers"), True), (_("Redis answers"), True)]
    if workers is None:
        parts[1] = (_("Redis is away"), False)
    else:
        pool = sum_of([worker.pool for worker in workers])
        parts.append((_("Workers: {number}", number=len(workers)), bool(workers)))
        parts.append((_("Browsers: {busy} of {max} in use", busy=pool.busy, max=pool.max), bool(workers)))
    st.markdown(" ".join(f":{'green' if is_well else 'orange'}-badge[{words}]" for words, is_well in parts))
