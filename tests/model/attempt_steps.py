"""What an attempt may do next: the program of `tasks.publish_steps`, `tasks.publish_worker` and
`tasks.settlement`, cut wherever something else may come between.

Deciding how to end and writing that down are one step: what comes between could as well come before or after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import assert_never

from core.publishing.publisher import FindOutcome, Published, StillDraft, Unknown
from core.task_state import Action, Checkpoint, Mode
from tasks.running_attempt import KillReason
from tasks.verify import AskAgain, AskPerson, ItIsOnline, SubmitAgain, Verdict
from tests.model.promises import CANCEL_KEPT, LIVE_LEASE, NO_BLIND_CLICK, broken_by_end
from tests.model.row_changes import RowChanges
from tests.model.rules import ERRORS, LOST_BROWSER, Rules
from tests.model.search import Step
from tests.model.world import Age, At, Attempt, Click, End, Lease, Row, World

Steps = Iterator[Step[World]]

FOUND = Published("1", "https://example.com/p/1")
NOTHING = Unknown("nothing seen")
BEFORE_SUBMITTING = {
    At.WRITING: Checkpoint.NONE,
    At.SAVING_DRAFT_ID: Checkpoint.NONE,
    At.SAVING_DRAFTED: Checkpoint.NONE,
    At.DRAFTED: Checkpoint.DRAFTED,
}
"""Where an attempt's own checkpoint is not yet `submitting`, so that a cancel may kill it."""


