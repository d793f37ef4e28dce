"""Whoever hands in articles dies on the way, or does it twice: what was accepted is there once, and is published
once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.settings import ROOT
from core.store.leadership import MaintenanceLock
from core.store.row_snapshot import DatabaseRows
from core.task_state import TaskStatus
from tasks.maintenance import Maintenance, MaintenanceParts
from tasks.service_watch import ServiceWatch
from tests.chaos.aftermath import all_tasks, check_aftermath
from tests.servers.worker_lab import WorkerLab

ROWS = 30
SIGKILLED = -9

HandingIn = subprocess.Popen[str]


def start(lab: WorkerLab, *arguments: str) -> HandingIn:
    """A process that hands in."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.hand_in", *arguments],
        cwd=ROOT,
        env=lab.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(process: HandingIn) -> list[str]:
    """What its user is told."""
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return out.split()


def is_killed(process: HandingIn) -> None:
    """Nobody is told anything."""
    out, errors = process.communicate(timeout=120)
    assert (process.returncode, out) == (SIGKILLED, ""), errors


@pytest.fixture
def csv_file(tmp_path: Path) -> str:
    """Rows without references of their own: the file itself says which they are."""
    path = tmp_path / "articles.csv"
    rows = "".join(f"main,文章 {number},第 {number} 段。\n" for number in range(ROWS))
    path.write_text(f"account,title,content\n{rows}", encoding="utf-8")
    return str(path)


def sweep(lab: WorkerLab) -> None:
    """What the leader of the workers does every ten seconds."""
    parts = MaintenanceParts(
        store=lab.store,
        queries=lab.queries,
        rows=DatabaseRows(lab.db),
        queue=lab.queue,
        lock=MaintenanceLock(lab.db),
        run_dir=lab.data_dir / "run",
        watch=ServiceWatch(),
    )
    Maintenance(parts, holder="host:1:a").push_missing()


@pytest.mark.fault("1")
@pytest.mark.parametrize(("moment", "accepted"), [("commit-1", 0), ("push", ROWS)])
def test_a_file_is_accepted_whole_or_not_at_all_and_gets_into_line(
    ground: WorkerLab, csv_file: str, moment: str, accepted: int
) -> None:
    ground.bare_account()
    is_killed(start(ground, moment, csv_file))
    assert (len(all_tasks(ground)), ground.queue.stats().waiting) == (accepted, 0)
    sweep(ground)
    assert ground.queue.stats().waiting == accepted
    again = told(start(ground, "never", csv_file))
    assert len(set(again)) == ROWS
    assert sorted(again) == sorted(task.public_id for task in all_tasks(ground))
    assert ground.queue.stats().waiting == ROWS


@pytest.mark.fault("2")
@pytest.mark.parametrize("kind", ["client_ref", "csv"])
def test_four_at_once_hand_in_the_same_and_are_told_the_same(ground: WorkerLab, csv_file: str, kind: str) -> None:
    ground.bare_account()
    files: Sequence[str] = [csv_file] if kind == "csv" else []
    answers = [told(process) for process in [start(ground, "never", *files) for _ in range(4)]]
    assert len({tuple(answer) for answer in answers}) == 1
    assert sorted(answers[0]) == sorted(task.public_id for task in all_tasks(ground))
    assert ground.queue.stats().waiting == len(answers[0]) == (ROWS if files else 1)


@pytest.mark.fault("1")
@pytest.mark.fault("2")
@pytest.mark.browser
@pytest.mark.slow
def test_an_article_that_never_reached_the_line_is_published_once_though_it_is_handed_in_again(
    lab_on_both: WorkerLab,
) -> None:
    lab = lab_on_both
    lab.account()
    is_killed(start(lab, "push"))
    (task,) = all_tasks(lab)
    assert (task.status, lab.queue.stats().waiting) == (TaskStatus.WAITING, 0)
    lab.worker()
    lab.wait_for(task, TaskStatus.PUBLISHED)
    assert told(start(lab, "never")) == [task.public_id]
    check_aftermath(lab)
    assert [post["title"] for post in lab.site.posts()] == [task.title]
