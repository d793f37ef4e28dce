"""Notices, also under running workers, that the database is not the one they have published from: a backup was put
back. Then this process takes no more articles and says so, until somebody has made the backup ready."""

from __future__ import annotations

from collections.abc import Callable, Collection

from core.errors import DatabaseReplaced, ServiceUnavailable
from core.services.database_memory import DatabaseMemory
from core.store.history import HistoryMark
from core.telemetry import get_logger
from tasks.background_loop import BackgroundLoop
from tasks.service_watch import DATABASE, ServiceWatch

LOOK_SECONDS = 5.0
"""How old a note of the database may be. Takes compare with it by themselves, and need not wait for a look."""

HELD_BECAUSE = "the database is not the one that was published from last: run `python -m core restored`"

logger = get_logger(__name__)


class DatabaseWatch(BackgroundLoop):
    """Nothing may be taken before the first look. `hold_everything` gets a short reason, for people to read."""

    def __init__(self, memory: DatabaseMemory, hold_everything: Callable[[str], None], watch: ServiceWatch) -> None:
        super().__init__("database-watch", LOOK_SECONDS, watch)
        self._memory = memory
        self._hold_everything = hold_everything
        self._is_trusted = False
        self._is_refused = False
        self.mark: HistoryMark | None = None
        """The newest event at the last look, which every take must find."""

    @property
    def is_held(self) -> bool:
        """Whether this process takes no articles."""
        return not self._is_trusted

    def stop(self, timeout: float = 10.0) -> None:
        """End; remember the last events as well."""
        super().stop(timeout)
        try:
            self.look()
        except (DatabaseReplaced, ServiceUnavailable) as error:
            logger.info("how far the database is was not noted", reason=str(error))

    def tick(self) -> Collection[str]:
        """One look."""
        try:
            self.look()
        except DatabaseReplaced as error:
            self._refuse(str(error))
        return (DATABASE,)

    def look(self) -> None:
        """Raises DatabaseReplaced, ServiceUnavailable. What is remembered stays as it is then."""
        try:
            self.mark = self._memory.check(self.mark)
        except DatabaseReplaced:
            self._is_trusted = False
            raise
        if self._is_refused:
            logger.warning("takes articles again: the database was made ready")
        self._is_trusted, self._is_refused = True, False

    def _refuse(self, reason: str) -> None:
        """Every time, for the database may be put back once more, without the pause in it."""
        if not self._is_refused:
            logger.error("takes no more articles", reason=reason)
        self._is_refused = True
        self._hold_everything(HELD_BECAUSE)