class AttemptSteps:
    """The steps of all attempts."""

    def __init__(self, rules: Rules, changes: RowChanges) -> None:
        self._rules = rules
        self._changes = changes
        self._program: dict[At, Callable[[World, int, Attempt], Steps]] = {
            At.WRITING: self._write,
            At.SAVING_DRAFT_ID: self._save_draft_id,
            At.SAVING_DRAFTED: self._save_drafted,
            At.DRAFTED: self._submit,
            At.CLICKING: self._click,
            At.CLICKED: self._hear,
            At.VERIFYING: self._verify,
            At.VERIFYING_OWN: self._verify,
            At.RESUBMITTING: self._submit_again,
            At.RENEWING: self._renew_submitting,
            At.REOPENING: self._reopen,
            At.DISCARDING: self._discard,
            At.ENDING: lambda world, index, attempt: self._end(world, index, attempt, attempt.end),
            At.READING_AGAIN: self._read_again,
        }

    def steps(self, world: World) -> Steps:
        """Of each attempt: its next steps, and how it may be cut short."""
        for index, attempt in enumerate(world.attempts):
            if self._rules.is_powerless(has_fence=attempt.has_fence):
                yield _late_click(world, index, attempt)
                continue
            yield from self._next(world, index, attempt)
            yield Step(f"{attempt.name}: gives up without a word", world.with_attempt(index, None), helps=False)
            if attempt.at not in (At.ENDING, At.READING_AGAIN):
                yield from self._cut_short(world, index, attempt)

    def _next(self, world: World, index: int, attempt: Attempt) -> Steps:
        try:
            yield from self._program[attempt.at](world, index, attempt)
        except ValueError as error:
            # The product refuses a step that its own table does not allow in the same way.
            yield Step(f"{attempt.name}: wants to go on", world, broken=str(error))

    def _cut_short(self, world: World, index: int, attempt: Attempt) -> Steps:
        """Its browser dies, or its keeper kills it for a reason; a cancel only while the row may still be stopped."""
        yield from self._end(world, index, attempt, LOST_BROWSER, "loses its browser", helps=False)
        own = BEFORE_SUBMITTING.get(attempt.at, Checkpoint.SUBMITTING)
        for reason in KillReason:
            end = self._rules.kills.get((reason, own))
            is_meant = reason is not KillReason.CANCELLED or world.row.cancel_requested
            if end is not None and is_meant:
                helps = reason is KillReason.CANCELLED
                yield from self._end(world, index, attempt, end, f"is killed ({reason})", helps=helps)

    # 1. The draft.

    def _write(self, world: World, index: int, attempt: Attempt) -> Steps:
        yield from self._errors(world, index, attempt)
        if attempt.draft is not None and attempt.draft != world.deleted:
            yield _go(world, index, attempt, f"writes draft {attempt.draft} again", At.SAVING_DRAFTED)
            return
        new = attempt._replace(draft=world.new_draft())
        yield _go(world, index, new, f"writes into a new draft {new.draft}", At.SAVING_DRAFT_ID)

    def _save_draft_id(self, world: World, index: int, attempt: Attempt) -> Steps:
        row = self._changes.record_draft_id(world.row, attempt, attempt.draft or 0)
        yield self._written(world, index, attempt, row, "saves the draft's id", At.SAVING_DRAFTED)

    def _save_drafted(self, world: World, index: int, attempt: Attempt) -> Steps:
        row = self._changes.record_drafted(world.row, attempt, attempt.draft or 0)
        yield self._written(world, index, attempt, row, "saves `drafted`", At.DRAFTED)

    def _errors(self, world: World, index: int, attempt: Attempt) -> Steps:
        for end in ERRORS:
            yield from self._end(world, index, attempt, end, "meets an error", helps=False)

    # 2. The click.

    def _submit(self, world: World, index: int, attempt: Attempt) -> Steps:
        if self._rules.mode is Mode.DRAFT:
            yield from self._end(world, index, attempt, End.DRAFT_ONLY, "has what was wished for")
            return
        yield from self._errors(world, index, attempt)
        row = self._changes.begin_submitting(world.row, attempt)
        if row is None and world.row.cancel_requested and self._changes.holds(world.row, attempt):
            yield from self._end(world, index, attempt, End.STOPPED, "may not submit, it is to stop")
        else:
            yield from self._gate(world, index, attempt, row, "commits `submitting`")

    def _submit_again(self, world: World, index: int, attempt: Attempt) -> Steps:
        row = self._changes.renew_submitting(world.row, attempt)
        yield from self._gate(world, index, attempt, row, "commits that it clicks again")

    def _renew_submitting(self, world: World, index: int, attempt: Attempt) -> Steps:
        row = self._changes.renew_submitting(world.row, attempt)
        yield self._submitted(world, index, attempt, row, "commits once more that the click comes now", At.CLICKING)

    def _gate(self, world: World, index: int, attempt: Attempt, row: Row | None, what: str) -> Steps:
        """The last commit before a click, whose reply may be lost."""
        yield self._submitted(world, index, attempt, row, what, At.CLICKING)
        if row is not None:
            unheard = self._submitted(world, index, attempt, row, f"{what}; the reply is lost", At.RENEWING)
            yield unheard._replace(helps=False)

    def _submitted(
        self, world: World, index: int, attempt: Attempt, row: Row | None, what: str, then: At
    ) -> Step[World]:
        step = self._written(world, index, attempt, row, what, then)
        if row is None:
            return step
        if world.row.lease_until is not Lease.LIVE:
            return step._replace(broken=LIVE_LEASE)
        if world.is_cancel_owed:
            return step._replace(broken=CANCEL_KEPT)
        is_first_commit = attempt.at is not At.RENEWING
        if is_first_commit and world.is_click_possible and world.row.submitted_at is Age.EARLY:
            return step._replace(broken=NO_BLIND_CLICK)
        return step

    def _click(self, world: World, index: int, attempt: Attempt) -> Steps:
        if attempt.draft in world.articles:
            yield from self._end(world, index, attempt, End.ONLINE, "sees that it is online already")
        if attempt.draft == world.deleted:
            yield from self._lost_draft(world, index, attempt)
            return
        clicked = attempt._replace(click=Click.UNDER_WAY)
        yield _go(world, index, clicked, f"clicks publish on draft {attempt.draft}", At.CLICKED)
        yield from self._published_nothing(world, index, attempt, "cannot click")

    def _lost_draft(self, world: World, index: int, attempt: Attempt) -> Steps:
        if attempt.is_resubmission and not self._rules.reopens_to_submit_again:
            yield from self._end(world, index, attempt, End.NEEDS_REVIEW, "finds the draft gone")
            return
        lost = attempt._replace(end=End.TRY_AGAIN)
        yield _go(world, index, lost, "finds the draft gone", At.REOPENING)

    def _published_nothing(self, world: World, index: int, attempt: Attempt, why: str) -> Steps:
        """For certain. An earlier click may still arrive: then nothing is opened again."""
        for end in ERRORS:
            if attempt.is_resubmission and not self._rules.reopens_to_submit_again:
                yield from self._end(world, index, attempt, end, why)
            else:
                yield _go(world, index, attempt._replace(end=end), f"{why} ({end})", At.REOPENING)

    def _hear(self, world: World, index: int, attempt: Attempt) -> Steps:
        """The site's answer. The first thing afterwards is a step that is noted in the row."""
        if not self._changes.holds(world.row, attempt):
            yield _lost(world, index, attempt)
            return
        if attempt.click is Click.LANDED:
            yield from self._end(world, index, attempt, End.ONLINE, "is told that it is published")
        if attempt.click is Click.REFUSED:
            yield from self._published_nothing(world, index, attempt, "is refused")
        else:
            heard = attempt if attempt.click is Click.UNDER_WAY else attempt._replace(click=Click.NONE)
            yield _go(world, index, heard, "is told nothing that proves anything", At.VERIFYING_OWN)

    def _reopen(self, world: World, index: int, attempt: Attempt) -> Steps:
        row = self._changes.reopen_draft(world.row, attempt)
        if attempt.end is End.NONE:
            yield self._written(world, index, attempt, row, "opens the draft again", At.DRAFTED)
            return
        after = At.DISCARDING if attempt.draft == world.deleted else At.ENDING
        kept = attempt if after is At.DISCARDING else attempt.ending(attempt.end)
        yield self._written(world, index, kept, row, "opens the draft again", after)

    def _discard(self, world: World, index: int, attempt: Attempt) -> Steps:
        row = self._changes.discard_draft(world.row, attempt)
        yield self._written(world, index, attempt.ending(attempt.end), row, "discards the draft", At.ENDING)

    # 3. Was it published?

    def _verify(self, world: World, index: int, attempt: Attempt) -> Steps:
        if not self._changes.holds(world.row, attempt):
            yield _lost(world, index, attempt)
            return
        yield from self._end(world, index, attempt, End.NEEDS_LOGIN, "is signed out", helps=False)
        for found in _answers(world, attempt.draft):
            verdict = self._rules.verdict(found, is_late=world.row.submitted_at is not Age.EARLY)
            why = f"asks the site ({type(found).__name__}, {type(verdict).__name__})"
            yield from self._follow(world, index, attempt, verdict, why)

    def _follow(self, world: World, index: int, attempt: Attempt, verdict: Verdict, why: str) -> Steps:
        match verdict:
            case ItIsOnline():
                yield from self._end(world, index, attempt, End.ONLINE, why)
            case AskPerson():
                yield from self._end(world, index, attempt, End.NEEDS_REVIEW, why)
            case AskAgain():
                yield from self._end(world, index, attempt, _come_back(world.row, attempt), why)
            case SubmitAgain() if attempt.at is At.VERIFYING_OWN:
                yield from self._end(world, index, attempt, End.TRY_AGAIN, why)
            case SubmitAgain():
                again = attempt._replace(is_resubmission=True)
                reopens = self._rules.reopens_to_submit_again
                yield _go(world, index, again, why, At.REOPENING if reopens else At.RESUBMITTING)
            case _:
                assert_never(verdict)

    # 4. The end.

    def _end(
        self, world: World, index: int, attempt: Attempt, end: End, why: str = "has ended", *, helps: bool = True
    ) -> Steps:
        if end is End.NONE:
            yield Step(f"{attempt.name}: {why}", world.with_attempt(index, None), helps)
            return
        row = self._changes.end(world.row, attempt, end)
        if row is None:
            yield _lost(world, index, attempt, why)
            return
        is_owed = world.is_cancel_owed and not row.status.is_final
        label = f"{attempt.name}: {why} and writes down that it is {row.status}"
        broken = broken_by_end(world, row)
        gone = world.with_attempt(index, None, row)._replace(is_cancel_owed=is_owed)
        yield Step(label, gone, helps, broken)
        if self._rules.shuts_out(Action.TAKE) and not self._rules.reads_again_in_any_case:
            return
        unsure = attempt.ending(end, At.READING_AGAIN)._replace(is_replaced=True)
        unheard = world.with_attempt(index, unsure, row)._replace(is_cancel_owed=is_owed)
        yield Step(f"{label}; the reply is lost", unheard, False, broken)

    def _read_again(self, world: World, index: int, attempt: Attempt) -> Steps:
        """What is no longer its own was written, or handed on: either way it has nothing to do with it any more."""
        if self._changes.holds(world.row, attempt):
            yield _go(world, index, attempt, "writes it once more and takes the task for its own", At.ENDING)
        else:
            yield Step(f"{attempt.name}: writes it once more, is refused and leaves", world.with_attempt(index, None))

    def _written(self, world: World, index: int, attempt: Attempt, row: Row | None, what: str, then: At) -> Step[World]:
        """A write to the row, which may be refused."""
        if row is None:
            return _lost(world, index, attempt, what)
        return Step(f"{attempt.name}: {what}", world.with_attempt(index, attempt._replace(at=then), row))


