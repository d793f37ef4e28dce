"""Articles: hand in, look at, change, cancel, retry, answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from pydantic import AwareDatetime

from core import wiring
from core.errors import Fault, InvalidInput
from core.services.bulk_change import BulkAction, BulkChange
from core.services.row_number import MAX_DIGITS
from core.store.records import Actor, TaskView
from core.store.task_queries import TaskFilter
from core.task_state import TaskStatus
from dashboard.api.answers import Cancelled, Event, ManyChanged, Task, TaskPage
from dashboard.api.caller import Caller
from dashboard.api.cursor import LARGEST_PAGE, PAGE, Before, next_cursor
from dashboard.api.shapes import AccountChange, NewTask, Review, TaskChange
from dashboard.task_states import describe, describe_all

router = APIRouter(tags=["articles"])


@dataclass(frozen=True)
class HandedIn:
    """When the articles of a list were handed in."""

    created_from: AwareDatetime | None = None
    created_before: AwareDatetime | None = None


def _shown(task: TaskView, actor: Actor) -> Task:
    found = describe(task, actor)
    return Task.of(task, found.words, found.ahead)


def read_reference(key: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> str | None:
    """As the caller wrote it: the bytes of a header come in as Latin-1. A batch names the same article by the same
    reference. Raises InvalidInput."""
    try:
        return None if key is None else key.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise InvalidInput([Fault("Idempotency-Key", "is not text in UTF-8.", "Send it in UTF-8.")]) from error


@router.post("/tasks", status_code=HTTPStatus.ACCEPTED)
def create(new: NewTask, actor: Caller, reference: Annotated[str | None, Depends(read_reference)]) -> Task:
    """Hand in one article. With the same `Idempotency-Key` again it is the same article; with another content
    under that key it is a conflict."""
    return _shown(wiring.get_task_manager().submit(new.submission(reference), actor=actor), actor)


@router.get("/tasks")
def list_tasks(
    actor: Caller,
    handed_in: Annotated[HandedIn, Depends()],
    before: Before,
    status: Annotated[list[TaskStatus] | None, Query()] = None,
    batch: Annotated[int | None, Query(ge=1, lt=10**MAX_DIGITS)] = None,
    platform: str | None = None,
    text: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
) -> TaskPage:
    """The newest first; an operator sees its own. Times need an offset."""
    wanted = TaskFilter(
        batch_id=batch,
        platform=platform,
        statuses=status or None,
        text=text,
        created_from=_moment("created_from", handed_in.created_from),
        created_before=_moment("created_before", handed_in.created_before),
    )
    found = wiring.get_task_manager().list(wanted, actor=actor, before_id=before, limit=limit)
    states = describe_all(found, actor)
    tasks = [Task.of(task, state.words, state.ahead) for task, state in zip(found, states, strict=True)]
    return TaskPage(tasks=tasks, next_cursor=next_cursor([task.id for task in found], limit))


@router.get("/tasks/{task_id}")
def get_task(task_id: str, actor: Caller) -> Task:
    """One article."""
    return _shown(wiring.get_task_manager().get(task_id, actor=actor), actor)


@router.get("/tasks/{task_id}/events")
def get_events(task_id: str, actor: Caller) -> list[Event]:
    """What happened to it, oldest first."""
    return [Event.of(event) for event in wiring.get_task_manager().events(task_id, actor=actor)]


@router.patch("/tasks/{task_id}")
def change(task_id: str, changes: TaskChange, actor: Caller) -> Task:
    """Change text, account, time or place in line: all of it or, refused, nothing. 409 once it has gone too far."""
    return _shown(wiring.get_task_manager().change(task_id, changes.update(), actor=actor), actor)


@router.post("/tasks/change-account")
def change_account(wanted: AccountChange, actor: Caller) -> ManyChanged:
    """Give articles that are not online to another account of their owner."""
    tasks = wiring.get_task_lists().named(wanted.tasks, actor=actor)
    account = wiring.get_account_manager().find(
        wanted.account, actor=actor, platform=wanted.platform, user_id=tasks[0].user_id
    )
    bulk = wiring.get_bulk_manager()
    plan = bulk.plan(BulkChange(BulkAction.ACCOUNT, account=account), [task.id for task in tasks], actor=actor)
    effects = {str(effect): number for effect, number in plan.effects.items()}
    if wanted.dry_run:
        return ManyChanged(effects=effects, changed=0, refused=[])
    receipt = bulk.carry_out(plan, actor=actor)
    return ManyChanged(
        effects=effects,
        changed=receipt.changed,
        refused=[str(error) for error in receipt.refused],
        stopped=None if receipt.stopped is None else str(receipt.stopped),
    )


@router.post("/tasks/{task_id}/cancel")
def cancel(task_id: str, actor: Caller) -> Cancelled:
    """At once, or within seconds while it is being published. 409 once it is submitted."""
    return Cancelled(result=wiring.get_task_manager().cancel(task_id, actor=actor))


@router.post("/tasks/{task_id}/retry")
def retry(task_id: str, actor: Caller) -> Task:
    """Again, from where it stood; one that may be online is looked for first."""
    return _shown(wiring.get_task_manager().retry(task_id, actor=actor), actor)


@router.post("/tasks/{task_id}/review")
def review(task_id: str, answer: Review, actor: Caller) -> Task:
    """Answer for an article that may be online."""
    task = wiring.get_task_manager().answer_review(task_id, answer.answer, answer.link, actor=actor)
    return _shown(task, actor)


def _moment(field: str, moment: datetime | None) -> datetime | None:
    """In UTC, where not every moment of the calendar's ends can be."""
    try:
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidInput([Fault(field, "is no time.", "Write a time of this century.")]) from error
