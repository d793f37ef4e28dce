"""A held task for tests that need one and no database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from core.store.records import HeldTask, StoredArticle
from core.task_state import Checkpoint, Mode

_HELD = HeldTask(
    id=7,
    public_id="a1b2c3",
    fence=3,
    worker_id="host:1:x",
    user_id=1,
    account_id=2,
    account_name="main",
    platform="zhihu",
    mode=Mode.PUBLISH,
    checkpoint=Checkpoint.NONE,
    attempt=1,
    max_retries=3,
    retries_used=0,
    crash_count=0,
    remote_draft_id=None,
    submitted_at=None,
    content_hash=None,
    article=StoredArticle("Title", "Text", "markdown", None, (), None),
)


def held_task(**changes: Any) -> HeldTask:
    """A fresh task under fence 3, with these fields changed."""
    return replace(_HELD, **changes)
