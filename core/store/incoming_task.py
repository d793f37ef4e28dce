"""One task on its way into the database: its names there, and what makes it the same when it comes again."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Any

from core.store.content_hash import article_of, request_sha256
from core.store.records import NewTask

ID_LENGTH = 12
"""Public ids: 60 random bits in letters and the digits 2–7."""


def new_public_id() -> str:
    """A name for people and addresses that says nothing about how many there are."""
    return base64.b32encode(secrets.token_bytes(8)).decode().lower()[:ID_LENGTH]


@dataclass(frozen=True, slots=True)
class IncomingTask:
    """One task of a call. `name` is what makes it the same task when it is handed in again; a task without
    one is always new."""

    task: NewTask
    row: int
    public_id: str
    article_sha256: str
    request_sha256: str
    name: tuple[Any, ...]

    @classmethod
    def of(cls, task: NewTask, place: int, batch_id: int | None) -> IncomingTask:
        public_id = new_public_id()
        row = task.batch_row or place
        name: tuple[Any, ...] = ("new", public_id)
        if client_ref := (task.client_ref or "").strip():
            name = ("client_ref", task.user_id, client_ref)
        elif batch_id is not None:
            name = ("row", batch_id, row)
        article = article_of(task)
        return cls(task, row, public_id, article, request_sha256(task, article), name)

    @property
    def client_ref(self) -> str | None:
        return self.name[2] if self.name[0] == "client_ref" else None
