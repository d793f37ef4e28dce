"""Random actions of workers, rescuers and owners against a model of one task's life."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core.errors import CancelRequested, LeaseLost, NotPossible
from core.store.records import CancelResult, HeldTask, ReviewAnswer, TaskView
from core.store.task_moves import TASKS
from core.task_state import CHECKPOINT_ORDER, MAX_CRASHES, MOVES, Action, BlockReason, Checkpoint, Step, TaskStatus
from tests.integration.store.store_world import Draft, StoreWorld

WORKERS = ["host:1:a", "host:2:b"]
MOVABLE = {(source, move.target) for move in MOVES.values() for source in move.sources}
BY_HAND = {Action.RETRY_BY_HAND}
LEAVES_FINAL = {(source, MOVES[action].target) for action in BY_HAND for source in MOVES[action].sources}


class TaskLife(RuleBasedStateMachine):
    """One task. `grips` are what workers believe they hold: all but the newest must be refused."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="topn-life-")
        self.world = StoreWorld(f"sqlite:///{Path(self.folder.name) / 'life.sqlite3'}")
        self.grips: list[HeldTask] = []
        self.fence = 0
        self.clicks = 0
        """Clicks that nobody has taken back: neither the site (reopened) nor a person (publish again)."""
        self.status = TaskStatus.WAITING
        self.checkpoint = Checkpoint.NONE
        self.may_leave_final = False

    def teardown(self) -> None:
        self.world.db.close()
        self.folder.cleanup()

    @initialize(retries=st.integers(0, 3))
    def hand_in(self, retries: int) -> None:
        self.task_id = self.world.add_task(max_retries=retries)

    def view(self) -> TaskView:
        return self.world.view(self.task_id)

    def row(self) -> Any:
        with self.world.db.read() as connection:
            return connection.execute(TASKS.select()).one()

    def by_worker(self, write: Any, grip: HeldTask) -> Any:
        """A fenced write: refused, without a trace, unless this grip is the one that counts."""
        before = self.row()
        try:
            done = write(grip)
        except (LeaseLost, CancelRequested) as error:
            assert self.row() == before
            return error
        assert before.status == TaskStatus.RUNNING
        assert (before.fence, before.worker_id) == (grip.fence, grip.worker_id)
        return done

    grips_of = st.integers(0, 3)

    def grip(self, number: int) -> HeldTask:
        return self.grips[-1 - number % len(self.grips)]

    @rule(worker=st.sampled_from(WORKERS))
    def take(self, worker: str) -> None:
        before = self.view()
        held = self.world.store.take(self.task_id, worker_id=worker, claimed_ms=len(self.grips) + 1)
        assert (held is not None) is (before.status in (TaskStatus.WAITING, TaskStatus.RETRYING))
        if held is not None:
            assert held.fence == self.fence + 1
            assert held.checkpoint is before.checkpoint
            self.grips.append(held)

    @precondition(lambda self: self.grips)
    @rule(number=grips_of, step=st.sampled_from(Step))
    def record(self, number: int, step: Step) -> None:
        self.by_worker(lambda held: self.world.store.record_step(held, step), self.grip(number))

    @precondition(lambda self: self.grips)
    @rule(number=grips_of)
    def draft(self, number: int) -> None:
        self.by_worker(lambda held: self.world.store.record_drafted(held, Draft()), self.grip(number))

    @precondition(lambda self: self.grips)
    @rule(number=grips_of)
    def discard(self, number: int) -> None:
        self.by_worker(self.world.store.discard_draft, self.grip(number))

    @precondition(lambda self: self.grips)
    @rule(number=grips_of)
    def click(self, number: int) -> None:
        before = self.row()
        if not isinstance(self.by_worker(self.world.store.begin_submitting, self.grip(number)), Exception):
            assert not before.cancel_requested
            self.clicks += 1

    @precondition(lambda self: self.grips)
    @rule(number=grips_of)
    def click_again(self, number: int) -> None:
        before = self.row()
        if not isinstance(self.by_worker(self.world.store.submit_again, self.grip(number)), Exception):
            assert before.checkpoint == Checkpoint.SUBMITTING

    @precondition(lambda self: self.grips)
    @rule(number=grips_of)
    def reopen(self, number: int) -> None:
        if self.by_worker(self.world.store.reopen_draft, self.grip(number)) is None:
            self.clicks -= 1

    @precondition(lambda self: self.grips)
    @rule(number=grips_of, uses_retry=st.booleans(), is_crash=st.booleans())
    def retry(self, number: int, uses_retry: bool, is_crash: bool) -> None:
        def write(held: HeldTask) -> Action:
            return self.world.store.retry_later(
                held, delay_seconds=-1, error_class="X", message="x", uses_retry=uses_retry, is_crash=is_crash
            )

        self.by_worker(write, self.grip(number))

    @precondition(lambda self: self.grips)
    @rule(number=grips_of, reason=st.sampled_from(BlockReason))
    def block(self, number: int, reason: BlockReason) -> None:
        self.by_worker(
            lambda held: self.world.store.block(held, reason, error_class="X", message="x"), self.grip(number)
        )

    @precondition(lambda self: self.grips)
    @rule(number=grips_of, end=st.sampled_from(["fail", "stop", "hand_back", "undo", "draft_saved", "published"]))
    def end(self, number: int, end: str) -> None:
        store = self.world.store
        ends = {
            "fail": lambda held: store.fail(held, error_class="X", message="x"),
            "stop": store.stop,
            "hand_back": lambda held: store.hand_back(held, "x"),
            "undo": lambda held: store.undo_take(held, was_fresh=False),
            "draft_saved": store.finish_draft_saved,
            "published": lambda held: store.finish_published(held, "1", "https://x/1"),
        }
        self.by_worker(ends[end], self.grip(number))

    @rule(is_ended=st.booleans())
    def rescue(self, is_ended: bool) -> None:
        before = self.row()
        if before.status != TaskStatus.RUNNING or not is_ended:
            assert self.world.store.expired() == []
            return
        self.world.end_lease(self.task_id)
        (expired,) = self.world.store.expired()
        assert self.world.store.rescue(expired) is not None
        assert self.row().fence == before.fence + 1
        assert self.row().crash_count == before.crash_count + 1

    @rule()
    def cancel(self) -> None:
        before = self.view()
        try:
            result = self.world.store.cancel(self.task_id)
        except NotPossible:
            assert self.view() == before
            return
        assert (result is CancelResult.REQUESTED) is (before.status is TaskStatus.RUNNING)
        assert before.checkpoint is not Checkpoint.SUBMITTING or before.status is TaskStatus.BLOCKED

    @rule()
    def retry_by_hand(self) -> None:
        before = self.view()
        self.may_leave_final = True
        try:
            self.world.store.retry_by_hand(self.task_id)
        except NotPossible:
            assert self.view() == before
            return
        assert self.view().checkpoint is before.checkpoint
        assert self.view().submitted_at == before.submitted_at

    @rule()
    def resume(self) -> None:
        before = self.view()
        entries = self.world.store.resume_account(self.world.account_id)
        assert len(entries) == (before.block_reason in (BlockReason.NEEDS_LOGIN, BlockReason.NEEDS_HUMAN))

    @rule(answer=st.sampled_from(ReviewAnswer))
    def answer(self, answer: ReviewAnswer) -> None:
        before = self.view()
        try:
            self.world.store.answer_review(self.task_id, answer, "https://x/1", remote_id="1")
        except NotPossible:
            assert before.block_reason is not BlockReason.NEEDS_REVIEW
            return
        assert before.block_reason is BlockReason.NEEDS_REVIEW
        if answer is ReviewAnswer.PUBLISH_AGAIN and before.checkpoint is Checkpoint.SUBMITTING:
            self.clicks -= 1

    @invariant()
    def holds(self) -> None:
        if not hasattr(self, "task_id"):
            return
        row = self.row()
        status, checkpoint = TaskStatus(row.status), Checkpoint(row.checkpoint)
        assert row.fence >= self.fence, "the fence never falls"
        assert status is self.status or (self.status, status) in MOVABLE
        if self.status.is_final and status is not self.status:
            assert self.may_leave_final, "a final task moves only by an explicit retry"
            assert (self.status, status) in LEAVES_FINAL
        if checkpoint is not self.checkpoint:
            is_in_order = checkpoint in CHECKPOINT_ORDER[self.checkpoint]
            assert is_in_order or self._is_two_steps(checkpoint) or self._is_seen_online(status)
        assert self.clicks == (row.submitted_at is not None), "one click that counts, and it is on record"
        assert status is not TaskStatus.FAILED or checkpoint is not Checkpoint.SUBMITTING, "it may be online"
        assert row.crash_count <= MAX_CRASHES or status.is_final or not row.crash_count
        holders = [grip for grip in self.grips if grip.fence == row.fence and row.status == TaskStatus.RUNNING]
        assert len(holders) == (status is TaskStatus.RUNNING), "a running task has one holder, others none"
        self.fence, self.status, self.checkpoint = row.fence, status, checkpoint
        self.may_leave_final = False

    def _is_two_steps(self, checkpoint: Checkpoint) -> bool:
        """A person's "publish again" without a draft: reopened, and discarded."""
        return (self.checkpoint, checkpoint) == (Checkpoint.SUBMITTING, Checkpoint.NONE)

    def _is_seen_online(self, status: TaskStatus) -> bool:
        """A person's word that it is online counts, whatever TOP_N itself has got to."""
        return (self.status, status) == (TaskStatus.BLOCKED, TaskStatus.PUBLISHED)


TaskLife.TestCase.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestTaskLife = TaskLife.TestCase
