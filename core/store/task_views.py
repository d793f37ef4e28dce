"""How a task is read for people and programs: its row with the names of what it belongs to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from core.store.models import Account, Article, PublishTask, User
from core.store.records import TaskView
from core.store.task_moves import TASKS
from core.task_state import BlockReason, Checkpoint, Mode, TaskStatus

TASK_VIEW = (
    select(TASKS, User.name.label("user_name"), Account.name.label("account_name"), Article.title)
    .join(User, User.id == PublishTask.user_id)
    .join(Account, Account.id == PublishTask.account_id)
    .join(Article, Article.id == PublishTask.article_id)
)
"""Add the conditions."""


def task_view(row: Row[Any]) -> TaskView:
    """From a row of `TASK_VIEW`."""
    facts = {name: getattr(row, name) for name in _PLAIN}
    return TaskView(
        **facts,
        mode=Mode(row.mode),
        status=TaskStatus(row.status),
        block_reason=BlockReason(row.block_reason) if row.block_reason else None,
        checkpoint=Checkpoint(row.checkpoint),
    )


_PLAIN = tuple(name for name in TaskView.__slots__ if name not in ("mode", "status", "block_reason", "checkpoint"))
"""Columns that go into a view as they are."""
