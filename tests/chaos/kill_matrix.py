"""A kill at a failpoint from beginning to end: what the tests of the kill matrix share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from core.task_state import TaskStatus
from tasks.failpoints import Failpoint
from tests.chaos.crash_places import CrashPlace, crash_place
from tests.chaos.scene import Scene
from tests.servers.worker_lab import WorkerLab


def marked(places: Iterable[Failpoint]) -> list[Any]:
    """These failpoints as parameters, marked with the faults they stand for."""
    return [
        pytest.param(where, id=where, marks=[pytest.mark.fault(name) for name in crash_place(where).faults])
        for where in places
    ]


def is_plain(place: CrashPlace) -> bool:
    """Whether a worker comes there by itself, and something is left to do then."""
    return place.before is CrashPlace().before and place.during is None and not place.status.is_final


def kill_there(lab: WorkerLab, where: Failpoint) -> None:
    """A worker is killed there, another goes on, and everything is as it must be."""
    place = crash_place(where)
    scene = Scene(lab)
    place.before(scene)
    scene.dies(where, place.during)
    assert scene.row.status is place.status, lab.story(scene.task)
    place.after(scene)
    done = scene.goes_on()
    story = lab.story(scene.task)
    assert (done.status, done.retries_used) == (TaskStatus.PUBLISHED, 0), story
    scene.check()
    kinds = scene.kinds()
    assert (done.crash_count, kinds.count("rescued")) == (place.crashes, place.crashes), story
    assert (scene.draft_count(), kinds.count("orphan_draft")) == (place.drafts, place.orphan_events), story
    assert scene.post()["publish_requests"] == place.publish_requests, story
    assert come_in_order(kinds, place.kinds), story


def come_in_order(kinds: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether the wanted events are among these, one after the other."""
    rest = iter(kinds)
    return all(kind in rest for kind in wanted)
