"""Logs as one JSON object a line, from TOP_N and from its libraries alike."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import TextIO

import structlog
from structlog.stdlib import BoundLogger
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)


def configure_logging(level: str, *, stream: TextIO | None = None, handlers: Sequence[logging.Handler] = ()) -> None:
    """Send every log line of this process as JSON to `stream` (standard error), or else to `handlers`; one that
    has a formatter already keeps it.

    Facts bound with `bind_facts` (task_id, user_id, worker_id) are in every line of that thread.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = list(handlers) or [logging.StreamHandler(stream or sys.stderr)]
    for handler in root.handlers:
        if handler.formatter is None:
            handler.setFormatter(_formatter(structlog.processors.JSONRenderer(ensure_ascii=False, default=str)))
    root.setLevel(level)
    for noisy in ("urllib3", "selenium", "huey", "alembic", "markdown_it", "websocket"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))


def plain_formatter() -> logging.Formatter:
    """One readable line for a person at a terminal, in place of JSON."""
    return _formatter(structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback))


def _formatter(renderer: Processor) -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=list(_SHARED),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )


def get_logger(name: str) -> BoundLogger:
    """A logger: `logger.info("lease lost", task_id=7)`. Events are short phrases, facts are keywords."""
    logger: BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def bind_facts(**facts: object) -> None:
    """Put facts into every later log line of this thread."""
    structlog.contextvars.bind_contextvars(**facts)


def forget_facts() -> None:
    """Drop what `bind_facts` bound in this thread."""
    structlog.contextvars.clear_contextvars()
