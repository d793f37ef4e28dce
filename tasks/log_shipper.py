"""Sends the log lines of a process to Redis, where the page Logs shows those of all workers.

Whoever logs never waits: lines go into a buffer of bounded length, and a thread of its own sends them on. While Redis
is away the oldest are dropped and counted; the log file has them all.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from core import wiring
from core.queue.log_stream import LogStream
from core.redaction import HIDDEN, hide_secrets, is_secret_name
from tasks.background_loop import BackgroundLoop
from tasks.service_watch import REDIS, ServiceWatch
from tasks.terminal_words import WORDS, facts_of, sentence

SHIP_SECONDS = 0.5
LINES_AT_ONCE = 200
MOST_WAITING = 2000
LONGEST_TEXT = 4000
"""Of one fact; of a traceback the end."""
MOST_FACTS = 40
OWN_PLACES = ("timestamp", "level", "event", "task_id", "worker_id")
"""Facts with a place of their own in a shipped line."""
LOST = "log lines were lost"


class LogBuffer(logging.Handler):
    """Keeps the newest lines until they are sent."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: deque[tuple[str, str | None]] = deque(maxlen=MOST_WAITING)
        self._dropped = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Called under the lock of the handler."""
        try:
            facts = facts_of(record)
            words = sentence(facts) if facts["event"] in WORDS else None
            if len(self._lines) == MOST_WAITING:
                self._dropped += 1
            self._lines.append((self.format(record), words))
        except Exception:  # noqa: BLE001  # the edge of logging: whatever cannot be kept must not stop who logs
            self.handleError(record)

    def take(self, count: int) -> tuple[list[tuple[str, str | None]], int]:
        """The oldest lines with their sentences, and how many were dropped since the last call."""
        self.acquire()
        try:
            taken = [self._lines.popleft() for _ in range(min(count, len(self._lines)))]
            dropped, self._dropped = self._dropped, 0
        finally:
            self.release()
        return taken, dropped


class LogShipper(BackgroundLoop):
    """`stream` is asked for in the thread of this loop: reaching Redis may take a while."""

    def __init__(
        self, buffer: LogBuffer, stream: Callable[[], LogStream], *, worker_id: str, watch: ServiceWatch
    ) -> None:
        super().__init__("log-shipper", SHIP_SECONDS, watch)
        self._buffer = buffer
        self._stream = stream
        self._worker_id = worker_id
        self._unsent: list[str] = []
        self._is_well = False

    def tick(self) -> Collection[str]:
        """Send all that waits. What could not be sent is sent first the next time."""
        self._is_well = False
        has_sent = False
        while self._fill():
            self._stream().add(self._unsent)
            self._unsent = []
            has_sent = True
        self._is_well = True
        return (REDIS,) if has_sent else ()

    def stop(self, timeout: float = 2.0) -> None:
        """End; what was logged meanwhile is still sent, if Redis answered the last time."""
        super().stop(timeout)
        if self._is_well:
            self._tick_safely()

    def _fill(self) -> bool:
        if not self._unsent:
            lines, dropped = self._buffer.take(LINES_AT_ONCE)
            if dropped:
                self._unsent.append(self._lost(dropped))
            self._unsent += [shipped_line(text, words, self._worker_id) for text, words in lines]
        return bool(self._unsent)

    def _lost(self, number: int) -> str:
        words = f"{number} older lines are only in the log file: Redis could not be reached."
        now = datetime.now(UTC).isoformat()
        facts = {"event": LOST, "level": "warning", "timestamp": now, "lines": number}
        return shipped_line(json.dumps(facts), words, self._worker_id)


def make_shipper(buffer: LogBuffer, worker_id: str, watch: ServiceWatch) -> LogShipper:
    """Of this process."""
    return LogShipper(buffer, wiring.get_log_stream, worker_id=worker_id, watch=watch)


def shipped_line(text: str, words: str | None, worker_id: str) -> str:
    """A line of the log file as it goes to Redis: without secrets, and not longer than anybody reads."""
    facts: dict[str, Any] = json.loads(text)
    others = {name: _shown(name, fact) for name, fact in facts.items() if name not in OWN_PLACES}
    line = {
        "at": facts.get("timestamp"),
        "level": facts.get("level", "info"),
        "worker": worker_id,
        "task_id": facts.get("task_id"),
        "event": _shown("event", facts.get("event")),
        "words": None if words is None else _shown("words", words),
        "facts": dict(list(others.items())[:MOST_FACTS]),
    }
    return json.dumps(line, ensure_ascii=False)


def _shown(name: str, fact: object) -> object:
    if is_secret_name(name):
        return HIDDEN
    if fact is None or isinstance(fact, bool | int | float):
        return fact
    text = hide_secrets(fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False, default=str))
    if len(text) <= LONGEST_TEXT:
        return text
    return f"…{text[-LONGEST_TEXT:]}" if name == "exception" else f"{text[:LONGEST_TEXT]}…"
