"""What an administrator can tell one worker process, each after being told what it does; and which are away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import streamlit as st

from core import wiring
from core.queue.heartbeats import OrderKind
from core.services.worker_viewer import StoppedWorker, Told, WorkerView
from core.store.records import Actor
from dashboard.text import _, mark, plain
from dashboard.told_times import ToldTimes
from dashboard.visitor import callback, toast

ASKED = {
    OrderKind.QUIET: mark("{who} wants it to take nothing new. It has not answered yet."),
    OrderKind.RESUME: mark("{who} wants it to take articles again. It has not answered yet."),
    OrderKind.STOP: mark("{who} wants it to stop. It has not answered yet."),
    OrderKind.START: mark("{who} wants it to start again. It has not answered yet."),
}
LABELS = {
    OrderKind.QUIET: mark("Take nothing new"),
    OrderKind.RESUME: mark("Take articles again"),
    OrderKind.STOP: mark("Stop this worker"),
    OrderKind.START: mark("Start it again"),
}
ICONS = {
    OrderKind.QUIET: ":material/pause:",
    OrderKind.RESUME: ":material/play_arrow:",
    OrderKind.STOP: ":material/stop:",
    OrderKind.START: ":material/play_arrow:",
}
EFFECTS = {
    OrderKind.QUIET: mark("It finishes what it holds and takes nothing new, until somebody lets it go on."),
    OrderKind.RESUME: mark("It takes articles again, as the others do."),
    OrderKind.STOP: mark("It ends. What is submitted is finished first, the rest goes back into line."),
}
SUPERVISED = mark("Its place stays empty until somebody starts it again here, or run_workers.py is started anew.")
BY_HAND = mark("It was started by hand and has to be started by hand again.")
DONE = {
    OrderKind.QUIET: mark("Within seconds it takes nothing new."),
    OrderKind.RESUME: mark("Within seconds it takes articles again."),
    OrderKind.STOP: mark("It stops; what is submitted is finished first."),
    OrderKind.START: mark("Within seconds it is started again."),
}
ASKED_KEY, NEW_KEY = "worker_order", "worker_order_is_new"


def told_lines(worker: WorkerView, times: ToldTimes) -> list[str]:
    """Since when and by whom it is quiet, and what it has not seen yet, as lines of Markdown."""
    lines = []
    if worker.quiet is not None:
        words = _(
            "Takes nothing new since {time}: {who} wants it so. It finishes what it holds.", **_who(worker.quiet, times)
        )
        lines.append(f":orange[:material/pause_circle:] {words}")
    if worker.pending is not None:
        lines.append(_pending_words(worker.pending))
    return lines


def draw_orders(worker: WorkerView) -> None:
    """The menu of one process."""
    if worker.state == "stopping":
        return
    kinds = (OrderKind.QUIET if worker.quiet is None else OrderKind.RESUME, OrderKind.STOP)
    key = f"orders_{worker.worker_id}"
    st.menu_button(
        _("Tell it"),
        kinds,
        format_func=lambda kind: _(LABELS[kind]),
        icon=":material/settings:",
        key=key,
        on_click=_ask,
        args=(key, worker.worker_id, worker.is_supervised),
    )


def _ask(key: str, worker_id: str, is_supervised: bool) -> None:
    """Only remembers what is asked; nothing happens before the dialog's button."""
    st.session_state[ASKED_KEY] = (st.session_state[key], worker_id, is_supervised)
    st.session_state[NEW_KEY] = True


def leave_to_page() -> None:
    """At the head of the part that refreshes: a dialog of its own would close at its next refresh."""
    if st.session_state.pop(NEW_KEY, False):
        st.rerun()


def open_dialog() -> None:
    """If something was asked: what it means, and the button that does it."""
    asked = st.session_state.get(ASKED_KEY)
    if asked is None:
        return
    kind, worker_id, is_supervised = asked

    @st.dialog(_(LABELS[kind]), on_dismiss=forget)
    def dialog() -> None:
        if ASKED_KEY not in st.session_state:
            # The order was given: only the whole page can close its dialog.
            st.rerun()
        effects = [EFFECTS[kind]]
        if kind is OrderKind.STOP:
            effects.append(SUPERVISED if is_supervised else BY_HAND)
        for words in effects:
            st.write(_(words))
        _button(kind, worker_id, type_="primary")

    dialog()


def forget() -> None:
    """The dialog is closed, or its page is left."""
    for key in (ASKED_KEY, NEW_KEY):
        st.session_state.pop(key, None)


def draw_stopped(stopped: Sequence[StoppedWorker], actor: Actor) -> None:
    """Places that stay empty on purpose."""
    for worker in stopped:
        with st.container(border=True):
            name = f"**{plain(worker.host)}** · {_('process {pid}', pid=worker.pid)}"
            st.markdown(f"{name} :gray-badge[{_('Stopped')}]")
            if worker.stopped is not None:
                times = ToldTimes()
                words = _("Stopped since {time}: {who} wants it so.", **_who(worker.stopped, times))
                st.caption(words, help=times.help)
            if worker.pending is not None:
                st.caption(_pending_words(worker.pending))
            if actor.is_admin and worker.pending is None:
                _button(OrderKind.START, worker.worker_id)


def _who(told: Told, times: ToldTimes) -> dict[str, str]:
    return {"time": times.clock(told.at), "who": plain(told.by)}


def _pending_words(pending: Told) -> str:
    return _(ASKED[pending.kind], who=plain(pending.by))


def _button(kind: OrderKind, worker_id: str, type_: Literal["primary", "secondary"] = "secondary") -> None:
    st.button(
        _(LABELS[kind]),
        icon=ICONS[kind],
        key=f"{kind}_{worker_id}",
        type=type_,
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
    forget()
    tell[kind](worker_id, actor=actor)
    toast(_(DONE[kind]), icon=":material/check_circle:")
