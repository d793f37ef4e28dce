"""What the browser of a running article shows just now, for those who look: small pictures that pass through Redis.

A worker takes pictures only of articles that somebody looks at; both the look and the picture end by themselves.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast

from redis import Redis

from core.queue.redis_client import guarded

LOOK_SECONDS = 6.0
"""So long a look counts; a page that shows the picture looks again every two seconds."""
PICTURE_SECONDS = 10.0
"""So long a picture can be seen."""
MOST_BYTES = 400_000
"""What is larger is not kept: Redis holds the line as well."""


@dataclass(frozen=True, slots=True)
class LivePicture:
    """`step` is what the attempt was doing; `age_seconds` by the clock of Redis."""

    jpeg: bytes = field(repr=False)
    step: str
    age_seconds: float = 0.0


class LivePictures:
    """By the row id of the article. Every call raises ServiceUnavailable when Redis is away."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._look = f"{prefix}live:look:"
        self._picture = f"{prefix}live:picture:"

    def look(self, task_id: int) -> LivePicture | None:
        """Say that somebody looks, and see the newest picture; None: there is none yet."""
        with guarded(self._redis), self._redis.pipeline(transaction=False) as pipe:
            pipe.set(f"{self._look}{task_id}", "1", px=round(LOOK_SECONDS * 1000))
            pipe.get(f"{self._picture}{task_id}")
            pipe.pttl(f"{self._picture}{task_id}")
            _done, text, left_ms = pipe.execute()
        return _picture(text, max(PICTURE_SECONDS - max(left_ms, 0) / 1000, 0.0))

    def looked_at(self, task_ids: Collection[int]) -> set[int]:
        """Those of these articles that somebody looks at."""
        ids = sorted(task_ids)
        if not ids:
            return set()
        with guarded(self._redis):
            marks = cast("list[str | None]", self._redis.mget([f"{self._look}{task_id}" for task_id in ids]))
        return {task_id for task_id, mark in zip(ids, marks, strict=True) if mark is not None}

    def show(self, task_id: int, picture: LivePicture) -> bool:
        """Put a picture in the place of the one before. False: it is too large."""
        if len(picture.jpeg) > MOST_BYTES:
            return False
        text = json.dumps({"step": picture.step, "jpeg": base64.b64encode(picture.jpeg).decode()})
        with guarded(self._redis):
            self._redis.set(f"{self._picture}{task_id}", text, px=round(PICTURE_SECONDS * 1000))
        return True


def _picture(text: str | None, age_seconds: float) -> LivePicture | None:
    """None also for what somebody else put there."""
    try:
        facts = json.loads(text) if text else {}
        return LivePicture(base64.b64decode(facts["jpeg"], validate=True), str(facts["step"]), age_seconds)
    except (ValueError, KeyError, TypeError):
        return None
