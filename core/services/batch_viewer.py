"""What was handed in together, for those who may see it."""

from __future__ import annotations

from core.errors import NotFound
from core.services.access import Access
from core.store.audit import AuditLog
from core.store.batch_queries import BatchQueries, BatchView
from core.store.database import Database
from core.store.records import Actor
from core.store.users import UserStore


class BatchViewer:
    """An operator sees its own."""

    def __init__(self, db: Database) -> None:
        self._queries = BatchQueries(db)
        self._access = Access(UserStore(db), AuditLog(db))

    def recent(self, *, actor: Actor, number: int = 1, size: int = 20, before_id: int | None = None) -> list[BatchView]:
        """The newest first, `size` on a page; `number` from 1. With `before_id` only older ones than that."""
        offset = (max(number, 1) - 1) * size
        return self._queries.recent(_only(actor), offset=offset, limit=size, before_id=before_id)

    def count(self, *, actor: Actor) -> int:
        """How many there are in all."""
        return self._queries.count(_only(actor))

    def get(self, batch_id: int, *, actor: Actor) -> BatchView:
        """Raises NotFound."""
        found = self._queries.get(batch_id)
        if found is None:
            raise NotFound("batch", batch_id)
        self._access.require_own(actor, found.user_id, "batch.read", "batch", batch_id)
        return found


def _only(actor: Actor) -> int | None:
    """The one user whose batches this actor sees; None: all of them."""
    return None if actor.is_admin else actor.user_id or 0
