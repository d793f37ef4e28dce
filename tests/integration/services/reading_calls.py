"""Calls that name no owner: of what two have, each is shown its own. And calls that are about the actor alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core.services.alerts import AlertKind, ServiceHealth
from core.services.bulk_change import BulkAction, BulkChange
from core.services.log_viewer import LogFilter
from core.store.records import Actor, TaskView
from core.store.task_filter import TaskFilter
from core.store.users import UserStore
from core.task_state import TaskStatus
from tests.integration.services.service_world import ADMIN, Services
from tests.integration.services.two_owners import Two

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)
PASSWORD = "a good long password"
FORM = "f" * 32
"""All three write in a form of this name: naming it must lead nobody to another's."""
Seen = list[set[int]]


@dataclass(frozen=True, slots=True)
class Filtered:
    """`seen`: whose things stand in each part of the answer, as ids of users."""

    run: Callable[[Services, Actor, Two], Any]
    seen: Callable[[Services, Two, Any], Seen]


@dataclass(frozen=True, slots=True)
class ActorsOwn:
    """`left`: what ada has. A reading call answers just that to ada, and nobody else changes it or is told it."""

    run: Callable[[Services, Actor], object]
    left: Callable[[Services, Two], object]
    is_reading: bool = False


def _users(services: Services, two: Two, answer: Iterable[Any]) -> Seen:
    return [{one.user_id for one in answer}]


def _names(services: Services, two: Two, answer: Iterable[Any]) -> Seen:
    ids = {name: user_id for user_id, name in two.names.items()}
    return [{ids[one.user_name] for one in answer}]


def _of_accounts(services: Services, two: Two, account_ids: Collection[int]) -> set[int]:
    return {one.user_id for one in two.accounts(services) if one.id in account_ids}


def _of_tasks(services: Services, two: Two, task_ids: Collection[int | None]) -> set[int]:
    return {one.user_id for one in two.tasks(services) if one.id in task_ids}


def _counted(two: Two, number: int, each: int = 1) -> set[int]:
    """Of what ada has `each` and bob twice as many."""
    return {0: set(), each: {two.ada.user}, 2 * each: {two.bob.user}, 3 * each: set(two.names)}[number]


def _of_outcomes(services: Services, two: Two, answer: Any) -> Seen:
    return [
        _counted(two, answer.unfinished[TaskStatus.BLOCKED]),
        _counted(two, answer.published),
        _counted(two, answer.failed),
    ]


def _of_failures(services: Services, two: Two, answer: Any) -> Seen:
    return [_of_accounts(services, two, {account for group in answer for account in group.accounts})]


def _of_overview(services: Services, two: Two, answer: Any) -> Seen:
    return [
        {line.user_id for line in answer.line.users},
        _counted(two, answer.counts[TaskStatus.PUBLISHED]),
        _of_accounts(services, two, {int(pause.key) for pause in answer.pauses}),
    ]


def _of_alerts(services: Services, two: Two, answer: Any) -> Seen:
    numbers = [alert.number for alert in answer if alert.kind is AlertKind.NEEDS_PERSON]
    return [_counted(two, sum(numbers))]


def _of_workers(services: Services, two: Two, answer: Any) -> Seen:
    (worker,) = answer
    assert len(worker.threads) == 3, "how busy it is, everybody may see"
    tasks: list[TaskView] = [thread.task for thread in worker.threads if thread.task is not None]
    return [{task.user_id for task in tasks}]


def _of_pauses(services: Services, two: Two, answer: Any) -> Seen:
    return [_of_accounts(services, two, {int(pause.key) for pause in answer})]


