"""One article, and workers that die on their way to publishing it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from typing import Any

from core.store.records import TaskView
from core.task_state import Step, TaskStatus
from tasks.failpoints import Failpoint
from tests.chaos.aftermath import Remains, check_aftermath
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.warm_start import Program
from tests.servers.worker_lab import WorkerLab

AT_REST = (
    TaskStatus.PUBLISHED,
    TaskStatus.DRAFT_SAVED,
    TaskStatus.FAILED,
    TaskStatus.CANCELLED,
    TaskStatus.BLOCKED,
)
DEATH_SECONDS = 60

Worker = Program


class Scene:
    """`dies` starts a worker that is killed at a failpoint, `goes_on` one that lives, `check` looks at everything."""

    def __init__(self, lab: WorkerLab, **more: Any) -> None:
        self.lab = lab
        self.account, self.on_site = lab.account()
        self.task = lab.submit(self.account, **more)
        self.dead: list[Remains] = []
        self._workers = 0

    @property
    def row(self) -> TaskView:
        """The task as it is now."""
        return self.lab.queries.get(self.task.id)

    def worker(self, failpoint: str = "") -> Worker:
        """One more worker, with one browser and a log of its own."""
        self._workers += 1
        return self.lab.worker(index=self._workers, TOPN_FAILPOINT=failpoint)

    def dies(self, where: Failpoint, during: Callable[[Scene, Worker], None] | None = None) -> Remains:
        """A worker is killed by SIGKILL at this place. `during` brings it there."""
        worker = self.worker(f"{where}:kill9")
        if during is not None:
            during(self, worker)
        return self.is_killed(worker)

    def is_killed(self, worker: Worker) -> Remains:
        """Wait for the end of a worker; what it leaves behind."""
        try:
            worker.wait(DEATH_SECONDS)
        except subprocess.TimeoutExpired as error:
            story = f"{self.lab.story(self.task)}\n{self.lab.output()[-3000:]}"
            raise AssertionError(f"the worker did not come to the place where it was to die\n{story}") from error
        assert worker.returncode == -signal.SIGKILL, self.lab.output()
        self.dead.append(Remains.of(self.lab, worker.pid))
        return self.dead[-1]

    def dies_or_finishes(self, where: Failpoint) -> None:
        """A worker is killed at this place if it comes there; else it finishes the article."""
        worker = self.worker(f"{where}:kill9")
        wait_until(
            lambda: worker.poll() is not None or self.row.status in AT_REST, DEATH_SECONDS, f"killed {where} or done"
        )
        if self.row.status not in AT_REST:
            self.is_killed(worker)

    def goes_on(self) -> TaskView:
        """Another worker, with a site that works; the task when it has come to rest."""
        self.lab.site.clear_faults()
        self.worker()
        return self.at_rest()

    def at_rest(self, timeout: float = 60) -> TaskView:
        """The task when it has come to rest."""
        return self.lab.wait_for(self.task, *AT_REST, timeout=timeout)

    def check(self) -> None:
        """What must hold after every fault."""
        check_aftermath(self.lab, *self.dead)

    def kinds(self) -> list[str]:
        """The kinds of the task's events, in order."""
        return self.lab.kinds(self.task)

    def draft_count(self) -> int:
        """How many drafts and posts are in the account."""
        return len(self.lab.site.drafts(self.on_site))

    def post(self) -> dict[str, Any]:
        """The one post."""
        (post,) = self.lab.site.posts(self.on_site)
        return post

    def slow_site(self) -> None:
        """The write page takes longer than any test: a worker comes to `signed in` and stays there."""
        self.lab.site.set_fault(Fault.PAGE_SLOW, self.on_site, seconds=120)

    def wait_until_signed_in(self) -> None:
        """A worker is on its way."""
        wait_until(lambda: self.row.progress >= Step.SIGNED_IN, 60, "it is signed in")
