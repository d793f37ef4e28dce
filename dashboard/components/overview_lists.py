"""Short lists of the overview: a few articles with the way to each, failures by reason, and what to do first."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.services.fault_words import kind_words
from core.store.outcome_figures import Failures
from core.task_state import TaskStatus
from dashboard.components.task_badges import plain
from dashboard.components.task_drawer import PARAMETER as DRAWER
from dashboard.figures import ShownTasks
from dashboard.navigation import path_of
from dashboard.text import _

SHOWN_REASONS = 10
ALIGNED = '<style>[class*="st-key-brief_"] [data-testid="stPageLink-NavLink"] { padding-left: 0; }</style>'
"""A title stands above its state, not beside it."""


def draw_tasks(shown: ShownTasks, statuses: Sequence[TaskStatus]) -> None:
    """Each with its state and the way to its drawer, then the way to all of them."""
    page = shown.page
    if not page.tasks:
        st.caption(_("None"))
        return
    with st.container(key=f"brief_{statuses[0]}"):
        for task, words in zip(page.tasks, shown.states, strict=True):
            with st.container(gap=None):
                st.page_link(path_of("tasks"), label=plain(task.title), query_params={DRAWER: task.public_id})
                st.caption(plain(words))
    st.html(ALIGNED)
    if page.total > len(page.tasks):
        st.page_link(
            path_of("tasks"),
            label=_("All {number}", number=f"{page.total:,}" + ("+" if page.is_more else "")),
            icon=":material/arrow_forward:",
            query_params=[("status", status.value) for status in statuses],
        )


def draw_failures(failures: Sequence[Failures]) -> None:
    """The most frequent reason first."""
    if not failures:
        return
    st.subheader(_("Failed today"), anchor=False)
    some = failures[:SHOWN_REASONS]
    rows = {
        _("Articles"): [group.tasks for group in some],
        _("Kind of fault"): [_(kind_words(group.error_class)) for group in some],
        _("Reason"): [_(group.message) for group in some],
        _("Accounts"): [len(group.accounts) for group in some],
    }
    st.dataframe(rows, hide_index=True)
    failed = {"status": TaskStatus.FAILED.value}
    st.page_link(path_of("tasks"), label=_("All that failed"), icon=":material/arrow_forward:", query_params=failed)


def draw_first_steps(*, has_account: bool) -> None:
    """Instead of empty lists."""
    if has_account:
        st.info(_("Nothing waits and nothing was published today. Hand in an article to see it here."))
    else:
        st.info(_("Two steps to the first published article: add an account of the site, then hand in an article."))
        st.page_link(path_of("accounts"), label=_("Add an account"), icon=":material/badge:")
    st.page_link(path_of("publish"), label=_("Hand in an article"), icon=":material/edit_square:")
    st.page_link(path_of("upload"), label=_("Hand in many as a CSV file"), icon=":material/upload_file:")
