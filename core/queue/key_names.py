"""The names of all Redis keys of the line, and which of them have no time to live."""

from __future__ import annotations

import re

PERMANENT_KEYS: tuple[str, ...] = (
    # One of each.
    r"queue:epoch",
    r"queue:number",
    r"queue:clock",
    r"queue:now",
    r"queue:ready",
    r"queue:parked",
    r"queue:why",
    r"queue:tags",
    r"queue:waiting",
    r"queue:accounts",
    r"queue:running",
    r"queue:pauses",
    r"queue:overrides",
    r"limit:users",
    r"limit:accounts",
    r"(stopped-)?workers",
    r"logs",
    r"figures",
    r"database:mark",
    # One per user or account, and only while that user or account has tasks waiting or running.
    r"queue:user:\d+",
    r"queue:user:\d+:(account:\d+|parked|why|resumed|tags|now)",
    r"limit:(user|account):\d+:running",
)
"""Shapes of the keys, without prefix, that live without a time to live. Every other key has one."""

EXPIRING_KEYS: tuple[str, ...] = (
    r"queue:wake",
    r"queue:rebuild",
    r"limit:user:\d+:(starts|reset)",
    r"limit:account:\d+:last",
    r"(stopped-)?worker(-order)?:.+",
    r"(stopped-)?workers:alive",
    r"live:(look|picture):\d+",
)
"""Shapes of the keys that end by themselves."""

_SURVIVES_REBUILD = re.compile(
    r"queue:rebuild|(stopped-)?(workers(:alive)?|worker(-order)?:.+)|live:.+|logs|figures|database:mark"
)
_OURS = re.compile("|".join(f"(?:{shape})" for shape in PERMANENT_KEYS + EXPIRING_KEYS))


class KeyNames:
    """The names under one prefix."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.epoch = f"{prefix}queue:epoch"
        self.clock = f"{prefix}queue:clock"
        self.rebuild_lock = f"{prefix}queue:rebuild"
        self.wake = f"{prefix}queue:wake"
        self.ready = f"{prefix}queue:ready"
        self.parked = f"{prefix}queue:parked"
        self.why = f"{prefix}queue:why"
        self.waiting = f"{prefix}queue:waiting"
        self.accounts = f"{prefix}queue:accounts"
        self.running = f"{prefix}queue:running"
        self.pauses = f"{prefix}queue:pauses"
        self.overrides = f"{prefix}queue:overrides"
        self.user_limits = f"{prefix}limit:users"
        self.account_limits = f"{prefix}limit:accounts"
        self.database_mark = f"{prefix}database:mark"

    def accounts_why(self, user_id: int) -> str:
        """Why accounts of this user are parked."""
        return f"{self.prefix}queue:user:{user_id}:why"

    def account_running(self, account_id: int) -> str:
        """The tasks of this account that run now."""
        return f"{self.prefix}limit:account:{account_id}:running"

    def account_last(self, account_id: int) -> str:
        """When this account was last claimed for."""
        return f"{self.prefix}limit:account:{account_id}:last"

    def is_rebuilt(self, name: str) -> bool:
        """Whether this key belongs to the line and is made anew from the database by a rebuild. The prefix may
        be empty and the Redis shared: only exact shapes count as ours."""
        if not name.startswith(self.prefix):
            return False
        bare = name[len(self.prefix) :]
        return bool(_OURS.fullmatch(bare)) and not _SURVIVES_REBUILD.fullmatch(bare)
