"""Who may do what: every call × operator or administrator × own or another's. And each refusal is on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from core.errors import NotAllowed, NotFound, TopnError
from core.lane import AccountLimits, PauseScope, UserLimits
from core.services.bulk_change import BulkAction, BulkChange
from core.services.bulk_manager import BulkPlan
from core.services.csv_import import parse_csv
from core.services.log_viewer import LogFilter
from core.services.submission import ArticleChanges, Submission, TaskUpdate
from core.store.audit import AuditFilter
from core.store.records import Actor, ReviewAnswer, Role
from core.store.task_queries import TaskFilter
from tests.integration.services.service_world import ADMIN, ZONE, Services, cookies

CSV = parse_csv(b"title,content,account\nOne,x,main\n", zone=ZONE)
CANCEL_ALL = BulkChange(BulkAction.CANCEL)
WORKER = "host:1:aa"
ARTICLE = Submission(account="main", title="Another", content="Some text.")


@dataclass(frozen=True, slots=True)
class Target:
    """What belongs to one user."""

    user: int
    name: str
    account: int
    task: int
    batch: int
    token: int


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a service. `refusal`: what an operator gets for another's thing, and for its own with
    `is_for_admins`. `changes`: whether a refusal must be on record."""

    run: Callable[[Services, Actor, Target], object]
    refusal: type[TopnError] = NotFound
    is_for_admins: bool = False
    is_recorded: bool = True


