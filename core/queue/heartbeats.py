"""Signs of life of the worker processes, with what they tell about themselves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeAlias, cast

from redis import Redis

from core.queue.redis_client import guarded

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A living worker process. It counts as gone `expires_in_seconds` from now unless it beats again."""

    worker_id: str
    facts: dict[str, JSON]
    expires_in_seconds: float


class Heartbeats:
    """Each beat lives in a key of its own that expires; `workers` lists whom to ask for."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._index = f"{prefix}workers"
        self._beat = f"{prefix}worker:"

    def beat(self, worker_id: str, facts: dict[str, JSON], ttl_seconds: float) -> None:
        """Say that this worker lives, for `ttl_seconds`."""
        text = json.dumps(facts, ensure_ascii=False)
        with guarded(self._redis), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(self._beat + worker_id, text, px=max(1, round(ttl_seconds * 1000)))
            pipe.sadd(self._index, worker_id)
            pipe.execute()

    def forget(self, worker_id: str) -> None:
        """The worker has stopped."""
        with guarded(self._redis), self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(self._beat + worker_id)
            pipe.srem(self._index, worker_id)
            pipe.execute()

    def all(self) -> list[Heartbeat]:
        """Every living worker, by id. Those that fell silent are taken off the list."""
        with guarded(self._redis):
            worker_ids = sorted(cast("set[str]", self._redis.smembers(self._index)))
            with self._redis.pipeline(transaction=False) as pipe:
                for worker_id in worker_ids:
                    pipe.get(self._beat + worker_id)
                    pipe.pttl(self._beat + worker_id)
                answers = pipe.execute()
        beats: list[Heartbeat] = []
        silent: list[str] = []
        for worker_id, text, ttl_ms in zip(worker_ids, answers[::2], answers[1::2], strict=True):
            facts = _facts(text)
            if facts is None:
                silent.append(worker_id)
            else:
                beats.append(Heartbeat(worker_id, facts, max(ttl_ms, 0) / 1000))
        if silent:
            with guarded(self._redis):
                # One that beats in between lists itself again with its next beat.
                self._redis.srem(self._index, *silent)
        return beats


def _facts(text: str | None) -> dict[str, JSON] | None:
    try:
        facts = json.loads(text) if text is not None else None
    except ValueError:
        return None
    return facts if isinstance(facts, dict) else None
