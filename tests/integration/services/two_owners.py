"""Two operators who have one of each thing, and later different numbers of everything that is counted."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from core.lane import PauseScope
from core.queue.heartbeats import JSON
from core.services.csv_import import parse_csv
from core.store.records import AccountView, Actor, HeldTask, Role, TaskView
from core.store.task_filter import TaskFilter
from core.task_state import BlockReason
from tests.integration.services.service_world import ADMIN, ZONE, Services, cookies

WORKER = "host:1:aa"
CSV = parse_csv(b"title,content,account\nOne,x,main\n", zone=ZONE)


@dataclass(frozen=True, slots=True)
class Things:
    """What belongs to one user."""

    user: int
    name: str
    account: int
    spare: int
    """An account without articles."""
    task: int
    """Waits, in the batch."""
    batch: int
    failed: int
    doubtful: int
    token: int
    session: int

    @property
    def actor(self) -> Actor:
        """Its owner."""
        return Actor(self.name, Role.OPERATOR, self.user)


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """As the publisher reads it back."""

    draft_id: str = "d-1"
    content_hash: str = "c" * 64
    text_length: int = 12


def take(services: Services, task: TaskView) -> HeldTask:
    """As a worker does."""
    held = services.store.take(task.id, worker_id=WORKER, claimed_ms=int(time.time() * 1000))
    assert held is not None
    return held


def doubtful(services: Services, actor: Actor) -> TaskView:
    """An article that was submitted, and nothing tells whether it is online."""
    task = services.submit(actor, "Doubtful")
    held = take(services, task)
    services.store.record_draft_id(held, f"d-{task.id}")
    services.store.record_drafted(held, SavedDraft(f"d-{task.id}"))
    services.store.begin_submitting(held)
    services.store.block(held, BlockReason.NEEDS_REVIEW, error_class="Unknown", message="The site did not answer.")
    return task


def published(services: Services, actor: Actor) -> TaskView:
    """One that is online."""
    task = services.submit(actor, "Published")
    held = take(services, task)
    services.store.record_draft_id(held, f"d-{task.id}")
    services.store.record_drafted(held, SavedDraft(f"d-{task.id}"))
    services.store.begin_submitting(held)
    services.store.finish_published(held, str(task.id), f"https://zhuanlan.zhihu.com/p/{task.id}", "public")
    return task


def failed(services: Services, actor: Actor) -> TaskView:
    """One that the site refused."""
    task = services.submit(actor, "Failed")
    services.store.fail(take(services, task), error_class="Rejected", message=f"Not for {actor.name}.")
    return task


def things_of(services: Services, name: str) -> Things:
    """A new operator, and one of each thing."""
    user, actor, account = services.add_user(name)
    spare = services.accounts.add("spare", cookies(), actor=ADMIN, user_id=user.id)
    refused = failed(services, actor)
    receipt = services.tasks.submit_batch(CSV, actor=actor)
    assert receipt.batch_id is not None
    session = services.sign_in.visitor(services.sessions.open(user.id))
    assert session is not None
    return Things(
        user=user.id,
        name=name,
        account=account.id,
        spare=spare.id,
        task=receipt.tasks[0].task_id,
        batch=receipt.batch_id,
        failed=refused.id,
        doubtful=doubtful(services, actor).id,
        token=services.tokens.make("a program", actor=actor)[1].id,
        session=session.id,
    )


@dataclass(frozen=True, slots=True)
class Two:
    """ada and bob, and an administrator."""

    ada: Things
    bob: Things
    root: Actor

    @property
    def names(self) -> Mapping[int, str]:
        """User → name."""
        return {self.ada.user: "ada", self.bob.user: "bob"}

    def accounts(self, services: Services) -> list[AccountView]:
        """Of both."""
        return services.accounts.list(actor=ADMIN)

    def tasks(self, services: Services) -> list[TaskView]:
        """Of both."""
        return services.tasks.list(TaskFilter(), actor=ADMIN)


def cookies_that_end() -> str:
    """Whose end is known."""
    end = time.time() + 86_400
    return json.dumps([{"name": "z_c0", "value": "t", "domain": ".zhihu.com", "path": "/", "expirationDate": end}])


def make_two(services: Services) -> Two:
    """In the database; `live` does the rest."""
    root = services.users.add("root", actor=ADMIN, role=Role.ADMIN)
    two = Two(things_of(services, "ada"), things_of(services, "bob"), Actor("root", Role.ADMIN, root.id))
    services.sessions.open(root.id)
    return two


def live(services: Services) -> None:
    """A worker that lives, and one that was stopped."""
    services.heartbeats.beat(WORKER, {}, 30)
    services.stopped_workers.beat(WORKER, {}, 30)


def fill(services: Services, two: Two) -> None:
    """For what is counted: ada has one of each, bob two. For what is listed: both have some."""
    doubtful(services, two.bob.actor)
    services.tasks.submit_batch(parse_csv(b"title,content,account\nTwo,x,main\n", zone=ZONE), actor=two.bob.actor)
    threads: list[JSON] = []
    for things, number in ((two.ada, 1), (two.bob, 2)):
        for turn in range(number):
            if turn:
                failed(services, things.actor)
            published(services, things.actor)
            held = services.submit(things.actor, f"Running of {things.name}")
            take(services, held)
            threads.append({"thread": things.name, "task_id": held.id, "step": "writing", "step_seconds": 1.0})
            services.log_stream.add([json.dumps({"level": "info", "event": things.name, "task_id": held.id})])
        services.accounts.replace_cookies(things.account, cookies_that_end(), actor=ADMIN, probe=False)
        services.pauses.pause(PauseScope.ACCOUNT, str(things.account), actor=ADMIN)
    services.heartbeats.beat(WORKER, {"threads": threads}, 30)
