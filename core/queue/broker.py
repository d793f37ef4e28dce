"""Huey on top of the fair line: its consumer runs what `FairQueue` claims, and nothing else of Huey is used.

Nothing is pickled or unpickled: a message is a `Claim` made of numbers, and it never leaves the process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, NoReturn

from huey.api import RedisHuey, Task, TaskWrapper
from huey.constants import EmptyData
from huey.consumer import Consumer
from huey.exceptions import ConfigurationError
from huey.serializer import Serializer
from huey.storage import RedisStorage

from core.errors import ServiceUnavailable
from core.lane import Claim
from core.queue.fair_queue import FairQueue
from core.telemetry import get_logger

IDLE_SECONDS = 1.0
"""Longest wait of an idle thread: that soon it notices a stop."""
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.05, 1.0

logger = get_logger(__name__)


def _refuse(what: str) -> NoReturn:
    raise ConfigurationError(f"TOP_N does not {what} through Huey: rows go in line with FairQueue.push")


class RefusingSerializer(Serializer):
    """Neither writes nor reads pickles."""

    def serialize(self, data: object) -> NoReturn:
        """Always refuses."""
        _refuse("store anything")

    def deserialize(self, data: object) -> NoReturn:
        """Always refuses."""
        _refuse("read anything stored")


class FairStorage(RedisStorage):
    """Hands out claims. Blocks inside `dequeue` as Huey expects of a blocking storage."""

    def __init__(
        self, name: str, queue_factory: Callable[[], FairQueue], is_held: Callable[[], bool], **_unused: object
    ) -> None:
        # The pool that RedisStorage makes here never connects: every method that would is overridden.
        super().__init__(name, blocking=True)
        self._queue_factory = queue_factory
        self._is_held = is_held
        self._queue_lock = threading.Lock()
        self._only_queue: FairQueue | None = None
        self._stopping = threading.Event()
        self._outage = _Outage()

    def _queue(self) -> FairQueue:
        with self._queue_lock:
            if self._only_queue is None:
                self._only_queue = self._queue_factory()
            return self._only_queue

    def stop_claiming(self) -> None:
        """No thread claims from now on; what runs, runs on."""
        self._stopping.set()

    def dequeue(self) -> Claim | None:
        """The next claim, or None after at most about a second.

        While Redis or the database is away this backs off, logs once, and logs once more when it is back.
        """
        if self._stopping.is_set():
            threading.Event().wait(LONGEST_BACKOFF_SECONDS / 10)
            return None
        if self._is_held():
            self._stopping.wait(IDLE_SECONDS / 2)
            return None
        asked_at = time.monotonic()
        try:
            claim = self._claim_or_wait()
        except ServiceUnavailable as error:
            self._stopping.wait(self._outage.begin(error, asked_at))
            return None
        self._outage.end(asked_at)
        return claim

    def _claim_or_wait(self) -> Claim | None:
        queue = self._queue()
        claim = queue.claim()
        if claim is None:
            # Claims only on the next call, so that the consumer can look at its stop flag in between.
            queue.wait_for_wake(IDLE_SECONDS)
        elif self._stopping.is_set():
            queue.give_back(claim)
            return None
        return claim

    def enqueue(self, data: object, priority: float | None = None) -> NoReturn:
        """Always refuses."""
        _refuse("enqueue")

    def add_to_schedule(self, data: object, ts: object) -> NoReturn:
        """Always refuses."""
        _refuse("schedule")

    def put_data(self, key: object, value: object, is_result: bool = False) -> NoReturn:
        """Always refuses."""
        _refuse("store anything")

    def put_if_empty(self, key: object, value: object, ttl: int | None = None) -> NoReturn:
        """Always refuses."""
        _refuse("store anything")

    def incr(self, key: object, amount: int = 1) -> NoReturn:
        """Always refuses."""
        _refuse("count")

    def queue_size(self) -> int:
        """How many tasks are in line."""
        return self._queue().stats().waiting

    def enqueued_items(self, limit: int | None = None) -> list[bytes]:
        """Nothing: the line is read through `FairQueue`."""
        return []

    def read_schedule(self, ts: object) -> list[bytes]:
        """Nothing: what is due later waits in the database."""
        return []

    def schedule_size(self) -> int:
        """Nothing."""
        return 0

    def scheduled_items(self, limit: int | None = None) -> list[bytes]:
        """Nothing."""
        return []

    def peek_data(self, key: object) -> object:
        """Nothing, whatever somebody planted there."""
        return EmptyData

    def peek_many(self, keys: object) -> dict[str, bytes]:
        """Nothing."""
        return {}

    def pop_data(self, key: object) -> object:
        """Nothing."""
        return EmptyData

    def delete_data(self, key: object) -> bool:
        """Nothing."""
        return False

    def has_data_for_key(self, key: object) -> bool:
        """Nothing."""
        return False

    def delete_counter(self, key: object) -> None:
        """Nothing."""

    def result_store_size(self) -> int:
        """Nothing."""
        return 0

    def result_items(self) -> dict[str, bytes]:
        """Nothing."""
        return {}

    def flush_all(self) -> NoReturn:
        """Always refuses."""
        _refuse("flush the line")

    flush_queue = flush_schedule = flush_results = flush_counters = flush_all


class FairConsumer(Consumer):
    """Huey's consumer with threads; it stops claiming before it stops its threads.

    A process that answers signals itself uses `start_threads`, `end_threads` and `living_threads`: Huey's `start`
    takes the signals, and runs a scheduler that has nothing to do.
    """

    def start_threads(self) -> None:
        """Start claiming."""
        for _, thread in self.worker_threads:
            thread.start()

    def end_threads(self) -> None:
        """Claim no more; each thread ends after what it runs now. Does not wait for them."""
        self.huey.stop_claiming()
        self.stop_flag.set()

    def living_threads(self) -> int:
        """How many threads still run."""
        return sum(thread.is_alive() for _, thread in self.worker_threads)

    def stop(self, graceful: bool = False) -> None:
        """Graceful: returns when all running tasks are done, or after `shutdown_timeout`."""
        self.huey.stop_claiming()
        super().stop(graceful=graceful)


class FairHuey(RedisHuey):
    """The registry of the one task there is, and the consumer that runs it.

    `queue_factory` is called once, on the first claim. While `is_held` says so, nothing is claimed.
    """

    storage_class: type[RedisStorage] = FairStorage

    def __init__(
        self, name: str, queue_factory: Callable[[], FairQueue], *, is_held: Callable[[], bool] = lambda: False
    ) -> None:
        super().__init__(
            name, results=False, serializer=RefusingSerializer(), queue_factory=queue_factory, is_held=is_held
        )
        self._single: type[Task] | None = None

    def task(self, *args: Any, **kwargs: Any) -> Callable[[Callable[[Claim], Any]], TaskWrapper]:
        """Register the one task: a function that takes a `Claim`. Raises ConfigurationError on a second."""
        decorate = super().task(*args, **kwargs)

        def register(function: Callable[[Claim], Any]) -> TaskWrapper:
            if self._single is not None:
                raise ConfigurationError("only one task can be registered: the one that runs claims")
            wrapper: TaskWrapper = decorate(function)
            if wrapper.retries:
                raise ConfigurationError("retries are decided by the error's class, not by Huey")
            self._single = wrapper.task_class
            return wrapper

        return register

    def periodic_task(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Always refuses."""
        _refuse("run periodic tasks")

    def dequeue(self) -> Task | None:
        """The registered task with the next claim as its argument."""
        claim = self.storage.dequeue()
        if claim is None:
            return None
        if self._single is None:
            raise ConfigurationError("no task is registered: import the module that does")
        return self._single((claim,), id=f"{claim.task_id}-{claim.number}")

    def is_revoked(self, task: object, timestamp: object = None, peek: bool = True) -> bool:
        """Never: cancelling is a matter of the row. (Huey's own would unpickle what it finds.)"""
        return False

    def delete(self, key: object) -> bool:
        """Nothing is stored, so nothing is deleted."""
        return False

    def create_consumer(self, **options: Any) -> FairConsumer:
        """A consumer with threads, whose scheduler has nothing to do. `workers`: how many threads."""
        fixed = {"worker_type": "thread", "periodic": False, "scheduler_interval": 60, "flush_locks": False}
        return FairConsumer(self, **{**options, **fixed})

    def stop_claiming(self) -> None:
        """No thread claims from now on; what runs, runs on."""
        self.storage.stop_claiming()


class _Outage:
    """Remembers for all threads whether the line can be reached, so that each change is logged once. An answer to
    what was asked before the last change says nothing new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed_at = 0.0
        self._backoff_seconds = 0.0

    def begin(self, error: ServiceUnavailable, asked_at: float) -> float:
        """A call failed: how long to wait before the next try."""
        with self._lock:
            if not self._backoff_seconds and asked_at < self._changed_at:
                return FIRST_BACKOFF_SECONDS
            if not self._backoff_seconds:
                self._changed_at = time.monotonic()
                logger.warning("cannot claim, waiting", service=error.service, reason=str(error))
            self._backoff_seconds = min(max(self._backoff_seconds * 2, FIRST_BACKOFF_SECONDS), LONGEST_BACKOFF_SECONDS)
            return self._backoff_seconds

    def end(self, asked_at: float) -> None:
        """A call went through."""
        with self._lock:
            if self._backoff_seconds and asked_at > self._changed_at:
                self._backoff_seconds = 0.0
                self._changed_at = time.monotonic()
                logger.info("claiming again")
