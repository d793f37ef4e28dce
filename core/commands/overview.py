"""`python -m core stats`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from core import wiring, wiring_backup
from core.commands.arguments import Json
from core.commands.lookups import ME, local_clock
from core.commands.next_steps import START_WORKERS
from core.commands.terminal import counted, say, say_json, say_table, warn
from core.errors import DatabaseReplaced, ServiceUnavailable
from core.lane import PauseScope
from core.queue.heartbeats import Heartbeat
from core.queue.queue_stats import Parked, UserLine
from core.services.local_clock import LocalClock
from core.services.queue_overview import QueueOverview
from core.services.task_words import SITE_NAMES, STATUS_WORDS
from core.services.wait_words import WaitWords
from core.store.pauses import PauseView
from core.task_state import TaskStatus

LOOK_AT = (TaskStatus.BLOCKED, TaskStatus.FAILED)
"""Whoever has such articles wants to see them."""
A_SITE = "The site"


def stats(as_json: Json = False) -> None:
    """Show how many articles are in each state, who waits for what, what is paused, and the workers."""
    overview = wiring.get_task_manager().queue_stats(actor=ME)
    workers = _workers()
    names = {user.id: user.name for user in wiring.get_user_manager().list(actor=ME)}
    if as_json:
        say_json(_as_dict(overview, workers, names))
        return
    for status, words in STATUS_WORDS.items():
        count = overview.counts[status]
        look = f"see: python -m core tasks --status {status}" if count and status in LOOK_AT else ""
        say(f"{words:<14}  {count:<6}  {look}".rstrip())
    clock = local_clock()
    _say_line(overview, names, WaitWords(clock))
    _say_pauses(overview.pauses, names, clock)
    say(f"\n{counted(len(workers), 'worker')} running.")
    if clock.has_spoken:
        say(clock.note)
    if overview.line is not None:
        _say_what_to_do(workers)


def _say_what_to_do(workers: list[Heartbeat]) -> None:
    """Workers refuse a restored backup: to start them would be of no use."""
    try:
        wiring_backup.get_database_memory().check()
    except DatabaseReplaced as error:
        warn(str(error))
    else:
        if not workers:
            warn(START_WORKERS)


def _say_line(overview: QueueOverview, names: dict[int, str], words: WaitWords) -> None:
    if overview.line is None:
        warn("\nRedis cannot be used just now, so nobody can tell who waits for what.")
        return
    lines = _lines(overview, overview.line.users)
    if not lines:
        return
    say()
    rows = [
        (
            names.get(user.user_id, f"user {user.user_id}"),
            user.running,
            user.waiting,
            _all_reasons(user, overview, words),
        )
        for user in lines
    ]
    say_table(("USER", "PUBLISHING", "IN LINE", "WAITS BECAUSE"), rows)


def _lines(overview: QueueOverview, in_line: tuple[UserLine, ...]) -> list[UserLine]:
    """Also of those whose articles are all held back outside the line."""
    others = overview.held.keys() - {user.user_id for user in in_line}
    return sorted([*in_line, *(UserLine(user, 0, 0, None) for user in others)], key=lambda user: user.user_id)


def _all_reasons(user: UserLine, overview: QueueOverview, words: WaitWords) -> str:
    reasons = [_why(user, overview.pauses, words)] if user.waiting else []
    held = overview.held.get(user.user_id)
    if held:
        reasons.append(f"{counted(held, 'article')} in paused batches")
    return "; ".join(filter(None, reasons))


def _why(user: UserLine, pauses: tuple[PauseView, ...], words: WaitWords) -> str:
    """Why nothing of a user goes on. Who is paused is in no hurry: nothing of it need have been looked at yet."""
    own = {(PauseScope.EVERYTHING, ""), (PauseScope.USER, str(user.user_id))}
    if any((pause.scope, pause.key) in own for pause in pauses):
        return "Paused"
    return words.parked(user.parked, A_SITE) if user.parked else ""


def _say_pauses(pauses: tuple[PauseView, ...], names: dict[int, str], clock: LocalClock) -> None:
    if not pauses:
        return
    say()
    accounts = {
        account.id: f"{account.name} of {account.user_name}"
        for account in wiring.get_account_manager().list(actor=ME)
        if any(pause.scope is PauseScope.ACCOUNT for pause in pauses)
    }
    for pause in pauses:
        until = f", until {clock.say(pause.until)}" if pause.until else ""
        reason = f": {pause.reason}" if pause.reason else ""
        what = _paused_thing(pause, names, accounts)
        if pause.is_of_site:
            say(f"Slowed by the site: {what}{until}, resumes itself{reason}")
        else:
            say(f"Paused: {what} (by {pause.by}, {clock.say(pause.since)}{until}){reason}")


def _paused_thing(pause: PauseView, names: dict[int, str], accounts: dict[int, str]) -> str:
    match pause.scope:
        case PauseScope.PLATFORM:
            return SITE_NAMES.get(pause.key, pause.key)
        case PauseScope.USER:
            return f"user {names.get(int(pause.key), pause.key)}"
        case PauseScope.ACCOUNT:
            return f"account {accounts.get(int(pause.key), pause.key)}"
        case _:
            return f"{pause.scope} {pause.key}".rstrip()


def _workers() -> list[Heartbeat]:
    try:
        return wiring.get_heartbeats().all()
    except ServiceUnavailable:
        return []


def _as_dict(overview: QueueOverview, workers: list[Heartbeat], names: dict[int, str]) -> dict[str, Any]:
    line = overview.line
    return {
        "counts": overview.counts,
        "is_redis_up": line is not None,
        "in_line": line.waiting if line else None,
        "publishing": line.running if line else None,
        "users": [
            {
                "user": names.get(user.user_id),
                "publishing": user.running,
                "in_line": user.waiting,
                "waits_because": user.parked.reason if user.parked else None,
                "until": _until(user.parked),
                "held_in_paused_batches": overview.held.get(user.user_id, 0),
            }
            for user in _lines(overview, line.users if line else ())
        ],
        "pauses": [
            {
                "scope": pause.scope,
                "key": pause.key,
                "by": pause.by,
                "since": pause.since,
                "until": pause.until,
                "reason": pause.reason,
            }
            for pause in overview.pauses
        ],
        "workers": [{"id": worker.worker_id, **worker.facts} for worker in workers],
    }


def _until(parked: Parked | None) -> datetime | None:
    """For programs: in UTC, as all their times."""
    return datetime.fromtimestamp(parked.until_ms / 1000, UTC) if parked and parked.until_ms else None