FILTERED_BY_OWNER: dict[str, Filtered] = {
    "TaskQueueManager.list": Filtered(lambda s, a, two: s.tasks.list(actor=a), _users),
    "TaskQueueManager.queue_stats": Filtered(lambda s, a, two: s.tasks.queue_stats(actor=a), _of_overview),
    "TaskLists.page": Filtered(lambda s, a, two: s.lists.page(TaskFilter(), actor=a).tasks, _users),
    "TaskLists.newest": Filtered(lambda s, a, two: s.lists.newest(TaskFilter(), actor=a, size=9), _users),
    "TaskLists.everything": Filtered(lambda s, a, two: s.lists.everything(TaskFilter(), actor=a), _users),
    "TaskLists.by_ids": Filtered(lambda s, a, two: s.lists.by_ids([task.id for task in two.tasks(s)], actor=a), _users),
    "TaskLists.batches": Filtered(lambda s, a, two: s.lists.batches(actor=a), _names),
    "TaskLists.open_by_account": Filtered(
        lambda s, a, two: s.lists.open_by_account(two.accounts(s), actor=a),
        lambda s, two, answer: [_of_accounts(s, two, answer.keys())],
    ),
    "TaskLists.allowed": Filtered(
        lambda s, a, two: s.lists.allowed(TaskFilter(), a),
        lambda s, two, answer: [set(two.names) if answer.user_id is None else {answer.user_id}],
    ),
    "BulkManager.plan": Filtered(
        lambda s, a, two: s.bulk.plan(BulkChange(BulkAction.CANCEL), TaskFilter(), actor=a),
        lambda s, two, answer: [_of_tasks(s, two, answer.ids)],
    ),
    "BatchViewer.recent": Filtered(lambda s, a, two: s.batches.recent(actor=a), _users),
    "BatchViewer.count": Filtered(
        lambda s, a, two: s.batches.count(actor=a), lambda s, two, answer: [_counted(two, answer)]
    ),
    "AccountManager.list": Filtered(lambda s, a, two: s.accounts.list(actor=a), _users),
    "AccountManager.ends": Filtered(
        lambda s, a, two: s.accounts.ends(two.accounts(s), actor=a),
        lambda s, two, answer: [_of_accounts(s, two, answer.keys())],
    ),
    "TokenManager.list": Filtered(lambda s, a, two: s.tokens.list(actor=a), _users),
    "LogViewer.page": Filtered(
        lambda s, a, two: s.logs.page(LogFilter(), actor=a).lines,
        lambda s, two, answer: [_of_tasks(s, two, {line.task_id for line in answer})],
    ),
    "QueueViewer.line": Filtered(lambda s, a, two: s.line.line(actor=a).lanes, _users),
    "QueueViewer.waits": Filtered(
        lambda s, a, two: s.line.waits(actor=a), lambda s, two, answer: [_counted(two, answer.starts, 4)]
    ),
    "QueueViewer.pauses": Filtered(lambda s, a, two: s.line.pauses(actor=a), _of_pauses),
    "OutcomeViewer.outcomes": Filtered(lambda s, a, two: s.outcomes.outcomes(LONG_AGO, actor=a), _of_outcomes),
    "OutcomeViewer.failures": Filtered(lambda s, a, two: s.outcomes.failures(LONG_AGO, actor=a), _of_failures),
    "OutcomeViewer.trend": Filtered(
        lambda s, a, two: s.outcomes.trend(LONG_AGO, timedelta(hours=1), 3, actor=a),
        lambda s, two, answer: [_counted(two, sum(answer.published))],
    ),
    "AlertViewer.alerts": Filtered(lambda s, a, two: s.alerts.alerts(ServiceHealth(workers=1), actor=a), _of_alerts),
    "WorkerViewer.workers": Filtered(lambda s, a, two: s.processes.workers(actor=a), _of_workers),
}
FOR_EVERYBODY: dict[str, Callable[[Services, Actor], object]] = {
    # Which processes an administrator stopped: nothing of anybody's articles.
    "WorkerViewer.stopped": lambda s, a: s.processes.stopped(actor=a),
}


def _has_password(services: Services, two: Two) -> object:
    return UserStore(services.db).verify("ada", PASSWORD) is not None


def _draft(services: Services, two: Two) -> object:
    return services.drafts.load(FORM, actor=two.ada.actor)


def _cover(services: Services, two: Two) -> object:
    return services.drafts.load_cover(FORM, actor=two.ada.actor)


ACTORS_OWN: dict[str, ActorsOwn] = {
    "FormDrafts.save": ActorsOwn(lambda s, a: s.drafts.save(FORM, {"title": f"By {a.name}"}, actor=a), _draft),
    "FormDrafts.load": ActorsOwn(lambda s, a: s.drafts.load(FORM, actor=a), _draft, is_reading=True),
    "FormDrafts.forget": ActorsOwn(lambda s, a: s.drafts.forget(FORM, actor=a), _draft),
    "FormDrafts.save_cover": ActorsOwn(lambda s, a: s.drafts.save_cover(FORM, b"new", actor=a), _cover),
    "FormDrafts.load_cover": ActorsOwn(lambda s, a: s.drafts.load_cover(FORM, actor=a), _cover, is_reading=True),
    "FormDrafts.cover_stamp": ActorsOwn(
        lambda s, a: s.drafts.cover_stamp(FORM, actor=a),
        lambda s, two: s.drafts.cover_stamp(FORM, actor=two.ada.actor),
        is_reading=True,
    ),
    "FormDrafts.forget_cover": ActorsOwn(lambda s, a: s.drafts.forget_cover(FORM, actor=a), _cover),
    "FormDrafts.stamp": ActorsOwn(
        lambda s, a: s.drafts.stamp(FORM, actor=a),
        lambda s, two: s.drafts.stamp(FORM, actor=two.ada.actor),
        is_reading=True,
    ),
    "FormDrafts.unfinished": ActorsOwn(
        lambda s, a: s.drafts.unfinished(actor=a),
        lambda s, two: s.drafts.unfinished(actor=two.ada.actor),
        is_reading=True,
    ),
    "SignIn.sessions": ActorsOwn(
        lambda s, a: s.sign_in.sessions(actor=a),
        lambda s, two: s.sign_in.sessions(actor=two.ada.actor),
        is_reading=True,
    ),
    "SignIn.change_password": ActorsOwn(
        lambda s, a: s.sign_in.change_password(PASSWORD, "another long one", actor=a, keep_session=0), _has_password
    ),
}


def give_each_its_own(services: Services, two: Two) -> None:
    """A draft, a cover and a password."""
    for actor in (two.ada.actor, two.bob.actor, two.root):
        services.drafts.save(FORM, {"title": f"Draft of {actor.name}"}, actor=actor)
        services.drafts.save_cover(FORM, actor.name.encode(), actor=actor)
        assert actor.user_id is not None
        services.users.set_password(actor.user_id, PASSWORD, actor=ADMIN)
        services.sessions.open(actor.user_id)
