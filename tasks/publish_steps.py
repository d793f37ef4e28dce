"""One article through one browser: sign in, write the draft, submit it, make sure. Each step is saved before
the next begins; errors leave as the `PublishError` family and say in their class what happens next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime

from core.errors import AlreadyPublished, BrowserLost, DraftChanged, DraftLost, PublishError
from core.publishing.publisher import (
    AccountIdentity,
    Browser,
    Published,
    Publisher,
    Refused,
    SavedDraft,
    SubmittedDraft,
    Unknown,
)
from core.store.task_events import EventKind
from core.task_state import BlockReason, Checkpoint, Mode, Step
from tasks.article_source import ReadyArticle
from tasks.failpoints import Failpoint, failpoint
from tasks.held_row import HeldRow
from tasks.outcome import DraftOnly, Failure, NeedsPerson, Online, Outcome, TryAgain, try_again
from tasks.restored_look import RestoredLook
from tasks.running_attempt import RunningAttempt
from tasks.verify import (
    ASK_AFTER_SECONDS,
    COME_BACK_SECONDS,
    AskAgain,
    AskPerson,
    GoOn,
    ItIsOnline,
    RestoredVerdict,
    SubmitAgain,
    Verdict,
    changed_after_click,
    judge,
    lost_after_click,
)


class PublishSteps:
    """The part of an attempt that needs a browser. `run` once."""

    def __init__(
        self,
        attempt: RunningAttempt,
        row: HeldRow,
        publisher: Publisher,
        browser: Browser,
        ready: ReadyArticle,
        *,
        on_signed_in: Callable[[AccountIdentity], None],
        verify_seconds: float,
        giving_up: threading.Event,
    ) -> None:
        self._attempt = attempt
        self._held = attempt.held
        self._row = row
        self._publisher = publisher
        self._browser = browser
        self._ready = ready
        self._on_signed_in = on_signed_in
        self._verify_seconds = verify_seconds
        self._giving_up = giving_up
        self._draft_id = attempt.held.remote_draft_id
        self._submitted_at = attempt.held.submitted_at
        self._submitted_here: float | None = None
        self._is_resubmission = False
        self._restored_look = RestoredLook(attempt.held, publisher, browser, verify_seconds=verify_seconds)

    def run(self) -> Outcome:
        """From wherever the last attempt stopped to an outcome."""
        self._sign_in()
        for look in (self._look_after_restore, self._verify_earlier_click):
            outcome = look()
            if outcome is not None:
                return outcome
        try:
            draft = self._draft()
        except (DraftLost, AlreadyPublished) as error:
            if not self._held.has_open_click:
                raise
            return self._ask_person(lost_after_click(error))
        if self._held.mode is Mode.DRAFT:
            return DraftOnly(self._publisher.draft_url(draft.draft_id))
        return self._submit(draft)

    # DraftProgress: what the publisher tells while it writes.

    def draft_created(self, draft_id: str) -> None:
        """Saved at once: from here on no attempt makes a second draft."""
        failpoint(Failpoint.AFTER_DRAFT_CREATED)
        self._draft_id = draft_id
        self._row.draft_id(draft_id)
        failpoint(Failpoint.AFTER_DRAFT_ID_SAVED)

    def content_written(self) -> None:
        """Title and body stand in the editor."""
        self._row.step(Step.WRITTEN)
        failpoint(Failpoint.AFTER_WRITTEN)

    def _sign_in(self) -> None:
        """A warm context was signed in; should the site disagree by now, the next step says so. Until then nothing
        is proved, and the timeline says no more than that."""
        self._attempt.enter_step("signing in")
        is_kept = self._browser.is_warm
        if not is_kept:
            self._browser.set_cookies(self._ready.cookies)
            identity = self._publisher.check_account(self._browser)
            self._row.write(lambda: self._on_signed_in(identity))
            failpoint(Failpoint.AFTER_ACCOUNT_NOTED)
        self._attempt.is_signed_in = True
        self._row.step(Step.SIGNED_IN, is_kept=is_kept)
        failpoint(Failpoint.AFTER_SIGNIN)

    def _draft(self) -> SavedDraft:
        """The draft that an earlier attempt saved, else a fresh one."""
        article = self._ready.article
        if self._attempt.checkpoint is not Checkpoint.NONE and self._draft_id:
            return SavedDraft(self._draft_id, article.title, article.text_length, self._held.content_hash or "")
        self._attempt.enter_step("writing")
        if self._draft_id is None and self._held.has_open_click:
            raise DraftLost("Nobody knows which draft was submitted.")
        try:
            draft = self._publisher.write_draft(self._browser, article, self._draft_id, self)
        except DraftLost as error:
            if self._draft_id is None or self._held.has_open_click:
                raise
            # It was never submitted, so a new one makes no second article.
            self._row.event(EventKind.DRAFT_DISCARDED, reason=error.reason)
            draft = self._publisher.write_draft(self._browser, article, None, self)
        self._draft_id = draft.draft_id
        failpoint(Failpoint.AFTER_DRAFT_SAVED)
        self._row.drafted(draft)
        failpoint(Failpoint.AFTER_DRAFTED)
        return draft

    def _submit(self, draft: SavedDraft) -> Outcome:
        """One click at most, and only after `submitting` is saved."""
        self._attempt.enter_step("submitting")
        if self._is_resubmission:
            self._submitted_at = self._row.submit_again()
        else:
            self._submitted_at = self._row.begin_submitting()
        self._submitted_here = time.monotonic()
        failpoint(Failpoint.AFTER_RESUBMITTING if self._is_resubmission else Failpoint.AFTER_SUBMITTING)
        try:
            answer = self._publisher.submit(self._browser, draft)
        except BrowserLost:
            raise
        except PublishError as error:
            return self._not_submitted(error)
        failpoint(Failpoint.AFTER_CLICK)
        self._row.step(Step.SUBMITTED)
        match answer:
            case Published():
                return Online(answer)
            case Refused():
                if not self._is_resubmission:
                    self._reopen(answer.reason)
                return Failure("Rejected", answer.reason)
            case Unknown():
                return self._verify_own_click()

    def _not_submitted(self, error: PublishError) -> Outcome:
        """A publisher raises such an error only when the site says that this click has published nothing: the draft
        may be edited, cancelled or submitted again, unless an earlier click may still arrive. Then the task stays as
        it is and the next attempt looks first. A draft that is lost after an earlier click is for a person, also when
        one has said that it is not online: a new draft might be a second article. One that was changed is written
        anew, but not while the earlier click may still arrive, unless a person says so."""
        if isinstance(error, DraftLost) and self._held.has_open_click:
            return self._ask_person(lost_after_click(error))
        if self._is_resubmission:
            if isinstance(error, DraftChanged):
                return self._ask_person(changed_after_click())
            raise error
        self._reopen(error.reason)
        if isinstance(error, DraftLost | DraftChanged):
            self._row.discard_draft(error.reason)
        raise error

    def _reopen(self, reason: str) -> None:
        self._row.reopen_draft(reason)
        failpoint(Failpoint.AFTER_REOPENED)

    def _look_after_restore(self) -> Outcome | None:
        """A restored backup does not know what was published after it. None: this was not, or it was none."""
        if self._held.verify_since is None or self._held.mode is Mode.DRAFT:
            return None
        self._attempt.enter_step("verifying")
        verdict = self._restored_look.look(self._ready.article, self._held.verify_since)
        if isinstance(verdict, GoOn):
            self._row.settle_restore(verdict.reason)
        return self._what_follows(verdict)

    def _verify_earlier_click(self) -> Outcome | None:
        """Another attempt may have clicked. None: it did not, or the site still has the draft, which may be submitted
        again."""
        if self._attempt.checkpoint is not Checkpoint.SUBMITTING:
            return None
        outcome = self._what_follows(self._look())
        if outcome is None:
            self._is_resubmission = True
        return outcome

    def _verify_own_click(self) -> Outcome:
        """The site's answer to this attempt's click proved nothing."""
        outcome = self._what_follows(self._look())
        if outcome is None:
            message = "It was submitted, but the site still has it as a draft."
            return try_again(self._attempt, "NotPublished", message)
        return outcome

    def _what_follows(self, verdict: Verdict | RestoredVerdict) -> Outcome | None:
        """None: it is not online."""
        match verdict:
            case ItIsOnline():
                return Online(verdict.found)
            case AskAgain():
                return self._come_back(verdict)
            case AskPerson():
                return self._ask_person(verdict)
            case SubmitAgain() | GoOn():
                return None

    def _look(self) -> Verdict:
        """Ask the site a few times, then judge by the last answer."""
        self._attempt.enter_step("verifying")
        self._row.step(Step.VERIFYING)
        if self._draft_id is None or self._submitted_at is None:
            return AskPerson("It was submitted, and no draft is known to look for.")
        submitted = self._submitted_draft(self._draft_id, self._submitted_at)
        verdict: Verdict = AskAgain("not asked yet", self._verify_seconds)
        for wait_seconds in ASK_AFTER_SECONDS:
            if isinstance(verdict, AskAgain) and self._giving_up.wait(min(wait_seconds, verdict.seconds_left)):
                break
            self._attempt.check()
            found = self._publisher.find_published(self._browser, submitted)
            verdict = judge(
                found,
                submitted_seconds_ago=self._submitted_seconds_ago(),
                verify_seconds=self._verify_seconds,
                one_article_per_draft=self._publisher.one_article_per_draft,
            )
            if not isinstance(verdict, AskAgain):
                break
        reason = None if isinstance(verdict, ItIsOnline | SubmitAgain) else verdict.reason
        self._row.event(EventKind.VERIFIED, outcome=type(verdict).__name__, reason=reason)
        failpoint(Failpoint.AFTER_VERIFIED)
        return verdict

    def _submitted_draft(self, draft_id: str, submitted_at: datetime) -> SubmittedDraft:
        article = self._ready.article
        return SubmittedDraft(draft_id, article.title, article.text_length, submitted_at)

    def _submitted_seconds_ago(self) -> float:
        """By the monotonic clock, from this attempt's own click or from what the database said at the take:
        the clock on the wall of this machine may jump."""
        if self._submitted_here is not None:
            return time.monotonic() - self._submitted_here
        return (self._held.submitted_seconds_ago or 0.0) + (time.monotonic() - self._attempt.started)

    def _come_back(self, verdict: AskAgain) -> Outcome:
        """A later attempt asks again and this one frees its browser. A retry is used only by an attempt that
        submitted a second time, so that no article is submitted without end."""
        held = self._held
        message = f"Checking whether it is online: {verdict.reason}."
        if self._is_resubmission and held.retries_used >= held.max_retries:
            return self._ask_person(AskPerson(message))
        delay_seconds = min(verdict.seconds_left, COME_BACK_SECONDS)
        return TryAgain(delay_seconds, "NotSeenYet", message, uses_retry=self._is_resubmission)

    def _ask_person(self, verdict: AskPerson) -> Outcome:
        """With what a person needs to decide; the picture comes with every outcome that is no success."""
        evidence = {"last_url": verdict.last_url}
        if self._submitted_at is not None:
            evidence["submitted_at"] = str(self._submitted_at)
        if self._held.verify_since is not None:
            evidence["backup_at"] = str(self._held.verify_since)
        if self._draft_id is not None:
            evidence["draft_url"] = self._publisher.draft_url(self._draft_id)
        return NeedsPerson(BlockReason.NEEDS_REVIEW, "MayBeOnline", verdict.reason, evidence)
