"""Who publishes now: processes, threads, browsers."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.services.worker_viewer import BrowserPool, WorkerView, running_for, sum_of
from core.store.records import Actor
from dashboard import figures
from dashboard.components.busy_threads import draw_threads
from dashboard.components.figure_tiles import draw_tiles
from dashboard.components.worker_orders import draw_orders, draw_stopped, leave_to_page, open_dialog, told_lines
from dashboard.text import _, duration, full_clock, mark, plain
from dashboard.told_times import ToldTimes
from dashboard.visitor import REFRESH_SECONDS, fragment, page

STATES = {
    "running": mark("Working"),
    "held": mark("Takes nothing until the database is known to be complete"),
    "quiet": mark("Takes nothing new"),
    "stopping": mark("Stopping: what is submitted is finished"),
}
REASONS = {
    "leases": mark("used often enough"),
    "age": mark("too old"),
    "idle": mark("not needed"),
    "crashed": mark("crashed"),
    "killed": mark("ended for hanging"),
    "capacity": mark("fewer wanted"),
    "closed": mark("worker stopped"),
}
LATE_SECONDS = 5.0
MEGABYTE = 1024 * 1024
SHORTEST_WAIT_SECONDS = 0.1
"""Told to one digit, anything less would be none."""


def draw(actor: Actor) -> None:
    st.title(_("Workers and browsers"), anchor=False)
    live_workers()
    open_dialog()


@fragment(run_every=REFRESH_SECONDS)
def live_workers(actor: Actor) -> None:
    """Refreshed by itself. What opens a dialog is left to the whole page, which outlives the refreshes."""
    leave_to_page()
    who = figures.reader(actor)
    stopped, workers = figures.stopped_workers(who), figures.workers(who)
    if not workers and not stopped:
        # That it is urgent stands on top of the page, where it is.
        st.info(_("No worker runs."))
        if actor.is_admin:
            st.caption(_("Start it on the server with: {command}", command="`python run_workers.py`"))
        else:
            st.caption(_("Ask an administrator to start one. What is handed in meanwhile is kept and goes then."))
    if workers:
        _draw_totals(workers)
        draw_threads(who)
    for worker in workers or ():
        _draw_worker(worker, actor)
    draw_stopped(stopped, actor)


def _draw_totals(workers: Sequence[WorkerView]) -> None:
    pool = sum_of([worker.pool for worker in workers])
    draw_tiles(
        (_("Processes"), len(workers)),
        (_("Publishing"), sum(len(worker.threads) for worker in workers)),
        (_("Browsers in use"), f"{pool.busy} / {pool.max}"),
        (_("Waiting for a browser"), pool.waiting),
        (_("Memory of the browsers"), f"{pool.memory_bytes // MEGABYTE} MB"),
    )


def _draw_worker(worker: WorkerView, actor: Actor) -> None:
    state = _(STATES.get(worker.state, worker.state))
    color = "green" if worker.state == "running" and worker.silent_seconds < LATE_SECONDS else "orange"
    times = ToldTimes()
    lines = (
        f"**{plain(worker.host)}** · {_('process {pid}', pid=worker.pid)} :{color}-badge[{state}]",
        *told_lines(worker, times),
        _small(
            _(
                "Running for {time}, last sign of life {seconds} s ago",
                time=duration(running_for(worker)),
                seconds=round(worker.silent_seconds),
            )
        ),
        _small(_pool_words(worker.pool)),
    )
    with st.container(border=True):
        # One element for all of it: of many open dashboards each draws every worker every two seconds.
        started = _("Started {at}", at=full_clock(worker.started_at))
        st.markdown("  \n".join(lines), help="  \n".join([*([times.help] if times.help else []), started]))
        if actor.is_admin:
            draw_orders(worker)


def _small(words: str) -> str:
    return f":small[:gray[{words}]]"


def _wait_words(pool: BrowserPool) -> str:
    """Nothing where nobody has waited for as long as can be told."""
    if pool.wait_p95_seconds < SHORTEST_WAIT_SECONDS:
        return ""
    return _(
        "waits for a browser: half under {p50} s, 95 % under {p95} s",
        p50=f"{max(pool.wait_p50_seconds, SHORTEST_WAIT_SECONDS):.1f}",
        p95=f"{pool.wait_p95_seconds:.1f}",
    )


def _pool_words(pool: BrowserPool) -> str:
    ended = ", ".join(f"{_(REASONS.get(reason, reason))}: {number}" for reason, number in sorted(pool.retired.items()))
    facts = (
        _("Browsers: {busy} in use, {idle} ready, of at most {max}", busy=pool.busy, idle=pool.idle, max=pool.max),
        _("{created} started so far", created=pool.created),
        _("ended: {reasons}", reasons=ended) if ended else "",
        _wait_words(pool),
        f"{pool.memory_bytes // MEGABYTE} MB",
    )
    return " · ".join(fact for fact in facts if fact)


page(draw)