CALLS: dict[str, Call] = {
    "submit": Call(lambda s, a, t: s.tasks.submit(ARTICLE, actor=a, user_id=t.user), NotAllowed),
    "check_batch": Call(lambda s, a, t: s.tasks.check_batch(CSV, actor=a, user_id=t.user), NotAllowed),
    "submit_batch": Call(lambda s, a, t: s.tasks.submit_batch(CSV, actor=a, user_id=t.user), NotAllowed),
    "get": Call(lambda s, a, t: s.tasks.get(t.task, actor=a)),
    "article": Call(lambda s, a, t: s.tasks.article(t.task, actor=a)),
    "events": Call(lambda s, a, t: s.tasks.events(t.task, actor=a)),
    "waits": Call(lambda s, a, t: s.tasks.waits([s.tasks.get(t.task, actor=ADMIN)], actor=a)),
    "wait_facts": Call(lambda s, a, t: s.tasks.wait_facts(s.tasks.get(t.task, actor=ADMIN), actor=a)),
    "list": Call(lambda s, a, t: s.tasks.list(TaskFilter(user_id=t.user), actor=a)),
    "lists.page": Call(lambda s, a, t: s.lists.page(TaskFilter(user_id=t.user), actor=a)),
    "lists.everything": Call(lambda s, a, t: list(s.lists.everything(TaskFilter(user_id=t.user), actor=a))),
    "bulk.plan": Call(lambda s, a, t: s.bulk.plan(CANCEL_ALL, TaskFilter(user_id=t.user), actor=a)),
    "bulk.plan_ids": Call(lambda s, a, t: s.bulk.plan(CANCEL_ALL, [t.task], actor=a)),
    "bulk.carry_out": Call(lambda s, a, t: s.bulk.carry_out(BulkPlan(CANCEL_ALL, (t.task,), {}), actor=a)),
    "bulk.plan to an account": Call(
        lambda s, a, t: s.bulk.plan(
            BulkChange(BulkAction.ACCOUNT, account=s.accounts.get(t.account, actor=ADMIN)), [], actor=a
        )
    ),
    "edit": Call(lambda s, a, t: s.tasks.edit(t.task, ArticleChanges(title="New"), actor=a)),
    "edit and resend": Call(
        lambda s, a, t: s.tasks.change(t.task, TaskUpdate(ArticleChanges(title="Newer"), resend=True), actor=a)
    ),
    "change account": Call(lambda s, a, t: s.tasks.change(t.task, TaskUpdate(account="main"), actor=a)),
    "versions": Call(lambda s, a, t: s.tasks.versions(t.task, actor=a)),
    "live picture": Call(lambda s, a, t: s.pictures.live(t.task, actor=a)),
    "picture of a failure": Call(lambda s, a, t: s.pictures.of_failure(t.task, actor=a)),
    "reschedule": Call(lambda s, a, t: s.tasks.reschedule(t.task, None, actor=a)),
    "reprioritise": Call(lambda s, a, t: s.tasks.reprioritise(t.task, 9, actor=a)),
    "cancel": Call(lambda s, a, t: s.tasks.cancel(t.task, actor=a)),
    "retry": Call(lambda s, a, t: s.tasks.retry(t.task, actor=a)),
    "answer_review": Call(lambda s, a, t: s.tasks.answer_review(t.task, ReviewAnswer.GIVE_UP, actor=a)),
    "accounts.add": Call(lambda s, a, t: s.accounts.add("new", cookies(), actor=a, user_id=t.user), NotAllowed),
    "accounts.find": Call(lambda s, a, t: s.accounts.find("main", actor=a, user_id=t.user), NotAllowed),
    "accounts.get": Call(lambda s, a, t: s.accounts.get(t.account, actor=a)),
    "accounts.list": Call(lambda s, a, t: s.accounts.list(actor=a, user_id=t.user), NotAllowed),
    "accounts.delete": Call(lambda s, a, t: s.accounts.delete(t.account, actor=a)),
    "accounts.sign_in": Call(lambda s, a, t: s.accounts.replace_cookies(t.account, cookies(), actor=a, probe=False)),
    "accounts.reseal": Call(lambda s, a, t: s.accounts.reseal(actor=a), NotAllowed, is_for_admins=True),
    "users.add": Call(lambda s, a, t: s.users.add("new", actor=a), NotAllowed, is_for_admins=True),
    "users.by_name": Call(lambda s, a, t: s.users.by_name(t.name, actor=a)),
    "users.list": Call(lambda s, a, t: s.users.list(actor=a), NotAllowed, is_for_admins=True),
    "users.set_password": Call(lambda s, a, t: s.users.set_password(t.user, "a long password", actor=a)),
    "users.set_disabled": Call(
        lambda s, a, t: s.users.set_disabled(t.user, is_disabled=True, actor=a), NotAllowed, is_for_admins=True
    ),
    "users.set_role": Call(
        lambda s, a, t: s.users.set_role(t.user, Role.ADMIN, actor=a), NotAllowed, is_for_admins=True
    ),
    "tokens.make": Call(lambda s, a, t: s.tokens.make("new", actor=a, user_id=t.user), NotAllowed),
    "tokens.revoke": Call(lambda s, a, t: s.tokens.revoke(t.token, actor=a)),
    "tokens.revoke_all": Call(lambda s, a, t: s.tokens.revoke_all(t.user, actor=a)),
    "audit.read": Call(lambda s, a, t: s.audit_viewer.entries(AuditFilter(), actor=a), NotAllowed, is_for_admins=True),
    "logs.page": Call(lambda s, a, t: s.logs.page(LogFilter(task_id=t.task), actor=a)),
    "batches.get": Call(lambda s, a, t: s.batches.get(t.batch, actor=a)),
    "limits.show": Call(lambda s, a, t: s.limits.show(t.user, actor=a)),
    "limits.busy": Call(lambda s, a, t: s.limits.busy(actor=a), NotAllowed, is_for_admins=True),
    "limits.set": Call(
        lambda s, a, t: s.limits.set(UserLimits(t.user, max_running=2), actor=a), NotAllowed, is_for_admins=True
    ),
    "limits.change": Call(
        lambda s, a, t: s.limits.change(UserLimits(t.user, max_running=2), actor=a), NotAllowed, is_for_admins=True
    ),
    "limits.set_account": Call(
        lambda s, a, t: s.limits.set_account(AccountLimits(t.account, 1), actor=a), NotAllowed, is_for_admins=True
    ),
    "limits.reset": Call(lambda s, a, t: s.limits.reset(t.user, actor=a), NotAllowed, is_for_admins=True),
    "workers.quiet": Call(lambda s, a, t: s.workers.quiet(WORKER, actor=a), NotAllowed, is_for_admins=True),
    "workers.resume": Call(lambda s, a, t: s.workers.resume(WORKER, actor=a), NotAllowed, is_for_admins=True),
    "workers.stop": Call(lambda s, a, t: s.workers.stop(WORKER, actor=a), NotAllowed, is_for_admins=True),
    "workers.start": Call(lambda s, a, t: s.workers.start(WORKER, actor=a), NotAllowed, is_for_admins=True),
    "pause everything": Call(
        lambda s, a, t: s.pauses.pause(PauseScope.EVERYTHING, actor=a), NotAllowed, is_for_admins=True
    ),
    "pause a platform": Call(
        lambda s, a, t: s.pauses.pause(PauseScope.PLATFORM, "zhihu", actor=a), NotAllowed, is_for_admins=True
    ),
    "pause a user": Call(lambda s, a, t: s.pauses.pause(PauseScope.USER, str(t.user), actor=a)),
    "pause an account": Call(lambda s, a, t: s.pauses.pause(PauseScope.ACCOUNT, str(t.account), actor=a)),
    "pause a batch": Call(lambda s, a, t: s.pauses.pause(PauseScope.BATCH, str(t.batch), actor=a)),
    "resume everything": Call(
        lambda s, a, t: s.pauses.resume(PauseScope.EVERYTHING, actor=a), NotAllowed, is_for_admins=True
    ),
    "resume a batch": Call(lambda s, a, t: s.pauses.resume(PauseScope.BATCH, str(t.batch), actor=a)),
    "list pauses": Call(lambda s, a, t: s.pauses.list(actor=a), NotAllowed, is_for_admins=True),
}


