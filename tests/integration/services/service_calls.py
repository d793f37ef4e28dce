"""Calls of the services that name one thing, with what becomes of them: `Class.method`, and what is special."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import NotAllowed, NotFound, TopnError
from core.lane import AccountLimits, PauseScope, UserLimits
from core.services.bulk_change import BulkAction, BulkChange
from core.services.bulk_manager import BulkPlan
from core.services.log_viewer import LogFilter
from core.services.submission import ArticleChanges, Submission, TaskUpdate
from core.store.audit import AuditFilter
from core.store.records import Actor, ReviewAnswer, Role
from core.store.task_queries import TaskFilter
from tests.integration.services.service_world import ADMIN, Services, cookies
from tests.integration.services.two_owners import CSV, WORKER, Things

CANCEL_ALL = BulkChange(BulkAction.CANCEL)
ARTICLE = Submission(account="main", title="Another", content="Some text.")


@dataclass(frozen=True, slots=True)
class Call:
    """`refusal`: what an operator gets for another's thing, and for its own with `is_for_admins`. `is_new`: something
    new for a user, which nobody hands in for one who is disabled. `names_user`: it is about a user, who is there."""

    run: Callable[[Services, Actor, Things], object]
    refusal: type[TopnError] = NotFound
    is_for_admins: bool = False
    is_new: bool = False
    names_user: bool = False


def _new(run: Callable[[Services, Actor, Things], object]) -> Call:
    return Call(run, NotAllowed, is_new=True)


def _admins(run: Callable[[Services, Actor, Things], object]) -> Call:
    return Call(run, NotAllowed, is_for_admins=True)


def _of_user(run: Callable[[Services, Actor, Things], object], refusal: type[TopnError] = NotFound) -> Call:
    return Call(run, refusal, names_user=True)


def _to_account(s: Services, account_id: int) -> BulkChange:
    return BulkChange(BulkAction.ACCOUNT, account=s.accounts.get(account_id, actor=ADMIN))


def _change(**wanted: object) -> Callable[[Services, Actor, Things], object]:
    update = TaskUpdate(**wanted)  # type: ignore[arg-type]
    return lambda s, a, t: s.tasks.change(t.task, update, actor=a)


ARTICLES: dict[str, Call] = {
    "TaskQueueManager.submit": _new(lambda s, a, t: s.tasks.submit(ARTICLE, actor=a, user_id=t.user)),
    "TaskQueueManager.check_batch": _new(lambda s, a, t: s.tasks.check_batch(CSV, actor=a, user_id=t.user)),
    "TaskQueueManager.submit_batch": _new(lambda s, a, t: s.tasks.submit_batch(CSV, actor=a, user_id=t.user)),
    "TaskQueueManager.get": Call(lambda s, a, t: s.tasks.get(t.task, actor=a)),
    "TaskLists.named": Call(lambda s, a, t: s.lists.named([str(t.task)], actor=a)),
    "TaskQueueManager.article": Call(lambda s, a, t: s.tasks.article(t.task, actor=a)),
    "TaskQueueManager.events": Call(lambda s, a, t: s.tasks.events(t.task, actor=a)),
    "TaskQueueManager.versions": Call(lambda s, a, t: s.tasks.versions(t.task, actor=a)),
    "TaskQueueManager.waits": _of_user(lambda s, a, t: s.tasks.waits([s.tasks.get(t.task, actor=ADMIN)], actor=a)),
    "TaskQueueManager.wait_facts": _of_user(
        lambda s, a, t: s.tasks.wait_facts(s.tasks.get(t.task, actor=ADMIN), actor=a)
    ),
    "TaskQueueManager.list of a user": _of_user(lambda s, a, t: s.tasks.list(TaskFilter(user_id=t.user), actor=a)),
    "TaskQueueManager.edit": Call(lambda s, a, t: s.tasks.edit(t.task, ArticleChanges(title="New"), actor=a)),
    "TaskQueueManager.change and resend": Call(
        lambda s, a, t: s.tasks.change(t.failed, TaskUpdate(ArticleChanges(title="Newer"), resend=True), actor=a)
    ),
    "TaskQueueManager.change of account": Call(_change(account="spare")),
    "TaskQueueManager.reschedule": Call(lambda s, a, t: s.tasks.reschedule(t.task, None, actor=a)),
    "TaskQueueManager.reprioritise": Call(lambda s, a, t: s.tasks.reprioritise(t.task, 9, actor=a)),
    "TaskQueueManager.cancel": Call(lambda s, a, t: s.tasks.cancel(t.task, actor=a)),
    "TaskQueueManager.retry": Call(lambda s, a, t: s.tasks.retry(t.failed, actor=a)),
    "TaskQueueManager.answer_review": Call(
        lambda s, a, t: s.tasks.answer_review(t.doubtful, ReviewAnswer.GIVE_UP, actor=a)
    ),
    "TaskLists.page of a user": _of_user(lambda s, a, t: s.lists.page(TaskFilter(user_id=t.user), actor=a)),
    "TaskLists.newest of a user": _of_user(lambda s, a, t: s.lists.newest(TaskFilter(user_id=t.user), actor=a, size=9)),
    "TaskLists.everything of a user": _of_user(
        lambda s, a, t: list(s.lists.everything(TaskFilter(user_id=t.user), actor=a))
    ),
    "TaskLists.allowed of a user": _of_user(lambda s, a, t: s.lists.allowed(TaskFilter(user_id=t.user), a)),
    "BulkManager.plan of a user": _of_user(
        lambda s, a, t: s.bulk.plan(CANCEL_ALL, TaskFilter(user_id=t.user), actor=a)
    ),
    "BulkManager.plan of one": Call(lambda s, a, t: s.bulk.plan(CANCEL_ALL, [t.task], actor=a)),
    "BulkManager.plan to an account": Call(lambda s, a, t: s.bulk.plan(_to_account(s, t.account), [], actor=a)),
    "BulkManager.carry_out": Call(lambda s, a, t: s.bulk.carry_out(BulkPlan(CANCEL_ALL, (t.task,), {}), actor=a)),
    "BatchViewer.get": Call(lambda s, a, t: s.batches.get(t.batch, actor=a)),
    "PictureViewer.live": Call(lambda s, a, t: s.pictures.live(t.task, actor=a)),
    "PictureViewer.of_failure": Call(lambda s, a, t: s.pictures.of_failure(t.task, actor=a)),
    "PictureViewer.cover": Call(lambda s, a, t: s.pictures.cover(t.task, actor=a)),
    "LogViewer.page of one": Call(lambda s, a, t: s.logs.page(LogFilter(task_id=t.task), actor=a)),
}
PEOPLE: dict[str, Call] = {
    "AccountManager.add": _new(lambda s, a, t: s.accounts.add("new", cookies(), actor=a, user_id=t.user)),
    "AccountManager.find": _of_user(lambda s, a, t: s.accounts.find("main", actor=a, user_id=t.user), NotAllowed),
    "AccountManager.get": Call(lambda s, a, t: s.accounts.get(t.account, actor=a)),
    "AccountManager.list of a user": _of_user(lambda s, a, t: s.accounts.list(actor=a, user_id=t.user), NotAllowed),
    "AccountManager.check": Call(lambda s, a, t: s.accounts.check(t.account, actor=a)),
    "AccountManager.replace_cookies": Call(
        lambda s, a, t: s.accounts.replace_cookies(t.account, cookies(), actor=a, probe=False)
    ),
    "AccountManager.look_at_cookies": Call(lambda s, a, t: s.accounts.look_at_cookies(t.account, cookies(), actor=a)),
    "AccountManager.delete": Call(lambda s, a, t: s.accounts.delete(t.spare, actor=a)),
    "AccountManager.reseal": _admins(lambda s, a, t: s.accounts.reseal(actor=a)),
    "UserManager.add": _admins(lambda s, a, t: s.users.add("new", actor=a)),
    "UserManager.by_name": Call(lambda s, a, t: s.users.by_name(t.name, actor=a)),
    "UserManager.list": _admins(lambda s, a, t: s.users.list(actor=a)),
    "UserManager.set_password": _of_user(lambda s, a, t: s.users.set_password(t.user, "a long password", actor=a)),
    "UserManager.set_disabled": _admins(lambda s, a, t: s.users.set_disabled(t.user, is_disabled=True, actor=a)),
    "UserManager.set_role": _admins(lambda s, a, t: s.users.set_role(t.user, Role.ADMIN, actor=a)),
    "SignIn.sign_out": Call(lambda s, a, t: s.sign_in.sign_out(t.session, actor=a)),
    "SignIn.sign_out_everywhere": _of_user(lambda s, a, t: s.sign_in.sign_out_everywhere(t.user, actor=a)),
    "TokenManager.make": _new(lambda s, a, t: s.tokens.make("new", actor=a, user_id=t.user)),
    "TokenManager.revoke": Call(lambda s, a, t: s.tokens.revoke(t.token, actor=a)),
    "TokenManager.revoke_all": _of_user(lambda s, a, t: s.tokens.revoke_all(t.user, actor=a)),
}
SERVICE: dict[str, Call] = {
    "AuditViewer.entries": _admins(lambda s, a, t: s.audit_viewer.entries(AuditFilter(), actor=a)),
    "LimitManager.show": _of_user(lambda s, a, t: s.limits.show(t.user, actor=a)),
    "LimitManager.everybody": _admins(lambda s, a, t: s.limits.everybody(actor=a)),
    "LimitManager.set": _admins(lambda s, a, t: s.limits.set(UserLimits(t.user, max_running=2), actor=a)),
    "LimitManager.change": _admins(lambda s, a, t: s.limits.change(UserLimits(t.user, max_running=2), actor=a)),
    "LimitManager.set_account": _admins(lambda s, a, t: s.limits.set_account(AccountLimits(t.account, 1), actor=a)),
    "LimitManager.change_account": _admins(
        lambda s, a, t: s.limits.change_account(AccountLimits(t.account, 1), actor=a)
    ),
    "LimitManager.reset": _admins(lambda s, a, t: s.limits.reset(t.user, actor=a)),
    "WorkerManager.quiet": _admins(lambda s, a, t: s.workers.quiet(WORKER, actor=a)),
    "WorkerManager.resume": _admins(lambda s, a, t: s.workers.resume(WORKER, actor=a)),
    "WorkerManager.stop": _admins(lambda s, a, t: s.workers.stop(WORKER, actor=a)),
    "WorkerManager.start": _admins(lambda s, a, t: s.workers.start(WORKER, actor=a)),
    "PauseManager.pause everything": _admins(lambda s, a, t: s.pauses.pause(PauseScope.EVERYTHING, actor=a)),
    "PauseManager.pause a platform": _admins(lambda s, a, t: s.pauses.pause(PauseScope.PLATFORM, "zhihu", actor=a)),
    "PauseManager.pause a user": _of_user(lambda s, a, t: s.pauses.pause(PauseScope.USER, str(t.user), actor=a)),
    "PauseManager.pause an account": Call(lambda s, a, t: s.pauses.pause(PauseScope.ACCOUNT, str(t.account), actor=a)),
    "PauseManager.pause a batch": Call(lambda s, a, t: s.pauses.pause(PauseScope.BATCH, str(t.batch), actor=a)),
    "PauseManager.resume everything": _admins(lambda s, a, t: s.pauses.resume(PauseScope.EVERYTHING, actor=a)),
    "PauseManager.resume a platform": _admins(lambda s, a, t: s.pauses.resume(PauseScope.PLATFORM, "zhihu", actor=a)),
    "PauseManager.resume a user": _of_user(lambda s, a, t: s.pauses.resume(PauseScope.USER, str(t.user), actor=a)),
    "PauseManager.resume an account": Call(
        lambda s, a, t: s.pauses.resume(PauseScope.ACCOUNT, str(t.account), actor=a)
    ),
    "PauseManager.resume a batch": Call(lambda s, a, t: s.pauses.resume(PauseScope.BATCH, str(t.batch), actor=a)),
    "PauseManager.list": _admins(lambda s, a, t: s.pauses.list(actor=a)),
    "RestoreManager.restore": _admins(lambda s, a, t: s.restore.restore(actor=a)),
    "RestoreManager.accept": _admins(lambda s, a, t: s.restore.accept(actor=a)),
}
CALLS = ARTICLES | PEOPLE | SERVICE
