"""The model check of publishing once: every interleaving of two workers with death, pause, ended leases, lost
replies and late clicks, of the rescuer, the owner and a person, over the product's own rules."""

from __future__ import annotations

from collections.abc import Iterator

from core.task_state import TaskStatus
from tests.model.attempt_steps import AttemptSteps
from tests.model.other_steps import PeopleSteps, SiteSteps, WorkerSteps
from tests.model.promises import broken_in
from tests.model.row_changes import RowChanges
from tests.model.rules import Rules
from tests.model.search import Explorer, Step, Walk
from tests.model.world import World, same_world

MAX_STATES = 60_000


def check(rules: Rules) -> Walk[World]:
    """Walk through all that may happen to one article under these rules, until a promise is broken."""
    changes = RowChanges(rules)
    actors = (
        AttemptSteps(rules, changes),
        WorkerSteps(rules, changes),
        PeopleSteps(rules, changes),
        SiteSteps(rules),
    )

    def next_steps(world: World) -> Iterator[Step[World]]:
        for actor in actors:
            yield from actor.steps(world)

    def promises(world: World) -> Iterator[str]:
        return broken_in(world, changes)

    return Explorer(next_steps, promises, _is_settled, same_world).walk(World(), max_states=MAX_STATES)


def _is_settled(world: World) -> bool:
    """It has an end, or a person's turn."""
    return world.row.status.is_final or world.row.status is TaskStatus.BLOCKED
