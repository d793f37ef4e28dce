"""Fills empty tables with as many articles as years of use bring, in the database itself: a million take a minute or
two. The rows are the same in each run, but for their times, which end now.

Of a million, spread over ninety days and 200 users with three accounts each: 20,000 wait, of which every fourth is
scheduled; eight are being published; some hundred are to be retried or need a person; of the rest 94 in 100 are
published. Most came in batches of fifty, and five users have a quarter of all.
"""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pymysql

USERS, ACCOUNTS_EACH, BATCH = 200, 3, 50
ADMIN = USERS + 1
"""The id of the administrator."""
DAYS = 90
Columns: TypeAlias = Mapping[str, str]
"""Column → SQL that makes its value."""

PARAGRAPH = "城市里的植物比我们想的多。走过同一条路的人,很少抬头看一眼。这一篇写的是我在路边记下的东西。" * 4
SUBJECTS = (
    "路边的植物",
    "旧书店里的一天",
    "怎样读一篇论文",
    "周末的面包",
    "A week with a small telescope",
    "城市夜行",
    "写给新同事",
    "数据库备忘",
)
FAULTS = (
    ("Rejected", "Zhihu refused the article: the title is too long."),
    ("SiteBusy", "The site is busy."),
    ("BrowserLost", "The browser ended unexpectedly."),
)


