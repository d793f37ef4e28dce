"""Pauses and per-user and per-account limits as claims see them. The database keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar, cast

from redis import Redis

from core.errors import Fault, InvalidInput
from core.lane import (
    MAX_COUNT,
    MAX_GAP_SECONDS,
    MAX_WEIGHT,
    MIN_WEIGHT,
    AccountLimits,
    Pause,
    PauseScope,
    RowSnapshot,
    UserLimits,
)
from core.queue.key_names import KeyNames
from core.queue.lua_scripts import CHUNK, LuaScripts
from core.queue.redis_client import guarded
from core.telemetry import get_logger

_Limits = TypeVar("_Limits", UserLimits, AccountLimits)

logger = get_logger(__name__)

OPEN_END = 0
"""In Redis: a pause until somebody resumes it."""


@dataclass(frozen=True, slots=True)
class SavedOverrides:
    """What the database holds, in Redis' words."""

    pauses: dict[str, str]
    users: dict[str, str]
    accounts: dict[str, str]

    @classmethod
    def read(cls, rows: RowSnapshot) -> SavedOverrides:
        """Read all of them. Ended pauses are left out by the database; of two of one thing the longer counts."""
        pauses: dict[str, int] = {}
        for pause in rows.pauses():
            field, ends = pause_field(pause.scope, pause.key), pause.until_ms or OPEN_END
            before = pauses.get(field)
            pauses[field] = ends if before is None else _longer(before, ends)
        users = {str(each.user_id): _saved_text(user_text, each) for each in rows.user_limits()}
        accounts = {str(each.account_id): _saved_text(account_text, each) for each in rows.account_limits()}
        return cls(
            {field: str(ends) for field, ends in pauses.items()},
            {user: text for user, text in users.items() if text.strip(":")},
            {account: text for account, text in accounts.items() if text.strip(":")},
        )


class LiveOverrides:
    """Writes overrides into Redis and compares them with the database."""

    def __init__(self, redis: Redis, names: KeyNames, scripts: LuaScripts) -> None:
        self._redis = redis
        self._names = names
        self._scripts = scripts

    def pause(self, pause: Pause) -> None:
        """Hold back what it names."""
        field = pause_field(pause.scope, pause.key)
        self._scripts.run("pause", "", field, pause.until_ms or OPEN_END)

    def resume(self, scope: PauseScope, key: str) -> None:
        """Lift it and wake what it held back."""
        self._resume(pause_field(scope, key), "")

    def set_limits(self, limits: UserLimits) -> None:
        """Keep or forget a user's overrides. Raises InvalidInput."""
        self._scripts.run("set_limits", "", "user", limits.user_id, user_text(limits))

    def set_account_limits(self, limits: AccountLimits) -> None:
        """Keep or forget an account's overrides. Raises InvalidInput."""
        self._scripts.run("set_limits", "", "account", limits.account_id, account_text(limits))

    def version(self) -> str:
        """Grows with every change: read it before the database, so that a change in between is noticed."""
        with guarded(self._redis):
            return cast("str | None", self._redis.get(self._names.overrides)) or "0"

    def sync(self, saved: SavedOverrides, version: str, *, lifts: bool = True) -> int:
        """Make Redis hold what the database holds, unless somebody has changed it since `version`; how many
        differed. This repairs a pause or a limit whose live change was lost with its process or with Redis.

        Without `lifts` what only Redis holds stays.
        """
        with guarded(self._redis), self._redis.pipeline(transaction=True) as pipe:
            for name in (self._names.pauses, self._names.user_limits, self._names.account_limits):
                pipe.hgetall(name)
            live_pauses, live_users, live_accounts = pipe.execute()
        changes: list[tuple[str, ...]] = [
            *_limit_changes("user", live_users, saved.users, lifts),
            *_limit_changes("account", live_accounts, saved.accounts, lifts),
        ]
        # A pause that ends earlier than the live one is a new one: lift that first.
        for field, ends in live_pauses.items():
            if saved.pauses.get(field) != ends and (lifts or field in saved.pauses):
                changes.append(("resume", field))
        for field, ends in saved.pauses.items():
            if live_pauses.get(field) != ends:
                changes.append(("pause", field, ends))
        for done, (verb, *arguments) in enumerate(changes):
            expected = str(int(version) + done)
            is_applied = (
                self._resume(arguments[0], expected)
                if verb == "resume"
                else self._scripts.run(verb, expected, *arguments)
            )
            if not is_applied:
                return done
        return len(changes)

    def _resume(self, field: str, expected_version: str) -> bool:
        is_applied = bool(self._scripts.run("resume", expected_version, field))
        scope, _, key = field.partition(":")
        if is_applied and scope == PauseScope.PLATFORM:
            self._wake_platform(key)
        return is_applied

    def _wake_platform(self, platform: str) -> None:
        pairs: list[str] = []
        with guarded(self._redis):
            for account, owner in self._redis.hscan_iter(self._names.accounts, count=CHUNK):
                user, _, its_platform = owner.partition(":")
                if its_platform == platform:
                    pairs += [user, account]
        for start in range(0, len(pairs), CHUNK):
            self._scripts.run("look_again", *pairs[start : start + CHUNK])


def pause_field(scope: PauseScope, key: str) -> str:
    """The name of what is paused. Raises ValueError for batches: their tasks are simply not in line."""
    if scope is PauseScope.BATCH:
        raise ValueError("a batch is paused in the database alone")
    return str(scope) if scope is PauseScope.EVERYTHING else f"{scope}:{key}"


def user_text(limits: UserLimits) -> str:
    """'running:starts:weight'. Raises InvalidInput naming all faults."""
    _check(
        ("max_running", limits.max_running, 1, MAX_COUNT),
        ("max_starts", limits.max_starts, 1, MAX_COUNT),
        ("weight", limits.weight, MIN_WEIGHT, MAX_WEIGHT),
    )
    weight = "" if limits.weight is None else f"{limits.weight:.4f}"
    return f"{_text(limits.max_running)}:{_text(limits.max_starts)}:{weight}"


def account_text(limits: AccountLimits) -> str:
    """'running:gap_ms'. Raises InvalidInput naming all faults."""
    _check(
        ("max_running", limits.max_running, 1, MAX_COUNT),
        ("gap_seconds", limits.gap_seconds, 0, MAX_GAP_SECONDS),
    )
    gap_ms = None if limits.gap_seconds is None else round(limits.gap_seconds * 1000)
    return f"{_text(limits.max_running)}:{_text(gap_ms)}"


def _saved_text(text_of: Callable[[_Limits], str], limits: _Limits) -> str:
    """One saved override that is out of bounds must not keep all the others from being loaded."""
    try:
        return text_of(limits)
    except InvalidInput as error:
        logger.error("ignored saved limits", limits=str(limits), reason=str(error))
        return ""


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _check(*bounds: tuple[str, float | None, float, float]) -> None:
    faults = [
        Fault(name, f"{value} is not between {low:g} and {high:g}.", "To stop it altogether, pause it.")
        for name, value, low, high in bounds
        if value is not None and not low <= value <= high
    ]
    if faults:
        raise InvalidInput(faults)


def _longer(first: int, second: int) -> int:
    return OPEN_END if OPEN_END in (first, second) else max(first, second)


def _limit_changes(
    kind: str, live: dict[str, str], saved: dict[str, str], lifts: bool
) -> Iterable[tuple[str, str, str, str]]:
    for key in (live.keys() | saved.keys()) if lifts else saved.keys():
        if live.get(key) != saved.get(key):
            yield "set_limits", kind, key, saved.get(key, "")
