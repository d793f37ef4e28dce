"""kill -9 of a worker at every failpoint from the moment on at which the publish click may have happened: it is
verified first, and there is one post."""

from __future__ import annotations

import pytest

from tasks.failpoints import Failpoint
from tests.chaos.crash_places import FROM_SUBMITTING_ON
from tests.chaos.kill_matrix import kill_there, marked
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("where", marked(FROM_SUBMITTING_ON))
def test_killed_there_another_goes_on(lab_on_both: WorkerLab, where: Failpoint) -> None:
    kill_there(lab_on_both, where)
