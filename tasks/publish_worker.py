"""Publishes one article per call: from a turn in line to an outcome in the store and a free slot.

Called by the one Huey task (`tasks.publish`) in each publishing thread.
"""

from __future__ import annotations

import time
from contextlib import ExitStack

from core.browser.browser_lease import BrowserLease
from core.errors import CommitInDoubt, PoolTimeout, ServiceUnavailable, TopnError
from core.lane import Claim, LaneEntry
from core.queue.work_figures import Measure
from core.store.records import HeldTask
from core.task_state import Step
from core.telemetry import bind_facts, forget_facts, get_logger
from tasks.article_source import ReadyArticle
from tasks.failpoints import Failpoint, failpoint
from tasks.held_row import HeldRow
from tasks.outcome import (
    AttemptEnd,
    DraftOnly,
    HandedBack,
    NotBegun,
    Online,
    Outcome,
    outcome_of_error,
)
from tasks.publish_steps import PublishSteps
from tasks.running_attempt import RunningAttempt, StepLimits
from tasks.service_watch import DATABASE, REDIS
from tasks.worker_parts import WorkerParts

CALM_SECONDS, LONGEST_CALM_SECONDS = 1.0, 30.0
"""How long a thread waits after a turn that led to nothing, so that it does not take the same one at once; twice
as long each time until a browser is leased."""
LEASE_SLICE_SECONDS = 1.0
GOOD_OUTCOMES = (Online, DraftOnly)

logger = get_logger(__name__)


