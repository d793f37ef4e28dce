"""Calls of claim.lua whose replies were lost: they may have claimed a task for nobody."""

from __future__ import annotations

import threading

from redis import Redis

from core.errors import ServiceUnavailable
from core.queue.key_names import KeyNames
from core.queue.lua_scripts import LuaScripts
from core.queue.queue_stats import read_running
from core.telemetry import get_logger

logger = get_logger(__name__)


class LostCalls:
    """One per process, shared by its threads: what one thread lost, any of them gives back before it claims."""

    def __init__(self, redis: Redis, names: KeyNames, scripts: LuaScripts) -> None:
        self._redis = redis
        self._names = names
        self._scripts = scripts
        self._lock = threading.Lock()
        self._calls: set[str] = set()

    def add(self, call: str) -> None:
        """No reply came to this call."""
        with self._lock:
            self._calls.add(call)

    def give_back(self) -> None:
        """Give back what these calls have claimed. Raises ServiceUnavailable when Redis is away still."""
        # Taken out first, looked for second: a call that another thread loses in between is not among the entries
        # that are read here, and must still be known the next time.
        with self._lock:
            calls, self._calls = self._calls, set()
        if not calls:
            return
        try:
            self._give_back(calls)
        except ServiceUnavailable:
            with self._lock:
                self._calls |= calls
            raise

    def _give_back(self, calls: set[str]) -> None:
        for entry in read_running(self._redis, self._names):
            if entry.call in calls:
                self._scripts.run("give_back", entry.task_id, entry.number, 1)
                logger.info("gave back a claim whose reply was lost", claimed_task_id=entry.task_id)
