"""Last night's database is put back, Redis is flushed: workers refuse to start, `python -m core restored` makes the
backup ready, and nothing that was published since is published again."""

from __future__ import annotations

import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.store.history import DatabaseHistory, HistoryMark
from core.store.mark_file import MarkFile
from core.store.records import AccountView, TaskView
from core.task_state import BlockReason, Checkpoint, TaskStatus
from tasks.failpoints import Failpoint
from tests.chaos.aftermath import all_tasks, is_at_rest
from tests.practice_site.client import PracticeClient
from tests.practice_site.faults import Fault
from tests.servers.database_backup import DatabaseBackup
from tests.servers.local_process import wait_until
from tests.servers.mariadb_server import MariaDbServer
from tests.servers.redis_server import RedisServer
from tests.servers.worker_lab import WorkerLab
from tests.worker_fixtures import closed_clean

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.fault("29")]
TOMORROW = datetime.now(UTC) + timedelta(days=1)


class Night:
    """A TOP_N with a backup, and what happens around it."""

    def __init__(self, lab: WorkerLab) -> None:
        self.lab = lab
        self.backup = DatabaseBackup(lab.environment["TOPN_DATABASE_URL"], lab.folder)

    def publish(self, *tasks: TaskView) -> None:
        """One worker publishes these, notes how far the database is, and stops."""
        worker = self.lab.worker(drivers=2)
        for task in tasks:
            self.lab.wait_for(task, TaskStatus.PUBLISHED, timeout=120)
        wait_until(self.is_noted, 30, "the worker has noted how far the database is")
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0, self.lab.output()

    def is_noted(self) -> bool:
        """Whether the note in the data folder names the newest event."""
        noted = HistoryMark.from_text(MarkFile(self.lab.data_dir).read())
        return noted is not None and noted.event_id == DatabaseHistory(self.lab.db).state().newest.event_id

    def leave_half_done(self, task: TaskView) -> None:
        """A worker dies when the draft is saved: the row counts as running, and knows the draft."""
        worker = self.lab.worker(TOPN_FAILPOINT=f"{Failpoint.AFTER_DRAFTED}:kill9")
        worker.wait(60)
        row = self.lab.queries.get(task.id)
        assert (row.status, row.checkpoint) == (TaskStatus.RUNNING, Checkpoint.DRAFTED), self.lab.story(task)

    def put_back(self) -> None:
        """The backup, and an empty Redis."""
        self.lab.db.close()
        self.backup.put_back()
        self.lab.redis.flushall()

    def refuses(self, *arguments: str) -> None:
        """This program does not start, and says what to do."""
        assert self.lab.run(*arguments).wait(60) == 2, self.lab.output()
        assert "run `python -m core restored`" in self.lab.output()

    def make_ready(self) -> None:
        """The command."""
        assert self.lab.run("-m", "core", "restored", "--yes").wait(60) == 0, self.lab.output()

    def drain(self) -> int:
        """Workers publish what is left; their exit code."""
        return self.lab.run("run_workers.py", "--workers=2", "--drivers=2", "--drain").wait(150)

    def check(self) -> None:
        """At most one post per article, and every row at rest."""
        drafts = self.lab.site.drafts()
        assert [draft["title"] for draft in drafts if draft["post_count"] > 1] == []
        titles = Counter(post["title"] for post in self.lab.site.posts())
        assert {title: count for title, count in titles.items() if count > 1} == {}
        assert [self.lab.story(task) for task in all_tasks(self.lab) if not is_at_rest(task)] == []


def submit(lab: WorkerLab, account: AccountView, *titles: str, run_at: datetime | None = None) -> list[TaskView]:
    return [lab.submit(account, title, run_at=run_at) for title in titles]


