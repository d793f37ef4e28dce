"""A TOP_N with very many articles and nothing that publishes: its tables, its line, its workers' signs of life, and
articles that move on from step to step. What the dashboard sees of it changes as if eight browsers worked."""

from __future__ import annotations

import os
import shutil
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil

from core.cookie import Cookie, cookies_to_json
from core.lane import LimitDefaults
from core.queue.fair_queue import FairQueue
from core.queue.heartbeats import BEAT_SECONDS, TTL_SECONDS, Heartbeats
from core.queue.redis_client import connect
from core.store.accounts import AccountStore
from core.store.database import Database
from core.store.row_snapshot import DatabaseRows
from core.store.sessions import SessionStore
from core.store.vault import Vault
from tests.bench.many_tasks import ADMIN, MariaDbFiller, SqliteFiller
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import SECRET_KEY

NAME = "many"
PREFIX = "bench:"
WORKERS = 4
BUFFER_BYTES = 1024**3
"""What MariaDB keeps in memory, on a server that holds a million articles."""
MOVE_SECONDS = 1.0
MOVE_ON = (
    "UPDATE publish_tasks SET progress = CASE progress WHEN 10 THEN 20 WHEN 20 THEN 30 WHEN 30 THEN 50 "
    "WHEN 50 THEN 60 WHEN 60 THEN 80 WHEN 80 THEN 90 ELSE 10 END WHERE status = 'running'"
)


class ManyTasks(ABC):
    """A database with so many articles. `questions`: asked of it since its start, None where nobody counts them."""

    name: str
    url: str

    @abstractmethod
    def questions(self) -> int | None: ...

    @abstractmethod
    def cpu_seconds(self) -> float: ...


class InMariaDb(ManyTasks):
    name = "MariaDB"

    def __init__(self, server: MariaDbServer, number: int) -> None:
        self._server = server
        self.url = server.create_database(NAME)
        _migrate(self.url)
        with server.connect() as connection:
            connection.cursor().execute(f"SET GLOBAL innodb_buffer_pool_size = {BUFFER_BYTES}")
        with server.connect(NAME) as connection:
            MariaDbFiller(number, connection).fill()
        self._counting = server.connect()

    def questions(self) -> int | None:
        """This one is not counted: it is one more each time."""
        with self._counting.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
            [(_name, value)] = cursor.fetchall()
        return int(value)

    def cpu_seconds(self) -> float:
        used = psutil.Process(self._server.process.pid).cpu_times()
        return float(used.user + used.system)

    def close(self) -> None:
        """Before the server stops."""
        self._counting.close()


class InSqlite(ManyTasks):
    """It works inside the process of the dashboard, and counts nothing."""

    name = "SQLite"

    def __init__(self, folder: Path, number: int) -> None:
        path = folder / "many.sqlite3"
        self.url = f"sqlite:///{path}"
        _migrate(self.url)
        SqliteFiller(number, path).fill()

    def questions(self) -> int | None:
        return None

    def cpu_seconds(self) -> float:
        return 0.0


@contextmanager
def in_mariadb(folder: Path, number: int) -> Iterator[ManyTasks]:
    """A server of its own, until the block ends."""
    server = MariaDbServer(folder / "mariadb", shutil.which("mariadbd") or "mysqld")
    server.start()
    try:
        tasks = InMariaDb(server, number)
        yield tasks
        tasks.close()
    finally:
        server.stop()


@contextmanager
def in_sqlite(folder: Path, number: int) -> Iterator[ManyTasks]:
    """In a file of its own."""
    yield InSqlite(folder, number)


class BusyService:
    """`settings` for a dashboard of it. Used by `with`."""

    def __init__(self, folder: Path, tasks: ManyTasks, redis_url: str) -> None:
        self._tasks = tasks
        self._db = Database(tasks.url)
        self._redis = connect(redis_url)
        self._heartbeats = Heartbeats(self._redis, prefix=PREFIX)
        self._rows = DatabaseRows(self._db)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, name="busy-service", daemon=True)
        self.own_questions = 0
        self.settings = {
            "TOPN_DATA_DIR": str(folder / "var"),
            "TOPN_DATABASE_URL": tasks.url,
            "TOPN_REDIS_URL": redis_url,
            "TOPN_REDIS_PREFIX": PREFIX,
            "TOPN_SECRET_KEYS": SECRET_KEY,
            "TOPN_LOG_LEVEL": "WARNING",
        }

    def __enter__(self) -> BusyService:
        _sign_in(self._db)
        self._redis.flushall()
        FairQueue(self._redis, prefix=PREFIX, defaults=LimitDefaults(10, 20, 10, 0), rows=self._rows).rebuild()
        self._running = [row.task_id for row in self._rows.running_rows()]
        self._started_at = time.time()
        self._beat()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._redis.close()
        self._db.close()

    def token(self, user_id: int = ADMIN) -> str:
        """Of a new session of this user."""
        return SessionStore(self._db, idle_seconds=86_400, max_seconds=86_400).open(user_id)

    def _live(self) -> None:
        """One statement a second, and the signs of life of the workers."""
        beaten_at = time.monotonic()
        # Each statement by itself, and nothing else that a database would count.
        with closing(self._db.engine.raw_connection()) as connection:
            cursor = connection.cursor()
            if self._db.engine.dialect.name == "mysql":
                cursor.execute("SET SESSION autocommit = 1")
            while not self._stop.wait(MOVE_SECONDS):
                cursor.execute(MOVE_ON)
                self.own_questions += 1
                if time.monotonic() - beaten_at >= BEAT_SECONDS:
                    beaten_at = time.monotonic()
                    self._beat()

    def _beat(self) -> None:
        for worker in range(WORKERS):
            tasks = self._running[worker::WORKERS]
            self._heartbeats.beat(f"bench:{worker + 1}:00000000", self._facts(worker, tasks), TTL_SECONDS)

    def _facts(self, worker: int, tasks: list[int]) -> dict[str, Any]:
        return {
            "host": "bench",
            "pid": os.getpid() + worker,
            "state": "running",
            "is_supervised": True,
            "started_at": self._started_at,
            "threads": [{"task_id": task_id, "step_seconds": time.time() % 7} for task_id in tasks],
            "pool": {"max": 2, "idle": 0, "busy": 2, "waiting": 0, "created": 5, "retired": {"age": 3}},
            "room": {"disk_free_mb": 50_000, "memory_free_mb": 8_000, "memory_needed_mb": 300},
        }


@contextmanager
def busy_service(folder: Path, tasks: ManyTasks) -> Iterator[BusyService]:
    """On a Redis of its own, until the block ends."""
    redis = RedisServer(folder / "redis", shutil.which("redis-server") or "redis-server")
    redis.start()
    try:
        with BusyService(folder, tasks, redis.url) as service:
            yield service
    finally:
        redis.stop()


def _sign_in(database: Database) -> None:
    """Every account has cookies, sealed as pages find them."""
    accounts = AccountStore(database, Vault((SECRET_KEY,)))
    cookies = cookies_to_json([Cookie("z_c0", "x" * 200, ".zhihu.com", expires=int(time.time()) + 30 * 86_400)])
    for account in accounts.list():
        accounts.replace_cookies(account.id, cookies)


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()
