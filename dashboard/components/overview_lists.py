"""Short lists of the overview: a few articles with the way to each, failures by reason, and what to do first.

The lists of articles are tables: of many open dashboards each draws them every two seconds, and a table costs as much
as one line of text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from core import wiring
from core.services.fault_words import kind_words
from core.services.task_lists import TaskPage
from core.store.outcome_figures import Failures
from core.store.records import Actor
from core.store.task_filter import TaskFilter
from core.task_state import TaskStatus
from dashboard.address import TEXT_LENGTH
from dashboard.components.row_buttons import ICON, open_column, take_opened
from dashboard.components.task_drawer import PARAMETER as DRAWER
from dashboard.figures import FRESH_SECONDS, states
from dashboard.navigation import path_of
from dashboard.shared_figures import shared
from dashboard.text import _

FAILURES = "failures"
SHOWN_REASONS = 10
SHOWN_TASKS = 5
ROW_HEIGHT = 35
LIST_HEIGHT = ROW_HEIGHT * (SHOWN_TASKS + 1) + 6
"""In pixels: that of a full list, whatever there is to show, so that nothing below it moves."""
SCHEMA = pa.schema({"open": pa.string(), "title": pa.string(), "state": pa.string()})
TITLE_WIDTH = 200
"""In pixels, so that something of the state is seen on a phone as well."""
STATE_WIDTH, WIDE_STATE_WIDTH = 180, 630
"""Where the list has half the page at 1280 pixels, and where it has all of it. What is left over makes every column
wider, the one of the buttons too."""


@dataclass(frozen=True, slots=True)
class ShownTasks:
    """Some articles, and their table as it is sent to browsers."""

    page: TaskPage
    cells: pa.Table


@shared(FRESH_SECONDS)
def newest(statuses: tuple[TaskStatus, ...], who: Actor, code: str, zone: str) -> ShownTasks:
    """The first few in these states, told in this language and zone, and how many there are in all."""
    page = wiring.get_task_lists().page(TaskFilter(statuses=statuses), actor=who, size=SHOWN_TASKS)
    columns = {
        "open": [ICON for _task in page.tasks],
        "title": [task.title for task in page.tasks],
        "state": states(page.tasks, who, code, zone),
    }
    return ShownTasks(page, pa.table(columns, schema=SCHEMA))


def draw_tasks(shown: ShownTasks, name: str, *, is_wide: bool = False) -> None:
    """Each with its state and the way to its drawer. `name`: of the list, in keys."""
    page = shown.page
    opened = take_opened(name)
    if opened is not None:
        st.switch_page(path_of("tasks"), query_params={DRAWER: opened})
    with st.container(height=LIST_HEIGHT, border=False, key=f"list_{name}"):
        if not page.tasks:
            st.caption(_("None"))
            return
        _draw_table(shown, name, is_wide=is_wide)


def _draw_table(shown: ShownTasks, name: str, *, is_wide: bool) -> None:
    tasks = shown.page.tasks
    st.dataframe(
        shown.cells,
        hide_index=True,
        height=ROW_HEIGHT * (len(tasks) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_config={
            "open": open_column(name, [task.public_id for task in tasks]),
            "title": st.column_config.TextColumn(_("Title"), width=TITLE_WIDTH),
            "state": st.column_config.TextColumn(_("State"), width=WIDE_STATE_WIDTH if is_wide else STATE_WIDTH),
        },
        key=f"brief_{name}",
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
    """Instead of empty lists."""
    if has_account:
        st.info(_("Nothing waits and nothing was published today. Hand in an article to see it here."))
    else:
        st.info(_("Two steps to the first published article: add an account of the site, then hand in an article."))
        st.page_link(path_of("accounts"), label=_("Add an account"), icon=":material/badge:")
    st.page_link(path_of("publish"), label=_("Hand in an article"), icon=":material/edit_square:")
    st.page_link(path_of("upload"), label=_("Hand in many as a CSV file"), icon=":material/upload_file:")
