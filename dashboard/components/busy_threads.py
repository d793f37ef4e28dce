"""What each thread of each worker does now, as one table."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import streamlit as st

from core.services.worker_viewer import BusyThread
from core.store.records import Actor
from dashboard import figures
from dashboard.figures import SLOW_SECONDS, WorkerReading, states
from dashboard.shared_figures import shared
from dashboard.text import _, duration, language, zone

MOST_KEPT = 60
"""Tables; those of earlier readings are of no use any more."""


def draw_threads(who: Actor) -> None:
    """Those that publish; of articles of others only that they are."""
    cells = _cells(figures.worker_reading(who), who, language(), zone().key)
    if cells.num_rows:
        st.dataframe(cells, hide_index=True)
    else:
        st.caption(_("All threads wait for articles."))


@shared(SLOW_SECONDS, most=MOST_KEPT)
def _cells(reading: WorkerReading, who: Actor, code: str, zone_name: str) -> pa.Table:
    """In this language, and in the time of this zone. As old as the reading: kept apart from it for two seconds more,
    the table would lag behind the rest of the page."""
    busy = [(worker, thread) for worker in reading.workers or () for thread in worker.threads]
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
