"""What must hold after every fault, and what a dead worker left on this machine."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import psutil

from core.browser.marked_processes import DRIVER_MARK, WORKER_MARK, marked_processes
from core.store.records import TaskView
from core.store.task_queries import TaskFilter
from core.task_state import TaskStatus
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

CLEAN_SECONDS = 30
"""Every process looks for the browsers of dead workers every 15 s, at its start, and before a rescue."""
FREE_SECONDS = 30
"""The reconcile comes every 5 s and gives a fresh claim 10 s to become a running row."""


@dataclass(frozen=True)
class Remains:
    """The browsers and folders of a worker, remembered while they are there. A process is known by its id and its
    start, so that no later one is taken for it, and renderers, which carry no mark, are among them."""

    pid: int
    processes: tuple[psutil.Process, ...]
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, lab: WorkerLab, pid: int) -> Remains:
        """What the worker with this process id has now."""
        home = str(lab.data_dir.resolve())
        found = marked_processes(
            lambda marks: marks[DRIVER_MARK].startswith(home) and f":{pid}:" in marks.get(WORKER_MARK, "")
        )
        return cls(pid, tuple(found), tuple((lab.data_dir / "run").glob(f"*_{pid}_*")))

    def left(self) -> list[str]:
        """What of it is still there."""
        processes = [f"process {one.pid}" for one in self.processes if one.is_running() and not _is_zombie(one)]
        return processes + [f"folder {one}" for one in self.folders if one.exists()]


def _is_zombie(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def all_tasks(lab: WorkerLab) -> list[TaskView]:
    """Every article that was accepted."""
    return lab.queries.list(TaskFilter(), limit=10_000)


def is_at_rest(task: TaskView) -> bool:
    """Whether nothing more happens by itself: it is final, or in front of a person."""
    return task.status.is_final or task.status is TaskStatus.BLOCKED


def check_aftermath(lab: WorkerLab, *dead: Remains) -> None:
    """What must hold after every fault, with a worker running that cleans up. Articles of a test have titles of
    their own, so that two posts of one article have the same.

    1. Every accepted article is final or in front of a person.
    2. At most one post per article, and exactly one for those that are published.
    3. Nobody counts as running, and nobody is in line.
    4. Nothing is left of the dead.
    """
    tasks = all_tasks(lab)
    stories = "\n".join(lab.story(task) for task in tasks[:3])
    assert [str(task.status) for task in tasks if not is_at_rest(task)] == [], stories
    posts, drafts = lab.site.posts(), lab.site.drafts()
    assert {title: count for title, count in Counter(post["title"] for post in posts).items() if count > 1} == {}
    assert [draft for draft in drafts if draft["post_count"] > 1] == [], stories
    published = {task.title for task in tasks if task.status is TaskStatus.PUBLISHED}
    online = {post["title"] for post in posts}
    assert published <= online, stories
    in_doubt = {task.title for task in tasks if task.status is TaskStatus.BLOCKED}
    assert online <= published | in_doubt, stories

    def is_line_empty() -> bool:
        stats = lab.queue.stats()
        return (stats.running, stats.waiting) == (0, 0)

    wait_until(is_line_empty, FREE_SECONDS, "nobody counts as running, and nobody is in line")
    wait_until(lambda: all(not one.left() for one in dead), CLEAN_SECONDS, f"nothing is left of {dead}")
