"""Hashes of what was handed in: they find the same article and the same request again."""

from __future__ import annotations

import hashlib
import json

from core.store.records import NewTask


def _sha256(*parts: str) -> str:
    """Each part with its length before it, so that no two lists of parts look the same."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def article_sha256(
    title: str,
    content: str,
    content_format: str,
    column: str | None,
    topics: tuple[str, ...],
    cover_sha256: str | None,
) -> str:
    """Of all that a reader sees of an article, hex. How its lines end, and empty ones around it, are not seen: a file
    and a page write the same article differently."""
    lines = content.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    return _sha256(title, lines, content_format, column or "", json.dumps(topics), cover_sha256 or "")


def article_of(task: NewTask) -> str:
    """`article_sha256` of a task that is being handed in."""
    cover = task.cover.sha256 if task.cover else None
    return article_sha256(task.title, task.content, task.content_format, task.column, task.topics, cover)


def request_sha256(task: NewTask, article: str) -> str:
    """Of what makes a request the same request: article, account and mode. Time and priority are not part of
    it: their owner may change them afterwards, and a repeated request must still find its task."""
    return _sha256(article, str(task.account_id), task.platform, task.mode)
