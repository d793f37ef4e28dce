"""The model check of publishing changes a row as the store does in SQL: every change, to every kind of row, by its
holder, by an earlier holder and by another worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select, update

from core.errors import TopnError
from core.store.clock import later_sql, now_sql
from core.store.models import PublishTask
from core.store.records import HeldTask, ReviewAnswer
from core.store.task_moves import TASKS
from core.store.task_recovery import ExpiredLease
from core.task_state import BlockReason, Checkpoint, Step, TaskStatus
from tests.integration.store.store_world import Draft, StoreWorld
from tests.model.row_changes import RowChanges, Writer
from tests.model.rules import VERIFY_SECONDS, Rules
from tests.model.world import Age, End, Lease, Row

FENCE = 7
DRAFT = 1
HOLDER, EARLIER, OTHER = Writer(1, has_fence=True), Writer(1, has_fence=False), Writer(2, has_fence=True)
CHANGES = RowChanges(Rules())
SECONDS = {Age.EARLY: -10.0, Age.LATE: -VERIFY_SECONDS * 2, Lease.LIVE: 30.0, Lease.ENDED: -1.0}

ByModel = Callable[[Row, Writer], Row | None]
ByStore = Callable[[StoreWorld, HeldTask], object]


@dataclass(frozen=True)
class Change:
    """One change as the model makes it and as the store does. `raises`: the fence grows."""

    by_model: ByModel
    by_store: ByStore
    raises: bool = False


def _retry(world: StoreWorld, held: HeldTask, *, uses_retry: bool = False, is_crash: bool = False) -> object:
    return world.store.retry_later(
        held, delay_seconds=0, error_class="X", message="x", uses_retry=uses_retry, is_crash=is_crash
    )


def _block(world: StoreWorld, held: HeldTask, reason: BlockReason) -> object:
    return world.store.block(held, reason, error_class="X", message="x")


def _rescue(world: StoreWorld, held: HeldTask) -> object:
    """Of what was seen to have ended, whatever it is by now."""
    until, public_id = world.view(held).created_at, held.public_id
    seen = ExpiredLease(held.id, FENCE, "", until, Checkpoint.NONE, 0, entry(world, held), public_id)
    return world.store.rescue(seen)


def entry(world: StoreWorld, held: HeldTask) -> Any:
    """Not looked at by the store."""
    return world.queries.entry(held.id)


def _ends(end: End) -> ByModel:
    return lambda row, writer: CHANGES.end(row, writer, end)


def _answers(answer: ReviewAnswer) -> Change:
    link = "https://x/1" if answer is ReviewAnswer.ONLINE else None
    return Change(
        lambda row, writer: CHANGES.answer(row, answer),
        lambda world, held: world.store.answer_review(held.id, answer, link),
    )


def _rescued(row: Row, *, has_seen_it_die: bool) -> Row | None:
    done = CHANGES.rescue(row, has_seen_it_die=has_seen_it_die) if row.status is TaskStatus.RUNNING else None
    return None if done is None else done[1]


BY_ITS_HOLDER = {
    "record_draft_id": Change(
        lambda row, writer: CHANGES.record_draft_id(row, writer, DRAFT),
        lambda world, held: world.store.record_draft_id(held, str(DRAFT)),
    ),
    "record_drafted": Change(
        lambda row, writer: CHANGES.record_drafted(row, writer, DRAFT),
        lambda world, held: world.store.record_drafted(held, Draft(str(DRAFT))),
    ),
    "begin_submitting": Change(CHANGES.begin_submitting, lambda world, held: world.store.begin_submitting(held)),
    "submit_again": Change(CHANGES.renew_submitting, lambda world, held: world.store.submit_again(held)),
    "renew_submitting": Change(CHANGES.renew_submitting, lambda world, held: world.store.renew_submitting(held)),
    "reopen_draft": Change(CHANGES.reopen_draft, lambda world, held: world.store.reopen_draft(held)),
    "discard_draft": Change(CHANGES.discard_draft, lambda world, held: world.store.discard_draft(held)),
    "online": Change(_ends(End.ONLINE), lambda world, held: world.store.finish_published(held, "1", "https://x/1")),
    "draft_only": Change(_ends(End.DRAFT_ONLY), lambda world, held: world.store.finish_draft_saved(held)),
    "try_again": Change(_ends(End.TRY_AGAIN), lambda world, held: _retry(world, held, uses_retry=True)),
    "try_again_free": Change(_ends(End.TRY_AGAIN_FREE), _retry),
    "crashed": Change(_ends(End.CRASHED), lambda world, held: _retry(world, held, is_crash=True)),
    "needs_review": Change(_ends(End.NEEDS_REVIEW), lambda world, held: _block(world, held, BlockReason.NEEDS_REVIEW)),
    "needs_login": Change(_ends(End.NEEDS_LOGIN), lambda world, held: _block(world, held, BlockReason.NEEDS_LOGIN)),
    "failed": Change(_ends(End.FAILED), lambda world, held: world.store.fail(held, error_class="X", message="x")),
    "stopped": Change(_ends(End.STOPPED), lambda world, held: world.store.stop(held)),
    "renew": Change(CHANGES.renew, lambda world, held: world.store.renew_leases(held.worker_id, [held.grip])),
    "handed_back": Change(_ends(End.HANDED_BACK), lambda world, held: world.store.hand_back(held, "x")),
}
BY_OTHERS = {
    "take": Change(
        lambda row, writer: CHANGES.take(row, writer.worker),
        lambda world, held: world.store.take(held.id, worker_id=held.worker_id, claimed_ms=1),
        raises=True,
    ),
    "rescue": Change(lambda row, writer: _rescued(row, has_seen_it_die=False), _rescue, raises=True),
    "release": Change(
        lambda row, writer: _rescued(row, has_seen_it_die=True),
        lambda world, held: world.store.release_worker(held.worker_id),
        raises=True,
    ),
    "cancel": Change(lambda row, writer: CHANGES.cancel(row), lambda world, held: world.store.cancel(held.id)),
    "edit": Change(
        lambda row, writer: CHANGES.edit(row),
        lambda world, held: world.store.edit(held.id, world.queries.article(held.id)),
    ),
    "change_account": Change(
        lambda row, writer: CHANGES.change_account(row),
        lambda world, held: world.store.change_account(held.id, world.another_account),
    ),
    "retry": Change(
        lambda row, writer: CHANGES.resume(row) or CHANGES.retry_by_hand(row),
        lambda world, held: world.store.retry_by_hand(held.id),
    ),
    "resume_account": Change(
        lambda row, writer: CHANGES.resume(row),
        lambda world, held: world.store.resume_account(held.account_id),
    ),
    **{f"answer_{answer}": _answers(answer) for answer in ReviewAnswer},
}


def running_rows() -> Iterator[Row]:
    row = Row(TaskStatus.RUNNING, worker_id=HOLDER.worker)
    places = [
        row,
        row._replace(remote_draft_id=DRAFT),
        row._replace(remote_draft_id=DRAFT, checkpoint=Checkpoint.DRAFTED),
        row._replace(remote_draft_id=DRAFT, checkpoint=Checkpoint.SUBMITTING, submitted_at=Age.EARLY),
        row._replace(remote_draft_id=DRAFT, checkpoint=Checkpoint.SUBMITTING, submitted_at=Age.LATE),
    ]
    for place, lease, cancel in product(places, Lease, (False, True)):
        yield place._replace(lease_until=lease, cancel_requested=cancel)
        if not cancel:
            yield place._replace(lease_until=lease, crash_count=2, retries_used=1)


def other_rows() -> Iterator[Row]:
    """Held by nobody."""
    kinds = [(status, None) for status in (TaskStatus.WAITING, TaskStatus.RETRYING, TaskStatus.CANCELLED)]
    kinds += [(TaskStatus.FAILED, None)]
    blocked = [(TaskStatus.BLOCKED, reason) for reason in (BlockReason.NEEDS_LOGIN, BlockReason.NEEDS_REVIEW)]
    for (status, reason), checkpoint in product([*kinds, *blocked], list(Checkpoint)[:3]):
        submitted_at = Age.LATE if checkpoint is Checkpoint.SUBMITTING else None
        draft = None if checkpoint is Checkpoint.NONE else DRAFT
        yield Row(status, reason, checkpoint, crash_count=1, remote_draft_id=draft, submitted_at=submitted_at)
    yield Row(TaskStatus.DRAFT_SAVED, None, Checkpoint.DRAFTED, remote_draft_id=DRAFT)
    yield Row(TaskStatus.PUBLISHED, None, Checkpoint.PUBLISHED, remote_draft_id=DRAFT, submitted_at=Age.LATE)


class OneTask:
    """A task whose row is made what a test wants."""

    def __init__(self, world: StoreWorld) -> None:
        self._world = world
        task_id = world.add_task(max_retries=1)
        self._held = world.take(task_id)
        self._article_id = self._column(PublishTask.article_id)
        self._account_id = world.account_id

    def put(self, row: Row) -> None:
        """Around the store."""
        values = {
            **{name: value for name, value in row._asdict().items() if name not in ("submitted_at", "lease_until")},
            "worker_id": None if row.worker_id is None else _worker(row.worker_id),
            "remote_draft_id": None if row.remote_draft_id is None else str(row.remote_draft_id),
            "submitted_at": later_sql(SECONDS[row.submitted_at]) if row.submitted_at else None,
            "lease_until": later_sql(SECONDS[row.lease_until]) if row.lease_until else None,
            "finished_at": now_sql() if row.status.is_final else None,
            "run_at": now_sql() if row.status is TaskStatus.RETRYING else None,
            "result_url": "https://x/1" if row.status is TaskStatus.PUBLISHED else None,
            "article_id": self._article_id,
            "account_id": self._account_id,
            "remote_id": None,
            "progress": int(Step.CLAIMED),
            "fence": FENCE,
        }
        with self._world.db.write() as connection:
            connection.execute(update(PublishTask).values(values))

    def held_by(self, writer: Writer) -> HeldTask:
        """The task as this mover believes to hold it."""
        fence = FENCE if writer.has_fence else FENCE - 1
        return replace(self._held, fence=fence, worker_id=_worker(writer.worker))

    def seen(self) -> tuple[Row, int]:
        """The row and its fence, in the model's words."""
        now = now_sql()
        with self._world.db.read() as connection:
            row = connection.execute(
                select(
                    TASKS,
                    (PublishTask.lease_until > now).label("is_live"),
                    (PublishTask.submitted_at <= later_sql(-VERIFY_SECONDS)).label("is_late"),
                )
            ).one()
        return _in_model_words(row), row.fence

    def _column(self, column: Any) -> Any:
        with self._world.db.read() as connection:
            return connection.scalar(select(column))


