"""Finds and ends browser processes by the marks in their environment, never by a bare process id."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import psutil

WORKER_MARK = "TOPN_MARK_WORKER"
DRIVER_MARK = "TOPN_MARK_DRIVER"
_END_SECONDS = 5.0
_END_PAUSE_SECONDS = 0.01

Marks = Mapping[str, str]


def marks_for(worker_id: str, folder: Path) -> dict[str, str]:
    """The environment that marks a driver and, by inheritance, its browser."""
    return {WORKER_MARK: worker_id, DRIVER_MARK: str(folder)}


def is_driver_of(folder: Path) -> Callable[[Marks], bool]:
    return lambda marks: marks.get(DRIVER_MARK) == str(folder)


def marked_processes(is_wanted: Callable[[Marks], bool]) -> list[psutil.Process]:
    """All living processes of the drivers whose marks are wanted.

    Chromium's renderers wipe their environment. They stay in the session that their driver leads, and a
    session's number is not given away while one of its processes lives: so the sessions of marked processes
    are followed. Our own session is never among them, even if the marks were put there by mistake.
    """
    return list(_in_marked_sessions(is_wanted, frozenset()))


def _in_marked_sessions(is_wanted: Callable[[Marks], bool], known: Collection[int]) -> dict[psutil.Process, int]:
    """Living processes and the sessions they are in: those with wanted marks and the known ones."""
    sessions = set(known)
    living: dict[psutil.Process, int] = {}
    own_session = os.getsid(0)
    for process in psutil.process_iter():
        try:
            session = os.getsid(process.pid)
            if session in (0, own_session) or process.status() == psutil.STATUS_ZOMBIE:
                continue
            living[process] = session
            if session not in sessions and _has_wanted_marks(process, is_wanted):
                sessions.add(session)
        except (psutil.Error, OSError):
            continue
    return {process: session for process, session in living.items() if session in sessions}


def _has_wanted_marks(process: psutil.Process, is_wanted: Callable[[Marks], bool]) -> bool:
    try:
        environment = process.environ()
    except (psutil.Error, OSError):
        return False
    return DRIVER_MARK in environment and is_wanted(environment)


def end_marked_processes(is_wanted: Callable[[Marks], bool]) -> int:
    """SIGKILL them until none is left, at most for five seconds. Returns how many were ended.

    A session stays in view after its marked processes have died: a process that is still dying has no
    environment any more, and one that was begun while they were listed never had one.
    """
    ended: set[psutil.Process] = set()
    sessions: frozenset[int] = frozenset()
    deadline = time.monotonic() + _END_SECONDS
    while found := _in_marked_sessions(is_wanted, sessions):
        sessions = frozenset(found.values())
        for process in found:
            try:
                process.send_signal(signal.SIGKILL)
            except (psutil.Error, OSError):
                continue
        ended.update(found)
        if time.monotonic() > deadline:
            break
        time.sleep(_END_PAUSE_SECONDS)
    return len(ended)
