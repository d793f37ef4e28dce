"""One article changed in one transaction, and many given to another account: what was shown first is what happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import Conflict, InvalidInput, NotFound, NotPossible
from core.services.bulk_change import BulkAction, BulkChange, Effect
from core.services.pictures import picture_of
from core.services.submission import ArticleChanges, NewTime, TaskUpdate
from core.services.timeline_words import sentence
from core.store.records import AccountView, Actor, TaskView
from core.store.task_filter import TaskFilter
from core.task_state import BlockReason, Mode, TaskStatus
from tests.integration.services.service_world import ADMIN, Services, cookies

PNG = b"\x89PNG\r\n\x1a\n and the rest"
LATER = datetime.now(UTC) + timedelta(days=2)


def second_account(services: Services, actor: Actor, name: str = "second") -> AccountView:
    return services.accounts.add(name, cookies(), actor=actor)


def fail(services: Services, task: TaskView, *, draft_id: str | None = None, is_submitted: bool = False) -> None:
    held = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    services.queue.remove(task.id, task.user_id, task.account_id)
    if draft_id:
        services.store.record_draft_id(held, draft_id)
    if is_submitted:
        services.store.block(held, BlockReason.NEEDS_REVIEW, error_class="Unknown", message="no answer")
    else:
        services.store.fail(held, error_class="Rejected", message="word 3")


def test_everything_at_once(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    other = second_account(services, ada)
    task = services.submit(ada, topics=("a",), cover=PNG)
    wanted = TaskUpdate(
        article=ArticleChanges(title=" New ", content="Other text.", topics=("b",), mode="draft", without_cover=True),
        account="second",
        time=NewTime(LATER),
        priority=8,
    )
    changed = services.tasks.change(task.public_id, wanted, actor=ada)
    assert (changed.title, changed.mode, changed.account_id) == ("New", Mode.DRAFT, other.id)
    assert (changed.run_at, changed.priority) == (LATER, 8)
    article = services.tasks.article(task.id, actor=ada)
    assert (article.content, article.topics, article.cover_sha256, article.version) == ("Other text.", ("b",), None, 2)
    old, _new = services.tasks.versions(task.id, actor=ada)
    assert (old.title, old.cover_sha256) == ("Hello", picture_of(PNG).sha256)
    assert services.queue.ahead_of(task.id, task.user_id, task.account_id) is None
    done = [entry.action for entry in services.audit.entries(limit=4)]
    assert sorted(done) == [
        "article.change_account",
        "article.edit",
        "article.reprioritise",
        "article.reschedule",
    ]


def test_all_faults_are_named_and_nothing_is_changed(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    article = ArticleChanges(title="", content=" ", topics=("a", "b", "c", "d"), column="c" * 101, mode="x", cover=b"x")
    wanted = TaskUpdate(article, account="nobody", time=NewTime(datetime(2020, 1, 1, tzinfo=UTC)), priority=11)
    with pytest.raises(InvalidInput) as refusal:
        services.tasks.change(task.id, wanted, actor=ada)
    fields = {fault.field for fault in refusal.value.faults}
    assert fields == {"title", "content", "topics", "column", "mode", "cover", "account", "run_at", "priority"}
    assert services.tasks.get(task.id, actor=ada) == task


def test_a_change_that_is_refused_in_one_part_changes_nothing(services_on_both: Services) -> None:
    """The time may change still; the text may not, for it may be online."""
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    fail(services, task, is_submitted=True)
    before = services.tasks.get(task.id, actor=ada)
    wanted = TaskUpdate(ArticleChanges(title="New"), time=NewTime(LATER), priority=9)
    with pytest.raises(NotPossible, match="until that is answered"):
        services.tasks.change(task.id, wanted, actor=ada)
    assert services.tasks.get(task.id, actor=ada) == before
    assert services.audit.entries(limit=1)[0].action != "article.edit"


def test_edit_and_resend(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    fail(services, task, draft_id="d-1")
    wanted = TaskUpdate(ArticleChanges(content="Without word 3."), resend=True)
    sent = services.tasks.change(task.id, wanted, actor=ada)
    assert (sent.id, sent.status, sent.error_message) == (task.id, TaskStatus.WAITING, None)
    assert services.queue.ahead_of(task.id, task.user_id, task.account_id) == 0
    told = [sentence(event) for event in services.tasks.events(task.id, actor=ada)[-2:]]
    assert told == ["Edited by ada (text)", "Tried again by ada"]
    assert services.tasks.change(task.id, TaskUpdate(resend=True), actor=ada).status is TaskStatus.WAITING


def test_an_edit_that_says_nothing_new_changes_nothing(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    services.tasks.edit(task.id, ArticleChanges(title="Hello ", mode="publish"), actor=ada)
    assert services.tasks.article(task.id, actor=ada).version == 1
    assert [event.kind for event in services.tasks.events(task.id, actor=ada)] == ["handed_in"]


def test_who_edits_an_old_text_is_told(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    services.tasks.edit(task.id, ArticleChanges(title="By an administrator"), actor=ADMIN)
    with pytest.raises(Conflict, match="changed by somebody else"):
        services.tasks.edit(task.id, ArticleChanges(content="Mine.", based_on=1), actor=ada)
    told = sentence(services.tasks.events(task.id, actor=ada)[-1])
    assert told == "Edited by command line (title): “By an administrator”, before: “Hello”"


def test_the_line_follows_an_article_to_its_new_account(services: Services) -> None:
    _, ada, first = services.add_user("ada")
    other = second_account(services, ada)
    task = services.submit(ada)
    services.tasks.change(task.id, TaskUpdate(account="second"), actor=ada)
    assert services.queue.ahead_of(task.id, task.user_id, first.id) is None
    assert services.queue.ahead_of(task.id, task.user_id, other.id) == 0
    claim = services.queue.claim()
    assert claim is not None
    assert (claim.task_id, claim.account_id) == (task.id, other.id)


def test_a_turn_that_was_given_before_the_move_comes_to_nothing(services: Services) -> None:
    """The worker finds another account in the row, and the article has a place in the right line again."""
    _, ada, _ = services.add_user("ada")
    other = second_account(services, ada)
    task = services.submit(ada)
    claim = services.queue.claim()
    assert claim is not None
    services.tasks.change(task.id, TaskUpdate(account="second"), actor=ada)
    taken = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1, account_id=claim.account_id)
    assert taken is None
    services.queue.give_back(claim, requeue=False)
    entry = services.tasks._queries.entry(task.id)  # noqa: SLF001 - what the maintenance asks for
    assert entry is not None
    assert services.queue.missing([entry]) == [entry]
    services.queue.push([entry])
    again = services.queue.claim()
    assert again is not None
    assert again.account_id == other.id


def test_another_account_for_many(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, first = services.add_user("ada")
    _, bob, _ = services.add_user("bob")
    other = second_account(services, ada)
    plain, drafted, doubtful, there = (services.submit(ada, title) for title in "abcd")
    hers = services.submit(bob)
    fail(services, drafted, draft_id="d-1")
    fail(services, doubtful, is_submitted=True)
    services.tasks.change(there.id, TaskUpdate(account="second"), actor=ada)
    move = BulkChange(BulkAction.ACCOUNT, account=other)
    plan = services.bulk.plan(move, TaskFilter(), actor=ADMIN)
    assert plan.effects == {
        Effect.MOVED: 1,
        Effect.MOVED_FROM_DRAFT: 1,
        Effect.LEFT: 1,
        Effect.THERE_ALREADY: 1,
        Effect.NOT_THEIRS: 1,
    }
    assert plan.number == 5
    assert set(plan.ids) == {plain.id, drafted.id}
    receipt = services.bulk.carry_out(plan, actor=ada)
    assert (receipt.changed, receipt.refused) == (2, [])
    accounts = {task.id: task.account_id for task in services.lists.page(TaskFilter(), actor=ADMIN).tasks}
    assert accounts[plain.id] == accounts[drafted.id] == accounts[there.id] == other.id
    assert accounts[doubtful.id] == first.id
    assert accounts[hers.id] == hers.account_id
    assert services.queue.ahead_of(plain.id, plain.user_id, first.id) is None
    assert services.queue.ahead_of(plain.id, plain.user_id, other.id) is not None
    newest = services.audit.entries(limit=1)[0]
    assert (newest.action, newest.detail["changed"]) == ("article.account_many", 2)


def test_what_has_changed_since_the_plan_is_left(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    other = second_account(services, ada)
    task = services.submit(ada)
    plan = services.bulk.plan(BulkChange(BulkAction.ACCOUNT, account=other), [task.id], actor=ada)
    assert services.store.take(task.id, worker_id="w:1:a", claimed_ms=1) is not None
    receipt = services.bulk.carry_out(plan, actor=ada)
    assert receipt.changed == 0
    assert "cancel it first" in str(receipt.refused[0])


def test_another_users_account_does_not_exist(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    _, _, of_bob = services.add_user("bob")
    task = services.submit(ada)
    with pytest.raises(NotFound):
        services.bulk.plan(BulkChange(BulkAction.ACCOUNT, account=of_bob), [task.id], actor=ada)
    with pytest.raises(InvalidInput, match="Name the account"):
        services.bulk.plan(BulkChange(BulkAction.ACCOUNT), [task.id], actor=ada)
    with pytest.raises(InvalidInput, match="has no account “theirs”"):
        services.tasks.change(task.id, TaskUpdate(account="theirs"), actor=ada)