def _worker(number: int) -> str:
    return f"host:{number}:x"


def _in_model_words(row: Any) -> Row:
    return Row(
        status=TaskStatus(row.status),
        block_reason=row.block_reason and BlockReason(row.block_reason),
        checkpoint=Checkpoint(row.checkpoint),
        worker_id=row.worker_id and int(row.worker_id.split(":")[1]),
        lease_until=None if row.lease_until is None else Lease.LIVE if row.is_live else Lease.ENDED,
        cancel_requested=row.cancel_requested,
        crash_count=row.crash_count,
        retries_used=row.retries_used,
        max_retries=row.max_retries,
        remote_draft_id=row.remote_draft_id and int(row.remote_draft_id),
        submitted_at=None if row.submitted_at is None else Age.LATE if row.is_late else Age.EARLY,
    )


def differences(world: StoreWorld, change: Change, cases: Iterator[tuple[Row, Writer]]) -> list[str]:
    """Where store and model do not agree on what becomes of a row."""
    task = OneTask(world)
    found = []
    for row, writer in cases:
        task.put(row)
        after = change.by_model(row, writer)
        expected = (row, FENCE) if after is None else (after, FENCE + change.raises)
        try:
            change.by_store(world, task.held_by(writer))
        except TopnError as error:
            said = type(error).__name__
        else:
            said = "done"
        if task.seen() != expected:
            found.append(f"{row} by {writer}, {said}: {task.seen()}, the model says {expected}")
    return found


@pytest.mark.parametrize("name", BY_ITS_HOLDER)
def test_what_a_worker_does_to_its_row(world: StoreWorld, name: str) -> None:
    running = product(running_rows(), (HOLDER, EARLIER, OTHER))
    gone = product(other_rows(), (HOLDER,))
    cases = (case for part in (running, gone) for case in part)
    assert differences(world, BY_ITS_HOLDER[name], cases) == []


@pytest.mark.parametrize("name", BY_OTHERS)
def test_what_others_do_to_a_row(world: StoreWorld, name: str) -> None:
    rows = (row for part in (running_rows(), other_rows()) for row in part)
    assert differences(world, BY_OTHERS[name], ((row, HOLDER) for row in rows)) == []
