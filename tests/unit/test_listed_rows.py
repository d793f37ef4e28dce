"""Ticked rows mean the articles that stood in them when they were ticked."""

from __future__ import annotations

import pytest

from dashboard.components.listed_rows import ListedRows


@pytest.mark.parametrize(
    ("rows", "ids"), [([], []), ([0], [9]), ([2, 0], [5, 9]), ([3], []), ([-1, 1], [7]), ([0, 99], [9])]
)
def test_rows_are_articles(rows: list[int], ids: list[int]) -> None:
    assert ListedRows("all", (9, 7, 5)).ids_of(rows) == ids


def test_a_list_of_other_rows_is_another_table() -> None:
    lists = [
        ListedRows("all", (9, 7, 5)),
        ListedRows("all", (10, 9, 7, 5)),
        ListedRows("all", (9, 7)),
        ListedRows("all", (7, 9, 5)),
        ListedRows("all", ()),
        ListedRows("mine", (9, 7, 5)),
    ]
    assert len({one.key for one in lists}) == len(lists)


def test_the_same_rows_are_the_same_table() -> None:
    assert ListedRows("all", (9, 7)).key == ListedRows("all", (9, 7)).key