def _go(world: World, index: int, attempt: Attempt, what: str, then: At) -> Step[World]:
    """A step that changes nothing but the attempt."""
    return Step(f"{attempt.name}: {what}", world.with_attempt(index, attempt._replace(at=then)))


def _lost(world: World, index: int, attempt: Attempt, what: str = "notes its progress") -> Step[World]:
    return Step(f"{attempt.name}: {what}, is refused and leaves", world.with_attempt(index, None))


def _late_click(world: World, index: int, attempt: Attempt) -> Step[World]:
    """Whoever lost the fence for good can do one thing yet that others see: click."""
    can_click = attempt.at is At.CLICKING and attempt.draft != world.deleted
    clicked = attempt._replace(click=Click.UNDER_WAY) if can_click else attempt
    gone = world.with_attempt(index, clicked).with_attempt(index, None)
    return Step(f"{attempt.name}: clicks publish on draft {attempt.draft}, knowing nothing", gone)


def _answers(world: World, draft: int | None) -> Iterator[FindOutcome]:
    """What the site may answer. Its record of a draft may lag behind, however long it takes."""
    yield NOTHING
    if draft in world.articles:
        yield FOUND
    if draft != world.deleted:
        yield StillDraft()


def _come_back(row: Row, attempt: Attempt) -> End:
    if not attempt.is_resubmission:
        return End.TRY_AGAIN_FREE
    return End.NEEDS_REVIEW if row.retries_used >= row.max_retries else End.TRY_AGAIN