class Filler(ABC):
    """The statements that both databases understand, and the two things they do not share. `number`: of articles."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.now = datetime.now(UTC).replace(microsecond=0)

    def fill(self) -> None:
        """People first, then what they handed in."""
        self._insert("users", _USERS, ADMIN)
        self._insert("accounts", _ACCOUNTS, USERS * ACCOUNTS_EACH)
        self._insert("batches", _BATCHES, self.number // BATCH + 1)
        self._insert("articles", _ARTICLES, self.number)
        self._insert("publish_tasks", _TASKS, self.number)
        self._insert("task_events", _EVENTS, 3 * min(self.number, 500))
        self._insert("pauses", _PAUSES, 1)
        self.finish()

    @abstractmethod
    def execute(self, statement: str) -> None:
        """Run one statement."""

    @abstractmethod
    def finish(self) -> None:
        """Commit, and let the database learn what it has."""

    @abstractmethod
    def numbers(self, last: int) -> str:
        """A table of one column `n`, from 1 to `last`."""

    @abstractmethod
    def moment(self, seconds: str) -> str:
        """The moment so many seconds from now, as the tables hold it."""

    def _insert(self, table: str, columns: Columns, number: int) -> None:
        values = ", ".join(self._value(column, made) for column, made in columns.items())
        self.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM "  # noqa: S608  # all of it is ours
            f"(SELECT mixed.*, {_STATUS} AS status FROM (SELECT n, (n * 2654435761) % 1000003 AS h, "
            f"(n - n % {BATCH}) / {BATCH} AS block, {self.number} - n AS back, "
            f"{self.number} AS number, ({self.number} - n) * {DAYS * 86_400 / self.number:.3f} AS age "
            f"FROM ({self.numbers(number)}) AS counted) AS mixed) AS made"
        )

    def _value(self, column: str, made: str) -> str:
        """Moments are written as seconds from now."""
        if column.endswith("_at") or column in ("at", "since", "lease_until"):
            return made if made == "NULL" else self.moment(made)
        return made.replace("NOW_MS", str(int(self.now.timestamp() * 1000)))


class MariaDbFiller(Filler):
    """With a connection of its own, which no reply is too late for."""

    def __init__(self, number: int, connection: pymysql.Connection) -> None:
        super().__init__(number)
        self._cursor = connection.cursor()
        self.execute("SET SESSION sql_mode = 'STRICT_ALL_TABLES,PIPES_AS_CONCAT', time_zone = '+00:00'")
        # With these a load into an empty table sorts each index once, instead of a million times.
        self.execute("SET SESSION unique_checks = 0, foreign_key_checks = 0")

    def execute(self, statement: str) -> None:
        self._cursor.execute(statement)

    def finish(self) -> None:
        self._cursor.connection.commit()
        self.execute("ANALYZE TABLE articles, publish_tasks, task_events, batches")

    def numbers(self, last: int) -> str:
        return f"SELECT CAST(seq AS SIGNED) AS n FROM seq_1_to_{last}"  # noqa: S608  # a number

    def moment(self, seconds: str) -> str:
        return f"(TIMESTAMP '{self.now:%Y-%m-%d %H:%M:%S}' + INTERVAL ({seconds}) SECOND)"


class SqliteFiller(Filler):
    """Into the file of a migrated database."""

    def __init__(self, number: int, path: Path) -> None:
        super().__init__(number)
        self._connection = sqlite3.connect(path)
        for pragma in ("synchronous = OFF", "cache_size = -1000000"):
            self._connection.execute(f"PRAGMA {pragma}")

    def execute(self, statement: str) -> None:
        self._connection.execute(statement)

    def finish(self) -> None:
        self._connection.commit()
        self._connection.close()

    def numbers(self, last: int) -> str:
        return f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {last}) SELECT n FROM s"  # noqa: S608  # a number

    def moment(self, seconds: str) -> str:
        base = f"'{self.now:%Y-%m-%d %H:%M:%S}'"
        return f"(strftime('%Y-%m-%d %H:%M:%f', {base}, ({seconds}) || ' seconds') || '000')"


def _cases(cases: Mapping[str, str], otherwise: str = "NULL") -> str:
    """The first condition that holds decides."""
    return "CASE " + " ".join(f"WHEN {when} THEN {then}" for when, then in cases.items()) + f" ELSE {otherwise} END"


def _one_of(values: tuple[str, ...]) -> str:
    return _cases({f"h % {len(values)} = {place}": f"'{value}'" for place, value in enumerate(values)})


def _padded(width: int) -> str:
    return f"substr('{'0' * width}' || n, -{width})"


_STATUS = _cases(
    {
        "back < 40 AND n % 5 = 1": "'running'",
        "back * 10 < number AND h % 5 = 0": "'waiting'",
        "back * 10 < number AND h % 1000 = 1": "'blocked'",
        "back * 10 < number AND h % 1000 = 2": "'retrying'",
        "h % 1000 < 14": "'failed'",
        "h % 1000 < 24": "'cancelled'",
        "h % 1000 < 54": "'draft_saved'",
    },
    "'published'",
)
_OPEN = "status IN ('waiting', 'running', 'blocked', 'retrying')"
_WAITED, _TAKEN = "(5 + h % 60)", "(25 + h % 60 + h % 61)"
_CLAIMED = _cases({f"age < {_WAITED}": "0"}, f"({_WAITED} - age)")
_ENDED = _cases({f"age < {_TAKEN}": "0"}, f"({_TAKEN} - age)")
_USER = _cases({"block % 4 = 0": "1 + block % 5"}, f"1 + (block * 7919) % {USERS}")
_IS_STARTED = "status NOT IN ('waiting', 'cancelled')"

_USERS: Columns = {
    "id": "n",
    "name": f"CASE WHEN n = {ADMIN} THEN 'root' ELSE 'author' || n END",
    "role": f"CASE WHEN n = {ADMIN} THEN 'admin' ELSE 'operator' END",
    "is_disabled": "0",
    "created_at": f"-{DAYS} * 86400",
}
_ACCOUNTS: Columns = {
    "id": "n",
    "user_id": f"1 + (n - 1 - (n - 1) % {ACCOUNTS_EACH}) / {ACCOUNTS_EACH}",
    "platform": "'zhihu'",
    "name": "'column-' || n",
    "state": "'signed_in'",
    "cookies_version": "1",
    "created_at": f"-{DAYS} * 86400",
}
_BATCHES: Columns = {
    "id": "n",
    "public_id": _padded(16),
    # A batch of this number holds the articles of the block before it.
    "user_id": _USER.replace("block", "(n - 1)"),
    "name": "'articles-' || n || '.csv'",
    "created_at": f"-{DAYS} * 86400",
}
_ARTICLES: Columns = {
    "id": "n",
    "user_id": _USER,
    "task_public_id": _padded(16),
    "version": "1",
    "title": f"{_one_of(SUBJECTS)} || ' ' || n",
    "content": f"'{PARAGRAPH}'",
    "content_format": "'markdown'",
    "topics": "'[]'",
    "article_sha256": _padded(64),
    "created_at": "-age",
}
_TASKS: Columns = {
    "id": "n",
    "public_id": _padded(16),
    "user_id": _USER,
    "account_id": f"({_USER} - 1) * {ACCOUNTS_EACH} + 1 + h % {ACCOUNTS_EACH}",
    "article_id": "n",
    "batch_id": _cases({"block % 5 <> 0": "block + 1"}),
    "batch_row": _cases({"block % 5 <> 0": f"1 + n % {BATCH}"}),
    "platform": "'zhihu'",
    "mode": _cases({"status = 'draft_saved'": "'draft'"}, "'publish'"),
    "status": "status",
    "block_reason": _cases({"status <> 'blocked'": "NULL", "h % 3 = 0": "'needs_login'"}, "'needs_review'"),
    "checkpoint": _cases(
        {"status = 'published'": "'published'", "status IN ('draft_saved', 'blocked')": "'drafted'"}, "'none'"
    ),
    "progress": _cases({"status = 'published'": "100", "status = 'running'": "50", _OPEN: "0"}, "60"),
    "priority": "5",
    "run_at": _cases({"status = 'waiting' AND h % 4 = 0": "86400 + h % 86400", "status = 'retrying'": "3600"}),
    "attempt": _cases({_IS_STARTED: "1"}, "0"),
    "max_retries": "3",
    "fence": _cases({_IS_STARTED: "1"}, "0"),
    "worker_id": _cases({"status = 'running'": "'bench:1:00000000'"}),
    "lease_until": _cases({"status = 'running'": "86400"}),
    "request_sha256": _padded(64),
    "remote_draft_id": _cases({"status IN ('published', 'draft_saved', 'blocked')": "'d' || n"}),
    "remote_id": _cases({"status = 'published'": "'p' || n"}),
    "result_url": _cases({"status = 'published'": "'https://zhuanlan.zhihu.com/p/' || n"}),
    "submitted_at": _cases({"status = 'published'": _ENDED}),
    "site_state": _cases({"status = 'published'": "'public'"}),
    "first_claimed_ms": _cases({_IS_STARTED: f"round(NOW_MS + 1000 * {_CLAIMED})"}),
    "error_class": _cases({"status IN ('failed', 'retrying')": _one_of(tuple(name for name, _words in FAULTS))}),
    "error_message": _cases({"status IN ('failed', 'retrying')": _one_of(tuple(words for _name, words in FAULTS))}),
    "created_at": "-age",
    "started_at": _cases({_IS_STARTED: _CLAIMED}),
    "finished_at": _cases({_OPEN: "NULL"}, _ENDED),
}
_EVENTS: Columns = {
    # Three for each of the newest, in the order of their ids.
    "task_id": "number - (n - 1 - (n - 1) % 3) / 3",
    "at": "-3600 + n",
    "kind": "CASE n % 3 WHEN 1 THEN 'handed_in' WHEN 2 THEN 'taken' ELSE 'step' END",
    "detail": """CASE n % 3 WHEN 1 THEN '{"by": "author"}' WHEN 2 THEN '{"attempt": 1}' ELSE '{"step": 50}' END""",
}
_PAUSES: Columns = {
    "scope": "'account'",
    "target_id": "1",
    "by_name": "'root'",
    "reason": "'moving house'",
    "since": "-600",
}
