"""When TOP_N stops trying by itself: the task has failed, unless it may be online. Then a person has to look."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_

from core.store.models import PublishTask
from core.task_state import BlockReason, Checkpoint, Mode

IS_TO_BE_LOOKED_FOR = and_(PublishTask.verify_since.is_not(None), PublishTask.mode == Mode.PUBLISH)
"""`is_to_be_looked_for` as SQL."""


def is_to_be_looked_for(row: Row[Any]) -> bool:
    """Whether it may have been published after a backup was made that was restored since. What is only to be saved
    as a draft is not looked for, but keeps the mark: somebody may turn it into an article again."""
    return row.verify_since is not None and row.mode == Mode.PUBLISH


def was_submitted(row: Row[Any]) -> bool:
    """Whether the publish click may have happened and nothing has shown yet what came of it."""
    return bool(row.checkpoint == Checkpoint.SUBMITTING)


def may_be_online(row: Row[Any]) -> bool:
    """The same, or it may have happened before a backup was restored that knows nothing of it. Then no click is on
    its way, so that an owner who wants it stopped is heard; should he try again after all, it is looked for first."""
    return was_submitted(row) or (is_to_be_looked_for(row) and not row.cancel_requested)


def leaves_doubt(row: Row[Any]) -> bool:
    """Whether a person who gives it up leaves something that may be online: it was submitted, or nobody knows whether
    it was, as a backup was restored."""
    return row.submitted_at is not None or row.verify_since is not None


def review_facts(row: Row[Any]) -> dict[str, Any]:
    """What the event tells the person who is to look. The last picture and error stay in the row."""
    evidence = {"draft_id": row.remote_draft_id, "submitted_at": str(row.submitted_at)}
    return {"reason": BlockReason.NEEDS_REVIEW, "evidence": evidence}


def crash_failure(crashes: int, row: Row[Any]) -> dict[str, str]:
    """The columns that say why a task goes no further after its crashes."""
    message = f"Its worker died or its browser broke {crashes} times: the article itself is the likely cause."
    if is_to_be_looked_for(row):
        message += " It may have been published before the backup was restored: look on the site, then answer here."
    elif was_submitted(row):
        message += " It was submitted before and may be online: look on the site, then answer here."
    return {"error_class": "Crashed", "error_message": message}
