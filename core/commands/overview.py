"""`python -m core stats` and `keys new`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from cryptography.fernet import Fernet

from core import wiring
from core.commands.lookups import ME, task_words
from core.commands.terminal import counted, say, say_json, say_table, warn
from core.errors import ServiceUnavailable
from core.queue.heartbeats import Heartbeat
from core.services.queue_overview import QueueOverview
from core.services.task_words import WAIT_WORDS
from core.store.pauses import PauseView

keys = typer.Typer(no_args_is_help=True, help="Keys that encrypt the cookies of accounts.")


def stats(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show how many articles are in each state, who waits for what, what is paused, and the workers."""
    overview = wiring.get_task_manager().queue_stats(actor=ME)
    workers = _workers()
    names = {user.id: user.name for user in wiring.get_user_manager().list(actor=ME)}
    if as_json:
        say_json(_as_dict(overview, workers, names))
        return
    for status, count in overview.counts.items():
        say(f"{status.replace('_', ' '):<14} {count}")
    _say_line(overview, names)
    for pause in overview.pauses:
        say(_pause_words(pause))
    say(f"\n{counted(len(workers), 'worker')} running.")
    if not workers:
        warn("Start them with: python run_workers.py")


def _say_line(overview: QueueOverview, names: dict[int, str]) -> None:
    if overview.line is None:
        warn("\nRedis cannot be used just now, so nobody can tell who waits for what.")
        return
    if not overview.line.users:
        return
    say()
    rows = [
        (
            names.get(user.user_id, f"user {user.user_id}"),
            user.running,
            user.waiting,
            WAIT_WORDS[user.parked.reason] if user.parked and user.waiting else "",
        )
        for user in overview.line.users
    ]
    say_table(("USER", "PUBLISHING", "IN LINE", "WAITS BECAUSE"), rows)


def _pause_words(pause: PauseView) -> str:
    until = f" until {task_words().clock(pause.until)}" if pause.until else ""
    reason = f": {pause.reason}" if pause.reason else ""
    since = task_words().clock(pause.since)
    return f"Paused: {pause.scope} {pause.key}".rstrip() + f" (by {pause.by}, {since}){until}{reason}"


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
                "until_ms": user.parked.until_ms if user.parked else None,
            }
            for user in (line.users if line else ())
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


@keys.command()
def new() -> None:
    """Make a key for TOPN_SECRET_KEYS. Put it first; keep the older ones behind it."""
    say(Fernet.generate_key().decode())
