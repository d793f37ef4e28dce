"""A database that is lost at a COMMIT: the writer never hears whether it was done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from core.errors import CommitInDoubt
from core.store.database import Database

T = TypeVar("T")


class LossyDatabase(Database):
    """Works as any other until `lose` is called."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._skipped = 0
        self._lost = 0
        self._is_committed = True
        self._meanwhile: Callable[[], object] = lambda: None

    def lose(
        self,
        *,
        writes: int = 1,
        after: int = 0,
        is_committed: bool = True,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> None:
        """The answers to so many writes are lost, `after` so many that go well. `meanwhile` happens before the
        first of them learns that something is wrong."""
        self._lost, self._skipped, self._is_committed, self._meanwhile = writes, after, is_committed, meanwhile

    def run_write(self, work: Callable[[Connection], T]) -> T:
        """Raises CommitInDoubt when the answer is lost."""
        if self._lost and self._skipped:
            self._skipped -= 1
        elif self._lost:
            self._lost -= 1
            if self._is_committed:
                super().run_write(work)
            else:
                with self._writing.connect() as connection:
                    work(connection)
                    connection.rollback()
            meanwhile, self._meanwhile = self._meanwhile, lambda: None
            meanwhile()
            raise CommitInDoubt("database", "the answer was lost.", "")
        return super().run_write(work)
