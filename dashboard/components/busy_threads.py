"""What each thread of each worker does now, as one table."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import streamlit as st

from core.services.worker_viewer import BusyThread
from core.store.records import Actor
from dashboard import figures
from dashboard.figures import FRESH_SECONDS, states
from dashboard.shared_figures import shared
from dashboard.text import _, duration, language, zone


def draw_threads(who: Actor) -> None:
    """Those that publish; of articles of others only that they are."""
    cells = _cells(who, language(), zone().key)
    if cells.num_rows:
        st.dataframe(cells, hide_index=True)
    else:
        st.caption(_("All threads wait for articles."))


@shared(FRESH_SECONDS)
def _cells(who: Actor, code: str, zone_name: str) -> pa.Table:
    """In this language, and in the time of this zone."""
    busy = [(worker, thread) for worker in figures.workers(who) or () for thread in worker.threads]
    tasks = [thread.task for _worker, thread in busy if thread.task is not None]
    words = dict(zip([task.id for task in tasks], states(tasks, who, code, zone_name), strict=True))
    return pa.table(
        {
            _("Article"): [_title(thread) for _worker, thread in busy],
            _("What it does"): [words[thread.task.id] if thread.task else "" for _worker, thread in busy],
            _("In this step for"): [duration(timedelta(seconds=thread.step_seconds)) for _worker, thread in busy],
            _("Account"): [thread.task.account_name if thread.task else "" for _worker, thread in busy],
            _("User"): [thread.task.user_name if thread.task else "" for _worker, thread in busy],
            _("Worker"): [f"{worker.host} · {worker.pid}" for worker, _thread in busy],
        }
    )


def _title(thread: BusyThread) -> str:
    return thread.task.title if thread.task else _("Another user's article")
