"""Logs as one JSON object a line, from TOP_N and from its libraries alike."""

from __future__ import annotations

import logging
import sys
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


def configure_logging(level: str, *, stream: TextIO | None = None) -> None:
    """Send every log line of this process to `stream` (standard error) as JSON.

    Facts bound with `bind_facts` (task_id, user_id, worker_id) are in every line of that thread.
    """
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=list(_SHARED),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("urllib3", "selenium", "huey", "alembic"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))


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
