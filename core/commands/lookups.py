"""What commands are given by name: people, times. And who it is that asks."""

from __future__ import annotations

from datetime import UTC, datetime

from core import wiring
from core.errors import Fault, InvalidInput, ServiceUnavailable
from core.services.clock_text import WrongTime, read_time, require_future
from core.services.local_clock import LocalClock
from core.services.task_words import TaskWords
from core.settings import get_settings
from core.store.records import Actor, UserView

ME = Actor.command_line()


def user_named(name: str) -> UserView:
    """Raises NotFound."""
    return wiring.get_user_manager().by_name(name, actor=ME)


def time_given(text: str | None, option: str) -> datetime | None:
    """A time of the command line, in the zone of the settings. Raises InvalidInput."""
    if text is None:
        return None
    try:
        return read_time(text, get_settings().zone)
    except WrongTime as error:
        raise InvalidInput([Fault(option, error.reason, error.remedy)]) from error


def future_given(text: str | None, option: str, *, otherwise: str) -> datetime | None:
    """A time to come. `otherwise`: what else can be done about one that has passed. Raises InvalidInput."""
    moment = time_given(text, option)
    if moment is None:
        return None
    try:
        require_future(moment, get_settings().zone, datetime.now(UTC))
    except WrongTime as error:
        has_passed = bool(error.offers)
        tomorrow = f"{otherwise}, or write '{error.offers[-1]}' for the same time tomorrow." if has_passed else ""
        remedy = tomorrow or error.remedy
        raise InvalidInput([Fault(option, error.reason, remedy)]) from error
    return moment


def local_clock() -> LocalClock:
    """The clock of the settings' time zone."""
    return LocalClock(get_settings().zone)


def task_words() -> TaskWords:
    """Words for the states of articles, which also tell when nobody is publishing."""
    try:
        has_workers: bool | None = bool(wiring.get_heartbeats().all())
    except ServiceUnavailable:
        has_workers = None
    return TaskWords(local_clock(), has_workers=has_workers)
