"""The remembered mark of the database in Redis: one permanent key that a rebuild of the line leaves alone."""

from __future__ import annotations

from typing import cast

from redis import Redis

from core.queue.key_names import KeyNames
from core.queue.redis_client import guarded


class MarkKey:
    """What it says is for `core.services.database_memory`."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._key = KeyNames(prefix).database_mark

    def read(self) -> str | None:
        """None: there is none. Raises ServiceUnavailable."""
        with guarded(self._redis):
            return cast("str | None", self._redis.get(self._key))

    def write(self, text: str) -> None:
        """Raises ServiceUnavailable."""
        with guarded(self._redis):
            self._redis.set(self._key, text)
