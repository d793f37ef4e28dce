"""Puts together what notices a restored backup and makes it ready: the part of `core.wiring` that only workers and
one command need."""

# ruff: noqa: PLC0415  # parts are imported where they are made, as in `core.wiring`

from __future__ import annotations

from typing import TYPE_CHECKING

from core import wiring
from core.process_parts import process_part
from core.settings import get_settings

if TYPE_CHECKING:
    from core.services.database_memory import DatabaseMemory
    from core.services.restore_manager import RestoreManager


@process_part
def get_database_memory() -> DatabaseMemory:
    """Notices when a backup was restored."""
    from core.queue.mark_key import MarkKey
    from core.services.database_memory import DatabaseMemory
    from core.store.mark_file import MarkFile

    settings = get_settings()
    return DatabaseMemory(
        wiring.get_database(),
        MarkFile(settings.data_dir),
        lambda: MarkKey(wiring.get_redis(), prefix=settings.redis_prefix),
    )


@process_part
def get_restore_manager() -> RestoreManager:
    """Makes a restored backup ready."""
    from core.services.restore_manager import RestoreManager

    return RestoreManager(
        wiring.get_database(),
        memory=get_database_memory(),
        queue=wiring.get_fair_queue,
        heartbeats=wiring.get_heartbeats,
        verify_seconds=get_settings().verify_seconds,
    )
