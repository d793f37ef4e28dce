"""Makes a restored backup ready: whatever may have been published since is looked for before it is published.

Workers refuse such a database (`core.services.database_memory`). Here a person says what it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.errors import Conflict, DatabaseReplaced, ServiceUnavailable
from core.lane import PauseScope
from core.queue.heartbeats import Heartbeats
from core.services.access import Access
from core.services.database_memory import DatabaseMemory
from core.services.line import QueueSource
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.history import DatabaseHistory, HistoryMark
from core.store.pauses import PauseStore
from core.store.records import Actor
from core.store.restored_rows import RestoredRows
from core.store.users import UserStore
from core.task_state import TaskStatus
from core.telemetry import get_logger

PAUSED_BY = "TOP_N"
"""Under this name everything is paused while the database is unknown, and a little longer."""

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What is known of the database, and what making it ready would change."""

    trouble: DatabaseReplaced | None
    """Why workers refuse it; None: nothing shows that it is a backup."""
    newest_at: datetime | None
    remembered_at: datetime | None
    """The newest event that is remembered and lost."""
    since: datetime | None
    """What happened after this moment may be lost. None: there is nothing in the database."""
    to_mark: dict[TaskStatus, int]
    to_release: int


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What was done."""

    marked: int
    released: int
    is_line_rebuilt: bool
    """False: Redis is away. It must be flushed before it comes back."""


class RestoreManager:
    """Only for administrators, and only while no worker publishes."""

    def __init__(
        self,
        db: Database,
        *,
        memory: DatabaseMemory,
        queue: QueueSource,
        heartbeats: Callable[[], Heartbeats],
        verify_seconds: float,
    ) -> None:
        self._memory = memory
        self._queue = queue
        self._heartbeats = heartbeats
        self._verify_seconds = verify_seconds
        self._history = DatabaseHistory(db)
        self._rows = RestoredRows(db)
        self._pauses = PauseStore(db)
        self._access = Access(UserStore(db), AuditLog(db))

    def plan(self) -> RestorePlan:
        """Look; changes nothing but what is remembered of a database that is as it should be."""
        trouble = None
        try:
            self._memory.check()
        except DatabaseReplaced as error:
            trouble = error
        lost = self._newest_lost()
        state = self._history.state()
        return RestorePlan(
            trouble,
            state.newest.event_at,
            None if lost is None else lost.event_at or lost.read_at,
            self._history.lost_since(lost),
            self._rows.counts(),
            self._rows.running(),
        )

    def restore(
        self, *, actor: Actor, since: datetime | None = None, progress: Callable[[int], None] = lambda marked: None
    ) -> RestoreReport:
        """Mark every article that is not finished, take those that run out of dead hands, then let workers start.

        `since`: the moment of the backup where it is known to be earlier than it looks. Begun anew after a crash,
        it goes on where it was. Raises Conflict while workers publish, NotAllowed.
        """
        self._access.require_admin(actor, "database.restored", "database", None, doing="make a backup ready")
        self._require_idle_workers()
        lost = self._newest_lost()
        found = self._history.lost_since(lost)
        known = [moment for moment in (since, found) if moment is not None]
        marked, released = self._prepare(min(known), actor, progress) if known else (0, 0)
        # Only now: should this end half-way, workers go on refusing.
        reason = "a backup was restored; the site is given time to show what was published before"
        self._pauses.add(PauseScope.EVERYTHING, by=PAUSED_BY, reason=reason, seconds=self._verify_seconds)
        self._history.acknowledge(lost)
        self._memory.remember()
        is_rebuilt = self._rebuild_line()
        self._access.record(
            actor,
            "database.restored",
            "database",
            self._history.state().newest.database_id,
            since=min(known).isoformat() if known else None,
            marked=marked,
            released=released,
        )
        return RestoreReport(marked, released, is_rebuilt)

    def accept(self, *, actor: Actor) -> None:
        """It is no backup: the memory of it was lost, or another database was in use meanwhile. Remember it anew,
        mark nothing. Raises Conflict when what is remembered of this very database shows the opposite, NotAllowed."""
        self._access.require_admin(actor, "database.accepted", "database", None, doing="vouch for a database")
        lost = self._newest_lost()
        if any(mark.database_id == self._history.state().newest.database_id for mark in self._memory.unknown_marks()):
            raise Conflict(
                "The database",
                "lacks what TOPN_DATA_DIR or Redis remembers of it, so it cannot be complete.",
                "Run `python -m core restored` without --not-a-backup.",
            )
        if lost is not None:
            self._history.acknowledge(lost)
        self._memory.remember()
        self._pauses.lift(PauseScope.EVERYTHING, by=PAUSED_BY)
        self._access.record(actor, "database.accepted", "database", self._history.state().newest.database_id)

    def _prepare(self, since: datetime, actor: Actor, progress: Callable[[int], None]) -> tuple[int, int]:
        marked = released = 0
        after_id: int | None = 0
        while after_id is not None:
            page = self._rows.prepare(after_id, since, by=actor.name)
            marked, released, after_id = marked + page.marked, released + page.released, page.last_id
            progress(marked)
        return marked, released

    def _newest_lost(self) -> HistoryMark | None:
        return max(self._memory.unknown_marks(), key=lambda mark: mark.read_at, default=None)

    def _require_idle_workers(self) -> None:
        """A click of theirs might come after the look for it."""
        try:
            busy = [beat for beat in self._heartbeats().all() if beat.facts.get("threads")]
        except ServiceUnavailable:
            return
        if busy:
            raise Conflict("Workers", f"are publishing ({len(busy)}).", "Stop all of them first, then run this again.")

    def _rebuild_line(self) -> bool:
        """The line of the lost database names articles that are not there, or other ones by now."""
        try:
            return self._queue().rebuild()
        except ServiceUnavailable as error:
            logger.warning("the line was not rebuilt", reason=str(error))
            return False
