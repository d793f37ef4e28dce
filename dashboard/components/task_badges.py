"""States in one word and one colour, the same on every page."""

from __future__ import annotations

import streamlit as st

from core.store.records import TaskView
from core.task_state import TaskStatus
from dashboard.text import _, mark, plain

STATUS_LABELS = {
    TaskStatus.WAITING: mark("Waiting"),
    TaskStatus.RUNNING: mark("Publishing"),
    TaskStatus.RETRYING: mark("Will retry"),
    TaskStatus.BLOCKED: mark("Action needed"),
    TaskStatus.PUBLISHED: mark("Published"),
    TaskStatus.DRAFT_SAVED: mark("Draft saved"),
    TaskStatus.FAILED: mark("Failed"),
    TaskStatus.CANCELLED: mark("Cancelled"),
}

TABLE_COLORS = {
    TaskStatus.WAITING: "#7c8899",
    TaskStatus.RUNNING: "#2f6fe0",
    TaskStatus.RETRYING: "#b7791f",
    TaskStatus.BLOCKED: "#c2410c",
    TaskStatus.PUBLISHED: "#1f8a4c",
    TaskStatus.DRAFT_SAVED: "#0f8b8d",
    TaskStatus.FAILED: "#c62f2f",
    TaskStatus.CANCELLED: "#8a8f98",
}

BADGE_COLORS = {
    TaskStatus.WAITING: "gray",
    TaskStatus.RUNNING: "blue",
    TaskStatus.RETRYING: "yellow",
    TaskStatus.BLOCKED: "orange",
    TaskStatus.PUBLISHED: "green",
    TaskStatus.DRAFT_SAVED: "green",
    TaskStatus.FAILED: "red",
    TaskStatus.CANCELLED: "gray",
}

WITH_REASON = (TaskStatus.RETRYING, TaskStatus.BLOCKED, TaskStatus.FAILED)


def status_label(status: TaskStatus) -> str:
    """In the visitor's language."""
    return _(STATUS_LABELS[status])


def badge(status: TaskStatus) -> str:
    """As Markdown."""
    return f":{BADGE_COLORS[status]}-badge[{status_label(status)}]"


def badge_and_words(status: TaskStatus, words: str) -> str:
    """As Markdown; the words only where they say more than the badge."""
    return badge(status) if words == status_label(status) else f"{badge(status)} {plain(words)}"


def draw_reason(task: TaskView, words: str) -> None:
    """Why it has not gone on, beside its state in `words`; nothing if these say so already."""
    reason = _(task.error_message or "")
    if task.status in WITH_REASON and reason and reason not in words:
        st.error(plain(reason), icon=":material/info:")
