"""A state is said once."""

from __future__ import annotations

import pytest

from core.task_state import TaskStatus
from dashboard.components.task_badges import badge_and_words


@pytest.mark.parametrize(
    ("words", "shown"),
    [("Published", ":green-badge[Published]"), ("Under review", ":green-badge[Published] Under review")],
)
def test_words_are_added_only_where_they_say_more(words: str, shown: str) -> None:
    assert badge_and_words(TaskStatus.PUBLISHED, words) == shown
