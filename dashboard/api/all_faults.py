"""What is wrong with the rest of an article whose shape is wrong already, so that one answer names everything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from typing import Any, get_type_hints

from core import wiring
from core.errors import Fault
from core.services.article_intake import future_faults
from core.services.owner_accounts import OwnerAccounts
from core.services.submission import Submission
from core.services.submission_check import faults_of
from core.settings import get_settings
from core.store.records import Actor
from dashboard.api.shapes import MOST_TASKS, Article, BatchTask, NewBatch, NewTask, TaskChange

Place = tuple[str | int, ...]
ITS_NAMES = {"content_format": "format", "run_at": "scheduled_at"}
"""What the API calls differently from the services."""


def as_sent(fault: Fault) -> Fault:
    """Under the name that the caller has written."""
    return Fault(ITS_NAMES.get(fault.field, fault.field), fault.reason, fault.remedy)


def faults_of_rest(endpoint: Callable[..., Any], body: Any, wrong: Collection[Place], actor: Actor) -> list[Fault]:
    """`wrong`: where the body has not the shape of what this endpoint takes. Reads the database; not for the event
    loop."""
    hints = get_type_hints(endpoint).values()
    if NewBatch in hints:
        return list(_of_batch(body, wrong, _own_accounts(actor)))
    top = {place[0] for place in wrong if place}
    if NewTask in hints:
        return list(_of_article(NewTask, body, top, _own_accounts(actor)))
    # An article that is changed may be somebody else's: whose account is meant is known only with it.
    return list(_of_article(TaskChange, body, top, None)) if TaskChange in hints else []


def _own_accounts(actor: Actor) -> OwnerAccounts:
    user = wiring.get_user_manager().by_name(actor.name, actor=actor)
    return OwnerAccounts(wiring.get_account_manager().list(actor=actor, user_id=user.id), user)


def _of_batch(body: Any, wrong: Collection[Place], accounts: OwnerAccounts) -> Iterator[Fault]:
    bad: dict[str | int, set[str | int]] = {}
    for place in wrong:
        if place[:1] == ("tasks",) and len(place) > 2:  # noqa: PLR2004 - tasks, its number, its field
            bad.setdefault(place[1], set()).add(place[2])
    tasks = body.get("tasks") if isinstance(body, dict) else None
    if not isinstance(tasks, list) or len(tasks) > MOST_TASKS:
        # Of too many, nobody has looked which have the shape of an article.
        return
    for number, task in enumerate(tasks):
        for fault in _of_article(BatchTask, task, bad.get(number, ()), accounts):
            yield Fault(f"tasks.{number}.{fault.field}", fault.reason, fault.remedy)


def _of_article(
    model: type[Article | TaskChange], body: Any, wrong: Collection[str | int], accounts: OwnerAccounts | None
) -> Iterator[Fault]:
    if not isinstance(body, dict):
        return
    sent = {name: value for name, value in body.items() if name in model.model_fields and name not in wrong}
    # What is missing, or has no shape to be looked at, is filled with what is in order.
    submission = model.model_validate({"title": "x", "content": "x", **sent}).submission(None)
    for fault in map(as_sent, _faults(submission, accounts)):
        if fault.field in sent:
            yield fault


def _faults(submission: Submission, accounts: OwnerAccounts | None) -> Iterator[Fault]:
    yield from faults_of(submission)
    yield from future_faults(submission.run_at, get_settings().zone, datetime.now(UTC))
    found = None if accounts is None else accounts.find(submission)
    if isinstance(found, Fault):
        yield found
