"""The steps of an attempt, and how the practice site holds a worker in each until the test is done with it.

The site does so for one account and once: the attempt after that meets a site that works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.errors import NotPossible
from core.store.records import TaskView
from core.task_state import Checkpoint, TaskStatus
from tasks.failpoints import FOLDER, Failpoint
from tests.chaos.aftermath import is_at_rest
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

HELD_SECONDS = 45.0
"""Longer than any test needs between the hold and what it does then."""
COME_SECONDS = 90.0
GATE = Failpoint.AFTER_DRAFTED
PATIENT = {"TOPN_SCRIPT_SECONDS": "60", "TOPN_PAGE_LOAD_SECONDS": "60"}
"""A worker that waits for the site for as long as it is held."""

FaultSwitch = Mapping[str, Any]
"""What `FaultRule` needs."""


@dataclass(frozen=True)
class HeldStep:
    """`hold` keeps the worker there. It is switched on with `before` at the start, or, when `is_late`, only once the
    draft is saved, where all attempts wait at a gate: some requests come in several steps."""

    name: str
    hold: FaultSwitch
    before: tuple[FaultSwitch, ...] = ()
    is_late: bool = False
    is_submitted: bool = False
    """Whether the site has got the click."""
    has_draft: bool = True
    """Whether the draft's id is known, so that no attempt makes a second one."""
    environment: Mapping[str, str] = field(default_factory=dict)


_LAGS = ({"fault": Fault.DRAFT_RECORD_LAGS, "seconds": 6}, {"fault": Fault.UNDER_REVIEW, "seconds": 6})

HELD_STEPS = (
    HeldStep("signing in", {"fault": Fault.SLOW_REPLY, "path": "/api/v4/me"}, has_draft=False),
    HeldStep("opening the page", {"fault": Fault.PAGE_SLOW}, has_draft=False),
    HeldStep(
        "making the draft",
        {"fault": Fault.SLOW_REPLY, "method": "POST", "path": "/api/articles/drafts"},
        has_draft=False,
    ),
    HeldStep("saving", {"fault": Fault.SLOW_REPLY, "method": "GET", "path": "/api/articles/*/draft"}),
    HeldStep(
        "before the click", {"fault": Fault.SLOW_REPLY, "method": "GET", "path": "/api/articles/*/draft"}, is_late=True
    ),
    HeldStep("clicked", {"fault": Fault.PUBLISH_SLOW}, is_submitted=True),
    HeldStep(
        "verifying",
        {"fault": Fault.SLOW_REPLY, "method": "GET", "path": "/p/*"},
        before=({"fault": Fault.PUBLISH_REPLY_LOST}, *_LAGS),
        is_submitted=True,
        # Longer than the site's records lag, or the article would be submitted again as it should.
        environment={"TOPN_VERIFY_SECONDS": "20"},
    ),
)


def step_named(name: str) -> HeldStep:
    """One of `HELD_STEPS`."""
    return next(step for step in HELD_STEPS if step.name == name)


def environment_of(*steps: HeldStep) -> dict[str, str]:
    """What a worker needs that is to be held in these steps."""
    gate = {"TOPN_FAILPOINT": f"{GATE}:hang"} if any(step.is_late for step in steps) else {}
    return {**PATIENT, **gate, **{name: value for step in steps for name, value in step.environment.items()}}


each_step = pytest.mark.parametrize("step", [pytest.param(step, id=step.name.replace(" ", "-")) for step in HELD_STEPS])


