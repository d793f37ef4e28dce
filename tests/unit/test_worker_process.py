"""How browsers are split over processes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.worker_process import split_drivers


@pytest.mark.parametrize(
    ("drivers", "workers", "shares"),
    [(8, 4, [2, 2, 2, 2]), (10, 4, [3, 3, 2, 2]), (3, 4, [1, 1, 1]), (1, 1, [1]), (5, 2, [3, 2])],
)
def test_the_remainder_goes_to_the_first(drivers: int, workers: int, shares: list[int]) -> None:
    assert split_drivers(drivers, workers) == shares


@given(drivers=st.integers(1, 300), workers=st.integers(1, 80))
def test_every_browser_is_given_away_and_no_process_has_none(drivers: int, workers: int) -> None:
    shares = split_drivers(drivers, workers)
    assert sum(shares) == drivers
    assert len(shares) == min(drivers, workers)
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)
