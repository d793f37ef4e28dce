"""Reads what the workers logged lately: administrators all of it, operators the lines about their own articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from core.queue.log_stream import LogStream, StoredLine
from core.services.access import Access
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import Actor
from core.store.task_pages import TaskPages
from core.store.task_queries import TaskQueries
from core.store.users import UserStore

LINES_AT_ONCE = 500
MOST_LOOKED_AT = 5_000
"""So many lines are looked through for one page; the next page goes on behind them."""
ONLY_FOR_ADMINS = frozenset({"exception", "lost_worker", "stack", "loop"})
"""Facts about the inside of the service, not about the article."""


class LogLevel(StrEnum):
    """How grave a line is."""

    DEBUG = "debug"
    """For whoever looks for a fault in TOP_N."""
    INFO = "info"
    """Part of the story."""
    WARNING = "warning"
    """Somebody may want to look at it."""
    ERROR = "error"
    """Somebody has to look at it."""


GRAVITY = {level.value: place for place, level in enumerate(LogLevel)} | {"critical": len(LogLevel)}


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is None or empty does not matter. `worker`: a part of its id; `text`: a part of the line, in any case of
    letters; `events`: those that count as holding the text, because their words in the reader's language do."""

    task_id: int | None = None
    worker: str = ""
    least: LogLevel | None = None
    text: str = ""
    events: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line. `words`: a sentence, where there is one; else `event` is a short phrase."""

    id: str
    at: datetime
    level: str
    worker_id: str
    event: str
    words: str | None
    task_id: int | None
    facts: dict[str, Any] = field(default_factory=dict)

    def has(self, text: str) -> bool:
        """Whether this stands anywhere in it."""
        shown = (self.event, self.words or "", self.worker_id, *(f"{name}={fact}" for name, fact in self.facts.items()))
        return text.casefold() in "\n".join(shown).casefold()


@dataclass(frozen=True, slots=True)
class LogPage:
    """The newest first. `older`: where the next page begins; None: there are no older lines."""

    lines: tuple[LogLine, ...]
    older: str | None


class LogViewer:
    """Changes nothing."""

    def __init__(self, db: Database, stream: Callable[[], LogStream]) -> None:
        self._stream = stream
        self._tasks = TaskPages(db)
        self._queries = TaskQueries(db)
        self._access = Access(UserStore(db), AuditLog(db))

    def page(self, wanted: LogFilter, *, actor: Actor, before: str | None = None, size: int = 100) -> LogPage:
        """Raises NotFound for an article that is not the actor's own, ServiceUnavailable."""
        if wanted.task_id is not None:
            owner_id = self._queries.get(wanted.task_id).user_id
            self._access.require_own(actor, owner_id, "logs.read", "article", wanted.task_id)
        lines: list[LogLine] = []
        for _ in range(MOST_LOOKED_AT // LINES_AT_ONCE):
            stored = self._stream().before(before, LINES_AT_ONCE)
            for line in self._visible(stored, wanted, actor):
                lines.append(line)
                if len(lines) == size:
                    return LogPage(tuple(lines), line.id)
            if len(stored) < LINES_AT_ONCE:
                return LogPage(tuple(lines), None)
            before = stored[-1].id
        return LogPage(tuple(lines), before)

    def _visible(self, stored: Sequence[StoredLine], wanted: LogFilter, actor: Actor) -> list[LogLine]:
        least = GRAVITY[wanted.least.value] if wanted.least else 0
        lines = [
            line
            for line in (_line(one) for one in stored if one.facts)
            if GRAVITY.get(line.level, 0) >= least
            and wanted.task_id in (None, line.task_id)
            and wanted.worker in line.worker_id
        ]
        if not actor.is_admin:
            lines = self._own(lines, actor)
        return [line for line in lines if line.event in wanted.events or line.has(wanted.text)]

    def _own(self, lines: Sequence[LogLine], actor: Actor) -> list[LogLine]:
        """By the owner that the database knows, whatever the line says."""
        ids = sorted({line.task_id for line in lines if line.task_id is not None})
        own = (
            {facts.id for facts in self._tasks.facts(ids) if self._access.may_see(actor, facts.user_id)} if ids else ()
        )
        return [_for_its_owner(line) for line in lines if line.task_id in own]


def _line(stored: StoredLine) -> LogLine:
    facts = stored.facts
    task_id, others = facts.get("task_id"), facts.get("facts")
    return LogLine(
        id=stored.id,
        at=_moment(stored),
        level=str(facts.get("level") or LogLevel.INFO),
        worker_id=str(facts.get("worker") or ""),
        event=str(facts.get("event") or ""),
        words=str(facts["words"]) if facts.get("words") else None,
        task_id=task_id if isinstance(task_id, int) else None,
        facts=others if isinstance(others, dict) else {},
    )


def _moment(stored: StoredLine) -> datetime:
    """When it was logged; of a line that does not say, when Redis got it."""
    try:
        return datetime.fromisoformat(str(stored.facts.get("at"))).astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(int(stored.id.partition("-")[0]) / 1000, UTC)


def _for_its_owner(line: LogLine) -> LogLine:
    facts = {name: fact for name, fact in line.facts.items() if name not in ONLY_FOR_ADMINS}
    return replace(line, facts=facts)
