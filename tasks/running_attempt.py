"""One attempt at one task while it runs: what the publishing thread and the lease keeper both look at."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from core.errors import BrowserLost
from core.store.records import HeldTask
from core.task_state import Checkpoint


class KillReason(StrEnum):
    """Why the browser of an attempt was killed from outside."""

    CANCELLED = "cancelled"
    """Its owner asked. Only before `submitting`."""
    DEADLINE = "deadline"
    """The step or the attempt took too long."""
    LEASE_LOST = "lease_lost"
    """Another worker holds the task now."""
    STOPPING = "stopping"
    """This process is going down."""


class Killable(Protocol):
    """A browser lease, as far as another thread may touch it."""

    def kill(self, reason: str) -> None:
        """End the browser's processes now; the thread that uses it gets an error."""
        ...


@dataclass(frozen=True, slots=True)
class StepLimits:
    """How long a step and a whole attempt may take, in seconds."""

    step_seconds: float
    task_seconds: float


class RunningAttempt:
    """Guards the one race that matters here: a kill from outside against the step to `submitting`.

    `kill` and `enter_submitting` take the same lock, so a task is either killed before it may click, or its
    cancel request came too late.
    """

    def __init__(self, held: HeldTask, limits: StepLimits) -> None:
        self.held = held
        self.thread_name = threading.current_thread().name
        self.checkpoint = held.checkpoint
        self.step_name = "claimed"
        self.started = time.monotonic()
        self.kill_reason: KillReason | None = None
        self.is_over = False
        self.is_signed_in = False
        self._killed_at: float | None = None
        self._limits = limits
        self._step_started = self.started
        self._browser: Killable | None = None
        self._lock = threading.Lock()

    @property
    def is_past_deadline(self) -> bool:
        """Whether the step or the attempt has taken longer than allowed."""
        now = time.monotonic()
        return now - self._step_started > self._limits.step_seconds or now - self.started > self._limits.task_seconds

    @property
    def log_facts(self) -> dict[str, object]:
        """Which article, for log lines of other threads than its own."""
        return {"task_id": self.held.id, "public_id": self.held.public_id, "title": self.held.article.title}

    @property
    def step_age_seconds(self) -> float:
        return time.monotonic() - self._step_started

    @property
    def killed_seconds_ago(self) -> float:
        """How long ago its browser was killed; 0 while it was not."""
        return 0.0 if self._killed_at is None else time.monotonic() - self._killed_at

    def enter_step(self, name: str) -> None:
        """A new step begins, with its own deadline."""
        self.check()
        self.step_name = name
        self._step_started = time.monotonic()

    def check(self) -> None:
        """Raises BrowserLost when the attempt was killed in between; `kill_reason` says why."""
        if self.kill_reason is not None and not self.is_over:
            raise BrowserLost(f"the attempt was ended: {self.kill_reason}")

    def attach(self, browser: Killable) -> None:
        """The browser to kill from now on. Raises BrowserLost when the kill came first."""
        with self._lock:
            self._browser = browser
        self.check()

    def detach(self) -> None:
        """The browser goes back to the pool: no kill may reach it any more."""
        with self._lock:
            self._browser = None

    def close(self) -> None:
        """The outcome is known and only has to be written down: no kill may change it any more."""
        with self._lock:
            self.is_over = True
            self._browser = None

    def enter_submitting(self) -> None:
        """From here only a deadline, a lost lease or the end of the grace time kills. Raises BrowserLost."""
        with self._lock:
            self.check()
            self.checkpoint = Checkpoint.SUBMITTING

    def kill(self, reason: KillReason, *, is_final: bool = False) -> bool:
        """End the attempt by killing its browser. Returns whether this call did it.

        A cancel never ends an attempt at `submitting`; a stop does so only when `is_final`.
        """
        with self._lock:
            spares_submitting = reason is KillReason.CANCELLED or (reason is KillReason.STOPPING and not is_final)
            is_spared = spares_submitting and self.checkpoint is Checkpoint.SUBMITTING
            if self.is_over or self.kill_reason is not None or is_spared:
                return False
            self.kill_reason = reason
            self._killed_at = time.monotonic()
            browser = self._browser
        # Ending processes takes time: outside the lock. The lease itself ignores a kill after its return.
        if browser is not None:
            browser.kill(reason.value)
        return True
