"""A world in which everything has happened to everybody: articles in every state, a batch, pauses, limits, workers."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from core import wiring
from core.browser.pool_stats import PoolStats
from core.lane import PauseScope, UserLimits
from core.services.csv_import import parse_csv
from core.settings import get_settings
from core.store.records import AccountState, HeldTask, ReviewAnswer, TaskView
from core.task_state import BlockReason, Mode, Step
from tests.integration.dashboard.dashboard_world import COOKIES, DashboardWorld, Draft

WORKER, STOPPED = "server-1:42:aa", "server-1:41:bb"
LIVES_SECONDS = 600.0
"""Without another beat: longer than pages take on a busy machine."""
BLOCKED = {
    BlockReason.NEEDS_LOGIN: (
        "NeedsLogin",
        "Zhihu no longer knows this account. Sign in again and hand in fresh cookies.",
    ),
    BlockReason.NEEDS_HUMAN: ("NeedsHuman", "The site asks for a human check."),
    BlockReason.NEEDS_REVIEW: ("Unknown", "It was submitted, but the site still has it as a draft."),
}
LIMIT_OF_SITE = "This account has reached Zhihu's limit for today."


class BusyUser:
    """Makes what one user has. Every title begins with its name, and so does the name of its second account."""

    def __init__(self, world: DashboardWorld, name: str) -> None:
        self._world = world
        self._name = name
        self._store = wiring.get_task_store()

    def fill(self) -> None:
        """One article of each kind, and more than that."""
        self._waiting()
        self._blocked()
        self._ended()
        self._running()
        self._accounts()
        wiring.get_token_manager().make(f"{self._name}-import", actor=self._world.actor(self._name))

    def submit(self, kind: str, **more: Any) -> TaskView:
        return self._world.submit(self._name, f"{self._name}-{kind}", **more)

    def take(self, kind: str, **more: Any) -> HeldTask:
        held = self._store.take(self.submit(kind, **more).id, worker_id=WORKER, claimed_ms=int(time.time() * 1000))
        assert held is not None
        return held

    def submitting(self, kind: str) -> HeldTask:
        held = self.take(kind)
        self._store.record_draft_id(held, f"d-{held.id}")
        self._store.record_drafted(held, Draft(f"d-{held.id}"))
        self._store.begin_submitting(held)
        return held

    def _waiting(self) -> None:
        actor = self._world.actor(self._name)
        self.submit("waiting")
        self.submit("later", run_at=datetime.now(UTC) + timedelta(days=1))
        rows = f"title,content\n{self._name}-row-1,x\n{self._name}-row-2,x\n".encode()
        parsed = parse_csv(rows, zone=get_settings().zone)
        wiring.get_task_manager().submit_batch(parsed, actor=actor, name=f"{self._name}-batch.csv")
        held = self.take("retrying")
        self._store.retry_later(held, delay_seconds=60, error_class="SiteBusy", message=LIMIT_OF_SITE, uses_retry=True)

    def _blocked(self) -> None:
        for reason, (error_class, message) in BLOCKED.items():
            held = self.submitting(reason) if reason is BlockReason.NEEDS_REVIEW else self.take(reason)
            self._store.block(held, reason, error_class=error_class, message=message)

    def _ended(self) -> None:
        for state in ("public", "under_review"):
            held = self.submitting(state)
            self._store.finish_published(held, str(held.id), f"https://zhuanlan.zhihu.com/p/{held.id}", state)
        draft = self.take("draft_saved", mode=Mode.DRAFT)
        self._store.record_draft_id(draft, f"d-{draft.id}")
        self._store.record_drafted(draft, Draft(f"d-{draft.id}"))
        self._store.finish_draft_saved(draft)
        self._store.fail(
            self.take("failed"), error_class="Rejected", message="The site refused a request of the write page."
        )
        actor, tasks = self._world.actor(self._name), wiring.get_task_manager()
        tasks.cancel(self.submit("cancelled").id, actor=actor)
        doubtful = self.submitting("given_up")
        error_class, message = BLOCKED[BlockReason.NEEDS_REVIEW]
        self._store.block(doubtful, BlockReason.NEEDS_REVIEW, error_class=error_class, message=message)
        tasks.answer_review(doubtful.id, ReviewAnswer.GIVE_UP, actor=actor)

    def _running(self) -> None:
        self._store.record_step(self.take("running"), Step.WRITTEN)
        self.submitting("submitting")

    def _accounts(self) -> None:
        account = wiring.get_account_manager().add(f"{self._name}-spare", COOKIES, actor=self._world.actor(self._name))
        _class, message = BLOCKED[BlockReason.NEEDS_LOGIN]
        wiring.get_account_store().set_state(account.id, AccountState.NEEDS_LOGIN, error_message=message)
        pause = wiring.get_pause_manager().pause
        pause(PauseScope.ACCOUNT, str(self._world.accounts[self._name]), actor=self._world.actor(self._name))


def make_busy(world: DashboardWorld) -> None:
    """For ada and bob, with workers, limits and a pause of everything."""
    for name in ("ada", "bob"):
        BusyUser(world, name).fill()
    root = world.actor("root")
    for name in ("ada", "bob"):
        wiring.get_limit_manager().set(UserLimits(world.users[name].id, 3, 30, 2.0), actor=root)
    wiring.get_limit_manager().reset(world.users["bob"].id, actor=root)
    wiring.get_pause_manager().pause(PauseScope.EVERYTHING, actor=root, reason="root-reason")
    _beat()


def _beat() -> None:
    running = [task for task in wiring.get_task_queries().list() if task.title.endswith("-running")]
    threads = [
        {
            "thread": f"t-{task.id}",
            "task_id": task.id,
            "public_id": task.public_id,
            "step": "writing",
            "step_seconds": 4.2,
        }
        for task in running
    ]
    pool = asdict(PoolStats(max=4, idle=1, busy=2, waiting=0, created=7, retired={"idle": 3}, memory_bytes=300 << 20))
    facts: dict[str, Any] = {
        "host": "server-1", "pid": 42, "state": "quiet", "started_at": time.time() - 90, "threads": threads,
        "pool": pool, "is_supervised": True, "quiet": {"by": "root", "since": time.time() - 60},
    }  # fmt: skip
    wiring.get_heartbeats().beat(WORKER, facts, LIVES_SECONDS)
    stopped: dict[str, Any] = {"host": "server-1", "pid": 41, "browsers": 2, "by": "root", "since": time.time() - 30}
    wiring.get_stopped_workers().beat(STOPPED, stopped, LIVES_SECONDS)
    line = {"level": "info", "worker": WORKER, "facts": {}}
    lines = [
        {**line, "task_id": task.id, "event": task.title, "words": words}
        for task in running
        for words in (None, BLOCKED[BlockReason.NEEDS_HUMAN][1])
    ]
    wiring.get_log_stream().add([json.dumps(one) for one in lines])
