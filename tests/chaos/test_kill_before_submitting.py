"""kill -9 of a worker at every failpoint before the publish click may have happened, each an instant between two
things that last: another worker goes on, with the same draft if it is known."""

from __future__ import annotations

import pytest

from tasks.failpoints import Failpoint
from tests.chaos.crash_places import BEFORE_SUBMITTING, CRASH_PLACES, crash_place
from tests.chaos.kill_matrix import is_plain, kill_there, marked
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("where", marked(BEFORE_SUBMITTING))
def test_killed_there_another_goes_on(lab_on_both: WorkerLab, where: Failpoint) -> None:
    kill_there(lab_on_both, where)


def test_the_plain_way_meets_most_failpoints() -> None:
    assert set(CRASH_PLACES) <= set(Failpoint)
    assert sum(is_plain(crash_place(where)) for where in Failpoint) > len(Failpoint) / 2
