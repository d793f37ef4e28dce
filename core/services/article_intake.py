"""From one article that a user hands in to what the store keeps: its account found, everything wrong named."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core.errors import Fault, InvalidInput, Repeated
from core.services.clock_text import WrongTime, require_future
from core.services.owner_accounts import OwnerAccounts
from core.services.pictures import picture_of
from core.services.submission import Submission
from core.services.submission_check import faults_of
from core.store.accounts import AccountStore
from core.store.content_hash import article_of, request_sha256
from core.store.earlier_articles import EarlierArticles
from core.store.records import AccountView, NewTask, UserView
from core.task_state import Mode


class ArticleIntake:
    """Checks articles against what their owner has, and makes tasks of them."""

    def __init__(self, accounts: AccountStore, earlier: EarlierArticles, *, zone: ZoneInfo, max_retries: int) -> None:
        self._accounts = accounts
        self._earlier = earlier
        self._zone = zone
        self._max_retries = max_retries

    def task(self, submission: Submission, owner: UserView, *, now: datetime | None = None) -> NewTask:
        """One article. Raises InvalidInput naming everything that is wrong with it."""
        faults = faults_of(submission)
        account = OwnerAccounts(self._accounts.list(owner.id), owner).find(submission)
        if isinstance(account, Fault) and not any(fault.field == "platform" for fault in faults):
            faults.append(account)
        late = future_faults(submission.run_at, self._zone, now or datetime.now(UTC))
        if faults or isinstance(account, Fault):
            raise InvalidInput([*faults, *late])
        task = task_of(submission, account, self._max_retries)
        if late and not self._is_repeated(task):
            raise InvalidInput(late)
        return task

    def _is_repeated(self, task: NewTask) -> bool:
        """Whether this very request was accepted before. Its time may have come since then."""
        if task.client_ref is None:
            return False
        known = self._earlier.references(task.user_id, [task.client_ref]).get(task.client_ref)
        return known is not None and known.request_sha256 == request_sha256(task, article_of(task))

    def refuse_repeat(self, connection: Connection, task: NewTask, stored: str, known: str | None) -> None:
        """Raises Repeated if the article of the task that was just stored as `stored` was handed in before for the same
        account and mode, and was not given up; unless its owner knows of that one, `known`."""
        found = self._earlier.find_in(connection, task.user_id, [article_of(task)])
        place = (task.account_id, task.mode)
        same = [one for one in found if (one.account_id, one.mode) == place and one.public_id != stored]
        if same and same[-1].public_id != known:
            raise Repeated(same[-1].public_id)


def task_of(submission: Submission, account: AccountView, max_retries: int) -> NewTask:
    """A submission without fault, for the store."""
    return NewTask(
        user_id=account.user_id,
        account_id=account.id,
        platform=submission.platform,
        title=submission.title.strip(),
        content=submission.content,
        content_format=submission.content_format,
        mode=Mode(submission.mode),
        column=submission.column,
        topics=submission.topics,
        cover=None if submission.cover is None else picture_of(submission.cover),
        run_at=submission.run_at,
        priority=submission.priority,
        client_ref=(submission.client_ref or "").strip() or None,
        max_retries=max_retries,
    )


def future_faults(run_at: datetime | None, zone: ZoneInfo, now: datetime) -> list[Fault]:
    """What is wrong with a time to publish at."""
    if run_at is None:
        return []
    try:
        require_future(run_at, zone, now)
    except WrongTime as error:
        return [Fault("run_at", error.reason, error.remedy)]
    return []
