"""What users do with articles: hand in, look at, change, cancel, retry, answer. Every face calls this.

Each call names its `actor`. What belongs to another user is not found; each change is on record, refusals too.
The article is committed first and then put in line, so nothing accepted is lost when Redis is away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.errors import Fault, InvalidInput, NotFound
from core.lane import LaneEntry
from core.services.access import Access
from core.services.article_intake import ArticleIntake, CheckedCsv, future_faults
from core.services.batch_receipt import BatchReceipt
from core.services.csv_import import ParsedCsv
from core.services.line import Line, QueueSource
from core.services.pictures import picture_of
from core.services.queue_overview import QueueOverview, WaitFacts, read_overview, read_wait
from core.services.review_link import remote_id_of
from core.services.submission import ArticleChanges, Submission
from core.services.submission_check import MAX_PRIORITY, faults_of
from core.store.accounts import AccountStore
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.earlier_articles import EarlierArticle, EarlierArticles
from core.store.pauses import PauseStore
from core.store.records import (
    Accepted,
    Actor,
    CancelResult,
    NewBatch,
    NewTask,
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
    ) -> None:
        self._store = store
        self._queue = queue
        self._zone = zone
        self._max_waiting = max_waiting
        self._queries = TaskQueries(db)
        self._pauses = PauseStore(db)
        self._intake = TaskIntake(db)
        self._articles = ArticleIntake(accounts, EarlierArticles(db), zone=zone, max_retries=max_retries)
        self._line = Line(queue, self._queries)
        self._access = Access(UserStore(db), AuditLog(db))

    def submit(self, submission: Submission, *, actor: Actor, user_id: int | None = None) -> TaskView:
        """Accept one article for the actor, or for `user_id`. Handed in again with the same reference, it is
        the same task.

        Raises InvalidInput naming all that is wrong, Conflict if the reference came with another article,
        QueueFull beyond the user's waiting articles, NotAllowed for another user.
        """
        owner = self._owner(actor, user_id)
        task = self._articles.task(submission, owner)
        accepted = self._intake.insert([task], actor=actor, max_waiting=self._max_waiting)
        self._push([task], accepted)
        public_id = accepted[0].public_id
        self._access.record(actor, "article.submit", "article", public_id, is_new=accepted[0].is_new)
        return self._queries.get(accepted[0].task_id)

    def earlier(self, submission: Submission, *, actor: Actor, user_id: int | None = None) -> EarlierArticle | None:
        """The same article for the same account that was handed in before and has not failed."""
        return self._articles.earlier(self._articles.task(submission, self._owner(actor, user_id)))

    def check_batch(
        self, parsed: ParsedCsv, *, actor: Actor, user_id: int | None = None, allow_duplicates: bool = False
    ) -> ParsedCsv:
        """The file with all its faults, those too that only the database knows of. Changes nothing."""
        owner = self._owner(actor, user_id)
        return self._articles.check(parsed, owner, allow_duplicates=allow_duplicates).parsed

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
        checked = self._articles.check(parsed, owner, allow_duplicates=allow_duplicates)
        _refuse_faults(checked, skip_bad_rows=skip_bad_rows)
        batch = NewBatch(owner.id, name or f"CSV {datetime.now(self._zone):%Y-%m-%d %H:%M}", parsed.sha256)
        accepted = self._intake.insert(checked.tasks, batch=batch, actor=actor, max_waiting=self._max_waiting)
        is_in_line = self._push(checked.tasks, accepted)
        batch_id = next((task.batch_id for task in accepted if task.batch_id is not None), None)
        receipt = BatchReceipt(batch_id, tuple(accepted), is_in_line)
        self._access.record(
            actor, "batch.submit", "batch", batch_id, user=owner.name, rows=len(accepted), new=receipt.new
        )
        return receipt

    def get(self, task: int | str, *, actor: Actor) -> TaskView:
        """One task."""
        return self._own(task, actor, "article.read")

    def article(self, task: int | str, *, actor: Actor) -> StoredArticle:
        """The article of a task in its newest version."""
        return self._queries.article(self._own(task, actor, "article.read").id)

    def events(self, task: int | str, *, actor: Actor) -> list[TaskEvent]:
        """What happened to a task, oldest first."""
        return self._queries.events(self._own(task, actor, "article.read").id)

    def wait_facts(self, task: TaskView, *, actor: Actor) -> WaitFacts:
        """Why a waiting task waits, and how many go before it. Empty when Redis is away."""
        return read_wait(self._queue, self._own(task.id, actor, "article.read"))

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
        return read_overview(self._queries, self._queue, self._pauses, only_user=only_user)

    def edit(self, task: int | str, changes: ArticleChanges, *, actor: Actor) -> TaskView:
        """Change the article of a task that is not running. Raises InvalidInput; TooLate once submitted."""
        view = self._own(task, actor, "article.edit")
        stored = self._queries.article(view.id)
        changed = StoredArticle(
            title=(stored.title if changes.title is None else changes.title).strip(),
            content=stored.content if changes.content is None else changes.content,
            content_format=changes.content_format or stored.content_format,
            column=stored.column if changes.column is None else changes.column or None,
            topics=stored.topics if changes.topics is None else changes.topics,
            cover_sha256=stored.cover_sha256,
        )
        _refuse(_faults_of_edit(changed, changes.cover, view))
        cover = None if changes.cover is None else picture_of(changes.cover)
        self._store.edit(view.id, changed, cover=cover, by=actor.name)
        self._access.record(actor, "article.edit", "article", view.public_id)
        return self._queries.get(view.id)

    def reschedule(self, task: int | str, run_at: datetime | None, *, actor: Actor) -> TaskView:
        """Not before `run_at`; None: as soon as it is its turn. Raises InvalidInput for the past."""
        view = self._own(task, actor, "article.reschedule")
        _refuse(future_faults(run_at, self._zone, datetime.now(UTC)))
        self._store.reschedule(view.id, run_at, by=actor.name)
        self._line.place_again(view)
        self._access.record(
            actor, "article.reschedule", "article", view.public_id, run_at=run_at and run_at.isoformat()
        )
        return self._queries.get(view.id)

    def reprioritise(self, task: int | str, priority: int, *, actor: Actor) -> TaskView:
        """0 to 9, higher first among the articles of its account."""
        view = self._own(task, actor, "article.reprioritise")
        if not 0 <= priority <= MAX_PRIORITY:
            raise InvalidInput([Fault("priority", f"{priority} is not from 0 to 9.", "9 goes first.")])
        self._store.reprioritise(view.id, priority, by=actor.name)
        self._line.place_again(view)
        self._access.record(actor, "article.reprioritise", "article", view.public_id, priority=priority)
        return self._queries.get(view.id)

    def cancel(self, task: int | str, *, actor: Actor) -> CancelResult:
        """At once, or within seconds when it is running. Raises TooLate once it is being submitted."""
        view = self._own(task, actor, "article.cancel")
        result = self._store.cancel(view.id, by=actor.name)
        self._line.remove([view])
        self._access.record(actor, "article.cancel", "article", view.public_id, result=result)
        return result

    def retry(self, task: int | str, *, actor: Actor) -> TaskView:
        """Again, from where it stood: one that was submitted is looked for first. Raises TooLate."""
        view = self._own(task, actor, "article.retry")
        self._push_entry(self._store.retry_by_hand(view.id, by=actor.name))
        self._access.record(actor, "article.retry", "article", view.public_id)
        return self._queries.get(view.id)

    def answer_review(
        self, task: int | str, answer: ReviewAnswer, link: str | None = None, *, actor: Actor
    ) -> TaskView:
        """A person looked whether a doubtful article is online. ONLINE needs its `link`."""
        view = self._own(task, actor, "article.review")
        remote_id = remote_id_of(link, view.platform) if answer is ReviewAnswer.ONLINE else None
        entry = self._store.answer_review(view.id, answer, link, remote_id=remote_id, by=actor.name)
        self._push_entry(entry)
        self._access.record(actor, "article.review", "article", view.public_id, answer=answer, link=link)
        return self._queries.get(view.id)

    def _owner(self, actor: Actor, user_id: int | None) -> UserView:
        return self._access.owner(actor, user_id, "article.submit", "user", doing="hand in articles")

    def _own(self, task: int | str, actor: Actor, action: str) -> TaskView:
        view = self._find(task)
        self._access.require_own(actor, view.user_id, action, "article", task)
        return view

    def _find(self, task: int | str) -> TaskView:
        if isinstance(task, int):
            return self._queries.get(task)
        try:
            return self._queries.get_by_public_id(task)
        except NotFound:
            if not task.isdecimal():
                raise
        return self._queries.get(int(task))

    def _push_entry(self, entry: LaneEntry | None) -> None:
        if entry is not None:
            self._line.push([entry])

    def _push(self, tasks: Sequence[NewTask], accepted: Sequence[Accepted]) -> bool:
        """Put the new ones that may go at once in line; the others come when they are due."""
        return self._line.push(
            [
                LaneEntry(one.task_id, task.user_id, task.account_id, task.platform, task.priority)
                for task, one in zip(tasks, accepted, strict=True)
                if one.is_new and task.run_at is None
            ]
        )


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise InvalidInput(faults)


def _faults_of_edit(article: StoredArticle, cover: bytes | None, view: TaskView) -> list[Fault]:
    return faults_of(
        Submission(
            account=view.account_name,
            title=article.title,
            content=article.content,
            content_format=article.content_format,
            column=article.column,
            topics=article.topics,
            cover=cover,
        )
    )


def _refuse_faults(checked: CheckedCsv, *, skip_bad_rows: bool) -> None:
    """Nothing of a faulty file is queued, unless its owner said to leave out the bad rows."""
    parsed = checked.parsed
    if parsed.faults and not (skip_bad_rows and parsed.is_readable and checked.tasks):
        raise InvalidInput([Fault(f"row {one.row}, {one.column}", one.reason, one.remedy) for one in parsed.faults])
