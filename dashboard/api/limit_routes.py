"""Figures of the whole queue, and the limits of users."""

from __future__ import annotations

from fastapi import APIRouter

from core import wiring
from dashboard.api.answers import Limits
from dashboard.api.caller import Caller

router = APIRouter(tags=["queue and limits"])


@router.get("/stats")
def stats(actor: Caller) -> dict[str, int]:
    """How many articles are in each state; an operator's own."""
    overview = wiring.get_task_manager().queue_stats(actor=actor)
    return {status.value: number for status, number in overview.counts.items()}


@router.get("/limits/{user}")
def get_limits(user: str, actor: Caller) -> Limits:
    """How a user stands against the limits; an operator sees its own."""
    found = wiring.get_user_manager().by_name(user, actor=actor)
    return Limits.of(found.name, wiring.get_limit_manager().show(found.id, actor=actor).stats)


@router.post("/limits/{user}/reset")
def reset_limits(user: str, actor: Caller) -> Limits:
    """Forget the user's starts of the last minute. Administrators only."""
    found = wiring.get_user_manager().by_name(user, actor=actor)
    return Limits.of(found.name, wiring.get_limit_manager().reset(found.id, actor=actor))