def test_nothing_published_since_the_backup_is_published_again(lab_on_both: WorkerLab) -> None:
    lab, night = lab_on_both, Night(lab_on_both)
    account, on_site = lab.account()
    earlier = submit(lab, account, "备份前发布的")
    night.publish(*earlier)
    half_done = submit(lab, account, "备份时只有草稿,之后发布", "备份时只有草稿,之后没有发布")
    night.leave_half_done(half_done[0])
    later = submit(lab, account, "备份后发布的一", "备份后发布的二", run_at=TOMORROW)
    never = submit(lab, account, "一直在等的一", "一直在等的二", run_at=TOMORROW)
    lab.store.reschedule(half_done[1].id, TOMORROW)
    night.backup.make()

    for task in later:
        lab.store.reschedule(task.id, None)
    lost = submit(lab, account, "备份后提交并发布的")
    night.publish(half_done[0], *later, *lost)
    assert len(lab.site.posts(on_site)) == 5

    night.put_back()
    night.refuses("run_workers.py")
    night.refuses("-m", "tasks.consumer")
    handed_in_meanwhile = submit(lab, account, "恢复后提交的")
    night.refuses("run_workers.py")
    night.make_ready()
    for task in (*later, *never, half_done[1]):
        lab.store.reschedule(task.id, None)
    assert night.drain() == 0, lab.output()

    night.check()
    done = {task.title: task for task in all_tasks(lab)}
    online = {post["title"]: post["id"] for post in lab.site.posts(on_site)}
    for task in (*earlier, *half_done, *later, *never, *handed_in_meanwhile):
        row = done[task.title]
        assert row.status is TaskStatus.PUBLISHED, lab.story(task)
        assert row.remote_id == online[task.title]
    for task in (half_done[0], *later):
        assert "submitting" not in lab.kinds(task), "found, not clicked"
    assert set(online) - set(done) == {lost[0].title}, "its row is gone; the article stays"


def test_what_the_site_does_not_show_yet_is_for_a_person(lab: WorkerLab) -> None:
    """Published after the backup and still under review: it stands in no list, and its row knows no draft."""
    night = Night(lab)
    account, on_site = lab.account()
    (hidden,) = submit(lab, account, "审核中的", run_at=TOMORROW)
    other, other_on_site = lab.account("bob")
    (plain,) = submit(lab, other, "别的账号的", run_at=TOMORROW)
    night.backup.make()
    lab.site.set_fault(Fault.UNDER_REVIEW, on_site, seconds=3600)
    for task in (hidden, plain):
        lab.store.reschedule(task.id, None)
    night.publish(hidden, plain)
    night.put_back()
    night.make_ready()
    for task in (hidden, plain):
        lab.store.reschedule(task.id, None)
    assert night.drain() == 3, "something is left for a person"
    night.check()
    row = lab.queries.get(hidden.id)
    assert (row.status, row.block_reason) == (TaskStatus.BLOCKED, BlockReason.NEEDS_REVIEW), lab.story(hidden)
    assert "counts 1 articles and lists 0" in (row.error_message or "")
    assert lab.status(plain) is TaskStatus.PUBLISHED, "another account is not concerned"
    assert len(lab.site.posts(other_on_site)) == 1


@pytest.fixture
def mariadb_lab(
    tmp_path: Path, redis_server: RedisServer, practice_site: PracticeClient, mariadb_server: MariaDbServer
) -> Iterator[WorkerLab]:
    """On MariaDB, whose tables can be replaced under those who use them."""
    url = mariadb_server.create_database("restored_under_workers")
    with closed_clean(WorkerLab(tmp_path, database_url=url, redis_url=redis_server.url, site=practice_site)) as made:
        yield made
    mariadb_server.drop_database("restored_under_workers")


def test_workers_that_stay_up_take_nothing_until_it_is_ready(mariadb_lab: WorkerLab) -> None:
    lab, night = mariadb_lab, Night(mariadb_lab)
    account, on_site = lab.account()
    (task,) = submit(lab, account, "备份后发布的", run_at=TOMORROW)
    night.backup.make()
    lab.store.reschedule(task.id, None)
    supervisor: subprocess.Popen[bytes] = lab.run("run_workers.py", "--workers=1", "--drivers=1")
    lab.wait_for(task, TaskStatus.PUBLISHED, timeout=120)
    wait_until(night.is_noted, 30, "the worker has noted how far the database is")
    night.put_back()
    wait_until(lambda: "No more articles are taken" in lab.output(), 60, "the worker says that it takes no more")
    lab.store.reschedule(task.id, None)
    lab.run("-m", "core", "stats").wait(60)
    assert "Paused: everything (by TOP_N" in lab.output()
    assert lab.status(task) is TaskStatus.WAITING
    night.make_ready()
    row = lab.wait_for(task, TaskStatus.PUBLISHED, timeout=120)
    assert row.attempt == 1
    assert supervisor.poll() is None, "nobody had to start anything"
    night.check()
    (post,) = lab.site.posts(on_site)
    assert (post["post_count"], post["publish_requests"]) == (1, 1)
