"""The pool's books: who is served next, and from what."""

from __future__ import annotations

from core.browser.owner_contexts import OwnerContexts
from core.browser.pool_books import PoolBooks, Retired, Slot, SlotState, Waiter


def books(maximum: int, *, may_start: bool = True) -> PoolBooks:
    return PoolBooks(
        maximum,
        may_start=lambda _starting: may_start,
        new_contexts=lambda: OwnerContexts(most=8, idle_seconds=300),
    )


def enter(pool: PoolBooks, owner: int, now: float = 0) -> Waiter:
    waiter = Waiter(owner, 0)
    pool.waiters.append(waiter)
    pool.serve(now)
    return waiter


def served(pool: PoolBooks, owner: int, now: float = 0) -> Slot:
    slot = enter(pool, owner, now).slot
    assert slot is not None
    return slot


def test_starts_up_to_the_maximum_then_makes_wait() -> None:
    pool = books(2)
    first, second, third = (enter(pool, owner) for owner in (1, 2, 3))
    assert first.is_served.is_set()
    assert second.slot is not first.slot
    assert not third.is_served.is_set()
    assert (pool.stats().busy, pool.stats().waiting) == (2, 1)


def test_the_first_waiter_is_served_first() -> None:
    pool = books(1)
    slot = served(pool, 1)
    second, third = enter(pool, 2), enter(pool, 3)
    pool.put_back(slot, 1)
    assert second.slot is slot
    assert slot.owner == 2
    pool.strike_out(slot, Retired.CRASHED)
    pool.serve(2)
    assert third.slot is not None
    assert third.slot is not slot
    assert pool.stats().retired == {"crashed": 1}


def test_an_ending_browser_keeps_its_place() -> None:
    pool = books(1)
    slot = served(pool, 1)
    slot.state = SlotState.ENDING
    assert enter(pool, 2).slot is None


def test_a_warm_browser_is_preferred_to_the_one_used_last() -> None:
    pool = books(2)
    warm, last = served(pool, 1), served(pool, 2)
    warm.contexts.put(1, "context", 0, 0)
    pool.put_back(warm, 1)
    pool.put_back(last, 2)
    assert served(pool, 1, 3) is warm
    pool.put_back(warm, 1)
    assert served(pool, 5, 3) is last


def test_an_idle_browser_is_used_before_a_new_one_starts() -> None:
    pool = books(5)
    slot = served(pool, 1)
    pool.put_back(slot, 1)
    assert served(pool, 2) is slot


def test_nothing_new_without_memory() -> None:
    pool = books(2, may_start=False)
    assert enter(pool, 1).slot is None
    assert pool.slots == []


def test_memory_is_set_aside_for_browsers_that_are_starting() -> None:
    asked: list[int] = []

    def may_start(starting: int) -> bool:
        asked.append(starting)
        return True

    pool = PoolBooks(
        3,
        may_start=may_start,
        new_contexts=lambda: OwnerContexts(most=1, idle_seconds=1),
    )
    for owner in (1, 2, 3):
        enter(pool, owner)
    assert asked == [0, 1, 2]


def test_dismissed_waiters_wake_with_nothing() -> None:
    pool = books(1)
    served(pool, 1)
    waiter = enter(pool, 2)
    pool.dismiss_waiters()
    assert waiter.is_served.is_set()
    assert waiter.slot is None
    assert pool.stats().waiting == 0


def test_surplus_is_what_has_been_idle_longest() -> None:
    pool = books(3)
    slots = [served(pool, owner) for owner in (1, 2, 3)]
    pool.put_back(slots[0], 20)
    pool.put_back(slots[1], 10)
    pool.maximum = 2
    assert pool.take_surplus() == [slots[1]]
    pool.maximum = 1
    assert pool.take_surplus() == [slots[0]]
    assert pool.take_surplus() == [], "the leased one ends when it is given back"
