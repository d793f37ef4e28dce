"""What an administrator can tell one worker process, each after being told what it does; and which are away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core import wiring
from core.queue.heartbeats import OrderKind
from core.services.worker_viewer import StoppedWorker, Told, WorkerView
from core.store.records import Actor
from dashboard.components.task_badges import plain
from dashboard.text import _, clock, full_clock, mark
from dashboard.visitor import callback

ASKED = {
    OrderKind.QUIET: mark("{who} wants it to take nothing new. It has not answered yet."),
    OrderKind.RESUME: mark("{who} wants it to take articles again. It has not answered yet."),
    OrderKind.STOP: mark("{who} wants it to stop. It has not answered yet."),
    OrderKind.START: mark("{who} wants it to start again. It has not answered yet."),
}
DONE = {
    OrderKind.QUIET: mark("Within seconds it takes nothing new."),
    OrderKind.RESUME: mark("Within seconds it takes articles again."),
    OrderKind.STOP: mark("It stops; what is submitted is finished first."),
    OrderKind.START: mark("Within seconds it is started again."),
}


def draw_told(worker: WorkerView) -> None:
    """Since when and by whom it is quiet, and what it has not seen yet."""
    if worker.quiet is not None:
        words = _("Takes nothing new since {time}: {who} wants it so. It finishes what it holds.", **_who(worker.quiet))
        st.markdown(f":orange[:material/pause_circle:] {words}", help=full_clock(worker.quiet.at))
    _draw_pending(worker.pending)


def draw_orders(worker: WorkerView) -> None:
    """The buttons of one process."""
    if worker.state == "stopping":
        return
    with st.container(horizontal=True):
        if worker.quiet is not None:
            _button(OrderKind.RESUME, worker.worker_id, _("Take articles again"), ":material/play_arrow:")
        else:
            with st.popover(_("Take nothing new"), icon=":material/pause:", key=f"ask_quiet_{worker.worker_id}"):
                st.write(_("It finishes what it holds and takes nothing new, until somebody lets it go on."))
                _button(OrderKind.QUIET, worker.worker_id, _("Take nothing new"), ":material/pause:", is_asked=True)
        with st.popover(_("Stop"), icon=":material/stop:", key=f"ask_stop_{worker.worker_id}"):
            st.write(_("It ends. What is submitted is finished first, the rest goes back into line."))
            st.write(
                _("Its place stays empty until somebody starts it again here, or run_workers.py is started anew.")
                if worker.is_supervised
                else _("It was started by hand and has to be started by hand again.")
            )
            _button(OrderKind.STOP, worker.worker_id, _("Stop this worker"), ":material/stop:", is_asked=True)


def draw_stopped(stopped: Sequence[StoppedWorker], actor: Actor) -> None:
    """Places that stay empty on purpose."""
    for worker in stopped:
        with st.container(border=True):
            name = f"**{plain(worker.host)}** · {_('process {pid}', pid=worker.pid)}"
            st.markdown(f"{name} :gray-badge[{_('Stopped')}]")
            if worker.stopped is not None:
                words = _("Stopped since {time}: {who} wants it so.", **_who(worker.stopped))
                st.caption(words, help=full_clock(worker.stopped.at))
            _draw_pending(worker.pending)
            if actor.is_admin and worker.pending is None:
                _button(OrderKind.START, worker.worker_id, _("Start it again"), ":material/play_arrow:")


def _who(told: Told) -> dict[str, str]:
    return {"time": clock(told.at), "who": plain(told.by)}


def _draw_pending(pending: Told | None) -> None:
    if pending is not None:
        st.caption(_(ASKED[pending.kind], who=plain(pending.by)))


def _button(kind: OrderKind, worker_id: str, label: str, icon: str, *, is_asked: bool = False) -> None:
    st.button(
        label,
        icon=icon,
        key=f"{kind}_{worker_id}",
        type="primary" if is_asked else "secondary",
        on_click=_tell,
        args=(kind, worker_id),
    )


@callback
def _tell(actor: Actor, kind: OrderKind, worker_id: str) -> None:
    manager = wiring.get_worker_manager()
    tell = {
        OrderKind.QUIET: manager.quiet,
        OrderKind.RESUME: manager.resume,
        OrderKind.STOP: manager.stop,
        OrderKind.START: manager.start,
    }
    tell[kind](worker_id, actor=actor)
    st.toast(_(DONE[kind]), icon=":material/check_circle:")
