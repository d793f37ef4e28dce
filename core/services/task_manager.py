"""What users do with articles: hand in, look at, change, cancel, retry, answer. Every face calls this.

Each call names its `actor`. What belongs to another user is not found; each change is on record, refusals too.
The article is committed first and then put in line, so nothing accepted is lost when Redis is away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core.errors import NotFound, Repeated
from core.lane import LaneEntry
from core.services.access import Access
from core.services.article_intake import ArticleIntake
from core.services.batch_receipt import BatchReceipt
from core.services.csv_import import ParsedCsv
from core.services.csv_intake import LONGEST_BATCH_NAME, CsvIntake
from core.services.line import Line, QueueSource
from core.services.queue_overview import QueueOverview, QueueOverviews, WaitFacts
from core.services.review_link import ReviewLinks
from core.services.row_number import row_number
from core.services.submission import ArticleChanges, NewTime, Submission, TaskUpdate
from core.services.task_editor import TaskEditor
from core.store.accounts import AccountStore
from core.store.article_edits import ArticleVersions
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.earlier_articles import EarlierArticles
from core.store.pauses import PauseStore
from core.store.queue_figures import QueueFigures
from core.store.records import (
    Accepted,
    Actor,
    CancelResult,
    NewBatch,
    ReviewAnswer,
    StoredArticle,
    TaskEvent,
    TaskView,
    UserView,
)
from core.store.task_intake import TaskIntake
from core.store.task_queries import TaskFilter, TaskQueries
from core.store.task_store import TaskStore
from core.store.users import UserStore

__all__ = ["ArticleChanges", "BatchReceipt", "Submission", "TaskQueueManager"]


class TaskQueueManager:
    """Thread-safe. A task is named by its id or its public id; `actor` is who asks.

    Every method raises NotFound for what is not the actor's own, ServiceUnavailable when the database is away.
    """

    def __init__(
        self,
        db: Database,
        *,
        accounts: AccountStore,
        store: TaskStore,
        queue: QueueSource,
        zone: ZoneInfo,
        max_retries: int,
        max_waiting: int,
        article_sites: Sequence[str],
    ) -> None:
        """`article_sites`: the addresses of the platforms' sites, where published articles stand."""
        self._store = store
        self._zone = zone
        self._max_waiting = max_waiting
        self._links = ReviewLinks(article_sites)
        self._queries = TaskQueries(db)
        self._overviews = QueueOverviews(self._queries, queue, PauseStore(db), QueueFigures(db))
        self._intake = TaskIntake(db)
        earlier = EarlierArticles(db)
        self._articles = ArticleIntake(accounts, earlier, zone=zone, max_retries=max_retries)
        self._files = CsvIntake(accounts, earlier, max_retries=max_retries)
        self._versions = ArticleVersions(db)
        self._line = Line(queue, self._queries)
        users = UserStore(db)
        self._access = Access(users, AuditLog(db))
        self._editor = TaskEditor(
            store=store,
            queries=self._queries,
            accounts=accounts,
            users=users,
            line=self._line,
            access=self._access,
            zone=zone,
        )

    def submit(
        self,
        submission: Submission,
        *,
        actor: Actor,
        user_id: int | None = None,
        refuse_repeat: bool = False,
        repeat_of: str | None = None,
    ) -> TaskView:
        """Accept one article for the actor, or for `user_id`. Handed in again with the same reference, it is
        the same task. With `refuse_repeat`, the same article for the same account is not accepted a second time under
        another reference, not even at the same moment; `repeat_of` is an earlier one that it may repeat all the same.

        Raises InvalidInput naming all that is wrong, Conflict if the reference came with another article, Repeated,
        QueueFull beyond the user's waiting articles, NotAllowed for another user.
        """
        owner = self._owner(actor, user_id)
        task = self._articles.task(submission, owner)
        views: list[TaskView] = []

        def note(connection: Connection, accepted: Sequence[Accepted]) -> None:
            (one,) = accepted
            if refuse_repeat and one.is_new:
                self._articles.refuse_repeat(connection, task, one.public_id, repeat_of)
            self._access.record_in(connection, actor, "article.submit", "article", one.public_id, is_new=one.is_new)
            views[:] = [self._queries.stored(connection, one.task_id)]

        # Once it is accepted, nothing more is asked of the database: whatever failed then would read as a refusal.
        self._line.push_new([task], self._intake.insert([task], actor=actor, max_waiting=self._max_waiting, also=note))
        return views[0]

    def check_batch(
        self, parsed: ParsedCsv, *, actor: Actor, user_id: int | None = None, allow_duplicates: bool = False
    ) -> ParsedCsv:
        """The file with all its faults, those too that only the database knows of. Changes nothing."""
        owner = self._owner(actor, user_id)
        return self._files.check(parsed, owner, allow_duplicates=allow_duplicates).parsed

    def submit_batch(
        self,
        parsed: ParsedCsv,
        *,
        actor: Actor,
        user_id: int | None = None,
        name: str = "",
        skip_bad_rows: bool = False,
        allow_duplicates: bool = False,
    ) -> BatchReceipt:
        """Accept a file in one transaction: all of it, or its good rows with `skip_bad_rows`. The same file
        handed in again is the same batch. Raises as `submit` does; InvalidInput names the rows."""
        owner = self._owner(actor, user_id)
        called = " ".join(name.split())[:LONGEST_BATCH_NAME] or f"CSV {datetime.now(self._zone):%Y-%m-%d %H:%M}"
        batch = NewBatch(owner.id, called, parsed.sha256)

        def accept() -> BatchReceipt:
            checked = self._files.check(parsed, owner, allow_duplicates=allow_duplicates)
            checked.refuse_faults(skip_bad_rows=skip_bad_rows)

            def note(connection: Connection, accepted: Sequence[Accepted]) -> None:
                if not allow_duplicates:
                    self._files.refuse_repeats(connection, checked, accepted)
                of = BatchReceipt(tuple(accepted), is_in_line=False)
                facts = {"user": owner.name, "rows": len(accepted), "new": of.new}
                self._access.record_in(connection, actor, "batch.submit", "batch", of.batch_id, **facts)

            accepted = self._intake.insert(
                checked.tasks, batch=batch, actor=actor, max_waiting=self._max_waiting, also=note
            )
            return BatchReceipt(tuple(accepted), is_in_line=self._line.push_new(checked.tasks, accepted))

        try:
            return accept()
        except Repeated:
            # Another file came in since the check. Its articles are named, or left out, by a second one.
            return accept()

    def get(self, task: int | str, *, actor: Actor) -> TaskView:
        """One task."""
        return self._own(task, actor, "article.read")

    def article(self, task: int | str, *, actor: Actor) -> StoredArticle:
        """The article of a task in its newest version."""
        return self._queries.article(self._own(task, actor, "article.read").id)

    def versions(self, task: int | str, *, actor: Actor) -> list[StoredArticle]:
        """What the article said and says, the oldest first."""
        return self._versions.of(self._own(task, actor, "article.read").id)

    def events(self, task: int | str, *, actor: Actor) -> list[TaskEvent]:
        """What happened to a task, oldest first."""
        return self._queries.events(self._own(task, actor, "article.read").id)

    def wait_facts(self, task: TaskView, *, actor: Actor) -> WaitFacts:
        """Why a task waits, how many go before it and about when its turn comes."""
        return self._overviews.wait(self._own(task.id, actor, "article.read"))

    def waits(self, tasks: Sequence[TaskView], *, actor: Actor) -> dict[int, WaitFacts]:
        """Why each task of a list waits, by id, at the price of one; those that do not wait are left out."""
        for user_id in sorted({task.user_id for task in tasks}):
            self._access.require_own(actor, user_id, "article.list", "user", user_id)
        return self._overviews.waits(tasks)

    def list(
        self,
        wanted: TaskFilter | None = None,
        *,
        actor: Actor,
        before_id: int | None = None,
        limit: int = 100,
    ) -> list[TaskView]:
        """The newest first; an operator sees its own. `before_id`: the next page, after the last one's id."""
        wanted = wanted or TaskFilter()
        if wanted.user_id is not None:
            self._access.require_own(actor, wanted.user_id, "article.list", "user", wanted.user_id)
        elif not actor.is_admin:
            wanted = replace(wanted, user_id=actor.user_id or 0)
        return self._queries.list(wanted, before_id=before_id, limit=limit)

    def queue_stats(self, *, actor: Actor) -> QueueOverview:
        """How many articles are in each state, who waits for what, and what is paused; an operator's own."""
        only_user = None if actor.is_admin else actor.user_id or 0
        return self._overviews.whole(only_user=only_user)

    def edit(self, task: int | str, changes: ArticleChanges, *, actor: Actor) -> TaskView:
        """Another text for an article that is not running and was never submitted; the old one is kept. Raises as
        `change` does."""
        return self._editor.change(self._own(task, actor, "article.edit"), TaskUpdate(article=changes), actor=actor)

    def change(self, task: int | str, wanted: TaskUpdate, *, actor: Actor) -> TaskView:
        """Text, account, time and place in line at once: all of it or nothing. Raises InvalidInput naming everything
        that is wrong; NotPossible (TooLate), Conflict when somebody else has changed it meanwhile."""
        return self._editor.change(self._own(task, actor, "article.change"), wanted, actor=actor)

    def reschedule(self, task: int | str, run_at: datetime | None, *, actor: Actor) -> TaskView:
        """Not before `run_at`; None: as soon as it is its turn. Raises InvalidInput for the past."""
        view = self._own(task, actor, "article.reschedule")
        return self._editor.change(view, TaskUpdate(time=NewTime(run_at)), actor=actor)

    def reprioritise(self, task: int | str, priority: int, *, actor: Actor) -> TaskView:
        """0 to 9, higher first among the articles of its account."""
        view = self._own(task, actor, "article.reprioritise")
        return self._editor.change(view, TaskUpdate(priority=priority), actor=actor)

    def cancel(self, task: int | str, *, actor: Actor) -> CancelResult:
        """At once, or within seconds when it is running. Raises NotPossible; TooLate once it is being submitted."""
        view = self._own(task, actor, "article.cancel")

        def note(connection: Connection, result: CancelResult) -> None:
            self._access.record_in(connection, actor, "article.cancel", "article", view.public_id, result=result)

        result = self._store.cancel(view.id, by=actor.name, also=note)
        self._line.remove([view])
        return result

    def retry(self, task: int | str, *, actor: Actor) -> TaskView:
        """Again, from where it stood: one that was submitted is looked for first. Raises NotPossible."""
        view = self._own(task, actor, "article.retry")
        note = self._access.noting(actor, "article.retry", view.public_id)
        self._push_entry(self._store.retry_by_hand(view.id, by=actor.name, also=note))
        return self._queries.get(view.id)

    def answer_review(
        self, task: int | str, answer: ReviewAnswer, link: str | None = None, *, actor: Actor
    ) -> TaskView:
        """A person looked whether a doubtful article is online. ONLINE needs its `link`, which nobody opens: the
        record says whether it is that of the article's own draft, or only somebody's word."""
        view = self._own(task, actor, "article.review")
        facts: dict[str, Any] = {"answer": answer, "link": link}
        remote_id = None
        if answer is ReviewAnswer.ONLINE:
            remote_id = self._links.remote_id(link, view.platform)
            facts["is_unverified"] = remote_id != view.remote_draft_id
        note = self._access.noting(actor, "article.review", view.public_id, **facts)
        entry = self._store.answer_review(view.id, answer, link, remote_id=remote_id, by=actor.name, also=note)
        self._push_entry(entry)
        return self._queries.get(view.id)

    def _owner(self, actor: Actor, user_id: int | None) -> UserView:
        return self._access.owner(actor, user_id, "article.submit", "user", doing="hand in articles")

    def _own(self, task: int | str, actor: Actor, action: str) -> TaskView:
        view = self._find(task)
        self._access.require_own(actor, view.user_id, action, "article", task)
        return view

    def _find(self, task: int | str) -> TaskView:
        if isinstance(task, str):
            try:
                return self._queries.get_by_public_id(task)
            except NotFound:
                pass
        number = row_number(str(task))
        if number is None:
            raise NotFound("article", task)
        return self._queries.get(number)

    def _push_entry(self, entry: LaneEntry | None) -> None:
        if entry is not None:
            self._line.push([entry])
