"""The menu over the list of articles: what to do with those that are ticked, or with all that are listed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import streamlit as st

from core.services.bulk_change import BulkAction
from core.store.task_filter import TaskFilter
from core.store.task_pages import MOST
from dashboard.components.bulk_actions import BUTTONS, ask
from dashboard.text import _, count

WIDTH = 272
"""In pixels, for the longest of its labels: nothing beside or under it moves with a tick."""


def draw_menu(ticked: Sequence[int], wanted: TaskFilter, total: int, *, is_more: bool) -> None:
    """It concerns the ticked articles, or, while none is ticked, all that fit the filter, and says how many. What it
    concerns is part of its key: it stays open while only the numbers move on, and what is chosen in one that said
    something else is done to what that one said or to nothing."""
    target: list[int] | TaskFilter = list(ticked) or wanted
    key = f"bulk_{hashlib.sha256(repr(target).encode()).hexdigest()[:12]}"
    st.menu_button(
        _label(len(ticked), total, is_more=is_more),
        list(BUTTONS),
        format_func=_option,
        icon=":material/checklist:",
        key=key,
        help=_("For the ticked articles, or, while none is ticked, for all of this filter. It is asked first."),
        width=WIDTH,
        disabled=total == 0 and not ticked,
        on_click=_choose,
        args=(key, target),
    )


def _label(ticked: int, total: int, *, is_more: bool) -> str:
    if ticked:
        return count("Change the ticked one", "Change the {number} ticked", ticked)
    if total == 0:
        return _("Nothing to change")
    if is_more:
        return _("Change all {number} of this filter", number=f"{MOST:,}+")
    return count("Change the only one of this filter", "Change all {number} of this filter", total)


def _option(action: BulkAction) -> str:
    label, icon = BUTTONS[action]
    return f"{icon} {_(label)}"


def _choose(key: str, target: list[int] | TaskFilter) -> None:
    """Only remembers what is asked; nothing happens before the dialog's button."""
    action: BulkAction | None = st.session_state[key]
    if action is not None:
        ask(action, target)
