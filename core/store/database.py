"""The database: connections, transactions with the right isolation, bounded retries, errors for people.

Everything in `core.store` stands on it; `core.wiring` makes one for the process.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from core.errors import CommitInDoubt, ServiceUnavailable
from core.store import migrate
from core.store.database_errors import as_unavailable, is_busy
from core.store.engine import BEGIN_OPTION, make_engine

T = TypeVar("T")

MAX_TRIES = 6
FIRST_WAIT_SECONDS = 0.02
LAST_TRY_SECONDS = 30
"""Tries of a transaction that met a deadlock or a lock: so many, none later than this; the waits between them
double, with jitter."""


class Database:
    """One database. Thread-safe; never keep a transaction open across a step of a browser."""

    def __init__(self, url: str, *, pool_size: int = 10, lock_wait_seconds: float | None = None) -> None:
        """`url` is SQLAlchemy's, `sqlite:///…` or `mysql+pymysql://…`. Connects on first use only.
        `lock_wait_seconds`: longest wait of one statement for a lock (10 on MySQL, 30 on SQLite)."""
        self._url = make_url(url)
        if self._url.get_backend_name() == "mariadb":
            self._url = self._url.set(drivername="mysql+pymysql")
        self._address = self._url.render_as_string(hide_password=True)
        self.engine: Engine = make_engine(self._url, pool_size=pool_size, lock_wait_seconds=lock_wait_seconds)
        self._writing = self.engine.execution_options(**{BEGIN_OPTION: "BEGIN IMMEDIATE"})

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction. Raises ServiceUnavailable; after that a COMMIT may or may not have
        happened, so read again before acting. `run_write` repeats what a deadlock undid, this does not."""
        with self._for_people(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction. Raises ServiceUnavailable."""
        with self._for_people(), self.engine.connect() as connection:
            yield connection

    def run_write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a writing transaction and commit it; again, at most `MAX_TRIES` times, when the
        database undid it for a deadlock or a lock. `work` must do nothing but database work.

        Raises ServiceUnavailable when nothing was committed, and CommitInDoubt when nobody can tell.
        """
        last_try = time.monotonic() + LAST_TRY_SECONDS
        with self._for_people():
            tries = 0
            while True:
                tries += 1
                try:
                    return self._write_once(work)
                except DBAPIError as error:
                    if not is_busy(error) or tries == MAX_TRIES or time.monotonic() > last_try:
                        raise
                time.sleep(FIRST_WAIT_SECONDS * 2**tries * random.uniform(0.5, 1.0))  # noqa: S311 - jitter

    def _write_once(self, work: Callable[[Connection], T]) -> T:
        """Raises what the driver raised, but CommitInDoubt when it was COMMIT that got no answer."""
        is_worked = False
        try:
            with self._writing.begin() as connection:
                result = work(connection)
                is_worked = True
            return result
        except DBAPIError as error:
            unavailable = as_unavailable(error, self._address) if is_worked and not is_busy(error) else None
            if unavailable is None:
                raise
            raise CommitInDoubt(unavailable.service, unavailable.reason, unavailable.remedy) from error

    def migrate(self) -> None:
        """Bring the tables up to date. Safe with several processes starting at once.

        Raises ServiceUnavailable, also when a newer TOP_N wrote the database.
        """
        # A migration writes its version last: who reads the newest one need not wait for the lock.
        if self.revision() != migrate.head_revision():
            with self._for_people():
                migrate.upgrade(self._url)

    def revision(self) -> str | None:
        """The migration that the database is at; None: empty."""
        with self.read() as connection:
            return migrate.current_revision(connection)

    def check(self) -> None:
        """Raises ServiceUnavailable unless the database answers and its tables are those of this version."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))
            found, wanted = migrate.current_revision(connection), migrate.head_revision()
        if found != wanted:
            raise ServiceUnavailable(
                "database",
                f"its tables are at version {found or 'none'}, this TOP_N needs {wanted}.",
                "Start run_workers.py of this version once: it brings them up to date.",
            )

    def close(self) -> None:
        """Close all connections that are not in use."""
        self.engine.dispose()

    @contextmanager
    def _for_people(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, PoolTimeoutError) as error:
            unavailable = as_unavailable(error, self._address)
            if unavailable is None:
                raise
            raise unavailable from error
