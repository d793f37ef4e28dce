"""The row of one attempt as its worker writes it: fenced, and patient with a database that is away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from core.errors import CancelRequested, LeaseLost, ServiceUnavailable
from core.publishing.publisher import SavedDraft
from core.store.records import HeldTask
from core.store.task_events import EventKind
from core.store.task_store import TaskStore
from core.task_state import Checkpoint, Step
from tasks.running_attempt import RunningAttempt
from tasks.service_watch import DATABASE, ServiceWatch

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 3.0

T = TypeVar("T")


class HeldRow:
    """Every write of an attempt goes through here. `held` stays as it was when the task was taken; the
    attempt's checkpoint follows what was written."""

    def __init__(
        self,
        store: TaskStore,
        attempt: RunningAttempt,
        *,
        patience_seconds: float,
        giving_up: threading.Event,
        watch: ServiceWatch,
    ) -> None:
        self.held = attempt.held
        self._store = store
        self._attempt = attempt
        self._patience_seconds = patience_seconds
        self._giving_up = giving_up
        self._watch = watch

    def step(self, step: Step, **detail: Any) -> None:
        """Progress that people see."""
        self.write(lambda: self._store.record_step(self.held, step, **detail))

    def event(self, kind: EventKind, **detail: Any) -> None:
        """A line in the timeline."""
        self.write(lambda: self._store.record_event(self.held, kind, **detail))

    def draft_id(self, draft_id: str) -> None:
        """The site has a draft for this task: no attempt may make a second one."""

        def record(row: HeldTask | None) -> None:
            if row is None or row.remote_draft_id != draft_id:
                self._store.record_draft_id(self.held, draft_id)

        self._write(record)

    def drafted(self, draft: SavedDraft) -> None:
        """Checkpoint `drafted`."""
        self._come_to(Checkpoint.DRAFTED, lambda: self._store.record_drafted(self.held, draft))

    def begin_submitting(self) -> datetime:
        """Checkpoint `submitting`, the last gate before the click; the moment on the database's clock.

        Raises CancelRequested, LeaseLost.
        """
        self._attempt.enter_submitting()

        def begin(row: HeldTask | None) -> datetime:
            if row is not None and row.checkpoint is Checkpoint.SUBMITTING:
                # Only this attempt can have written that under this fence: the reply to its commit was lost, and
                # nobody knows for how long. The lease decides once more, or a rescuer could be at it already.
                return self._store.renew_submitting(self.held)
            return self._store.begin_submitting(self.held)

        try:
            return self._write(begin)
        except (CancelRequested, LeaseLost):
            self._attempt.checkpoint = Checkpoint.DRAFTED
            raise

    def submit_again(self) -> datetime:
        """The last gate before another click at the same draft; the moment on the database's clock.

        Raises LeaseLost.
        """
        self._attempt.enter_submitting()
        return self.write(lambda: self._store.submit_again(self.held))

    def reopen_draft(self, reason: str = "still a draft") -> None:
        """Back to `drafted`: the site says that the click did not publish."""
        self._come_to(Checkpoint.DRAFTED, lambda: self._store.reopen_draft(self.held, reason))

    def settle_restore(self, reason: str) -> None:
        """It is known now not to have been published before a backup was restored."""
        self.write(lambda: self._store.settle_restore(self.held, reason))

    def discard_draft(self, reason: str) -> None:
        """Back to `none`: the draft on the site is not what was saved, or is gone."""
        self._come_to(Checkpoint.NONE, lambda: self._store.discard_draft(self.held, reason))

    def _come_to(self, checkpoint: Checkpoint, change: Callable[[], None]) -> None:
        self._write(lambda row: None if row is not None and row.checkpoint is checkpoint else change())
        self._attempt.checkpoint = checkpoint

    def write(self, change: Callable[[], T]) -> T:
        """Make a change that does no harm when it is made twice. Raises LeaseLost, see `_write`."""
        return self._write(lambda row: change())

    def end(self, change: Callable[[], T]) -> T | None:
        """Make the change after which this worker holds the task no longer. When its reply was lost and it is
        refused the second time, the timeline tells whether it was made the first time, whoever has the task by now;
        what it answered then is lost: None.

        Raises LeaseLost when the hold was ended by another, and as `_write` does.
        """

        def make(is_first: bool) -> T | None:
            try:
                return change()
            except LeaseLost:
                if is_first or not self._store.has_ended(self.held):
                    raise
                return None

        return self._patiently(make)

    def _write(self, change: Callable[[HeldTask | None], T]) -> T:
        """Make a change, waiting while the database is away. After each such wait the row is read again and
        given to `change`, None the first time:

        1. It is no longer ours or no longer running: LeaseLost.
        2. It shows the change already (the commit went through, its reply was lost): `change` makes it no second
           time.
        3. Else `change` makes it.

        Raises LeaseLost also when patience ends: the rescuer goes on from the checkpoint. BrowserLost: the
        attempt was ended meanwhile.
        """
        return self._patiently(lambda is_first: change(None if is_first else self._read_again()))

    def _patiently(self, call: Callable[[bool], T]) -> T:
        """Call again while the database is away; `call` is told whether it is the first time."""
        deadline = time.monotonic() + self._patience_seconds
        wait_seconds = FIRST_WAIT_SECONDS
        is_first = True
        while True:
            try:
                result = call(is_first)
            except ServiceUnavailable as error:
                self._watch.went_away(error)
                is_first = False
                self._attempt.check()
                if time.monotonic() > deadline or self._giving_up.wait(wait_seconds):
                    raise LeaseLost(self.held.id, self.held.fence) from error
                wait_seconds = min(wait_seconds * 2, LONGEST_WAIT_SECONDS)
            else:
                self._watch.answered(DATABASE)
                return result

    def _read_again(self) -> HeldTask:
        row = self._store.held(self.held.id, self.held.fence, self.held.worker_id)
        if row is None:
            raise LeaseLost(self.held.id, self.held.fence)
        return row
