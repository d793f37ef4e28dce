"""What a process has one of: made on first use, in any thread, and closed when the process ends."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from core.telemetry import get_logger

T = TypeVar("T")

_lock = threading.RLock()
_parts: dict[str, Any] = {}
_closers: list[tuple[str, Callable[[], None]]] = []

logger = get_logger(__name__)


def once(name: str, make: Callable[[], T]) -> T:
    """The part of this name, made on the first call."""
    with _lock:
        if name not in _parts:
            _parts[name] = make()
        found: T = _parts[name]
        return found


def process_part(make: Callable[[], T]) -> Callable[[], T]:
    """Makes a function that builds a part into one that builds it once."""
    return wraps(make)(lambda: once(make.__name__, make))


def close_at_end(name: str, close: Callable[[], None]) -> None:
    """Called while a part is made. What was made first is closed last."""
    with _lock:
        _closers.append((name, close))


@atexit.register
def close_all() -> None:
    """Close every part of this process, the last made first. Parts asked for later are made anew."""
    with _lock:
        closers = list(reversed(_closers))
        _closers.clear()
        _parts.clear()
    for name, close in closers:
        try:
            close()
        except Exception:
            # The others must be closed all the same.
            logger.exception("a part did not close", part=name)