@pytest.fixture
def target(services: Services) -> Target:
    """What belongs to ada."""
    user, ada, account = services.add_user("ada")
    receipt = services.tasks.submit_batch(parse_csv(b"title,content\nHello,x\n", zone=ZONE), actor=ada)
    assert receipt.batch_id is not None
    _secret, token = services.tokens.make("a program", actor=ada)
    return Target(user.id, "ada", account.id, receipt.tasks[0].task_id, receipt.batch_id, token.id)


def refused(call: Call, services: Services, actor: Actor, target: Target) -> bool:
    """Whether the actor may not. Whatever else is wrong with the call comes after that question."""
    try:
        call.run(services, actor, target)
    except call.refusal:
        return True
    except TopnError:
        return False
    return False


@pytest.mark.parametrize("name", CALLS)
def test_an_administrator_may(name: str, services: Services, target: Target) -> None:
    assert not refused(CALLS[name], services, ADMIN, target)


@pytest.mark.parametrize("name", CALLS)
def test_an_operator_may_with_its_own_unless_it_is_for_administrators(
    name: str, services: Services, target: Target
) -> None:
    ada = Actor("ada", Role.OPERATOR, target.user)
    assert refused(CALLS[name], services, ada, target) == CALLS[name].is_for_admins


@pytest.mark.parametrize("name", CALLS)
def test_an_operator_may_nothing_with_anothers_and_that_is_on_record(
    name: str, services: Services, target: Target
) -> None:
    _, bo, _ = services.add_user("bo")
    assert refused(CALLS[name], services, bo, target)
    newest = services.audit.entries(limit=1)[0]
    assert (newest.actor_name, newest.detail) == ("bo", {"denied": True})


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.refusal is NotFound])
def test_what_is_anothers_reads_like_what_does_not_exist(name: str, services: Services, target: Target) -> None:
    _, bo, _ = services.add_user("bo")
    nothing = Target(target.user, "nobody", 99_999, 99_999, 99_999, 99_999)
    with pytest.raises(NotFound) as others:
        CALLS[name].run(services, bo, target)
    if name not in ("waits", "wait_facts", "list", "users.set_password", "limits.show", "pause a user"):
        with pytest.raises(NotFound) as missing:
            CALLS[name].run(services, bo, nothing)
        assert others.value.kind == missing.value.kind


def test_every_change_is_on_record(services: Services, target: Target) -> None:
    changing = {
        "submit": "article.submit",
        "edit": "article.edit",
        "reschedule": "article.reschedule",
        "reprioritise": "article.reprioritise",
        "cancel": "article.cancel",
        "retry": "article.retry",
        "accounts.add": "account.add",
        "accounts.sign_in": "account.sign_in",
        "accounts.reseal": "account.reseal",
        "users.add": "user.add",
        "users.set_password": "user.set_password",
        "users.set_role": "user.set_role",
        "tokens.make": "token.make",
        "tokens.revoke": "token.revoke",
        "tokens.revoke_all": "token.revoke_all",
        "limits.change": "limits.set",
        "limits.set_account": "limits.set",
        "limits.reset": "limits.reset",
        "workers.quiet": "worker.quiet",
        "workers.resume": "worker.resume",
        "workers.stop": "worker.stop",
        "workers.start": "worker.start",
        "pause everything": "everything.pause",
        "pause a platform": "platform.pause",
        "pause a user": "user.pause",
        "pause an account": "account.pause",
        "pause a batch": "batch.pause",
        "resume a batch": "batch.resume",
        "submit_batch": "batch.submit",
        "users.set_disabled": "user.set_disabled",
    }
    # Beside whom ada may become an administrator, and be disabled as one.
    for beats in (services.heartbeats, services.stopped_workers):
        beats.beat(WORKER, {}, 30)
    services.users.add("root", "a password of root", actor=ADMIN, role=Role.ADMIN)
    for name, action in changing.items():
        CALLS[name].run(services, ADMIN, target)
        newest = services.audit.entries(limit=1)[0]
        assert (newest.action, newest.actor_name) == (action, "command line"), name
        assert "token" not in str(newest.detail)
        assert "a long password" not in str(newest.detail)
