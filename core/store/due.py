"""The conditions under which a waiting or retrying task may go, as SQL."""

from __future__ import annotations

from sqlalchemy import exists, or_

from core.lane import PauseScope
from core.store.clock import now_sql
from core.store.models import PauseRow, PublishTask
from core.task_state import TaskStatus

IS_DUE = or_(PublishTask.run_at.is_(None), PublishTask.run_at <= now_sql())
"""Its time has come, on the database's clock."""

BATCH_IS_PAUSED = exists().where(
    PauseRow.scope == PauseScope.BATCH,
    PauseRow.target_id == PublishTask.batch_id,
    or_(PauseRow.until.is_(None), PauseRow.until > now_sql()),
)
"""Its batch is paused. The other pauses are kept by the queue."""

MAY_GO = (
    PublishTask.status.in_([TaskStatus.WAITING, TaskStatus.RETRYING]),
    IS_DUE,
    ~BATCH_IS_PAUSED,
)
"""Its place is in the line now."""
