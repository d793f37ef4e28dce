"""The board on which the practice site's faults are set."""

from __future__ import annotations

import threading

import pytest

from tests.practice_site.fault_labels import FAULT_LABELS
from tests.practice_site.faults import Fault, FaultBoard, FaultRule


@pytest.fixture
def board() -> FaultBoard:
    return FaultBoard()


def test_a_fault_hits_only_the_account_it_was_set_for(board: FaultBoard) -> None:
    board.set(FaultRule(Fault.REFUSED, account_id="1"))
    assert board.take(Fault.REFUSED, "2", "POST", "/x") is None
    assert board.take(Fault.REFUSED, None, "POST", "/x") is None
    assert board.take(Fault.REFUSED, "1", "POST", "/x") is not None
    assert board.take(Fault.DAILY_LIMIT, "1", "POST", "/x") is None


def test_a_fault_for_nobody_hits_everybody(board: FaultBoard) -> None:
    board.set(FaultRule(Fault.SITE_BUSY))
    assert board.take(Fault.SITE_BUSY, None, "GET", "/write") is not None
    assert board.take(Fault.SITE_BUSY, "7", "GET", "/write") is not None


def test_a_counted_fault_is_used_up(board: FaultBoard) -> None:
    rule = board.set(FaultRule(Fault.REFUSED, times=2))
    hits = [board.take(Fault.REFUSED, "1", "POST", "/x") is not None for _ in range(4)]
    assert hits == [True, True, False, False]
    assert (rule.times, rule.fired) == (0, 2)


def test_looking_does_not_use_it_up(board: FaultBoard) -> None:
    board.set(FaultRule(Fault.CONFIRM_DIALOG, times=1))
    assert board.peek(Fault.CONFIRM_DIALOG, "1", "GET", "/write") is not None
    assert board.take(Fault.CONFIRM_DIALOG, "1", "GET", "/write") is not None
    assert board.peek(Fault.CONFIRM_DIALOG, "1", "GET", "/write") is None


@pytest.mark.parametrize(
    ("method", "path", "hit"),
    [
        ("PATCH", "/api/articles/12/draft", True),
        ("GET", "/api/articles/12/draft", False),
        ("PATCH", "/api/v4/me", False),
    ],
)
def test_a_fault_may_be_for_some_requests_only(board: FaultBoard, method: str, path: str, hit: bool) -> None:
    board.set(FaultRule(Fault.HTTP_ERROR, method="PATCH", path="/api/articles/*"))
    assert (board.take(Fault.HTTP_ERROR, "1", method, path) is not None) is hit


def test_setting_it_again_replaces_it_at_the_same_place_only(board: FaultBoard) -> None:
    board.set(FaultRule(Fault.SLOW_REPLY, seconds=1))
    board.set(FaultRule(Fault.SLOW_REPLY, path="/write", seconds=3))
    board.set(FaultRule(Fault.SLOW_REPLY, seconds=2))
    assert sorted(rule.seconds for rule in board.all()) == [2, 3]


def test_clearing_is_as_wide_as_asked(board: FaultBoard) -> None:
    board.set(FaultRule(Fault.REFUSED, account_id="1"))
    board.set(FaultRule(Fault.REFUSED, account_id="2"))
    board.set(FaultRule(Fault.DAILY_LIMIT, account_id="1"))
    assert board.clear(fault=Fault.REFUSED, account_id="1") == 1
    assert board.clear(account_id="1") == 1
    assert [rule.account_id for rule in board.all()] == ["2"]
    assert board.clear() == 1


def test_a_counted_fault_hits_exactly_so_often_under_many_threads(board: FaultBoard) -> None:
    board.set(FaultRule(Fault.REFUSED, times=50))
    hits: list[bool] = []

    def visit() -> None:
        hits.extend(board.take(Fault.REFUSED, "1", "POST", "/x") is not None for _ in range(40))

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(hits) == 50


def test_every_fault_is_explained_to_people() -> None:
    assert set(FAULT_LABELS) == set(Fault)
    assert len(set(FAULT_LABELS.values())) == len(Fault)
