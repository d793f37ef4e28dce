"""What commands are given by name: people, times. And who it is that asks."""

from __future__ import annotations

from datetime import datetime

from core import wiring
from core.errors import Fault, InvalidInput, ServiceUnavailable
from core.services.clock_text import WrongTime, read_time
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


def task_words() -> TaskWords:
    """Words for the states of articles, which also tell when nobody is publishing."""
    try:
        has_workers = bool(wiring.get_heartbeats().all())
    except ServiceUnavailable:
        has_workers = False
    return TaskWords(get_settings().zone, has_workers=has_workers)
