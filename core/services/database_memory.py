"""Remembers outside the database how far it is, in DATA_DIR and in Redis, and notices when it is no longer that far.

Workers look every few seconds, whoever starts them before the start. A note is written after its events were
committed: a crash in between leaves it lower than it could be, never higher. That there is one is noted in the
database last: whoever reads that, beside another process that starts for the first time, must find it.
"""

from __future__ import annotations

from collections.abc import Callable

from core.errors import DatabaseReplaced, ServiceUnavailable
from core.queue.mark_key import MarkKey
from core.store.database import Database
from core.store.history import DatabaseHistory, HistoryMark, HistoryState
from core.store.mark_file import MarkFile


class DatabaseMemory:
    """`key` gives the place in Redis when it is needed: asking may start Redis, and may fail."""

    def __init__(self, db: Database, file: MarkFile, key: Callable[[], MarkKey]) -> None:
        self._history = DatabaseHistory(db)
        self._file = file
        self._key = key

    def check(self, own: HistoryMark | None = None) -> HistoryMark:
        """Compare the database with all that is remembered, then remember it as it is now; the new mark. `own`:
        what the caller itself remembers, for Redis and the file may be lost together.

        Cases, the first that fits: 1. A mark that the database does not hold, of a database from which nothing was
        ever published: nothing in it can be online already, it is a new one. 2. Any other such mark: raises
        DatabaseReplaced. 3. No mark, though there has been one: raises DatabaseReplaced. 4. It is as it should be.

        Raises ServiceUnavailable when the database is away, or Redis while nothing else remembers.
        """
        state = self._history.state()
        file = HistoryMark.from_text(self._file.read())
        redis, outage = self._read_key()
        known = [mark for mark in (own, file, redis) if mark is not None]
        unknown = [mark for mark in known if not self._history.holds(mark)]
        if unknown and not self._is_new(state, unknown):
            raise DatabaseReplaced(state.newest.event_at, _newest(unknown).event_at or _newest(unknown).read_at)
        if not known and state.is_remembered:
            if outage is not None:
                raise outage
            raise DatabaseReplaced(state.newest.event_at, None)
        self._remember(state, file, redis)
        return state.newest

    def unknown_marks(self) -> list[HistoryMark]:
        """What is remembered and not in the database, in whatever place can be asked."""
        texts = [self._file.read()]
        redis, _ = self._read_key()
        marks = [HistoryMark.from_text(text) for text in texts] + [redis]
        return [mark for mark in marks if mark is not None and not self._history.holds(mark)]

    def remember(self) -> bool:
        """Remember the database as it is, whatever was remembered before. False: Redis is away, its note is
        replaced by the workers."""
        state = self._history.state()
        self._file.write(state.newest.to_text())
        is_in_redis = self._write_key(state.newest)
        self._history.note_remembered()
        return is_in_redis

    def _is_new(self, state: HistoryState, unknown: list[HistoryMark]) -> bool:
        is_other = all(mark.database_id != state.newest.database_id for mark in unknown)
        return is_other and not state.is_remembered and not self._history.has_worked()

    def _remember(self, state: HistoryState, file: HistoryMark | None, redis: HistoryMark | None) -> None:
        if _is_news(state, file):
            self._file.write(state.newest.to_text())
        if _is_news(state, redis):
            self._write_key(state.newest)
        if not state.is_remembered:
            self._history.note_remembered()

    def _read_key(self) -> tuple[HistoryMark | None, ServiceUnavailable | None]:
        try:
            return HistoryMark.from_text(self._key().read()), None
        except ServiceUnavailable as error:
            return None, error

    def _write_key(self, mark: HistoryMark) -> bool:
        try:
            self._key().write(mark.to_text())
        except ServiceUnavailable:
            return False  # The next look writes it.
        return True


def _newest(marks: list[HistoryMark]) -> HistoryMark:
    return max(marks, key=lambda mark: mark.read_at)


def _is_news(state: HistoryState, written: HistoryMark | None) -> bool:
    """An idle database is not written down again and again, and one process' note will do for all. A note of the
    time before a backup was restored is outdated however high it is."""
    if written is None or written.database_id != state.newest.database_id:
        return True
    is_outdated = state.restored_at is not None and written.read_at < state.restored_at
    return is_outdated or written.event_id < state.newest.event_id
