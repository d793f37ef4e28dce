"""The table that tells this database from every other one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.store.columns import ID, Identifier, UtcDateTime
from core.store.model_base import TABLE_OPTIONS, Base, check
from core.store.task_models import ZERO


class DatabaseIdentity(Base):
    """One row, made by the migration."""

    __tablename__ = "database_identity"
    id: Mapped[int] = mapped_column(ID, primary_key=True, autoincrement=False)
    database_id: Mapped[str] = mapped_column(Identifier(32))
    """Random. A restored backup has that of the database it was made of."""
    is_remembered: Mapped[bool] = mapped_column(server_default=ZERO)
    """Workers have published from here and noted that elsewhere: when no such note can be found, it was lost."""
    restored_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When somebody last said that this is a restored backup, and all rows had been marked for it."""
    __table_args__ = (check("one_row", "id = 1"), TABLE_OPTIONS)
