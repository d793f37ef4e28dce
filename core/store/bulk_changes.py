"""What an owner does with many tasks at once: a hundred in a transaction, each by the rules for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Connection, Row, select

from core.errors import NotPossible
from core.lane import LaneEntry
from core.store.models import PublishTask
from core.store.task_moves import TASKS, lane_entry
from core.store.task_part import TaskPart

CHANGED_AT_ONCE = 100
"""So many tasks in one transaction: no worker may miss the renewal of a lease meanwhile."""

RowChange: TypeAlias = "Callable[[Connection, Row[Any]], object]"
"""Changes a locked row as `core.store.owner_moves` do, or raises NotPossible before it has changed anything."""


@dataclass(frozen=True, slots=True)
class ManyChanged:
    """`changed`: the places in line that these tasks had. `refused`: why the others were left as they are."""

    changed: tuple[LaneEntry, ...]
    refused: tuple[NotPossible, ...]


class BulkChanges(TaskPart):
    """Many tasks, one kind of change."""

    def change_many(
        self,
        task_ids: Sequence[int],
        change: RowChange,
        *,
        also: Callable[[Connection, ManyChanged], object] = lambda connection, done: None,
    ) -> ManyChanged:
        """Change at most `CHANGED_AT_ONCE` of them in one transaction, and do `also` in it; what is not there is
        passed over. Raises Conflict, after which none of them is changed."""
        if len(task_ids) > CHANGED_AT_ONCE:
            raise ValueError(f"{len(task_ids)} tasks are too many for one transaction")
        # By rising id, as everybody who locks several does: two of them never wait for each other.
        wanted = select(TASKS).where(PublishTask.id.in_(task_ids)).order_by(PublishTask.id).with_for_update()

        def work(connection: Connection) -> ManyChanged:
            changed, refused = [], []
            for row in connection.execute(wanted).all():
                try:
                    change(connection, row)
                except NotPossible as error:
                    refused.append(error)
                else:
                    changed.append(lane_entry(row))
            done = ManyChanged(tuple(changed), tuple(refused))
            also(connection, done)
            return done

        return self._db.run_write(work)
