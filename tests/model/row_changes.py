"""How the row changes: what the parts of `core.store.task_store` do in SQL, done to `Row` by the same tables.

`tests.integration.store.test_store_model` holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Collection
from types import SimpleNamespace
from typing import Any, NamedTuple, Protocol, cast

from core.errors import NotPossible
from core.store.giving_up import was_submitted
from core.store.owner_moves import WITHOUT_ANSWER, require_never_online
from core.store.records import CancelResult, ReviewAnswer
from core.store.refusals import Asked
from core.store.task_changes import after_answer
from core.store.task_moves import on_arrival
from core.task_state import Action, BlockReason, Checkpoint, Demand, Fencing, TaskStatus
from tests.model.rules import Rules
from tests.model.world import Age, End, Lease, Row


class Mover(Protocol):
    """Who changes the row: a worker that read it before, and may have lost it since."""

    @property
    def worker(self) -> int: ...
    @property
    def has_fence(self) -> bool: ...


class Writer(NamedTuple):
    """A mover, and nothing else."""

    worker: int
    has_fence: bool


ENDS = {
    End.ONLINE: Action.FINISH,
    End.DRAFT_ONLY: Action.SAVE_DRAFT,
    End.NEEDS_REVIEW: Action.BLOCK,
    End.NEEDS_LOGIN: Action.BLOCK,
    End.FAILED: Action.FAIL,
    End.STOPPED: Action.STOP,
    End.HANDED_BACK: Action.HAND_BACK,
}
"""The move that each end asks for; the others are tries again."""
BLOCKS = {End.NEEDS_REVIEW: BlockReason.NEEDS_REVIEW, End.NEEDS_LOGIN: BlockReason.NEEDS_LOGIN}


class RowChanges:
    """Each method gives the row as it is afterwards; None: the change is refused."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._arrivals = {status: _known(on_arrival(status, None)) for status in TaskStatus}

    # A worker.

    def take(self, row: Row, worker: int) -> Row | None:
        return self._moved(row, Action.TAKE, None, worker_id=worker, lease_until=Lease.LIVE)

    def holds(self, row: Row, mover: Mover) -> bool:
        """Whether the row is still this mover's."""
        return row.status is TaskStatus.RUNNING and _meets(self._rules.fence_demands[Fencing.HOLD], row, mover)

    def record_draft_id(self, row: Row, mover: Mover, draft: int) -> Row | None:
        return row._replace(remote_draft_id=draft) if self.holds(row, mover) else None

    def record_drafted(self, row: Row, mover: Mover, draft: int) -> Row | None:
        return self._advanced(row, mover, Checkpoint.NONE, Checkpoint.DRAFTED, remote_draft_id=draft)

    def begin_submitting(self, row: Row, mover: Mover) -> Row | None:
        if not _meets(self._rules.submit_demands, row, mover):
            return None
        values = {"submitted_at": Age.EARLY, "lease_until": Lease.LIVE}
        return self._advanced(row, mover, Checkpoint.DRAFTED, Checkpoint.SUBMITTING, **values)

    def renew_submitting(self, row: Row, mover: Mover) -> Row | None:
        """Also `submit_again`: the two differ only in what the timeline tells."""
        may = row.checkpoint is Checkpoint.SUBMITTING and _meets(self._rules.click_demands, row, mover)
        if not may or not self.holds(row, mover):
            return None
        return row._replace(submitted_at=Age.EARLY, lease_until=Lease.LIVE)

    def reopen_draft(self, row: Row, mover: Mover) -> Row | None:
        return self._advanced(row, mover, Checkpoint.SUBMITTING, Checkpoint.DRAFTED, submitted_at=None)

    def discard_draft(self, row: Row, mover: Mover) -> Row | None:
        return self._advanced(row, mover, Checkpoint.DRAFTED, Checkpoint.NONE)

    def end(self, row: Row, mover: Mover, end: End) -> Row | None:
        """The attempt is over."""
        if not self.holds(row, mover) or not _may_end(row, end):
            return None
        values: dict[str, Any] = {}
        if end is End.ONLINE:
            values["checkpoint"] = Checkpoint.PUBLISHED
        elif end in BLOCKS:
            values["block_reason"] = BLOCKS[end]
        action = ENDS.get(end)
        if action is None:
            action, values = self._after_fault(row, end)
        instead = self._rules.end_of_attempt(
            action, may_be_online=is_submitted(row), cancel_requested=row.cancel_requested
        )
        if instead is Action.STOP:
            values = {}
        elif instead is not action:
            values["block_reason"] = BlockReason.NEEDS_REVIEW
        return self._moved(row, instead, mover, **values)

    def _after_fault(self, row: Row, end: End) -> tuple[Action, dict[str, Any]]:
        crashes, uses_retry = row.crash_count + (end is End.CRASHED), end is End.TRY_AGAIN
        action = self._rules.after_fault(
            crashes=crashes,
            is_crash=end is End.CRASHED,
            uses_retry=uses_retry,
            retries_left=row.max_retries - row.retries_used,
        )
        used = row.retries_used + (uses_retry and action is Action.RETRY_LATER)
        return action, {"crash_count": crashes, "retries_used": used}

    # Those who look after a worker.

    def renew(self, row: Row, mover: Mover) -> Row | None:
        """By the keeper of leases of its worker."""
        return row._replace(lease_until=Lease.LIVE) if self.holds(row, mover) else None

    def rescue(self, row: Row, *, has_seen_it_die: bool = False) -> tuple[Action, Row] | None:
        """By the rescuer; or by the supervisor, who has seen the worker die."""
        crashes = row.crash_count + 1
        action = self._rules.rescue(
            crashes=crashes, may_be_online=is_submitted(row), cancel_requested=row.cancel_requested
        )
        values: dict[str, Any] = {"crash_count": crashes}
        if action is Action.RESCUE_REVIEW:
            values["block_reason"] = BlockReason.NEEDS_REVIEW
        demands = frozenset[Demand]() if has_seen_it_die else self._rules.rescue_demands
        moved = self._moved(row, action, None, demands, **values)
        return None if moved is None else (action, moved)

    # People.

    def cancel(self, row: Row) -> Row | None:
        """Cancelled, or its worker is told."""
        result = self._rules.cancel(row.status, may_be_online=is_submitted(row))
        if result is CancelResult.REQUESTED:
            return row._replace(cancel_requested=True)
        return None if result is None else self._moved(row, Action.CANCEL, None)

    def edit(self, row: Row) -> Row | None:
        return row._replace(checkpoint=Checkpoint.NONE) if _is_never_online(row) else None

    def change_account(self, row: Row) -> Row | None:
        """Its draft stays on the old account; what waited for that one goes on."""
        if not _is_never_online(row):
            return None
        moved = row._replace(checkpoint=Checkpoint.NONE, remote_draft_id=None)
        return self.resume(moved) or moved

    def resume(self, row: Row) -> Row | None:
        """The account is in order again."""
        return self._moved(row, Action.RESUME, None) if row.block_reason in WITHOUT_ANSWER else None

    def retry_by_hand(self, row: Row) -> Row | None:
        return self._moved(row, Action.RETRY_BY_HAND, None, retries_used=0, crash_count=0)

    def answer(self, row: Row, answer: ReviewAnswer) -> Row | None:
        if row.block_reason is not BlockReason.NEEDS_REVIEW:
            return None
        match answer:
            case ReviewAnswer.GIVE_UP:
                return self._moved(row, Action.GIVE_UP, None)
            case ReviewAnswer.ONLINE:
                return self._moved(row, Action.CONFIRM_ONLINE, None, checkpoint=Checkpoint.PUBLISHED)
        return self._moved(row, Action.RESUME, None, **_known(after_answer(cast("Any", row), answer)))

    # The two ways in which `core.store.task_moves` changes a row.

    def _moved(
        self, row: Row, action: Action, mover: Mover | None, demands: Collection[Demand] = (), **values: Any
    ) -> Row | None:
        rule = self._rules.moves[action]
        may = row.status in rule.sources and _meets(self._rules.fence_demands[rule.fencing], row, mover)
        if not may or not _meets(demands, row, mover):
            return None
        arrival = {} if rule.target is TaskStatus.RUNNING else self._arrivals[rule.target]
        return row._replace(**{**arrival, **values, "status": rule.target})

    def _advanced(self, row: Row, mover: Mover, source: Checkpoint, target: Checkpoint, **values: Any) -> Row | None:
        if target not in self._rules.checkpoint_order[source]:
            raise ValueError(f"no way leads from checkpoint {source} to {target}")
        may = row.checkpoint is source and self.holds(row, mover)
        return row._replace(checkpoint=target, **values) if may else None


