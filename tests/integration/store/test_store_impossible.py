"""The database itself refuses what the code must never do."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from tests.integration.store.store_world import StoreWorld

IMPOSSIBLE = {
    "an unknown status": "status = 'lost'",
    "an unknown checkpoint": "checkpoint = 'half'",
    "an unknown mode": "mode = 'secret'",
    "a progress that is no step": "progress = 42",
    "a priority out of range": "priority = 10",
    "a negative fence": "fence = -1",
    "running without a worker": "status = 'running', lease_until = created_at, started_at = created_at, "
    "first_claimed_ms = 1",
    "running without a lease": "status = 'running', worker_id = 'w', started_at = created_at, first_claimed_ms = 1",
    "running without a start": "status = 'running', worker_id = 'w', lease_until = created_at",
    "a worker without running": "worker_id = 'w'",
    "a lease without running": "lease_until = created_at",
    "blocked without a reason": "status = 'blocked'",
    "a reason without blocked": "block_reason = 'needs_login'",
    "blocked for an unknown reason": "status = 'blocked', block_reason = 'tired'",
    "final without its moment": "status = 'failed'",
    "a final moment without final": "finished_at = created_at",
    "retrying without a time": "status = 'retrying'",
    "drafted without a draft": "checkpoint = 'drafted'",
    "submitting without its moment": "checkpoint = 'submitting'",
    "published without an address": "status = 'published', checkpoint = 'published', finished_at = created_at",
    "published at another checkpoint": "status = 'published', result_url = 'x', finished_at = created_at",
    "the checkpoint published but not the status": "checkpoint = 'published'",
    "more retries than allowed": "retries_used = 4",
    "a cancel request that nobody reads": "cancel_requested = 1",
    "an unknown state on the site": "site_state = 'famous'",
    "no title for its account": "account_id = NULL",
    "an account that does not exist": "account_id = 99999",
    "an article that does not exist": "article_id = 99999",
}


def is_refused(world: StoreWorld, task_id: int, change: str) -> bool:
    try:
        world.sql(f"UPDATE publish_tasks SET {change} WHERE id = :id", id=task_id)  # noqa: S608
    except DBAPIError:
        return True
    return False


def test_a_task_cannot_be(world: StoreWorld) -> None:
    task_id = world.add_task()
    let_through = [what for what, change in IMPOSSIBLE.items() if not is_refused(world, task_id, change)]
    assert let_through == []
    assert world.view(task_id).status == "waiting"


def test_a_possible_change_is_not_refused(world: StoreWorld) -> None:
    """The test above must not pass because nothing can be changed."""
    task_id = world.add_task()
    world.sql("UPDATE publish_tasks SET progress = 50, priority = 9 WHERE id = :id", id=task_id)
    assert world.view(task_id).progress == 50


def test_two_tasks_cannot_own_one_article_of_the_site(world: StoreWorld) -> None:
    first, second = world.add_task(), world.add_task()
    own = "UPDATE publish_tasks SET remote_id = '777' WHERE id = :id"
    world.sql(own, id=first)
    with pytest.raises(DBAPIError):
        world.sql(own, id=second)


def test_a_pause_holds_back_what_its_scope_says(world: StoreWorld) -> None:
    insert = (
        "INSERT INTO pauses (scope, platform, target_id, by_name, since) VALUES (:scope, :p, :t, 'x', '2030-01-01')"
    )
    wrong: list[dict[str, Any]] = [
        {"scope": "moon", "p": None, "t": None},
        {"scope": "everything", "p": "zhihu", "t": None},
        {"scope": "platform", "p": None, "t": None},
        {"scope": "user", "p": None, "t": None},
        {"scope": "platform", "p": "zhihu", "t": 1},
    ]
    for values in wrong:
        with pytest.raises(DBAPIError):
            world.sql(insert, **values)
