"""One article: handed in, looked at, changed, cancelled, tried again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core.errors import Conflict, InvalidInput, NotFound, NotPossible, QueueFull, ServiceUnavailable
from core.queue.fair_queue import FairQueue
from core.queue.redis_client import connect
from core.services.pictures import picture_of
from core.services.submission import ArticleChanges, Submission
from core.store.audit import AuditFilter
from core.store.records import CancelResult, ReviewAnswer
from core.store.row_snapshot import DatabaseRows
from core.store.task_queries import TaskFilter
from core.task_state import BlockReason, TaskStatus
from tests.integration.services.service_world import ADMIN, DEFAULTS, Services
from tests.servers.local_process import free_port

OTHER_SITE = "https://zhuanlan.zhihu.com.example/p/123"
PNG = b"\x89PNG\r\n\x1a\n and the rest"


def in_line(services: Services) -> int:
    return services.queue.stats().waiting


def test_an_article_is_kept_and_put_in_line(services: Services) -> None:
    _, ada, account = services.add_user("ada")
    task = services.submit(ada, " Hello ", priority=7, topics=("a", "b"), column="c", cover=PNG, client_ref="r-1")
    assert (task.title, task.status, task.priority, task.account_id) == ("Hello", TaskStatus.WAITING, 7, account.id)
    article = services.tasks.article(task.public_id, actor=ada)
    assert (article.topics, article.column, article.cover_sha256) == (("a", "b"), "c", picture_of(PNG).sha256)
    assert services.queue.ahead_of(task.id, task.user_id, account.id) == 0
    assert services.tasks.wait_facts(task, actor=ada).ahead == 0
    assert [event.kind for event in services.tasks.events(task.id, actor=ada)] == ["handed_in"]


def test_a_task_is_found_by_both_of_its_names(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    for name in (task.id, str(task.id), task.public_id):
        assert services.tasks.get(name, actor=ada).id == task.id
    for name in (999, "999", "nothing", "9" * 20, "9" * 5000, 2**70, -1):
        with pytest.raises(NotFound):
            services.tasks.get(name, actor=ada)


def test_everything_wrong_with_an_article_is_named_at_once(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    past = datetime.now(UTC) - timedelta(hours=1)
    with pytest.raises(InvalidInput) as caught:
        services.submit(ada, "", content=" ", account="other", mode="x", priority=10, run_at=past, cover=b"GIF89a")
    named = {fault.field for fault in caught.value.faults}
    assert named == {"title", "content", "account", "mode", "priority", "run_at", "cover"}
    assert "for the same time tomorrow" in str(caught.value)
    assert "Write one of: main" in str(caught.value)
    assert services.tasks.list(actor=ADMIN) == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"platform": "weibo"}, "“weibo” is not known. Write one of: zhihu"),
        ({"content_format": "docx"}, "“docx” is not known. Write one of: markdown, html, text"),
        ({"content": "Hi <script>alert(1)</script>"}, "<script> is not allowed"),
        ({"title": "x" * 101}, "101 characters"),
        ({"run_at": datetime(2099, 1, 1)}, "has no time zone"),  # noqa: DTZ001 - the fault that is looked for
        ({"run_at": datetime.max.replace(tzinfo=UTC)}, "more than 10 years away"),
        ({"run_at": datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=12)))}, "has passed"),
        ({"topics": ("a", "b", "c", "d")}, "4 topics"),
        ({"client_ref": "x" * 101}, "client_ref: has 101 characters"),
    ],
)
def test_what_is_refused(services: Services, facts: dict[str, object], words: str) -> None:
    _, ada, _ = services.add_user("ada")
    with pytest.raises(InvalidInput, match=words):
        services.submit(ada, **{"title": "Hello", **facts})  # type: ignore[arg-type]


def test_the_only_account_need_not_be_named(services: Services) -> None:
    user, ada, account = services.add_user("ada")
    assert services.submit(ada, account="").account_id == account.id
    services.accounts.add("second", '[{"name":"z_c0","value":"t","domain":".zhihu.com"}]', actor=ada, user_id=user.id)
    with pytest.raises(InvalidInput, match=r"account: is missing\. Write one of: main, second"):
        services.submit(ada, "Other", account="")


def test_the_same_reference_is_the_same_article(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    first = services.submit(ada, client_ref="r-1")
    again = services.submit(ada, client_ref="r-1", priority=9)
    assert (again.id, again.priority) == (first.id, 5)
    assert in_line(services) == 1
    with pytest.raises(Conflict, match="r-1"):
        services.submit(ada, "Other", client_ref="r-1")
    assert len(services.tasks.list(actor=ada)) == 1


def test_a_repeated_request_finds_its_task_after_its_time_has_come(services: Services) -> None:
    user, ada, _ = services.add_user("ada")
    intake = services.tasks._articles  # noqa: SLF001 - the one place that takes the time of day
    now = datetime.now(UTC)
    soon = Submission("main", "Hello", "Some text.", run_at=now + timedelta(minutes=1), client_ref="r-1")
    services.tasks.submit(soon, actor=ada)
    assert intake.task(soon, user, now=now + timedelta(hours=1)).client_ref == "r-1"
    with pytest.raises(InvalidInput, match="has passed"):
        intake.task(replace(soon, client_ref="r-2"), user, now=now + timedelta(hours=1))


def test_more_than_the_limit_of_waiting_articles_is_refused(services: Services) -> None:
    few = Services(services.db, services.redis, max_waiting=2)
    few.account_store = services.account_store
    _, ada, _ = few.add_user("ada")
    for title in ("one", "two"):
        few.submit(ada, title)
    with pytest.raises(QueueFull, match="limit of 2"):
        few.submit(ada, "three")
    assert len(few.tasks.list(actor=ada)) == 2


def test_without_redis_articles_are_taken_all_the_same(services: Services) -> None:
    gone = FairQueue(
        connect(f"redis://127.0.0.1:{free_port()}/0"), prefix="", defaults=DEFAULTS, rows=DatabaseRows(services.db)
    )
    there = services.queue
    _, ada, _ = services.add_user("ada")
    services.queue = gone
    task = services.submit(ada)
    assert services.tasks.wait_facts(task, actor=ada).ahead is None
    overview = services.tasks.queue_stats(actor=ada)
    assert (overview.line, overview.counts[TaskStatus.WAITING]) == (None, 1)
    assert services.tasks.reschedule(task.id, None, actor=ada).status is TaskStatus.WAITING
    assert services.tasks.cancel(task.id, actor=ada) is CancelResult.CANCELLED
    second = services.submit(ada, "Second")
    services.queue = there
    assert [entry.task_id for entry in services.queue.missing(DatabaseRows(services.db).waiting_entries(0, 9))] == [
        second.id
    ]


def test_a_redis_that_cannot_even_be_started_stops_no_article(services: Services) -> None:
    def refuse() -> FairQueue:
        raise ServiceUnavailable("Redis", "it is not installed.", "Install it.")

    _, ada, _ = services.add_user("ada")
    services.tasks._line._queue = refuse  # noqa: SLF001 - the moment a private Redis fails to start
    assert services.submit(ada).status is TaskStatus.WAITING


def test_an_article_for_later_is_not_in_line(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    later = datetime.now(UTC) + timedelta(hours=1)
    task = services.submit(ada, run_at=later)
    assert in_line(services) == 0
    assert services.tasks.reschedule(task.id, None, actor=ada).run_at is None
    assert in_line(services) == 1
    assert services.tasks.reschedule(task.id, later, actor=ada).run_at == later
    assert in_line(services) == 0
    with pytest.raises(InvalidInput, match="has passed"):
        services.tasks.reschedule(task.id, datetime(2020, 1, 1, tzinfo=UTC), actor=ada)
    with pytest.raises(InvalidInput, match="run_at: has no time zone"):
        services.tasks.reschedule(task.id, datetime(2099, 1, 1), actor=ada)  # noqa: DTZ001 - the fault looked for


def test_a_cancelled_article_leaves_the_line(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    assert services.tasks.cancel(task.public_id, actor=ada) is CancelResult.CANCELLED
    assert in_line(services) == 0
    with pytest.raises(NotPossible, match=r"is cancelled\. Nothing more happens"):
        services.tasks.cancel(task.public_id, actor=ada)
    assert services.tasks.retry(task.public_id, actor=ada).status is TaskStatus.WAITING
    assert in_line(services) == 1
    with pytest.raises(NotPossible, match=r"waits for its turn\. It goes by itself"):
        services.tasks.retry(task.public_id, actor=ada)


def test_a_higher_priority_goes_first(services: Services) -> None:
    _, ada, account = services.add_user("ada")
    first, second = services.submit(ada, "first"), services.submit(ada, "second")
    assert services.queue.ahead_of(second.id, second.user_id, account.id) == 1
    assert services.tasks.reprioritise(second.id, 9, actor=ada).priority == 9
    assert services.queue.ahead_of(second.id, second.user_id, account.id) == 0
    assert services.queue.ahead_of(first.id, first.user_id, account.id) == 1
    with pytest.raises(InvalidInput, match="not from 0 to 9"):
        services.tasks.reprioritise(second.id, 10, actor=ada)


def test_an_edit_changes_what_it_names_and_nothing_else(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada, topics=("a",), column="c", cover=PNG)
    edited = services.tasks.edit(task.id, ArticleChanges(title=" New ", column=""), actor=ada)
    article = services.tasks.article(task.id, actor=ada)
    assert (edited.title, article.title, article.content) == ("New", "New", "Some text.")
    assert (article.column, article.topics, article.cover_sha256) == (None, ("a",), picture_of(PNG).sha256)
    with pytest.raises(InvalidInput, match="<iframe>"):
        services.tasks.edit(task.id, ArticleChanges(content="<iframe src='https://a.b/'></iframe> x"), actor=ada)
    jpeg = b"\xff\xd8\xff and the rest"
    services.tasks.edit(task.id, ArticleChanges(topics=(), cover=jpeg), actor=ada)
    article = services.tasks.article(task.id, actor=ada)
    assert (article.topics, article.cover_sha256) == ((), picture_of(jpeg).sha256)


def test_answers_to_a_doubtful_article(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    with pytest.raises(NotPossible, match="asks for no answer"):
        services.tasks.answer_review(task.id, ReviewAnswer.GIVE_UP, actor=ada)
    held = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    services.store.block(held, BlockReason.NEEDS_REVIEW, error_class="Unknown", message="no receipt", evidence={})
    for link in (None, "", "javascript:alert(1)", "https://zhuanlan.zhihu.com/", "https:///p/1", OTHER_SITE):
        with pytest.raises(InvalidInput, match="is not the address of an article"):
            services.tasks.answer_review(task.id, ReviewAnswer.ONLINE, link, actor=ada)
    link = "https://zhuanlan.zhihu.com/p/123?just_published=1"
    online = services.tasks.answer_review(task.id, ReviewAnswer.ONLINE, link, actor=ada)
    assert (online.status, online.remote_id, online.result_url) == (TaskStatus.PUBLISHED, "123", link)
    (line,) = services.audit.entries(AuditFilter(action="article.review"), limit=1)
    assert (line.detail["link"], line.detail["is_unverified"]) == (link, True)


def test_the_link_to_its_own_draft_proves_itself(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    held = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    services.store.record_draft_id(held, "123")
    services.store.block(held, BlockReason.NEEDS_REVIEW, error_class="Unknown", message="no receipt", evidence={})
    services.tasks.answer_review(task.id, ReviewAnswer.ONLINE, "https://zhuanlan.zhihu.com/p/123", actor=ada)
    (line,) = services.audit.entries(AuditFilter(action="article.review"), limit=1)
    assert line.detail["is_unverified"] is False


def test_an_article_that_is_checked_again_goes_back_in_line(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    held = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    services.queue.remove(task.id, task.user_id, task.account_id)
    services.store.block(held, BlockReason.NEEDS_REVIEW, error_class="Unknown", message="no receipt", evidence={})
    services.tasks.answer_review(task.id, ReviewAnswer.CHECK_AGAIN, actor=ada)
    assert in_line(services) == 1


def test_a_disabled_user_hands_in_nothing(services: Services) -> None:
    user, ada, _ = services.add_user("ada")
    services.users.set_disabled(user.id, is_disabled=True, actor=ADMIN)
    with pytest.raises(InvalidInput, match="ada is disabled"):
        services.submit(ada)
    services.users.set_disabled(user.id, is_disabled=False, actor=ADMIN)
    assert services.submit(ada).status is TaskStatus.WAITING


def test_the_command_line_names_whom_it_hands_in_for(services: Services) -> None:
    with pytest.raises(InvalidInput, match="Name the user"):
        services.submit(ADMIN)


def test_lists_and_figures_show_an_operator_only_its_own(services: Services) -> None:
    user, ada, _ = services.add_user("ada")
    _, bo, _ = services.add_user("bo")
    services.submit(ada)
    services.submit(bo)
    assert [task.user_name for task in services.tasks.list(actor=ada)] == ["ada"]
    assert len(services.tasks.list(actor=ADMIN)) == 2
    assert len(services.tasks.list(TaskFilter(user_id=user.id), actor=ADMIN)) == 1
    own, whole = services.tasks.queue_stats(actor=ada), services.tasks.queue_stats(actor=ADMIN)
    assert own.line is not None
    assert whole.line is not None
    assert (own.counts[TaskStatus.WAITING], own.line.waiting, len(own.line.users)) == (1, 1, 1)
    assert (whole.counts[TaskStatus.WAITING], whole.line.waiting, len(whole.line.users)) == (2, 2, 2)


@pytest.mark.parametrize("name", ["system", "System", "command line"])
def test_nobody_may_be_called_what_the_records_call_topn(services: Services, name: str) -> None:
    with pytest.raises(InvalidInput, match="what TOP_N calls itself"):
        services.users.add(name, actor=ADMIN)


def test_half_a_character_in_a_reference_is_refused(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    with pytest.raises(InvalidInput, match="client_ref: holds half a character"):
        services.submit(ada, client_ref="\ud83d")
