"""Which user contexts of one browser belong to whom, and which of them are still good."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(slots=True)
class OwnerContext:
    """A user context that stays warm for its owner. `used_at` is monotonic time."""

    owner: int
    context: str
    cookies_version: int
    used_at: float


class OwnerContexts:
    """The books of one browser; an owner has at most one context in it, and no context has two owners.

    Nothing here talks to the browser: what has to be closed is returned.
    """

    def __init__(self, *, most: int, idle_seconds: float) -> None:
        self._most = most
        self._idle_seconds = idle_seconds
        self._by_owner: OrderedDict[int, OwnerContext] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_owner)

    def is_warm(self, owner: int, cookies_version: int, now: float) -> bool:
        """Whether this owner could go on where it left off."""
        found = self._by_owner.get(owner)
        return found is not None and found.cookies_version == cookies_version and not self._is_old(found, now)

    def find(self, owner: int) -> OwnerContext | None:
        return self._by_owner.get(owner)

    def put(self, owner: int, context: str, cookies_version: int, now: float) -> None:
        """Note a new context, the most recently used one from now on."""
        self._by_owner[owner] = OwnerContext(owner, context, cookies_version, now)

    def touch(self, owner: int, now: float) -> None:
        found = self._by_owner.get(owner)
        if found is not None:
            found.used_at = now
            self._by_owner.move_to_end(owner)

    def forget(self, owner: int) -> None:
        self._by_owner.pop(owner, None)

    def take_unwanted(self, owner: int, cookies_version: int, now: float) -> list[OwnerContext]:
        """Strike out, and return for closing, what must go before this owner's lease.

        There are three cases: 1. the owner's context was signed in with other cookies; 2. a context has been
        idle for too long; 3. there would be more than `most`: the least recently used ones go.
        """
        unwanted = [
            entry
            for entry in self._by_owner.values()
            if self._is_old(entry, now) or (entry.owner == owner and entry.cookies_version != cookies_version)
        ]
        for entry in unwanted:
            del self._by_owner[entry.owner]
        own = 1 if owner in self._by_owner else 0
        places = max(own, self._most - 1 + own)
        while len(self._by_owner) > places:
            oldest = next(entry for entry in self._by_owner.values() if entry.owner != owner)
            unwanted.append(self._by_owner.pop(oldest.owner))
        return unwanted

    def _is_old(self, entry: OwnerContext, now: float) -> bool:
        return now - entry.used_at >= self._idle_seconds
