"""`python -m core workers …`: the processes that publish, and what they are told."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from core import wiring
from core.commands.arguments import Json
from core.commands.lookups import ME, local_clock
from core.commands.option_words import CommandGroup
from core.commands.terminal import say, say_json, say_table, warn
from core.queue.heartbeats import OrderKind
from core.services.local_clock import LocalClock
from core.services.worker_viewer import StoppedWorker, Told, WorkerView

workers = CommandGroup(
    no_args_is_help=True, help="The processes that publish: quiet them, stop them, start them again."
)

Worker = Annotated[
    str,
    typer.Argument(metavar="WORKER", help="As `python -m core workers list` names it: host:process, or the process."),
]
STATES = {
    "running": "working",
    "held": "takes nothing until the database is known to be complete",
    "stopping": "stopping",
    "quiet": "takes nothing new",
}
ASKED = {
    OrderKind.QUIET: "to take nothing new",
    OrderKind.RESUME: "to take articles again",
    OrderKind.STOP: "to stop",
    OrderKind.START: "to start again",
}


@workers.command("list")
def list_workers(as_json: Json = False) -> None:
    """List the worker processes, those that somebody has stopped too."""
    viewer = wiring.get_worker_viewer()
    living, stopped = viewer.workers(actor=ME), viewer.stopped(actor=ME)
    if as_json:
        say_json({"living": [asdict(one) for one in living], "stopped": [asdict(one) for one in stopped]})
        return
    if not living and not stopped:
        warn("No workers are running. Start them: python run_workers.py")
        return
    clock = local_clock()
    rows = [(_name(one), _living(one, clock), len(one.threads), f"{one.pool.busy} of {one.pool.max}") for one in living]
    rows += [(_name(one), _empty(one, clock), 0, f"0 of {one.browsers}") for one in stopped]
    say_table(("WORKER", "STATE", "PUBLISHING", "BROWSERS IN USE"), rows)
    if clock.has_spoken:
        say(clock.note)


@workers.command(epilog="Example: python -m core workers quiet 4711")
def quiet(worker: Worker) -> None:
    """Let a worker take nothing new. It finishes what it holds, and goes on after `workers resume`."""
    beat = wiring.get_worker_manager().quiet(worker, actor=ME)
    say(f"Within seconds worker {_short(beat.worker_id)} takes nothing new. It finishes what it holds.")


@workers.command(epilog="Example: python -m core workers resume 4711")
def resume(worker: Worker) -> None:
    """Let a quiet worker take articles again."""
    beat = wiring.get_worker_manager().resume(worker, actor=ME)
    say(f"Within seconds worker {_short(beat.worker_id)} takes articles again.")


@workers.command(epilog="Example: python -m core workers stop 4711")
def stop(worker: Worker) -> None:
    """Stop a worker: what is submitted is finished, the rest goes back into line. It stays away until
    `workers start`."""
    beat = wiring.get_worker_manager().stop(worker, actor=ME)
    name = _short(beat.worker_id)
    say(f"Worker {name} stops within seconds; what it has submitted is finished first.")
    if beat.facts.get("is_supervised"):
        say(f"It stays away until: python -m core workers start {name}   (or until run_workers.py is started anew)")


@workers.command(epilog="Example: python -m core workers start 4711")
def start(worker: Worker) -> None:
    """Start a worker again in the place of one that was stopped."""
    beat = wiring.get_worker_manager().start(worker, actor=ME)
    say(f"Within seconds another worker starts in the place of {_short(beat.worker_id)}.")


def _name(worker: WorkerView | StoppedWorker) -> str:
    return f"{worker.host}:{worker.pid}"


def _short(worker_id: str) -> str:
    return ":".join(worker_id.split(":")[:2])


def _living(worker: WorkerView, clock: LocalClock) -> str:
    state = STATES.get(worker.state, worker.state)
    return f"{state}{_by(worker.quiet, clock)}{_asked(worker.pending)}"


def _empty(worker: StoppedWorker, clock: LocalClock) -> str:
    return f"stopped{_by(worker.stopped, clock)}{_asked(worker.pending)}"


def _by(told: Told | None, clock: LocalClock) -> str:
    return f" since {clock.say(told.at)}, by {told.by}" if told else ""


def _asked(pending: Told | None) -> str:
    return f" (asked by {pending.by} {ASKED[pending.kind]})" if pending else ""
