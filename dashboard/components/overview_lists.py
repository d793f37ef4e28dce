"""Lists of the overview: the newest articles that have not ended, or where all have, those that have; failures by
reason; and what to do first.

Each list is one table: of many open dashboards each draws it every two seconds, and a table costs as much as one line
of text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from core import wiring
from core.services.fault_words import kind_words
from core.store.outcome_figures import Failures
from core.store.records import Actor, TaskView
from core.store.task_filter import TaskFilter
from core.task_state import TaskStatus
from dashboard.address import TEXT_LENGTH
from dashboard.components.row_buttons import ICON, open_column, take_opened
from dashboard.components.task_badges import TABLE_COLORS, status_label
from dashboard.components.task_drawer import PARAMETER as DRAWER
from dashboard.figures import FRESH_SECONDS, states
from dashboard.navigation import path_of
from dashboard.shared_figures import shared
from dashboard.text import _

FAILURES = "failures"
UNFINISHED = "unfinished"
"""Names of the lists, in keys."""
FIRST_STEPS = "first_steps"
"""What stands in their place before there are any."""
FIRST_STEPS_WIDTH = 620
"""Of its sentence, in pixels; less on a narrow screen."""
GROUPS = ((TaskStatus.BLOCKED,), (TaskStatus.RUNNING,), (TaskStatus.WAITING, TaskStatus.RETRYING))
"""What has not ended, in the order in which it is listed."""
SHOWN_REASONS = 10
SHOWN_OF_EACH = 4
"""At most, where the others have as many."""
SHOWN = SHOWN_OF_EACH * len(GROUPS)
ROW_HEIGHT = 35
LIST_HEIGHT = ROW_HEIGHT * (SHOWN + 1) + 3
"""In pixels: that of a full list, whatever there is to show, so that nothing below it moves."""
SHOWN_ENDED = 10
ENDED_HEIGHT = ROW_HEIGHT * (SHOWN_ENDED + 1) + 3
"""Below a line of text, in the same room."""
SCHEMA = pa.schema(
    {
        "open": pa.string(),
        "status": pa.list_(pa.string()),
        "title": pa.string(),
        "state": pa.string(),
        "account": pa.string(),
    }
)
STATUS_WIDTH, TITLE_WIDTH, STATE_WIDTH, ACCOUNT_WIDTH = 118, 230, 270, 170
"""In pixels: what the page has at 1280. What is left over makes every column wider, the one of the buttons too."""


@dataclass(frozen=True, slots=True)
class ShownTasks:
    """Some articles, and their table as it is sent to browsers."""

    tasks: tuple[TaskView, ...]
    cells: pa.Table


@shared(FRESH_SECONDS)
def unfinished(who: Actor, code: str, zone: str) -> ShownTasks:
    """The newest few of each group, told in this language and zone."""
    return _told(_shared_out([_newest(TaskFilter(statuses=group), who, SHOWN) for group in GROUPS]), who, code, zone)


@shared(FRESH_SECONDS)
def ended(who: Actor, code: str, zone: str) -> ShownTasks:
    """The newest of all, for a moment at which all have ended: to ask for ended ones would be a search in a million."""
    return _told(_newest(TaskFilter(), who, SHOWN_ENDED), who, code, zone)


def _shared_out(groups: Sequence[Sequence[TaskView]]) -> list[TaskView]:
    """The room that one group leaves is taken by the others, the first ones first."""
    spare = SHOWN - sum(min(len(group), SHOWN_OF_EACH) for group in groups)
    listed: list[TaskView] = []
    for group in groups:
        more = min(spare, max(len(group) - SHOWN_OF_EACH, 0))
        listed.extend(group[: SHOWN_OF_EACH + more])
        spare -= more
    return listed


def _newest(wanted: TaskFilter, who: Actor, size: int) -> list[TaskView]:
    return wiring.get_task_lists().newest(wanted, actor=who, size=size)


def _told(tasks: Sequence[TaskView], who: Actor, code: str, zone: str) -> ShownTasks:
    labels = [status_label(task.status) for task in tasks]
    columns = {
        "open": [ICON for _task in tasks],
        "status": [[label] for label in labels],
        "title": [task.title for task in tasks],
        "state": states(tasks, who, code, zone),
        "account": [f"{task.account_name} · {task.user_name}" if who.is_admin else task.account_name for task in tasks],
    }
    return ShownTasks(tuple(tasks), pa.table(columns, schema=SCHEMA))


def draw_newest(who: Actor, code: str, zone: str) -> None:
    """Each with its state and the way to its drawer. In the same room, whatever there is to show."""
    opened = take_opened(UNFINISHED)
    if opened is not None:
        st.switch_page(path_of("tasks"), query_params={DRAWER: opened})
    shown = unfinished(who, code, zone)
    if shown.tasks:
        _draw_table(shown, LIST_HEIGHT)
        return
    with st.container(height=LIST_HEIGHT, border=False):
        st.caption(_("Nothing waits, is being published or needs a person. What came last:"))
        _draw_table(ended(who, code, zone), ENDED_HEIGHT)


def _draw_table(shown: ShownTasks, height: int) -> None:
    config = st.column_config
    st.dataframe(
        shown.cells,
        hide_index=True,
        height=height,
        row_height=ROW_HEIGHT,
        column_config={
            "open": open_column(UNFINISHED, [task.public_id for task in shown.tasks]),
            "status": config.MultiselectColumn(
                _("State"),
                options=[status_label(status) for status in TaskStatus],
                color=[TABLE_COLORS[status] for status in TaskStatus],
                width=STATUS_WIDTH,
            ),
            "title": config.TextColumn(_("Title"), width=TITLE_WIDTH),
            "state": config.TextColumn(_("What it does"), width=STATE_WIDTH),
            "account": config.TextColumn(_("Account"), width=ACCOUNT_WIDTH),
        },
        key=UNFINISHED,
    )


def link_to_all(label: str, statuses: Sequence[TaskStatus]) -> None:
    """The way to all of these."""
    query = [("status", status.value) for status in statuses]
    st.page_link(path_of("tasks"), label=label, icon=":material/arrow_forward:", query_params=query)


def draw_failures(failures: Sequence[Failures]) -> None:
    """The most frequent reason first, each with the way to its articles."""
    opened = take_opened(FAILURES)
    if opened is not None:
        error_class, _line, reason = opened.partition("\n")
        st.switch_page(path_of("tasks"), query_params=_query_of(error_class, reason))
    if not failures:
        return
    st.subheader(_("Why articles failed in this time"), anchor=False)
    some = failures[:SHOWN_REASONS]
    rows = {
        "open": [ICON for _group in some],
        _("Articles"): [group.tasks for group in some],
        _("Kind of fault"): [_(kind_words(group.error_class)) for group in some],
        _("Reason"): [_(group.message) for group in some],
        _("Accounts"): [len(group.accounts) for group in some],
    }
    ids = [f"{group.error_class}\n{group.message}" for group in some]
    st.dataframe(pa.table(rows), hide_index=True, column_config={"open": open_column(FAILURES, ids)}, key="failures")
    link_to_all(_("All that failed"), [TaskStatus.FAILED])


def _query_of(error_class: str, reason: str) -> dict[str, str]:
    """The page Tasks, narrowed to what failed so."""
    query = {"status": TaskStatus.FAILED.value, "fault": error_class, "reason": reason[:TEXT_LENGTH]}
    return {name: value for name, value in query.items() if value}


def draw_first_steps(*, has_account: bool) -> None:
    """Instead of empty lists, and as high, so that the first article moves nothing below it."""
    with st.container(key=FIRST_STEPS, border=True, horizontal_alignment="center", vertical_alignment="center"):
        if has_account:
            say = _("Nothing waits and nothing was published today. Hand in an article to see it here.")
        else:
            say = _("Two steps to the first published article: add an account of the site, then hand in an article.")
        st.info(say, width=FIRST_STEPS_WIDTH)
        if not has_account:
            st.page_link(path_of("accounts"), label=_("Add an account"), icon=":material/badge:")
        st.page_link(path_of("publish"), label=_("Hand in an article"), icon=":material/edit_square:")
        st.page_link(path_of("upload"), label=_("Hand in many as a CSV file"), icon=":material/upload_file:")
