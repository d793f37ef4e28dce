"""From what a user hands in to what the store keeps: accounts found by name, everything wrong named."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from core.errors import Fault, InvalidInput
from core.services.clock_text import WrongTime, require_future
from core.services.csv_faults import RowFault
from core.services.csv_import import ParsedCsv
from core.services.pictures import picture_of
from core.services.submission import Submission
from core.services.submission_check import faults_of
from core.store.accounts import AccountStore
from core.store.content_hash import article_of, request_sha256
from core.store.earlier_articles import EarlierArticle, EarlierArticles
from core.store.records import AccountView, NewTask, UserView
from core.task_state import Mode


@dataclass(frozen=True, slots=True)
class CheckedCsv:
    """A file as far as it may be queued: `parsed` with the faults that only the database knows of, and a task
    for every row without fault."""

    parsed: ParsedCsv
    tasks: tuple[NewTask, ...]


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
        account = _Accounts(self._accounts.list(owner.id), owner).find(submission)
        if isinstance(account, Fault):
            faults.append(account)
        late = future_faults(submission.run_at, self._zone, now or datetime.now(UTC))
        if faults or isinstance(account, Fault):
            raise InvalidInput([*faults, *late])
        task = self._build(submission, account)
        if late and not self._is_repeated(task):
            raise InvalidInput(late)
        return task

    def _is_repeated(self, task: NewTask) -> bool:
        """Whether this very request was accepted before. Its time may have come since then."""
        if task.client_ref is None:
            return False
        known = self._earlier.references(task.user_id, [task.client_ref]).get(task.client_ref)
        return known is not None and known.request_sha256 == request_sha256(task, article_of(task))

    def earlier(self, task: NewTask) -> EarlierArticle | None:
        """The same article that was handed in before for the same account and mode, and was not given up."""
        return self._duplicates([task]).get(article_of(task), {}).get(_place(task))

    def check(self, parsed: ParsedCsv, owner: UserView, *, allow_duplicates: bool = False) -> CheckedCsv:
        """A whole file. Changes nothing and raises nothing: see the faults."""
        accounts = _Accounts(self._accounts.list(owner.id), owner)
        faults = [fault for fault in parsed.faults if not fault.is_duplicate]
        duplicates = [fault for fault in parsed.faults if fault.is_duplicate]
        tasks: list[NewTask] = []
        bad = {fault.row for fault in (faults if allow_duplicates else parsed.faults)}
        for row in parsed.rows:
            if row.submission is None or row.number in bad:
                continue
            account = accounts.find(row.submission)
            if isinstance(account, Fault):
                column = parsed.names.get(account.field, account.field)
                faults.append(RowFault(row.number, column, account.reason, account.remedy))
            else:
                tasks.append(replace(self._build(row.submission, account), batch_row=row.number))
        duplicates += self._repeated(tasks, parsed)
        warnings = [*parsed.warnings, *(duplicates if allow_duplicates else ())]
        for fault in self._known_references(tasks, parsed):
            (warnings if fault.is_duplicate else faults).append(fault)
        faults += () if allow_duplicates else duplicates
        bad = {fault.row for fault in faults}
        checked = replace(
            parsed,
            faults=tuple(sorted(faults, key=lambda fault: fault.row)),
            warnings=tuple(sorted(warnings, key=lambda fault: fault.row)),
        )
        return CheckedCsv(checked, tuple(task for task in tasks if task.batch_row not in bad))

    def _repeated(self, tasks: Sequence[NewTask], parsed: ParsedCsv) -> Iterable[RowFault]:
        """Rows without a reference whose article was handed in before. A row with one is its owner's word for
        being a new article, and the store holds it to that."""
        unnamed = [task for task in tasks if task.client_ref is None]
        duplicates = self._duplicates(unnamed, outside_file=parsed.sha256)
        for task in unnamed:
            earlier = duplicates.get(article_of(task), {}).get(_place(task))
            if earlier is not None:
                yield RowFault(
                    task.batch_row or 0,
                    parsed.names["title"],
                    f"was handed in before, as article {earlier.public_id}.",
                    "Remove the row, or give it a reference of its own if it is meant.",
                    is_duplicate=True,
                )

    def _known_references(self, tasks: Sequence[NewTask], parsed: ParsedCsv) -> Iterable[RowFault]:
        """Rows whose reference was used before: for the same article, which then stays one, or for another."""
        named = {task.client_ref: task for task in tasks if task.client_ref is not None}
        if not named:
            return
        known = self._earlier.references(tasks[0].user_id, named, outside_file=parsed.sha256)
        for reference, earlier in known.items():
            task = named[reference]
            is_same = earlier.request_sha256 == request_sha256(task, article_of(task))
            yield RowFault(
                task.batch_row or 0,
                parsed.names["client_ref"],
                f"was used before, for {'this' if is_same else 'another'} article: {earlier.public_id}.",
                "It stays one article." if is_same else "Give this row a reference of its own.",
                is_duplicate=is_same,
            )

    def _duplicates(
        self, tasks: Sequence[NewTask], *, outside_file: str | None = None
    ) -> dict[str, dict[tuple[int, Mode], EarlierArticle]]:
        """Article hash → account and mode → the article handed in before."""
        found: dict[str, dict[tuple[int, Mode], EarlierArticle]] = {}
        if tasks:
            hashes = {article_of(task) for task in tasks}
            for earlier in self._earlier.find(tasks[0].user_id, hashes, outside_file=outside_file):
                found.setdefault(earlier.article_sha256, {})[earlier.account_id, earlier.mode] = earlier
        return found

    def _build(self, submission: Submission, account: AccountView) -> NewTask:
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
            max_retries=self._max_retries,
        )


def future_faults(run_at: datetime | None, zone: ZoneInfo, now: datetime) -> list[Fault]:
    """What is wrong with a time to publish at."""
    if run_at is None or run_at.tzinfo is None:
        return []
    try:
        require_future(run_at, zone, now)
    except WrongTime as error:
        return [Fault("run_at", error.reason, error.remedy)]
    return []


def _place(task: NewTask) -> tuple[int, Mode]:
    return (task.account_id, task.mode)


class _Accounts:
    """The accounts of one user, by platform and name."""

    def __init__(self, accounts: Iterable[AccountView], owner: UserView) -> None:
        self._owner = owner
        self._by_platform: dict[str, dict[str, AccountView]] = {}
        for account in accounts:
            self._by_platform.setdefault(account.platform, {})[account.name] = account

    def find(self, submission: Submission) -> AccountView | Fault:
        """The account that is named, or the only one there is when none is named."""
        names = self._by_platform.get(submission.platform, {})
        if not names:
            return Fault(
                "account",
                f"{self._owner.name} has no account on {submission.platform}.",
                "Add one with `python -m core accounts add`.",
            )
        if submission.account in names:
            return names[submission.account]
        if not submission.account:
            if len(names) == 1:
                return next(iter(names.values()))
            return Fault("account", "is missing.", f"Write one of: {', '.join(sorted(names))}.")
        return Fault(
            "account",
            f"{self._owner.name} has no account “{submission.account}” on {submission.platform}.",
            f"Write one of: {', '.join(sorted(names))}; or add it with `python -m core accounts add`.",
        )
