"""Which contexts stay warm, and which must go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.browser.owner_contexts import OwnerContexts


def warm_for(*owners: int, most: int = 3, idle_seconds: float = 100) -> OwnerContexts:
    contexts = OwnerContexts(most=most, idle_seconds=idle_seconds)
    for now, owner in enumerate(owners):
        contexts.put(owner, f"context {owner}", 1, now)
    return contexts


def test_warm_for_the_same_cookies_only() -> None:
    contexts = warm_for(7)
    assert contexts.is_warm(7, 1, 10)
    assert not contexts.is_warm(7, 2, 10)
    assert not contexts.is_warm(8, 1, 10)


def test_gone_after_idle_time() -> None:
    contexts = warm_for(7, idle_seconds=100)
    assert contexts.is_warm(7, 1, 99.9)
    assert not contexts.is_warm(7, 1, 100)
    assert [entry.context for entry in contexts.take_unwanted(8, 1, 100)] == ["context 7"]


def test_use_keeps_it() -> None:
    contexts = warm_for(7, idle_seconds=100)
    contexts.touch(7, 50)
    assert contexts.is_warm(7, 1, 120)


def test_new_cookies_close_the_old_context() -> None:
    contexts = warm_for(7, 8)
    assert [entry.owner for entry in contexts.take_unwanted(7, 2, 3)] == [7]
    assert contexts.find(7) is None
    assert contexts.find(8) is not None


def test_the_least_recently_used_makes_room() -> None:
    contexts = warm_for(1, 2, 3)
    contexts.touch(1, 5)
    assert [entry.owner for entry in contexts.take_unwanted(4, 1, 6)] == [2]
    assert contexts.take_unwanted(3, 1, 6) == [], "its own context needs no room"


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 2)), max_size=40), st.integers(1, 4))
def test_one_owner_per_context_and_never_too_many(leases: list[tuple[int, int]], most: int) -> None:
    contexts = OwnerContexts(most=most, idle_seconds=10)
    closed: set[str] = set()
    for now, (owner, version) in enumerate(leases):
        closed.update(entry.context for entry in contexts.take_unwanted(owner, version, now))
        found = contexts.find(owner)
        if found is None:
            contexts.put(owner, f"{owner}/{version}/{now}", version, now)
        else:
            assert found.cookies_version == version
            assert found.context not in closed
            assert found.context.startswith(f"{owner}/{version}/")
        contexts.touch(owner, now)
        assert len(contexts) <= most


def test_with_no_room_at_all_only_the_one_in_use_stays() -> None:
    contexts = warm_for(7, most=0)
    assert contexts.take_unwanted(7, 1, 1) == []
    assert [entry.owner for entry in contexts.take_unwanted(8, 1, 2)] == [7]
