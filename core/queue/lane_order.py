"""How a task is written into its lane: what goes before what."""

from __future__ import annotations

import re

from core.lane import LaneEntry

FRESH_SCORE = 2**52
PRIORITY_SCORE = 2**48
HIGHEST_PRIORITY = 9
_PLATFORM = re.compile(r"[a-z0-9_-]{1,32}")


def lane_score(entry: LaneEntry) -> int:
    """Resumed before fresh, then higher priority, then older id. Exact in a double."""
    fresh = 0 if entry.is_resumed else FRESH_SCORE
    return fresh + (HIGHEST_PRIORITY - entry.priority) * PRIORITY_SCORE + entry.task_id


def lane_fields(entry: LaneEntry) -> tuple[int, int, int, str, int]:
    """The entry as push.lua takes it. Raises ValueError for what no row can hold."""
    if not 0 < entry.task_id < PRIORITY_SCORE or entry.user_id < 1 or entry.account_id < 1:
        raise ValueError(f"not the ids of a row: {entry}")
    if not 0 <= entry.priority <= HIGHEST_PRIORITY:
        raise ValueError(f"priority {entry.priority} is not 0 to {HIGHEST_PRIORITY}")
    if not _PLATFORM.fullmatch(entry.platform):
        raise ValueError(f"platform {entry.platform!r} is not lower-case letters, digits, _ or -")
    return entry.task_id, entry.user_id, entry.account_id, entry.platform, lane_score(entry)
