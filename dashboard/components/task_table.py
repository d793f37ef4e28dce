"""The live table of articles: a page of it, refreshed by itself, with rows to select and to open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import streamlit as st

from core import wiring
from core.services.bulk_change import BulkAction
from core.services.task_lists import TaskPage
from core.store.records import Actor, TaskView
from core.store.task_filter import TaskFilter
from core.store.task_pages import MOST, TaskSort
from core.task_state import TaskStatus
from dashboard.components.bulk_actions import BUTTONS
from dashboard.components.listed_rows import ListedRows
from dashboard.components.row_buttons import ICON, act_column, open_column, take_acted, take_opened
from dashboard.components.task_actions import first_action
from dashboard.components.task_badges import TABLE_COLORS, status_label
from dashboard.components.task_filter import ADDRESS, ChosenTasks
from dashboard.figures import FRESH_SECONDS, states
from dashboard.shared_figures import shared
from dashboard.text import _, count, language, local, one_behind_the_other, zone

PAGE_SIZE = 50
ROW_HEIGHT = 35
LISTED_KEY = "tasks_listed"
"""The rows that were drawn last."""
NAME = "tasks"
"""Of the list, in keys."""
PAGE_KEY = ADDRESS.key("page")
BY_AGE = (TaskSort.NEWEST, TaskSort.OLDEST)
"""In these orders all are sorted, however many there are."""
ACTIONS = {icon: action for action, (_label, icon) in BUTTONS.items()}
ON_THEIR_WAY = (TaskStatus.RUNNING, TaskStatus.RETRYING, TaskStatus.BLOCKED)
"""Of the others the state tells how far they are."""
SCHEMA = pa.schema(
    {
        "open": pa.string(),
        "act": pa.string(),
        "status": pa.list_(pa.string()),
        "title": pa.string(),
        "state": pa.string(),
        "progress": pa.int64(),
        "account": pa.string(),
        "link": pa.string(),
        "owner": pa.string(),
        "created": pa.timestamp("us"),
        "priority": pa.int64(),
    }
)
"""Of the table. Made by hand, as it would else be guessed from a table of pandas at each refresh of each browser."""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page of articles, and its table as it is sent to browsers."""

    page: TaskPage
    cells: pa.Table


@dataclass(frozen=True, slots=True)
class ShownRows:
    """What the table shows: a page, or the rows that stay as one of them is ticked."""

    listed: ListedRows
    ticked: Sequence[int]
    cells: pa.Table


@shared(FRESH_SECONDS)
def _shared_page(wanted: TaskFilter, sort: TaskSort, number: int, code: str, zone_name: str) -> ShownPage:
    """What all who look at the same see. `wanted` is already what its reader is allowed to see."""
    page = wiring.get_task_lists().page(wanted, actor=Actor.system(), sort=sort, number=number, size=PAGE_SIZE)
    return ShownPage(page, _cells(page.tasks, states(page.tasks, Actor.system(), code, zone_name)))


def read_page(actor: Actor, chosen: ChosenTasks) -> ShownPage:
    """The page that was chosen, or the last one there is."""
    wanted = wiring.get_task_lists().allowed(chosen.wanted, actor)
    number = max(int(st.session_state.get(PAGE_KEY) or 1), 1)
    shown = _shared_page(wanted, chosen.sort, number, language(), zone().key)
    if number > _pages(shown.page):
        number = st.session_state[PAGE_KEY] = _pages(shown.page)
        shown = _shared_page(wanted, chosen.sort, number, language(), zone().key)
    return shown


def read_rows(actor: Actor, chosen: ChosenTasks, shown: ShownPage) -> ShownRows:
    """Before anything is drawn: what stands above the table tells how many are ticked."""
    view = repr((chosen.wanted, chosen.sort, st.session_state.get(PAGE_KEY)))
    listed, ticked, tasks = _ticked(view, actor)
    if listed is None:
        return ShownRows(ListedRows(view, tuple(task.id for task in shown.page.tasks)), (), shown.cells)
    return ShownRows(listed, ticked, _cells(tasks, states(tasks, actor, language(), zone().key)))


def draw_table(actor: Actor, chosen: ChosenTasks, rows: ShownRows) -> None:
    """The last on its page: it is as high as it has rows."""
    listed = st.session_state[LISTED_KEY] = rows.listed
    if not listed.ids:
        hint = _("Nothing fits. Take a filter away to see more.")
        st.info(hint if chosen.is_narrowed else _("There are no articles yet. Hand in the first one."))
        return
    ids = [str(task_id) for task_id in listed.ids]
    st.dataframe(
        rows.cells,
        hide_index=True,
        height=ROW_HEIGHT * (len(ids) + 1) + 3,
        row_height=ROW_HEIGHT,
        column_config={
            "open": open_column(NAME, ids),
            "act": act_column(NAME, ids, _("Cancel, or retry. It is asked first.")),
            **_columns(actor),
        },
        on_select="rerun",
        selection_mode="multi-row",
        key=listed.key,
    )


