"""What a worker makes of what it is told."""

from __future__ import annotations

from core.queue.heartbeats import OrderKind, WorkerOrder
from tasks.standing_orders import StandingOrders


def order(kind: OrderKind, at: float, by: str = "root") -> WorkerOrder:
    return WorkerOrder(kind, by, at)


def test_quiet_until_told_to_go_on() -> None:
    orders = StandingOrders()
    assert not orders.is_quiet
    assert orders.obey(order(OrderKind.QUIET, 1))
    assert orders.is_quiet
    assert orders.facts() == {"quiet": {"by": "root", "since": 1}, "obeyed_at": 1}
    assert orders.obey(order(OrderKind.RESUME, 2))
    assert not orders.is_quiet
    assert orders.facts() == {"quiet": None, "obeyed_at": 2}
    assert not orders.has_to_stop


def test_the_same_order_is_no_news_and_none_changes_nothing() -> None:
    orders = StandingOrders()
    assert orders.obey(order(OrderKind.QUIET, 1))
    assert not orders.obey(order(OrderKind.QUIET, 1))
    assert not orders.obey(None)
    assert orders.is_quiet, "Redis may forget what it was told: the worker does not"


def test_who_was_first_to_want_it_quiet_is_remembered() -> None:
    orders = StandingOrders()
    orders.obey(order(OrderKind.QUIET, 1, "ada"))
    orders.obey(order(OrderKind.QUIET, 2, "bo"))
    assert orders.facts() == {"quiet": {"by": "ada", "since": 1}, "obeyed_at": 2}


def test_stop_is_for_good() -> None:
    orders = StandingOrders()
    orders.obey(order(OrderKind.STOP, 1))
    orders.obey(order(OrderKind.RESUME, 2))
    assert orders.has_to_stop
