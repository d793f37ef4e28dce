"""Overrides of limits as the database keeps them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from core.lane import AccountLimits, UserLimits
from core.store.limits import LimitStore
from tests.integration.store.store_world import StoreWorld
from tests.integration.store.test_store_races import run_together

ROUNDS = 8


def test_an_override_is_kept_and_forgotten(world: StoreWorld) -> None:
    limits = LimitStore(world.db)
    limits.save(UserLimits(world.user_id, max_running=3, weight=0.5))
    limits.save_starts_reset(world.user_id, 7)
    assert limits.get(world.user_id) == UserLimits(world.user_id, max_running=3, weight=0.5)
    limits.save(UserLimits(world.user_id))
    assert limits.user_limits() == [UserLimits(world.user_id)]
    limits.save_account(AccountLimits(world.account_id, gap_seconds=1.5))
    assert limits.account_limits() == [AccountLimits(world.account_id, gap_seconds=1.5)]


def test_writers_that_meet_at_the_first_override_of_a_user(world: StoreWorld) -> None:
    limits = LimitStore(world.db)
    for number in range(ROUNDS):
        user_id = world.users.add(f"u{number}").id
        writers: list[Callable[[], object]] = [
            partial(limits.save, UserLimits(user_id, max_running=running)) for running in (1, 2, 3)
        ]
        outcomes = run_together(*writers, partial(limits.save_starts_reset, user_id, 5))
        assert outcomes == [None] * 4
        assert limits.get(user_id).max_running in (1, 2, 3)


def test_writers_that_meet_at_the_first_override_of_an_account(world: StoreWorld) -> None:
    limits = LimitStore(world.db)
    for number in range(ROUNDS):
        account_id = world.accounts.add(world.user_id, "zhihu", f"a{number}", b"[]").id
        writers = [partial(limits.save_account, AccountLimits(account_id, max_running=one)) for one in (1, 2, 3, 4)]
        assert run_together(*writers) == [None] * 4


def test_nobody_s_override_is_refused(world: StoreWorld) -> None:
    with pytest.raises(IntegrityError):
        LimitStore(world.db).save(UserLimits(99, max_running=1))
