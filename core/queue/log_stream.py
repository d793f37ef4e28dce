"""The newest log lines of all workers, in one stream of bounded length. Workers write, the page Logs reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from core.queue.redis_client import LineDamaged, guarded

LINE = "line"
"""The one field of an entry: the line as JSON."""


@dataclass(frozen=True, slots=True)
class StoredLine:
    """`id` grows with each line; the next page begins before the id of the last one."""

    id: str
    facts: dict[str, Any]


class LogStream:
    """At most about `max_lines`: Redis drops the oldest in blocks of about a hundred."""

    def __init__(self, redis: Redis, *, prefix: str, max_lines: int) -> None:
        self._redis = redis
        self._name = f"{prefix}logs"
        self._max_lines = max_lines

    def add(self, lines: Sequence[str]) -> None:
        """JSON objects, oldest first, in one round trip. Raises ServiceUnavailable; some may be stored then."""
        if not self._max_lines:
            return
        try:
            self._add(lines)
        except LineDamaged:
            # Somebody has put something else under this name. Nothing but log lines can be lost.
            with guarded(self._redis):
                self._redis.delete(self._name)
            self._add(lines)

    def _add(self, lines: Sequence[str]) -> None:
        with guarded(self._redis), self._redis.pipeline(transaction=False) as pipe:
            for line in lines:
                pipe.xadd(self._name, {LINE: line}, maxlen=self._max_lines, approximate=True)
            pipe.execute()

    def before(self, last_id: str | None, count: int) -> list[StoredLine]:
        """The newest first; of those older than `last_id` when it is given. What is no line of ours comes without
        facts."""
        newest = f"({last_id}" if last_id else "+"
        with guarded(self._redis):
            found = cast("list[tuple[str, dict[str, str]]]", self._redis.xrevrange(self._name, newest, "-", count))
        return [StoredLine(line_id, _facts(fields.get(LINE, ""))) for line_id, fields in found]


def _facts(text: str) -> dict[str, Any]:
    try:
        facts = json.loads(text)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