def is_submitted(row: Row) -> bool:
    """Asked of the product: whether its click may have happened."""
    return was_submitted(cast("Any", row))


def _is_never_online(row: Row) -> bool:
    """Asked of the product: whether its text and its account may still change."""
    asked: Any = SimpleNamespace(**row._asdict(), verify_since=None, public_id="")
    try:
        require_never_online(asked, Asked.EDIT)
    except NotPossible:
        return False
    return True


def _meets(demands: Collection[Demand], row: Row, mover: Mover | None) -> bool:
    """No mover: the row was read in the transaction that changes it, so that its fence is the one that was seen."""
    return all(_meets_one(demand, row, mover) for demand in demands)


def _meets_one(demand: Demand, row: Row, mover: Mover | None) -> bool:
    match demand:
        case Demand.SAME_FENCE:
            return mover is None or mover.has_fence
        case Demand.SAME_WORKER:
            return mover is not None and mover.worker == row.worker_id
        case Demand.LIVE_LEASE:
            return row.lease_until is Lease.LIVE
        case Demand.ENDED_LEASE:
            return row.lease_until is Lease.ENDED
        case Demand.NO_CANCEL_REQUEST:
            return not row.cancel_requested


def _may_end(row: Row, end: End) -> bool:
    """What `core.store.task_outcomes` asks for beside the table."""
    match end:
        case End.ONLINE:
            return row.checkpoint is Checkpoint.SUBMITTING
        case End.DRAFT_ONLY:
            return row.checkpoint is Checkpoint.DRAFTED
        case End.STOPPED:
            return row.checkpoint is not Checkpoint.SUBMITTING
    return True


def _known(values: dict[str, Any]) -> dict[str, Any]:
    """Those columns that the model has."""
    return {name: value for name, value in values.items() if name in Row._fields}