class HeldArticle:
    """One article of a user and an account of its own, on its way to a step where the site holds it."""

    def __init__(self, lab: WorkerLab, step: HeldStep, name: str, **more: Any) -> None:
        self.lab = lab
        self.step = step
        self.account, self.on_site = lab.account(name)
        self._hurried = 0
        for switch in step.before:
            self._switch(switch)
        if not step.is_late:
            self._switch({"seconds": HELD_SECONDS, **step.hold})
        self.task = lab.submit(self.account, f"{step.name}, {name}", **more)

    def _switch(self, switch: FaultSwitch) -> None:
        self.lab.site.set_fault(account=self.on_site, times=1, **switch)

    @property
    def row(self) -> TaskView:
        """The task as it is now."""
        return self.lab.queries.get(self.task.id)

    def close_the_way(self) -> None:
        """Past the gate it shall be held."""
        self._switch({"seconds": HELD_SECONDS, **self.step.hold})

    @property
    def is_held(self) -> bool:
        """Whether the site is holding it now. Of a click the page tells the site by a connection of its own, which may
        come after the publish request: what cuts the network or kills the browser before that would lose the count."""
        mine = [rule for rule in self.lab.site.faults() if rule["account_id"] == self.on_site.id]
        is_hit = any(
            rule["fired"] and all(rule[name] == value for name, value in self.step.hold.items()) for rule in mine
        )
        return is_hit and (not self.step.is_submitted or self._is_click_counted)

    @property
    def _is_click_counted(self) -> bool:
        return any(draft["clicks"] for draft in self.lab.site.drafts(self.on_site))

    def wait_until_drafted(self) -> None:
        """It stands at the gate."""
        self.wait(lambda: self.row.checkpoint is Checkpoint.DRAFTED, "the draft is saved")

    def wait_until_held(self) -> None:
        """The site holds it."""
        self.wait(lambda: self.is_held, f"it is held: {self.step.name}")

    def posts(self) -> list[dict[str, Any]]:
        """What of it is on the site."""
        return [post for post in self.lab.site.posts(self.on_site) if post["title"] == self.task.title]

    def draft_count(self) -> int:
        """How many drafts and posts are in its account."""
        return len(self.lab.site.drafts(self.on_site))

    def at_rest(self) -> TaskView:
        """The task when it has come to rest. What waits for a retry goes at once, as its owner may ask."""

        def is_at_rest_by_now() -> bool:
            row = self.row
            if row.status is TaskStatus.RETRYING and row.attempt != self._hurried:
                self._hurried = row.attempt
                with suppress(NotPossible):  # its time had just come
                    self.lab.store.reschedule(row.id, None)
            return is_at_rest(row)

        self.wait(is_at_rest_by_now, f"{self.task.title} is at rest")
        return self.row

    def wait(self, predicate: Callable[[], bool], description: str) -> None:
        """Wait for this article; a failure tells its story."""
        try:
            wait_until(predicate, COME_SECONDS, description)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.lab.story(self.task)}\n{self.lab.output()[-3000:]}") from error

    def check_published_once(self, *, clicks: int = 1) -> TaskView:
        """It is online, with so many clicks, and with one draft if its first one was known."""
        done, story = self.at_rest(), self.lab.story(self.task)
        assert done.status is TaskStatus.PUBLISHED, story
        (post,) = self.posts()
        assert (post["post_count"], post["publish_requests"], post["clicks"]) == (1, clicks, clicks), story
        assert self.draft_count() == 1 or not self.step.has_draft, story
        return done


class HeldArticles:
    """Several articles, each on its way to its step."""

    def __init__(self, lab: WorkerLab, steps: Iterable[HeldStep] = ()) -> None:
        self.lab = lab
        self.articles: list[HeldArticle] = []
        self._gate = lab.data_dir / FOLDER / f"{GATE}.go"
        for step in steps:
            self.add(step)

    def add(self, step: HeldStep) -> None:
        """One more."""
        self.articles.append(HeldArticle(self.lab, step, f"user-{len(self.articles)}"))

    @property
    def environment(self) -> dict[str, str]:
        """What their worker needs."""
        return environment_of(*(article.step for article in self.articles))

    def wait_until_held(self) -> None:
        """All of them are where they shall be. The gate stays open for what comes later."""
        for article in self.articles:
            if article.step.is_late and not article.is_held:
                article.wait_until_drafted()
                article.close_the_way()
        self._gate.parent.mkdir(exist_ok=True)
        self._gate.touch()
        for article in self.articles:
            article.wait_until_held()

    def close_gate(self) -> None:
        """What comes to the gate waits there again."""
        self._gate.unlink(missing_ok=True)
