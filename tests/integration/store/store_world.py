"""A migrated database with its stores, and short ways to put users, accounts and tasks into it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import text, update

from core.store.accounts import AccountStore
from core.store.clock import later_sql
from core.store.database import Database
from core.store.models import PublishTask
from core.store.records import AccountView, Actor, HeldTask, NewTask, TaskView
from core.store.row_snapshot import DatabaseRows
from core.store.task_intake import TaskIntake
from core.store.task_queries import TaskQueries
from core.store.task_store import TaskStore
from core.store.users import UserStore
from core.store.vault import Vault
from core.task_state import Step

WORKER = "host:100:aaaa"
OTHER = "host:200:bbbb"
LEASE_SECONDS = 30


@dataclass(frozen=True)
class Draft:
    """A draft as the publisher reads it back."""

    draft_id: str = "d-1"
    content_hash: str = "c" * 64
    text_length: int = 12


class StoreWorld:
    """One user with one account, unless more are asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.db = Database(url, lock_wait_seconds=2 if url.startswith("mysql") else None)
        self.db.migrate()
        self.vault = Vault([Fernet.generate_key().decode()])
        self.users = UserStore(self.db)
        self.accounts = AccountStore(self.db, self.vault)
        self.intake = TaskIntake(self.db)
        self.store = TaskStore(self.db, lease_seconds=LEASE_SECONDS)
        self.queries = TaskQueries(self.db)
        self.rows = DatabaseRows(self.db)

    @cached_property
    def user_id(self) -> int:
        return self.users.add("wang").id

    @cached_property
    def account_id(self) -> int:
        return self.accounts.add(self.user_id, "zhihu", "main", b"[]").id

    @cached_property
    def another_account(self) -> AccountView:
        """Of the same user on the same platform."""
        return self.accounts.add(self.user_id, "zhihu", "other", b"[]")

    def new_task(self, **changes: Any) -> NewTask:
        facts: dict[str, Any] = {
            "user_id": self.user_id,
            "account_id": self.account_id,
            "platform": "zhihu",
            "title": "标题 😀",
            "content": "正文",
            "content_format": "markdown",
        }
        return NewTask(**facts | changes)

    def add_task(self, **changes: Any) -> int:
        return self.intake.insert([self.new_task(**changes)], actor=Actor.system())[0].task_id

    def take(self, task_id: int, worker_id: str = WORKER) -> HeldTask:
        held = self.store.take(task_id, worker_id=worker_id, claimed_ms=1_000)
        assert held is not None
        return held

    def drafted(self, task_id: int | None = None, worker_id: str = WORKER) -> HeldTask:
        """A task whose draft stands on the site."""
        held = self.take(task_id or self.add_task(), worker_id)
        self.store.record_step(held, Step.BROWSER_READY)
        self.store.record_draft_id(held, "d-1")
        self.store.record_drafted(held, Draft())
        return held

    def submitting(self, task_id: int | None = None) -> HeldTask:
        """A task whose publish click may have happened."""
        held = self.drafted(task_id)
        self.store.begin_submitting(held)
        return held

    def view(self, task: HeldTask | int) -> TaskView:
        return self.queries.get(task if isinstance(task, int) else task.id)

    def kinds(self, task: HeldTask | int) -> list[str]:
        return [event.kind for event in self.queries.events(task if isinstance(task, int) else task.id)]

    def end_lease(self, task: HeldTask | int) -> None:
        """As if its worker had been silent for longer than the lease."""
        task_id = task if isinstance(task, int) else task.id
        with self.db.write() as connection:
            connection.execute(update(PublishTask).where(PublishTask.id == task_id).values(lease_until=later_sql(-1)))

    def sql(self, statement: str, **values: Any) -> None:
        """Any statement, around the store."""
        with self.db.write() as connection:
            connection.execute(text(statement), values)
