"""Brings the outcome of an attempt into the store: one `match`, each case one fenced change."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from core.errors import Conflict, LeaseLost
from core.publishing.publisher import Published
from core.store.accounts import AccountStore
from core.store.records import AccountState
from core.store.task_events import EventKind
from core.store.task_store import TaskStore
from core.task_state import Action, BlockReason
from core.telemetry import get_logger
from tasks.failpoints import Failpoint, failpoint
from tasks.held_row import HeldRow
from tasks.outcome import (
    AttemptEnd,
    DraftOnly,
    Failure,
    HandedBack,
    LostToAnother,
    NeedsPerson,
    NotBegun,
    Online,
    Outcome,
    SlowedDown,
    Stopped,
    TryAgain,
)

PauseAccount = Callable[[int, float, str], None]
"""Holds back an account's articles: account id, seconds, reason."""

ACCOUNT_STATES = {
    BlockReason.NEEDS_LOGIN: AccountState.NEEDS_LOGIN,
    BlockReason.NEEDS_HUMAN: AccountState.NEEDS_HUMAN,
}
"""What a blocked task says of its account."""

NOT_WELL = (Action.RETRY_LATER, Action.BLOCK, Action.FAIL)
"""What somebody who watches the workers wants to know of."""

logger = get_logger(__name__)


class Settlement:
    """Every attempt ends here, once. What the fence refuses is left alone: another worker has the task."""

    def __init__(self, store: TaskStore, accounts: AccountStore, pause_account: PauseAccount) -> None:
        self._store = store
        self._accounts = accounts
        self._pause_account = pause_account

    def settle(self, row: HeldRow, end: AttemptEnd) -> bool:
        """Write the outcome down. Returns whether it was written."""
        outcome = end.outcome
        try:
            became = self._write(row, outcome, end)
        except LeaseLost:
            logger.warning("outcome not written, the task is for another", outcome=type(outcome).__name__)
            return False
        report = logger.warning if became in NOT_WELL else logger.info
        report("settled", account=row.held.account_name, became=became, **_facts_of(outcome, became))
        return not isinstance(outcome, LostToAnother)

    def _write(self, row: HeldRow, outcome: Outcome, end: AttemptEnd) -> Action | None:
        """What was done: the store has the last word. None: nothing, or its answer was lost."""
        became: Action | None
        match outcome:
            case Online():
                became = self._finish(row, outcome.found, end)
            case DraftOnly():
                became = row.end(lambda: self._save_draft(row, outcome))
            case TryAgain():
                became = row.end(lambda: self._retry(row, outcome, end))
            case SlowedDown():
                became = self._slow_down(row, outcome, end)
            case NeedsPerson():
                became = row.end(lambda: self._block(row, outcome, end))
            case Failure():
                became = row.end(lambda: self._fail(row, outcome, end))
            case Stopped() | HandedBack() | NotBegun():
                became = row.end(lambda: self._let_go(row, outcome))
            case LostToAnother():
                became = None
            case _:
                assert_never(outcome)
        return became

    def _save_draft(self, row: HeldRow, outcome: DraftOnly) -> Action:
        self._store.finish_draft_saved(row.held, outcome.draft_url)
        return Action.SAVE_DRAFT

    def _let_go(self, row: HeldRow, outcome: Stopped | HandedBack | NotBegun) -> Action:
        match outcome:
            case Stopped():
                self._store.stop(row.held)
                return Action.STOP
            case HandedBack(reason):
                return self._store.hand_back(row.held, reason)
            case NotBegun():
                return self._store.undo_take(row.held, was_fresh=outcome.was_fresh, reason=outcome.reason)

    def _finish(self, row: HeldRow, found: Published, end: AttemptEnd) -> Action | None:
        """Published, unless another task has this very article: then a person compares the two."""
        store, held = self._store, row.held
        try:
            row.end(lambda: store.finish_published(held, found.remote_id, found.result_url, found.site_state))
        except Conflict as error:
            message = str(error)
            review = NeedsPerson(BlockReason.NEEDS_REVIEW, "Conflict", message, {"result_url": found.result_url})
            return row.end(lambda: self._block(row, review, end))
        return Action.FINISH

    def _retry(self, row: HeldRow, outcome: TryAgain, end: AttemptEnd) -> Action:
        return self._store.retry_later(
            row.held,
            delay_seconds=outcome.delay_seconds,
            error_class=outcome.error_class,
            message=outcome.message,
            uses_retry=outcome.uses_retry,
            is_crash=outcome.is_crash,
            screenshot_path=end.screenshot_path,
        )

    def _slow_down(self, row: HeldRow, outcome: SlowedDown, end: AttemptEnd) -> Action | None:
        """The pause first: the account's other articles must not run into the same wall meanwhile."""
        row.write(lambda: self._pause_account(row.held.account_id, outcome.delay_seconds, outcome.message))
        failpoint(Failpoint.AFTER_PAUSE)
        row.event(EventKind.SITE_BUSY, retry_after=outcome.delay_seconds)
        retry = TryAgain(outcome.delay_seconds, "SiteBusy", outcome.message, uses_retry=False)
        return row.end(lambda: self._retry(row, retry, end))

    def _fail(self, row: HeldRow, outcome: Failure, end: AttemptEnd) -> Action:
        return self._store.fail(
            row.held,
            error_class=outcome.error_class,
            message=outcome.message,
            screenshot_path=end.screenshot_path,
        )

    def _block(self, row: HeldRow, outcome: NeedsPerson, end: AttemptEnd) -> Action:
        """The account first: that the site does not know it stays true whoever holds the task."""
        state = ACCOUNT_STATES.get(outcome.reason)
        if state is not None:
            self._accounts.set_state(
                row.held.account_id,
                state,
                error_message=outcome.message,
                cookies_version=end.cookies_version,
            )
        return self._store.block(
            row.held,
            outcome.reason,
            error_class=outcome.error_class,
            message=outcome.message,
            evidence=outcome.evidence,
            screenshot_path=end.screenshot_path,
            cookies_version=end.cookies_version,
        )


def _facts_of(outcome: Outcome, became: Action | None) -> dict[str, object]:
    """For the log. What a person is asked for is only told of a task that waits for one."""
    names = ("message", "error_class", "delay_seconds")
    facts = {name: getattr(outcome, name) for name in names if hasattr(outcome, name)}
    if became is Action.BLOCK:
        # Without a reason of its own a task is only blocked when it may be online.
        facts["block_reason"] = outcome.reason if isinstance(outcome, NeedsPerson) else BlockReason.NEEDS_REVIEW
    return {"outcome": type(outcome).__name__, **facts}
