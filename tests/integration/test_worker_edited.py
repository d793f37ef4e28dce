"""What a worker makes of an article that was edited, or given to another account, since its draft was written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.browser.webdriver_pool import WebDriverPool
from core.publishing.publisher import Article, Browser, DraftProgress, Refused, SavedDraft
from core.store.records import TaskView
from core.task_state import TaskStatus
from tests.servers.scripted_platform import ScriptedPlatform
from tests.servers.worker_desk import WorkerDesk
from tests.servers.worker_lab import WorkerLab

pytestmark = pytest.mark.browser


class RememberingPlatform(ScriptedPlatform):
    """Remembers what was written into which draft."""

    written: list[tuple[str | None, str]]

    def write_draft(
        self, browser: Browser, article: Article, draft_id: str | None, progress: DraftProgress
    ) -> SavedDraft:
        self.written.append((draft_id, article.title))
        return super().write_draft(browser, article, draft_id, progress)


@pytest.fixture
def platform() -> RememberingPlatform:
    """Refuses the first text."""
    made = RememberingPlatform(submits=[Refused("内容违规")])
    made.written = []
    return made


@pytest.fixture
def desk(ground: WorkerLab, browsers: WebDriverPool, platform: RememberingPlatform) -> WorkerDesk:
    made = WorkerDesk(ground, browsers)
    made.parts.publishers["zhihu"] = platform  # type: ignore[index]
    return made


@pytest.fixture
def refused(desk: WorkerDesk) -> TaskView:
    row = desk.publish(desk.lab.submit(desk.lab.bare_account()))
    assert (row.status, row.remote_draft_id, row.submitted_at) == (TaskStatus.FAILED, "draft-1", None)
    return row


def send_again(desk: WorkerDesk, task: TaskView) -> TaskView:
    entry = desk.lab.store.retry_by_hand(task.id)
    assert entry is not None
    desk.lab.queue.push([entry])
    return desk.publish(task)


def test_the_same_draft_gets_the_new_text(desk: WorkerDesk, platform: RememberingPlatform, refused: TaskView) -> None:
    """Not published as it is, and no second one made beside it."""
    desk.lab.store.edit(refused.id, replace(desk.lab.queries.article(refused.id), title="Another title"))
    platform.submits = []
    done = send_again(desk, refused)
    assert done.status is TaskStatus.PUBLISHED
    assert platform.written == [(None, refused.title), ("draft-1", "Another title")]
    assert (platform.drafts, platform.clicks) == (1, 2)


def test_another_account_gets_a_draft_of_its_own(
    desk: WorkerDesk, platform: RememberingPlatform, refused: TaskView
) -> None:
    first = desk.lab.accounts.get(refused.account_id)
    second = desk.lab.accounts.add(first.user_id, "zhihu", "second", b"[]")
    desk.lab.store.change_account(refused.id, second)
    platform.submits = []
    done = send_again(desk, refused)
    assert (done.status, done.account_name) == (TaskStatus.PUBLISHED, "second")
    assert platform.written == [(None, refused.title), (None, refused.title)]
    assert done.remote_draft_id == "draft-2"
