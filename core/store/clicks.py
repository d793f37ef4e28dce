"""Whether a publish click of a task may have happened without anybody knowing what came of it, as SQL."""

from __future__ import annotations

from sqlalchemy import ScalarSelect, func, select

from core.store.models import PublishTask, TaskEventRow
from core.store.task_events import EventKind


def _number_of(*kinds: EventKind) -> ScalarSelect[int]:
    its = (TaskEventRow.task_id == PublishTask.id, TaskEventRow.kind.in_(kinds))
    return select(func.count()).select_from(TaskEventRow).where(*its).correlate(PublishTask).scalar_subquery()


HAS_OPEN_CLICK = _number_of(EventKind.SUBMITTING, EventKind.RESUBMITTING) > _number_of(EventKind.DRAFT_REOPENED)
"""Of each click that the site refused for certain the draft was opened again. That a later one was refused proves
nothing of those before, and neither does the word of a person."""
