"""Whether a publish click of a task may have happened without anybody knowing what came of it, as SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, ScalarSelect, func, select

from core.store.models import PublishTask, TaskEventRow
from core.store.task_events import EventKind


def _number_of(*kinds: EventKind) -> ScalarSelect[int]:
    its = (TaskEventRow.task_id == PublishTask.id, TaskEventRow.kind.in_(kinds))
    return select(func.count()).select_from(TaskEventRow).where(*its).correlate(PublishTask).scalar_subquery()


CLICKS = (EventKind.SUBMITTING, EventKind.RESUBMITTING)
HAS_OPEN_CLICK = _number_of(*CLICKS) > _number_of(EventKind.DRAFT_REOPENED)
"""Of each click that the site refused for certain the draft was opened again. That a later one was refused proves
nothing of those before, and neither does the word of a person."""


def open_click_of(connection: Connection, task_id: int) -> datetime | None:
    """When this task was submitted last, if nobody knows what came of it."""
    statement = (
        select(func.max(TaskEventRow.at, type_=TaskEventRow.at.type))
        .join(PublishTask, PublishTask.id == TaskEventRow.task_id)
        .where(TaskEventRow.task_id == task_id, TaskEventRow.kind.in_(CLICKS), HAS_OPEN_CLICK)
    )
    moment: datetime | None = connection.scalar(statement)
    return moment
