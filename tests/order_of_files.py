"""Which file of tests runs beside which when several processes share them. A plugin, see `tests.conftest`.

Left to pytest-xdist, the files with the fewest tests come last: those with whole TOP_Ns and their browsers, as many at
once as there are processes, where they wait for each other until something is too late. Here two processes at most
are at such files, from the first minute on and the longest first; the others are at the light ones meanwhile. A
process for which nothing is left ends.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

HEAVY_AT_ONCE = 2
SECONDS_A_TEST = {
    "tests/e2e/dashboard/test_pictures.py": 120.0,
    "tests/e2e/test_demo.py": 120.0,
    "tests/e2e/": 25.0,
    "tests/chaos/test_soak.py": 200.0,
    "tests/chaos/test_redis_flushed.py": 100.0,
    "tests/chaos/test_restore.py": 60.0,
    "tests/chaos/test_history_checker.py": 0.1,
    "tests/chaos/test_nemesis.py": 0.1,
    "tests/chaos/test_supervised.py": 0.5,
    "tests/chaos/test_timeline.py": 0.1,
    "tests/chaos/test_toxic_proxy.py": 1.0,
    "tests/chaos/": 18.0,
    "tests/integration/test_supervisor_": 13.0,
    "tests/integration/test_worker_orders.py": 28.0,
    "tests/integration/pool/": 4.0,
    "tests/integration/publishing/": 2.5,
    "tests/integration/command_line/": 2.0,
    "tests/integration/": 1.0,
    "tests/": 0.1,
}
"""About how long a test of a file takes whose path begins so; the first that fits counts. Only the order of the files
depends on it."""
HEAVY_SECONDS = 4.0
"""A test that takes so long starts several processes of TOP_N, and browsers."""
LAST = "tests/e2e/dashboard/"
"""They share one TOP_N in each process of the tests, which is started by the first and stays up: these come last."""


def seconds_a_test(path: str) -> float:
    """About how long each test of this file takes."""
    return next((seconds for start, seconds in SECONDS_A_TEST.items() if path.startswith(start)), 0.0)


def is_heavy(path: str) -> bool:
    """Whether no more than two files like this one may run at once."""
    return seconds_a_test(path) >= HEAVY_SECONDS


class Interleaved(LoadFileScheduling):
    """Some processes are at the heavy files as long as there are any, the others at the light ones."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        super().__init__(config, log)
        self._at_heavy: set[WorkerController] = set()

    def remove_node(self, node: WorkerController) -> str | None:
        """Another may be at the heavy files instead."""
        self._at_heavy.discard(node)
        return super().remove_node(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        path = self._next_for(node)
        if path is None:
            return
        if is_heavy(path):
            self._at_heavy.add(node)
        self.workqueue.move_to_end(path, last=False)
        super()._assign_work_unit(node)

    def _reschedule(self, node: WorkerController) -> None:
        if self._next_for(node) is None and not node.shutting_down:
            node.shutdown()
        else:
            super()._reschedule(node)

    def _next_for(self, node: WorkerController) -> str | None:
        """The file that this process should be at next."""
        may_be_heavy = node in self._at_heavy or len(self._at_heavy) < HEAVY_AT_ONCE
        heavy = [path for path in self.workqueue if is_heavy(path)] if may_be_heavy else []
        light = [path for path in self.workqueue if not is_heavy(path)]
        return max(self._by_time(heavy) or self._by_time(light), default=(False, 0.0, None))[2]

    def _by_time(self, paths: Iterable[str]) -> list[tuple[bool, float, str]]:
        """These files with what decides which is first."""
        return [(not path.startswith(LAST), seconds_a_test(path) * len(self.workqueue[path]), path) for path in paths]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """For `--dist loadfile`, which `make test` says."""
    return Interleaved(config, log) if config.getvalue("dist") == "loadfile" else None
