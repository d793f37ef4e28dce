"""What everybody else may do next: workers that take the task or die, those who look after them, people, the
site, and time."""

from __future__ import annotations

from collections.abc import Iterator

from core.store.records import ReviewAnswer
from core.task_state import Action, BlockReason, Checkpoint, TaskStatus
from tests.model.promises import KEPT_ALIVE, broken_by_end
from tests.model.row_changes import RowChanges
from tests.model.rules import Rules
from tests.model.search import Step
from tests.model.world import DEAD, WORKERS, Age, At, Attempt, Click, Lease, Row, World

Steps = Iterator[Step[World]]


class WorkerSteps:
    """Workers take the task, fall silent, die, and are replaced."""

    def __init__(self, rules: Rules, changes: RowChanges) -> None:
        self._rules = rules
        self._changes = changes

    def steps(self, world: World) -> Steps:
        """All of them."""
        if len(world.attempts) < self._rules.max_attempts:
            yield from self._take(world)
        if world.row.status is TaskStatus.RUNNING:
            yield from self._hand_on(world, "the rescuer", has_seen_it_die=False)
            if world.row.worker_id == DEAD:
                yield from self._hand_on(world, "the supervisor", has_seen_it_die=True)
            yield from self._lease(world)
        yield from self._die(world)

    def _take(self, world: World) -> Steps:
        for worker in WORKERS:
            row = self._changes.take(world.row, worker)
            if row is None:
                return
            left = self._replace_all(world, Action.TAKE)
            new = Attempt(worker, self._first(row), row.remote_draft_id)
            label = f"worker {worker}: takes the task at checkpoint {row.checkpoint}"
            yield Step(label, left._replace(row=row, attempts=(*left.attempts, new)))

    def _first(self, row: Row) -> At:
        if row.checkpoint is Checkpoint.SUBMITTING:
            return At.VERIFYING if self._rules.verifies_first else At.REOPENING
        is_drafted = row.checkpoint is Checkpoint.DRAFTED and row.remote_draft_id is not None
        return At.DRAFTED if is_drafted else At.WRITING

    def _replace_all(self, world: World, action: Action) -> World:
        """From now on nobody else holds the task. Who can do nothing more that others see is left out."""
        raises = self._rules.shuts_out(action)
        for index in reversed(range(len(world.attempts))):
            old = world.attempts[index]
            new = old._replace(is_replaced=True, has_fence=old.has_fence and not raises)
            is_over = self._rules.is_powerless(has_fence=new.has_fence) and new.at is not At.CLICKING
            world = world.with_attempt(index, None if is_over else new)
        return world

    def _hand_on(self, world: World, who: str, *, has_seen_it_die: bool) -> Steps:
        done = self._changes.rescue(world.row, has_seen_it_die=has_seen_it_die)
        if done is None:
            return
        action, row = done
        is_owed = world.is_cancel_owed and not row.status.is_final
        left = self._replace_all(world, action)._replace(row=row, is_cancel_owed=is_owed)
        is_alive = world.row.worker_id != DEAD and world.row.lease_until is Lease.LIVE
        broken = KEPT_ALIVE if is_alive else broken_by_end(world, row)
        yield Step(f"{who}: hands the task on, it is {row.status}", left, broken=broken)

    def _lease(self, world: World) -> Steps:
        """A lease may end at any time: its worker is paused, cut off, or dead. If it lives, it may wake up first."""
        row = world.row
        if row.lease_until is Lease.LIVE:
            yield Step("time passes, the lease ends", world._replace(row=row._replace(lease_until=Lease.ENDED)))
            return
        for attempt in world.attempts:
            renewed = self._changes.renew(row, attempt)
            if renewed is not None:
                yield Step(f"worker {attempt.worker}: renews the lease", world._replace(row=renewed))
                return

    def _die(self, world: World) -> Steps:
        for worker in WORKERS:
            if world.row.worker_id != worker and all(attempt.worker != worker for attempt in world.attempts):
                continue
            left = world
            for index in reversed(range(len(world.attempts))):
                if world.attempts[index].worker == worker:
                    left = left.with_attempt(index, None)
            if left.row.worker_id == worker:
                left = left._replace(row=left.row._replace(worker_id=DEAD))
            yield Step(f"worker {worker}: is killed", left, helps=False)