class PublishWorker:
    """Safe in many threads at once: between calls it only remembers how long to calm down."""

    def __init__(self, parts: WorkerParts) -> None:
        self._parts = parts
        settings = parts.settings
        self._calm_seconds = CALM_SECONDS
        self._limits = StepLimits(settings.step_seconds, settings.task_seconds)

    def run(self, claim: Claim) -> None:
        """Publish what `claim` stands for. Raises nothing that the thread could help."""
        bind_facts(worker_id=self._parts.worker_id, task_id=claim.task_id, user_id=claim.user_id)
        try:
            failpoint(Failpoint.AFTER_CLAIM)
            held = self._take(claim)
            if held is not None:
                self._run_held(claim, held)
        except ServiceUnavailable as error:
            self._parts.watch.went_away(error)
            self._calm_down()
        except Exception:
            # The edge of a publishing thread: the rescuer and the reconcile put right what is left behind.
            logger.exception("a turn failed")
            self._calm_down()
        finally:
            forget_facts()

    def _run_held(self, claim: Claim, held: HeldTask) -> None:
        bind_facts(public_id=held.public_id, title=held.article.title)
        failpoint(Failpoint.AFTER_TAKE)
        taken_at, meter = time.monotonic(), self._parts.meter
        if claim.is_fresh:
            meter.observe(Measure.TASK_WAIT, held.waited_seconds)
        attempt = RunningAttempt(held, self._limits)
        self._parts.keeper.watch(attempt)
        try:
            row = self._row(attempt)
            end = self._attempt(claim, attempt, row)
            attempt.close()
            failpoint(Failpoint.BEFORE_RECORD)
            is_written = self._parts.settlement.settle(row, end)
            failpoint(Failpoint.AFTER_RECORD)
            if is_written and isinstance(end.outcome, Online):
                meter.observe(Measure.PUBLISH_DURATION, time.monotonic() - taken_at)
            if end.fresh_cookies is not None and is_written:
                self._parts.articles.keep_cookies(held, end.fresh_cookies)
        finally:
            self._parts.keeper.forget(attempt)
        failpoint(Failpoint.BEFORE_RELEASE)
        self._leave_line(claim, held, end.outcome, is_written=is_written)

    # 1. The row.

    def _take(self, claim: Claim) -> HeldTask | None:
        """The row under a new fence. None: there is nothing to do, and the turn is given back."""
        try:
            held = self._parts.store.take(
                claim.task_id,
                worker_id=self._parts.worker_id,
                claimed_ms=claim.claimed_ms,
                account_id=claim.account_id,
                remembered=self._parts.database.mark,
            )
        except CommitInDoubt:
            # It may have started. Given back, that start would not count: the reconcile looks at the row instead.
            raise
        except ServiceUnavailable:
            self._parts.queue.give_back(claim)
            raise
        self._parts.watch.answered(DATABASE)
        if held is None:
            logger.info("nothing to take")
            self._parts.queue.give_back(claim, requeue=False)
        return held

    def _row(self, attempt: RunningAttempt) -> HeldRow:
        return HeldRow(
            self._parts.store,
            attempt,
            patience_seconds=self._parts.settings.task_seconds,
            giving_up=self._parts.giving_up,
            watch=self._parts.watch,
        )

    # 2. The attempt.

    def _attempt(self, claim: Claim, attempt: RunningAttempt, row: HeldRow) -> AttemptEnd:
        """Everything that can go wrong becomes a value here."""
        end = AttemptEnd(NotBegun("the turn was given to another", claim.is_fresh))
        try:
            if self._parts.queue.confirm(claim):
                failpoint(Failpoint.AFTER_CONFIRM)
                row.step(Step.CLAIMED)
                account = self._parts.articles.account(attempt.held)
                end.cookies_version = account.cookies_version
                ready = self._parts.articles.prepare(attempt.held, account)
                end.cookies_version = ready.cookies_version
                self._attempt_with_browser(attempt, row, ready, end)
        except Exception as error:  # noqa: BLE001  # the edge of an attempt: `POLICY` knows what each error means
            if isinstance(end.outcome, GOOD_OUTCOMES):
                # The site has it; what failed afterwards was the tidying up.
                logger.warning("browser not given back well", reason=str(error))
            else:
                end.outcome = self._outcome_of_error(error, attempt, claim)
        return end

    def _attempt_with_browser(
        self, attempt: RunningAttempt, row: HeldRow, ready: ReadyArticle, end: AttemptEnd
    ) -> None:
        """The picture of a failure and the cookies of a success can only be had while the lease lasts."""
        held = attempt.held
        with ExitStack() as stack:
            browser = self._lease_browser(stack, attempt, ready.cookies_version)
            try:
                attempt.attach(browser)
                stack.enter_context(self._parts.film.filming(attempt, browser))
                row.step(Step.BROWSER_READY)
                failpoint(Failpoint.AFTER_BROWSER)
                end.outcome = self._steps(attempt, row, browser, ready).run()
            except Exception:
                if not attempt.is_signed_in:
                    # Else the next lease would take this context for one that has its cookies.
                    browser.forget_context()
                end.screenshot_path = self._picture(attempt, browser)
                raise
            finally:
                attempt.detach()
            if isinstance(end.outcome, GOOD_OUTCOMES):
                end.fresh_cookies = self._parts.articles.fresh_cookies(browser, ready, held.platform)
            else:
                end.screenshot_path = self._picture(attempt, browser)

    def _picture(self, attempt: RunningAttempt, browser: BrowserLease) -> str | None:
        """A browser that was killed on purpose can show nothing any more."""
        if attempt.kill_reason is not None:
            return None
        return self._parts.screenshots.keep(browser, attempt.held, attempt.step_name)

    def _lease_browser(self, stack: ExitStack, attempt: RunningAttempt, cookies_version: int) -> BrowserLease:
        """Wait in short slices, so that a cancel or a stop is noticed in between. Raises PoolTimeout."""
        asked_at = time.monotonic()
        deadline = asked_at + self._parts.settings.lease_wait_seconds
        while True:
            attempt.check()
            wait_seconds = min(LEASE_SLICE_SECONDS, max(0.0, deadline - time.monotonic()))
            lease = self._parts.pool.lease(
                owner=attempt.held.account_id, timeout=wait_seconds, cookies_version=cookies_version
            )
            try:
                browser = stack.enter_context(lease)
            except PoolTimeout:
                if time.monotonic() >= deadline:
                    raise
            else:
                self._calm_seconds = CALM_SECONDS
                self._parts.meter.observe(Measure.BROWSER_LEASE_WAIT, time.monotonic() - asked_at)
                return browser

    def _steps(self, attempt: RunningAttempt, row: HeldRow, browser: BrowserLease, ready: ReadyArticle) -> PublishSteps:
        return PublishSteps(
            attempt,
            row,
            self._parts.publishers[attempt.held.platform],
            browser,
            ready,
            on_signed_in=lambda identity: self._parts.articles.note_signed_in(attempt.held, identity, ready),
            verify_seconds=self._parts.settings.verify_seconds,
            giving_up=self._parts.giving_up,
        )

    def _outcome_of_error(self, error: Exception, attempt: RunningAttempt, claim: Claim) -> Outcome:
        """Without a browser nothing has begun, unless the attempt was ended on purpose meanwhile."""
        if isinstance(error, PoolTimeout | ServiceUnavailable) and attempt.kill_reason is None:
            outcome: Outcome = NotBegun(str(error), claim.is_fresh)
        else:
            outcome = outcome_of_error(error, attempt)
        facts = {
            "step": attempt.step_name,
            "outcome": type(outcome).__name__,
            "error_class": type(error).__name__,
            "reason": str(error),
        }
        match error:
            case ServiceUnavailable() if error.service in (DATABASE, REDIS):
                self._parts.watch.went_away(error)
                logger.info("attempt ended", **facts)
            case PoolTimeout() | ServiceUnavailable():
                logger.warning("no browser to be had", **facts)
            case TopnError():
                # What becomes of the article is told when that is written down.
                logger.info("attempt ended", **facts)
            case _ if attempt.kill_reason is not None:
                logger.info("attempt ended", exc_info=error, **facts)
            case _:
                logger.error("attempt met an unexpected error", exc_info=error, **facts)
        return outcome

    # 3. The slot.

    def _leave_line(self, claim: Claim, held: HeldTask, outcome: Outcome, *, is_written: bool) -> None:
        """Free the slot; what another worker should go on with at once goes back into line. A start that the row
        may still show is not given back: the reconcile looks at the row when it is nobody's any more."""
        queue = self._parts.queue
        if isinstance(outcome, NotBegun):
            if is_written:
                queue.give_back(claim)
            self._calm_down()
            return
        queue.release(claim)
        if isinstance(outcome, HandedBack):
            failpoint(Failpoint.BEFORE_PUSH_BACK)
            entry = LaneEntry(held.id, held.user_id, held.account_id, held.platform, held.priority, is_resumed=True)
            queue.push([entry])

    def _calm_down(self) -> None:
        seconds = self._calm_seconds
        self._calm_seconds = min(seconds * 2, LONGEST_CALM_SECONDS)
        self._parts.stopping.wait(seconds)