def _ticked(view: str, actor: Actor) -> tuple[ListedRows | None, list[int], Sequence[TaskView]]:
    """While any row is ticked, the rows stay what they are and only their states move on: the list, those of its
    articles that are ticked, and all of them as they are now. None: nothing is ticked in this view."""
    listed: ListedRows | None = st.session_state.get(LISTED_KEY)
    if listed is None or listed.view != view:
        return None, [], ()
    state = st.session_state.get(listed.key)
    ticked = [] if state is None else listed.ids_of(state["selection"]["rows"])
    tasks = wiring.get_task_lists().by_ids(listed.ids, actor=actor) if ticked else []
    if not ticked or len(tasks) < len(listed.ids):
        return None, [], ()
    return listed, ticked, tasks


def draw_pages(page: TaskPage, sort: TaskSort) -> None:
    """Which page of how many, and what is not among them."""
    st.caption(_count_words(page, sort))
    st.pagination(_pages(page), key=PAGE_KEY)
    ADDRESS.write()


def _pages(page: TaskPage) -> int:
    return max(-(-page.total // PAGE_SIZE), 1)


def _count_words(page: TaskPage, sort: TaskSort) -> str:
    if not page.is_more:
        return count("{number} article", "{number} articles", page.total)
    most = f"{MOST:,}"
    told = [_("More than {number} articles.", number=most), _("The CSV holds the newest {number}.", number=most)]
    if sort not in BY_AGE:
        told.append(_("In this order, the newest {number} of them.", number=most))
    return one_behind_the_other(*told)


def opened_task() -> str | None:
    """The id of the article whose button was pressed, once."""
    return take_opened(NAME)


def acted_task() -> tuple[int, BulkAction] | None:
    """The article whose other button was pressed, once, and what it is for."""
    task_id, icon = take_acted(NAME) or ("", "")
    action = ACTIONS.get(icon)
    return None if action is None else (int(task_id), action)


def _cells(tasks: Sequence[TaskView], states: Sequence[str]) -> pa.Table:
    """What stands in the state already is not said again."""
    labels = [status_label(task.status) for task in tasks]
    columns = {
        "open": [ICON for task in tasks],
        "act": [_act_icon(task) for task in tasks],
        "status": [[label] for label in labels],
        "title": [task.title for task in tasks],
        "state": ["" if words == label else words for words, label in zip(states, labels, strict=True)],
        "progress": [_progress(task) for task in tasks],
        "account": [task.account_name for task in tasks],
        "link": [task.result_url or "" for task in tasks],
        "owner": [task.user_name for task in tasks],
        "created": [local(task.created_at) for task in tasks],
        "priority": [task.priority for task in tasks],
    }
    return pa.table(columns, schema=SCHEMA)


def _act_icon(task: TaskView) -> str | None:
    action = first_action(task)
    return None if action is None else BUTTONS[action][1]


def _progress(task: TaskView) -> int | None:
    """Nothing where nothing was begun yet: a retry is no bar at zero."""
    is_told = task.status in ON_THEIR_WAY and (task.progress or task.status is TaskStatus.RUNNING)
    return task.progress if is_told else None


def _columns(actor: Actor) -> dict[str, Any]:
    """As far as the link, and for administrators the user, they are seen at 1280 pixels without moving the table."""
    config = st.column_config
    title, state = (188, 198) if actor.is_admin else (240, 212)
    labels = [status_label(status) for status in TaskStatus]
    colors = [TABLE_COLORS[status] for status in TaskStatus]
    return {
        "status": config.MultiselectColumn(_("State"), options=labels, color=colors, width=118),
        "title": config.TextColumn(_("Title"), width=title),
        "state": config.TextColumn(_("What it does"), width=state),
        "progress": config.ProgressColumn(_("Progress"), min_value=0, max_value=100, format="%d%%", width=84),
        "account": config.TextColumn(_("Account"), width=100),
        "link": config.LinkColumn(_("Article"), display_text=":material/link:", width=58),
        "owner": config.TextColumn(_("User"), width=70) if actor.is_admin else None,
        "created": config.DatetimeColumn(_("Handed in at"), format="YYYY-MM-DD HH:mm", width=128),
        "priority": config.NumberColumn(_("Priority"), width=64),
    }
