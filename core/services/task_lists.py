"""Lists of articles for the dashboard: a page sorted and counted, the batches to choose from, and all as a CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from core.errors import NotFound
from core.services.access import Access
from core.services.row_number import row_number
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import AccountView, Actor, TaskView
from core.store.task_filter import TaskFilter
from core.store.task_pages import IDS_AT_ONCE, MOST, BatchName, TaskPages, TaskSort
from core.store.task_queries import TaskQueries
from core.store.users import UserStore
from core.task_state import TaskStatus

EXPORTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class TaskPage:
    """`total`: how many there are in all, at most `MOST`; `is_more`: there are more than that."""

    tasks: tuple[TaskView, ...]
    total: int
    is_more: bool


class TaskLists:
    """An operator sees its own."""

    def __init__(self, db: Database) -> None:
        self._pages = TaskPages(db)
        self._queries = TaskQueries(db)
        self._access = Access(UserStore(db), AuditLog(db))

    def page(
        self,
        wanted: TaskFilter,
        *,
        actor: Actor,
        sort: TaskSort = TaskSort.NEWEST,
        number: int = 1,
        size: int = 50,
    ) -> TaskPage:
        """`number` from 1. Raises NotFound for another user's."""
        allowed = self.allowed(wanted, actor)
        total, listed = self._found(allowed)
        offset = min((max(number, 1) - 1) * size, MOST)
        tasks = self._pages.page(listed, sort=sort, offset=offset, limit=size)
        return TaskPage(tuple(tasks), min(total, MOST), total > MOST)

    def _found(self, allowed: TaskFilter) -> tuple[int, TaskFilter | Sequence[int]]:
        """How many there are, and what to list: what a search has found among a million articles is not searched for
        again, unless it is so much that a page of it is found soon."""
        if not allowed.is_search:
            return self._pages.count(allowed), allowed
        ids = self._pages.some_ids(allowed)
        return len(ids), ids if len(ids) <= IDS_AT_ONCE else allowed

    def newest(self, wanted: TaskFilter, *, actor: Actor, size: int) -> list[TaskView]:
        """The first few of a filter, without counting the others. Raises NotFound for another user's."""
        return self._pages.page(self.allowed(wanted, actor), limit=size)

    def by_ids(self, task_ids: Sequence[int], *, actor: Actor) -> list[TaskView]:
        """These in this order; what is not the actor's own is left out."""
        return [task for task in self._pages.by_ids(task_ids) if self._access.may_see(actor, task.user_id)]

    def named(self, names: Sequence[str], *, actor: Actor) -> list[TaskView]:
        """These in this order, each by its public id or its number, and each once. Raises NotFound for one that is not
        there, or not the actor's own."""
        found: dict[str, TaskView] = {task.public_id: task for task in self._pages.by_public_ids(names)}
        numbers = {name: number for name in names if name not in found and (number := row_number(name)) is not None}
        by_number = {task.id: task for task in self._pages.by_ids(list(numbers.values()))}
        found |= {name: by_number[number] for name, number in numbers.items() if number in by_number}
        tasks: dict[int, TaskView] = {}
        for name in names:
            if name not in found:
                raise NotFound("article", name)
            self._access.require_own(actor, found[name].user_id, "article.read", "article", name)
            tasks[found[name].id] = found[name]
        return list(tasks.values())

    def everything(self, wanted: TaskFilter, *, actor: Actor) -> Iterator[TaskView]:
        """The newest `MOST` of a filter, for a file. Each part goes on below the last article of the one before: by
        its place it would leave out as many as have left the filter meanwhile."""
        allowed, last_id = self.allowed(wanted, actor), None
        for _part in range(MOST // EXPORTED_AT_ONCE):
            page = self._queries.list(allowed, before_id=last_id, limit=EXPORTED_AT_ONCE)
            yield from page
            if len(page) < EXPORTED_AT_ONCE:
                return
            last_id = page[-1].id

    def batches(self, *, actor: Actor) -> list[BatchName]:
        """The newest ones to choose from."""
        return self._pages.recent_batches(None if actor.is_admin else actor.user_id or 0)

    def open_by_account(self, accounts: Sequence[AccountView], *, actor: Actor) -> dict[int, dict[TaskStatus, int]]:
        """Account → how many of its articles are in each state that is not an end; only the actor's own."""
        return self._pages.open_by_account([one.id for one in accounts if self._access.may_see(actor, one.user_id)])

    def allowed(self, wanted: TaskFilter, actor: Actor) -> TaskFilter:
        """The filter as far as the actor may see. Raises NotFound for another user's."""
        if wanted.user_id is not None:
            self._access.require_own(actor, wanted.user_id, "article.list", "user", wanted.user_id)
        elif not actor.is_admin:
            return replace(wanted, user_id=actor.user_id or 0)
        return wanted