class PeopleSteps:
    """The owner, and whoever answers what only a person can answer."""

    def __init__(self, rules: Rules, changes: RowChanges) -> None:
        self._rules = rules
        self._changes = changes

    def steps(self, world: World) -> Steps:
        """None of them has to happen for anything to go on."""
        for label, row, is_owed in self._deeds(world):
            if row is not None and row != world.row:
                yield Step(label, world._replace(row=row, is_cancel_owed=is_owed), helps=False)

    def _deeds(self, world: World) -> Iterator[tuple[str, Row | None, bool]]:
        row, changes, is_owed = world.row, self._changes, world.is_cancel_owed
        cancelled = changes.cancel(row)
        is_told = cancelled is not None and cancelled.cancel_requested
        yield (
            "its owner: cancels, and is told that it will stop" if is_told else "its owner: cancels",
            cancelled,
            is_told,
        )
        yield "its owner: edits the article", changes.edit(row), is_owed
        yield "its owner: gives it another account", changes.change_account(row), is_owed
        yield "its owner: signs in again", changes.resume(row), is_owed
        yield "its owner: tries it again", changes.retry_by_hand(row), False
        if row.block_reason is BlockReason.NEEDS_REVIEW:
            for answer in self._answers(world):
                yield f"a person: looks and says “{answer}”", changes.answer(row, answer), is_owed

    def _answers(self, world: World) -> Iterator[ReviewAnswer]:
        """What a person says who sees what is online."""
        yield ReviewAnswer.GIVE_UP
        yield ReviewAnswer.CHECK_AGAIN
        if world.articles:
            yield ReviewAnswer.ONLINE
        elif not (self._rules.person_waits_for_clicks and world.is_click_possible):
            yield ReviewAnswer.PUBLISH_AGAIN


class SiteSteps:
    """The site gets clicks, or not, at once or late."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def steps(self, world: World) -> Steps:
        """All of them, and the time that its records need."""
        for index, attempt in enumerate(world.attempts):
            if attempt.click is Click.UNDER_WAY and attempt.draft is not None:
                yield from self._answer(world, index, attempt, attempt.draft)
        for draft in world.late:
            without = world._replace(late=tuple(other for other in world.late if other != draft))
            yield self._land(without, draft, "the site: gets a late click")
            yield Step(f"the site: never gets the late click on draft {draft}", without, helps=False)
        if world.row.submitted_at is Age.EARLY:
            late = world.row._replace(submitted_at=Age.LATE)
            yield Step("time passes, VERIFY_SECONDS since `submitted_at`", world._replace(row=late))
        draft_id = world.row.remote_draft_id
        if draft_id is not None and world.deleted is None and not world.articles:
            yield Step(f"somebody: deletes draft {draft_id} on the site", _delete(world, draft_id), helps=False)

    def _answer(self, world: World, index: int, attempt: Attempt, draft: int) -> Steps:
        landed = world.with_attempt(index, attempt._replace(click=Click.LANDED))
        yield self._land(landed, draft, f"the site: gets the click of worker {attempt.worker}")
        never = world.with_attempt(index, attempt._replace(click=Click.NONE))
        yield Step(f"the site: never gets the click of worker {attempt.worker}", never, helps=False)
        if draft not in world.articles:
            refused = world.with_attempt(index, attempt._replace(click=Click.REFUSED))
            yield Step(f"the site: refuses the click of worker {attempt.worker}", refused, helps=False)

    def _land(self, world: World, draft: int, label: str) -> Step[World]:
        if draft in world.articles and self._rules.one_article_per_draft:
            return Step(f"{label}, draft {draft} was online before", world)
        return Step(f"{label}, draft {draft} is online", world._replace(articles=(*world.articles, draft)))


def _delete(world: World, draft: int) -> World:
    """Clicks on a draft that is gone come to nothing."""
    attempts = tuple(
        attempt._replace(click=Click.NONE) if attempt.draft == draft and attempt.click is Click.UNDER_WAY else attempt
        for attempt in world.attempts
    )
    return world._replace(attempts=attempts, deleted=draft, late=tuple(one for one in world.late if one != draft))
