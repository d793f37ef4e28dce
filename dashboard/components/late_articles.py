"""What a pause came too late for: articles that are being published already and go on to their end, live, for everybody
who may see them, whoever paused and on whichever page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import streamlit as st

from core import wiring
from core.lane import PauseScope
from core.store.pauses import PauseView
from core.store.records import Actor, TaskView
from core.store.task_filter import TaskFilter
from core.task_state import TaskStatus
from dashboard.components.task_drawer import PARAMETER as DRAWER
from dashboard.figures import FRESH_SECONDS, states
from dashboard.navigation import path_of
from dashboard.shared_figures import shared
from dashboard.text import _, count, plain

MOST_RUNNING = 1000
"""More are never published at once."""
SHOWN = 10
IN_ADDRESS = {
    PauseScope.PLATFORM: "platform",
    PauseScope.USER: "user",
    PauseScope.ACCOUNT: "account",
    PauseScope.BATCH: "batch",
}
"""How the page of articles is narrowed to the same thing."""


@dataclass(frozen=True, slots=True)
class RunningArticle:
    """One that is being published, and the step it is in, in words."""

    task: TaskView
    words: str


@shared(FRESH_SECONDS)
def running_articles(who: Actor, code: str, zone_name: str) -> tuple[RunningArticle, ...]:
    """All of them, told in this language."""
    wanted = TaskFilter(statuses=(TaskStatus.RUNNING,))
    tasks = wiring.get_task_manager().list(wanted, actor=who, limit=MOST_RUNNING)
    return tuple(map(RunningArticle, tasks, states(tasks, who, code, zone_name)))


def draw_late(pauses: Sequence[PauseView], running: Sequence[RunningArticle]) -> None:
    """Below all that is paused, so that no button moves when one of them ends. Nothing when everything was stopped in
    time."""
    late = [one for one in running if any(pause.holds(one.task) for pause in pauses)]
    if not late:
        return
    st.caption(
        count(
            "{number} article was being published already and goes on to its end:",
            "{number} articles were being published already and go on to their end:",
            len(late),
        )
    )
    for one in late[:SHOWN]:
        st.page_link(
            path_of("tasks"),
            label=f"{plain(one.task.title)} · {plain(one.task.account_name)} · {plain(one.words)}",
            icon=":material/arrow_forward:",
            query_params={DRAWER: one.task.public_id},
        )
    if len(late) > SHOWN:
        _link_to_all({(pause.scope, pause.key) for pause in pauses if any(pause.holds(one.task) for one in late)}, late)


def _link_to_all(held: Collection[tuple[PauseScope, str]], late: Sequence[RunningArticle]) -> None:
    """Narrowed to the one thing that is paused; several have no filter in common."""
    query, label = {"status": TaskStatus.RUNNING.value}, _("All that are being published")
    if len(held) == 1:
        ((scope, key),) = held
        query |= {IN_ADDRESS[scope]: key} if scope in IN_ADDRESS else {}
        label = _("Show all {number}", number=len(late))
    st.page_link(path_of("tasks"), label=label, icon=":material/table_rows:", query_params=query)
