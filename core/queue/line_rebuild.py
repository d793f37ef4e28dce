"""Makes the line anew from the database after Redis lost it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator, Sequence

from redis import Redis

from core.lane import LaneEntry, LimitDefaults, RowSnapshot
from core.queue.key_names import KeyNames
from core.queue.lane_order import lane_fields
from core.queue.live_overrides import LiveOverrides, SavedOverrides
from core.queue.lua_scripts import CHUNK, LuaScripts
from core.queue.redis_client import guarded, server_ms
from core.telemetry import get_logger

LOCK_MS = 30_000
"""How long the lock of a rebuild outlives its holder. Every step extends it."""
WINDOW_SECONDS = 60.0
COMMIT_MARGIN_SECONDS = 10.0
"""Starts are read this much further back than they count, against clocks that differ a little."""
PAGE = 1000

logger = get_logger(__name__)


class _LockLost(Exception):
    """The lock has passed to another process, or Redis was flushed again."""


class LineRebuild:
    """One at a time over all processes: the lock is in Redis, and each step shows its token.

    Claims wait for the epoch, which is the last thing written. Claims given out before Redis lost them are safe:
    their workers ask `confirm` after taking the row, and undo the take when the entry is gone.
    """

    def __init__(self, redis: Redis, names: KeyNames, scripts: LuaScripts, rows: RowSnapshot) -> None:
        self._redis = redis
        self._names = names
        self._scripts = scripts
        self._rows = rows
        self._overrides = LiveOverrides(redis, names, scripts)

    def run(self, defaults: LimitDefaults, *, is_damaged: bool) -> bool:
        """Rebuild; False when another process is at it. Raises what reading the database raises.

        What is there already stays, as it was pushed after Redis lost the rest, unless the line is damaged.
        """
        token = uuid.uuid4().hex
        with guarded(self._redis):
            if not self._redis.set(self._names.rebuild_lock, token, nx=True, px=LOCK_MS):
                return False
        try:
            if not is_damaged and self._is_there():
                # Another process has finished since this one looked.
                self._unlock(token)
                return True
            tasks = self._rebuild(token, defaults, is_damaged)
        except _LockLost:
            logger.warning("a rebuild of the line was overtaken by another")
            return False
        except BaseException:
            self._unlock(token)
            raise
        logger.info("rebuilt the line from the database", waiting=tasks)
        return True

    def _rebuild(self, token: str, defaults: LimitDefaults, is_damaged: bool) -> int:
        # The order matters: what is cleared before the database is read cannot be lost, because a row is
        # committed before it is pushed; running before waiting, so that no running task gets in line.
        with guarded(self._redis):
            self._redis.delete(self._names.epoch)
        if is_damaged:
            self._clear(token)
        saved = SavedOverrides.read(self._rows)
        self._overrides.sync(saved, self._overrides.version(), lifts=is_damaged)
        running = self._rows.running_rows()
        self._load("adopt", token, [(row.task_id, row.user_id, row.account_id) for row in running])
        self._load_starts(token)
        self._load_ends(token, saved, defaults)
        tasks = 0
        for page in self._waiting_pages(token):
            tasks += len(page)
        self._step("finish_rebuild", token)
        return tasks

    def _load_starts(self, token: str) -> None:
        since_ms = server_ms(self._redis) - round((WINDOW_SECONDS + COMMIT_MARGIN_SECONDS) * 1000)
        starts = self._rows.starts_since(since_ms)
        self._load("count_starts", token, [(row.task_id, row.user_id, row.first_claimed_ms) for row in starts])

    def _load_ends(self, token: str, saved: SavedOverrides, defaults: LimitDefaults) -> None:
        """Where an account is to be quiet between its posts: since when it is."""
        gaps = [int(gap_ms) / 1000 for _, _, gap_ms in map(_split, saved.accounts.values()) if gap_ms]
        longest = max([defaults.account_gap_seconds, *gaps])
        if longest > 0:
            ends = self._rows.ends_within(longest)
            self._load("count_ends", token, [(end.account_id, round(end.seconds_ago * 1000)) for end in ends])

    def _waiting_pages(self, token: str) -> Iterator[Sequence[object]]:
        after_id = 0
        while page := self._rows.waiting_entries(after_id, PAGE):
            self._load("push", token, _fields(page))
            after_id = page[-1].task_id
            yield page

    def _clear(self, token: str) -> None:
        with guarded(self._redis):
            names = [
                name
                for name in self._redis.scan_iter(match=f"{_escape(self._names.prefix)}*", count=1000)
                if self._names.is_rebuilt(name)
            ]
        for start in range(0, len(names), CHUNK):
            self._step("clear", token, *names[start : start + CHUNK])

    def _load(self, verb: str, token: str, items: Iterable[tuple[int | str, ...]]) -> None:
        remaining = iter(items)
        while chunk := list(itertools.islice(remaining, CHUNK)):
            self._step(verb, token, *itertools.chain.from_iterable(chunk))

    def _step(self, verb: str, token: str, *arguments: str | int) -> None:
        if int(self._scripts.run(verb, token, *arguments)) < 0:
            raise _LockLost

    def _is_there(self) -> bool:
        with guarded(self._redis):
            return bool(self._redis.exists(self._names.epoch))

    def _unlock(self, token: str) -> None:
        with guarded(self._redis):
            if self._redis.get(self._names.rebuild_lock) == token:
                self._redis.delete(self._names.rebuild_lock)


def _fields(page: Iterable[LaneEntry]) -> Iterator[tuple[int | str, ...]]:
    """One row that cannot be put in line must not keep all the others out of it."""
    for entry in page:
        try:
            yield lane_fields(entry)
        except ValueError as error:
            logger.error("left a row out of the line", left_out_task_id=entry.task_id, reason=str(error))


def _split(text: str) -> tuple[str, str, str]:
    return text.partition(":")


def _escape(prefix: str) -> str:
    return "".join(f"\\{letter}" if letter in "*?[]\\^" else letter for letter in prefix)
