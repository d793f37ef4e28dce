"""Hashes of what was handed in: they find the same article and the same request again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from core.store.records import NewTask


def _sha256(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def article_sha256(
    title: str,
    content: str,
    content_format: str,
    column: str | None,
    topics: tuple[str, ...],
    cover_sha256: str | None,
) -> str:
    """Of all that a reader sees of an article, hex."""
    return _sha256(title, content, content_format, column or None, list(topics), cover_sha256)


def article_of(task: NewTask) -> str:
    """`article_sha256` of a task that is being handed in."""
    cover = task.cover.sha256 if task.cover else None
    return article_sha256(task.title, task.content, task.content_format, task.column, task.topics, cover)


def request_sha256(task: NewTask) -> str:
    """Of what makes a request the same request: article, account and mode. Time and priority are not part of
    it: their owner may change them afterwards, and a repeated request must still find its task."""
    return _sha256(article_of(task), task.account_id, task.platform, task.mode)
