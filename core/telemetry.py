"""Logs as one JSON object a line, from TOP_N and from its libraries alike.

structlog takes a tenth of a second to load and a command seldom logs anything: it is loaded with the first event.
"""

# ruff: noqa: PLC0415  # see above

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from structlog.stdlib import BoundLogger
    from structlog.typing import Processor


class EventLogger:
    """A logger: `logger.info("lease lost", task_id=7)`. Events are short phrases, facts are keywords."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._logger: BoundLogger | None = None

    def debug(self, event: str, **facts: object) -> None:
        """For whoever looks for a fault in TOP_N."""
        self._log(logging.DEBUG, "debug", event, facts)

    def info(self, event: str, **facts: object) -> None:
        """Part of the story."""
        self._log(logging.INFO, "info", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Somebody may want to look at it."""
        self._log(logging.WARNING, "warning", event, facts)

    def error(self, event: str, **facts: object) -> None:
        """Somebody has to look at it."""
        self._log(logging.ERROR, "error", event, facts)

    def exception(self, event: str, **facts: object) -> None:
        """An error with the traceback of the exception that is being handled."""
        self._log(logging.ERROR, "exception", event, facts)

    def _log(self, level: int, method: str, event: str, facts: dict[str, object]) -> None:
        root = logging.getLogger()
        for handler in root.handlers:
            if isinstance(handler, FirstEvent):
                if level < root.level:
                    return
                handler.give_way()
                break
        if self._logger is None:
            import structlog

            self._logger = structlog.stdlib.get_logger(self._name)
        getattr(self._logger, method)(event, **facts)


class FirstEvent(logging.Handler):
    """Stands in the root logger until something is logged, and then lets `configure` set up logging."""

    def __init__(self, configure: Callable[[], None]) -> None:
        super().__init__()
        self._configure = configure

    def give_way(self) -> None:
        """Something will be logged now."""
        logging.getLogger().removeHandler(self)
        self._configure()

    def emit(self, record: logging.LogRecord) -> None:
        """A library has logged something."""
        self.give_way()
        logging.getLogger().handle(record)


def log_when_needed(level: str, configure: Callable[[], None]) -> None:
    """Call `configure` (which calls `configure_logging`) with the first event that is not below this level."""
    root = logging.getLogger()
    root.handlers = [FirstEvent(configure)]
    root.setLevel(level)


def configure_logging(level: str, *, stream: TextIO | None = None, handlers: Sequence[logging.Handler] = ()) -> None:
    """Send every log line of this process as JSON to `stream` (standard error), or else to `handlers`; one that
    has a formatter already keeps it.

    Facts bound with `bind_facts` (task_id, user_id, worker_id) are in every line of that thread.
    """
    import structlog

    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = list(handlers) or [logging.StreamHandler(stream or sys.stderr)]
    for handler in root.handlers:
        if handler.formatter is None:
            handler.setFormatter(_json_formatter())
    root.setLevel(level)
    for noisy in ("urllib3", "selenium", "huey", "alembic", "markdown_it", "websocket"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def _json_formatter() -> logging.Formatter:
    import structlog

    renderer = structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def _shared() -> list[Processor]:
    """What is done to the events of TOP_N and of its libraries alike."""
    import structlog

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


def get_logger(name: str) -> EventLogger:
    """The logger of a module."""
    return EventLogger(name)


def bind_facts(**facts: object) -> None:
    """Put facts into every later log line of this thread."""
    import structlog

    structlog.contextvars.bind_contextvars(**facts)


def forget_facts() -> None:
    """Drop what `bind_facts` bound in this thread."""
    import structlog

    structlog.contextvars.clear_contextvars()
