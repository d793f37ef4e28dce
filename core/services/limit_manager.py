"""The limits of users and accounts: everybody may see the own ones, administrators change them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.errors import Fault, InvalidInput
from core.lane import (
    MAX_COUNT,
    MAX_GAP_SECONDS,
    MAX_WEIGHT,
    MIN_WEIGHT,
    AccountLimits,
    LimitDefaults,
    UserLimits,
)
from core.queue.account_stats import AccountStats
from core.queue.fair_queue import FairQueue
from core.queue.rate_limiter import UserRateLimiter, UserStats
from core.services.access import Access
from core.store.accounts import AccountStore
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.limits import LimitStore
from core.store.queue_figures import QueueFigures
from core.store.records import AccountView, Actor, UserView
from core.store.users import UserStore


@dataclass(frozen=True, slots=True)
class AccountReport:
    """How one account of a user stands. `overrides`: what differs from the defaults."""

    account: AccountView
    stats: AccountStats
    overrides: AccountLimits


@dataclass(frozen=True, slots=True)
class LimitReport:
    """How a user stands. `overrides`: what differs from the `defaults`."""

    user: UserView
    stats: UserStats
    overrides: UserLimits
    defaults: LimitDefaults
    accounts: tuple[AccountReport, ...]
    held: int
    """How many of its articles stand in no line because their batch is paused."""


@dataclass(frozen=True, slots=True)
class UserStanding:
    """How somebody stands against the limits."""

    name: str
    stats: UserStats
    has_own_limits: bool
    """Whether any of them differs from the usual ones."""

    @property
    def is_of_interest(self) -> bool:
        """Whether anything waits, is being published or counts against a limit, or a limit is not the usual one."""
        stats = self.stats
        return bool(stats.waiting or stats.running or stats.starts or stats.parked or self.has_own_limits)


class LimitManager:
    """Every change is on record. Raises ServiceUnavailable when Redis is away: a limit must count at once."""

    def __init__(
        self,
        db: Database,
        *,
        limiter: UserRateLimiter,
        queue: FairQueue,
        accounts: AccountStore,
        defaults: LimitDefaults,
    ) -> None:
        self._limiter = limiter
        self._queue = queue
        self._accounts = accounts
        self._defaults = defaults
        self._limits = LimitStore(db)
        self._users = UserStore(db)
        self._figures = QueueFigures(db)
        self._access = Access(self._users, AuditLog(db))

    def show(self, user_id: int, *, actor: Actor) -> LimitReport:
        """Raises NotFound."""
        self._access.require_own(actor, user_id, "limits.read", "user", user_id)
        user = self._users.get(user_id)
        stats = self._limiter.get_user_stats(user_id)
        held = self._figures.held_in_batches(user_id).get(user_id, 0)
        return LimitReport(user, stats, self._limits.get(user_id), self._defaults, self._accounts_of(user_id), held)

    def everybody(self, *, actor: Actor) -> list[UserStanding]:
        """All users, also those with nothing going on, at the price of one. Raises NotAllowed."""
        self._access.require_admin(actor, "limits.read", "user", None, doing="read the limits of all users")
        users = self._users.list()
        own = {one.user_id for one in self._limits.user_limits() if one != UserLimits(one.user_id)}
        stats = self._limiter.get_stats_of([user.id for user in users])
        return [UserStanding(user.name, one, user.id in own) for user, one in zip(users, stats, strict=True)]

    def _accounts_of(self, user_id: int) -> tuple[AccountReport, ...]:
        accounts = self._accounts.list(user_id)
        stats = self._limiter.get_account_stats([account.id for account in accounts])
        overrides = {one.account_id: one for one in self._limits.account_limits()}
        return tuple(
            AccountReport(account, its_stats, overrides.get(account.id, AccountLimits(account.id)))
            for account, its_stats in zip(accounts, stats, strict=True)
        )

    def set(self, limits: UserLimits, *, actor: Actor) -> None:
        """Replace a user's overrides; None is the default again. Raises InvalidInput, NotAllowed, NotFound."""
        self._access.require_admin(actor, "limits.set", "user", limits.user_id, doing="change limits")
        user = self._users.get(limits.user_id)
        faults = [
            *_count_faults("max_running", limits.max_running),
            *_count_faults("max_starts", limits.max_starts),
            *_range_faults("weight", limits.weight, MIN_WEIGHT, MAX_WEIGHT),
        ]
        if faults:
            raise InvalidInput(faults)
        self._limiter.set_limits(limits)
        self._access.record(
            actor,
            "limits.set",
            "user",
            user.name,
            max_running=limits.max_running,
            max_starts=limits.max_starts,
            weight=limits.weight,
        )

    def change(self, limits: UserLimits, *, actor: Actor) -> None:
        """As `set`, but None leaves what is set."""
        self._access.require_admin(actor, "limits.set", "user", limits.user_id, doing="change limits")
        known = self._limits.get(limits.user_id)
        self.set(
            replace(
                known,
                max_running=known.max_running if limits.max_running is None else limits.max_running,
                max_starts=known.max_starts if limits.max_starts is None else limits.max_starts,
                weight=known.weight if limits.weight is None else limits.weight,
            ),
            actor=actor,
        )

    def set_account(self, limits: AccountLimits, *, actor: Actor) -> None:
        """Replace an account's overrides. Raises InvalidInput, NotAllowed, NotFound."""
        self._access.require_admin(actor, "limits.set", "account", limits.account_id, doing="change limits")
        account = self._accounts.get(limits.account_id)
        faults = [
            *_count_faults("max_running", limits.max_running),
            *_range_faults("gap_seconds", limits.gap_seconds, 0, MAX_GAP_SECONDS),
        ]
        if faults:
            raise InvalidInput(faults)
        self._limits.save_account(limits)
        self._queue.set_account_limits(limits)
        self._access.record(
            actor,
            "limits.set",
            "account",
            account.id,
            max_running=limits.max_running,
            gap_seconds=limits.gap_seconds,
        )

    def change_account(self, limits: AccountLimits, *, actor: Actor) -> None:
        """As `set_account`, but None leaves what is set."""
        self._access.require_admin(actor, "limits.set", "account", limits.account_id, doing="change limits")
        known = {one.account_id: one for one in self._limits.account_limits()}.get(limits.account_id, limits)
        self.set_account(
            AccountLimits(
                limits.account_id,
                known.max_running if limits.max_running is None else limits.max_running,
                known.gap_seconds if limits.gap_seconds is None else limits.gap_seconds,
            ),
            actor=actor,
        )

    def reset(self, user_id: int, *, actor: Actor) -> UserStats:
        """Forget the user's starts of the last minute, so that it may go on at once. Raises NotAllowed."""
        self._access.require_admin(actor, "limits.reset", "user", user_id, doing="reset limits")
        user = self._users.get(user_id)
        reset_ms = self._limiter.reset(user_id)
        self._access.record(actor, "limits.reset", "user", user.name, reset_ms=reset_ms)
        return self._limiter.get_user_stats(user_id)


def _count_faults(field: str, value: int | None) -> list[Fault]:
    return _range_faults(field, value, 1, MAX_COUNT)


def _range_faults(field: str, value: float | None, least: float, most: float) -> list[Fault]:
    if value is None or least <= value <= most:
        return []
    return [Fault(field, f"{value:g} is not allowed.", f"Choose from {least:g} to {most:g}; to stop, pause.")]
