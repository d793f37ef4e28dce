"""Tells Redis every two seconds that this process lives, what its threads do and how its browsers are; and hears
what it is told to do."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Collection
from dataclasses import asdict
from typing import Any

from core.browser.webdriver_pool import WebDriverPool
from core.errors import ServiceUnavailable
from core.queue.heartbeats import BEAT_SECONDS, TTL_SECONDS, Heartbeats
from tasks.background_loop import BackgroundLoop
from tasks.lease_keeper import LeaseKeeper
from tasks.service_watch import REDIS, ServiceWatch
from tasks.standing_orders import StandingOrders


class Heartbeat(BackgroundLoop):
    """The beat of one worker process."""

    def __init__(
        self,
        heartbeats: Heartbeats,
        worker_id: str,
        pool: WebDriverPool,
        keeper: LeaseKeeper,
        *,
        state: Callable[[], str],
        orders: StandingOrders,
        facts_of_process: Callable[[], dict[str, Any]],
        watch: ServiceWatch,
    ) -> None:
        super().__init__("heartbeat", BEAT_SECONDS, watch)
        self._heartbeats = heartbeats
        self._worker_id = worker_id
        self._pool = pool
        self._keeper = keeper
        self._state = state
        self._orders = orders
        self._facts_of_process = facts_of_process
        self._started_at = time.time()

    def stop(self, timeout: float = 10.0) -> None:
        """End, and take this process off the list."""
        super().stop(timeout)
        try:
            self._heartbeats.forget(self._worker_id)
        except ServiceUnavailable:
            return  # It runs out by itself.

    def tick(self) -> Collection[str]:
        """One beat, and another at once when there was news: who gave the order is to see it obeyed."""
        order = self._heartbeats.beat(self._worker_id, self.facts(), TTL_SECONDS)
        if self._orders.obey(order):
            self._heartbeats.beat(self._worker_id, self.facts(), TTL_SECONDS)
        return (REDIS,)

    def facts(self) -> dict[str, Any]:
        """Plain JSON values. `started_at` is in Unix seconds."""
        return {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "state": self._state(),
            **self._orders.facts(),
            "started_at": self._started_at,
            "threads": [asdict(activity) for activity in self._keeper.activity()],
            "pool": asdict(self._pool.get_stats()),
            **self._facts_of_process(),
        }
