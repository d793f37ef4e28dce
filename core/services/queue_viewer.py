"""How the line stands for each user, and how fairly it moved lately. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.queue.queue_stats import Parked, UserLine
from core.queue.rate_limiter import UserRateLimiter
from core.services.line import QueueSource
from core.store.database import Database
from core.store.pauses import PauseStore, PauseView
from core.store.queue_figures import QueueFigures, Waits
from core.store.records import Actor
from core.store.users import UserStore

SHARE_OVER = timedelta(minutes=10)
WAITS_OVER = timedelta(hours=1)
MOST_LANES = 200
"""So many users are shown, those with the most waiting."""


@dataclass(frozen=True, slots=True)
class LaneView:
    """One user's part of the line. `share`: of all starts of the last ten minutes, 0 to 1; None: there were none."""

    user_id: int
    user_name: str
    waiting: int
    running: int
    max_running: int
    starts: int
    max_starts: int
    share: float | None
    oldest_since: datetime | None
    parked: Parked | None


@dataclass(frozen=True, slots=True, eq=False)
class LineView:
    """The whole line, and its longest lanes: those with the most waiting come first. `users`: how many have a lane.
    Not compared by value: each reading of it is one of its own."""

    lanes: tuple[LaneView, ...]
    users: int
    waiting: int
    running: int


class QueueViewer:
    """An operator sees its own part; its share is one of the whole."""

    def __init__(self, db: Database, *, queue: QueueSource, limiter: Callable[[], UserRateLimiter]) -> None:
        self._queue = queue
        self._limiter = limiter
        self._figures = QueueFigures(db)
        self._pauses = PauseStore(db)
        self._users = UserStore(db)

    def line(self, *, actor: Actor) -> LineView:
        """Those with anything waiting or running. Raises ServiceUnavailable when Redis or the database is away."""
        only = _only(actor)
        users = [user for user in self._queue().stats().users if only in (None, user.user_id)]
        users.sort(key=lambda user: user.waiting, reverse=True)
        return LineView(
            self._lanes(users[:MOST_LANES]),
            users=len(users),
            waiting=sum(user.waiting for user in users),
            running=sum(user.running for user in users),
        )

    def waits(self, *, actor: Actor) -> Waits:
        """Of the last hour. Looks at thousands of starts: not for every refresh. Raises ServiceUnavailable."""
        return self._figures.waits(datetime.now(UTC) - WAITS_OVER, _only(actor))

    def pauses(self, *, actor: Actor) -> list[PauseView]:
        """What is held back, of what concerns this actor."""
        return self._pauses.list(only_user=_only(actor))

    def _lanes(self, users: Sequence[UserLine]) -> tuple[LaneView, ...]:
        now = datetime.now(UTC)
        starts, oldest = self._figures.starts_by_user(now - SHARE_OVER), self._figures.oldest_waiting()
        names = {user.id: user.name for user in self._users.list()}
        all_stats = self._limiter().get_stats_of([user.user_id for user in users])
        return tuple(
            LaneView(
                user_id=user.user_id,
                user_name=names.get(user.user_id, f"#{user.user_id}"),
                waiting=user.waiting,
                running=user.running,
                max_running=stats.max_running,
                starts=stats.starts,
                max_starts=stats.max_starts,
                share=starts.get(user.user_id, 0) / sum(starts.values()) if starts else None,
                oldest_since=oldest.get(user.user_id) if user.waiting else None,
                parked=user.parked,
            )
            for user, stats in zip(users, all_stats, strict=True)
        )


def _only(actor: Actor) -> int | None:
    """The one user whose part this actor sees; None: all of it."""
    return None if actor.is_admin else actor.user_id or 0
