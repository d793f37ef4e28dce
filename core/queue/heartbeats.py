"""Signs of life of the worker processes, with what they tell about themselves, and what they are told."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeAlias, cast

from redis import Redis

from core.queue.redis_client import guarded

BEAT_SECONDS = 2.0
TTL_SECONDS = 10.0
"""A process that was silent for so long is not shown as alive."""
LATELY_SECONDS = 60.0
"""When no worker has beaten for so long, people are told that nobody publishes. A restart takes less."""
ORDER_TTL_SECONDS = 600.0
"""So long an order waits for its worker, which may be cut off from Redis."""

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"


class OrderKind(StrEnum):
    """What a worker process can be told."""

    QUIET = "quiet"
    """Take nothing new, finish what it holds. (Sidekiq's TSTP.)"""
    RESUME = "resume"
    """Take articles again."""
    STOP = "stop"
    """End as at a SIGTERM, and stay away until it is started again."""
    START = "start"
    """To the place of a stopped one: fill it again."""


@dataclass(frozen=True, slots=True)
class WorkerOrder:
    """What somebody wants of one process. `at`: Unix seconds; with `by` and `kind` it tells orders apart."""

    kind: OrderKind
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A living worker process. It counts as gone `expires_in_seconds` from now unless it beats again. `order`: the
    last one given to it, whether it has seen it or not."""

    worker_id: str
    facts: dict[str, JSON]
    expires_in_seconds: float
    order: WorkerOrder | None = None


class Heartbeats:
    """Each beat lives in a key of its own that expires; `workers` lists whom to ask for. An order lies in a key
    beside it, by the id of the process, which is never used again: it cannot reach another one."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._index = f"{prefix}workers"
        self._alive = f"{prefix}workers:alive"
        self._beat = f"{prefix}worker:"
        self._order = f"{prefix}worker-order:"

    def beat(self, worker_id: str, facts: dict[str, JSON], ttl_seconds: float) -> WorkerOrder | None:
        """Say that this worker lives, for `ttl_seconds`. Returns the last order given to it."""
        text = json.dumps(facts, ensure_ascii=False)
        with guarded(self._redis), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(self._beat + worker_id, text, px=max(1, round(ttl_seconds * 1000)))
            pipe.sadd(self._index, worker_id)
            pipe.set(self._alive, worker_id, px=round(LATELY_SECONDS * 1000))
            pipe.get(self._order + worker_id)
            *_done, order = pipe.execute()
        return _order(_facts(order))

    def were_alive_lately(self) -> bool:
        """Whether any worker has beaten within the last minute, by Redis' own clock."""
        with guarded(self._redis):
            return bool(self._redis.exists(self._alive))

    def give_order(self, worker_id: str, order: WorkerOrder) -> None:
        """In place of an earlier one. The worker sees it with its next beat."""
        with guarded(self._redis):
            self._redis.set(self._order + worker_id, json.dumps(asdict(order)), px=round(ORDER_TTL_SECONDS * 1000))

    def order_of(self, worker_id: str) -> WorkerOrder | None:
        """The last one given to this worker."""
        with guarded(self._redis):
            return _order(_facts(cast("str | None", self._redis.get(self._order + worker_id))))

    def quiet_order(self, worker_id: str) -> WorkerOrder | None:
        """What keeps this worker quiet, as long as its last order or sign of life is known. None: nothing does."""
        with guarded(self._redis), self._redis.pipeline(transaction=True) as pipe:
            pipe.get(self._beat + worker_id)
            pipe.get(self._order + worker_id)
            text, order_text = pipe.execute()
        order = _order(_facts(order_text))
        if order is not None:
            return order if order.kind is OrderKind.QUIET else None
        quiet = (_facts(text) or {}).get("quiet")
        if not isinstance(quiet, dict):
            return None
        return _order({**quiet, "kind": OrderKind.QUIET, "at": quiet.get("since")})

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
                    pipe.get(self._order + worker_id)
                answers = pipe.execute()
        beats: list[Heartbeat] = []
        silent: list[str] = []
        for worker_id, text, ttl_ms, order in zip(worker_ids, answers[::3], answers[1::3], answers[2::3], strict=True):
            facts = _facts(text)
            if facts is None:
                silent.append(worker_id)
            else:
                beats.append(Heartbeat(worker_id, facts, max(ttl_ms, 0) / 1000, _order(_facts(order))))
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


def _order(facts: dict[str, JSON] | None) -> WorkerOrder | None:
    """None also for what somebody else put there."""
    try:
        return WorkerOrder(OrderKind(str(facts["kind"])), str(facts["by"]), float(str(facts["at"]))) if facts else None
    except (KeyError, ValueError):
        return None
