"""Slows down who tries passwords: by the name and the address together, and a little by each of the two alone."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES = 3
"""So many wrong passwords cost nothing: people mistype."""
FREE_TRIES_OF_NAME = 30
FREE_TRIES_OF_ADDRESS = 30
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 900.0
LONGEST_WAIT_OF_NAME_SECONDS = 10.0
"""A name is known to strangers: their wrong guesses must not lock the right person out at another address. Enough
to make guessing from a thousand addresses hopeless."""
LONGEST_WAIT_OF_ADDRESS_SECONDS = 60.0
"""An office shares an address, and a proxy may be that of everybody: one person's wrong guesses must not lock all the
others out."""
FORGET_SECONDS = 3600.0
"""A name or address that was quiet for so long starts anew."""
MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class BrakeKey:
    """What tries are counted by, and how hard it brakes."""

    what: str
    free_tries: int = FREE_TRIES
    longest_wait_seconds: float = LONGEST_WAIT_SECONDS


def keys_of(name: str, address: str) -> tuple[BrakeKey, ...]:
    """What a try of this name from this address is counted by."""
    name = name.casefold()
    return (
        BrakeKey(f"both {address} {name}"),
        BrakeKey(f"address {address}", FREE_TRIES_OF_ADDRESS, LONGEST_WAIT_OF_ADDRESS_SECONDS),
        BrakeKey(f"name {name}", FREE_TRIES_OF_NAME, LONGEST_WAIT_OF_NAME_SECONDS),
    )


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    last: float = 0.0

    def seconds_left(self, key: BrakeKey, now: float) -> float:
        """How long until the next try counts."""
        beyond = self.wrong - key.free_tries
        if beyond < 0:
            return 0.0
        wait = min(FIRST_WAIT_SECONDS * 2.0 ** min(beyond, 20), key.longest_wait_seconds)
        return max(0.0, self.last + wait - now)


class SignInBrake:
    """In the memory of the one dashboard process; bounded, so that a flood of names costs no memory."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[BrakeKey, _Tries] = OrderedDict()

    def reserve(self, *keys: BrakeKey) -> float:
        """Begin a try: 0, and it counts as a wrong one until `right` or `undo` says otherwise; or how long to wait.
        Counted before the password is looked at, so that many tries at once are not all free."""
        now = self._clock()
        with self._lock:
            wait_seconds = self._longest_wait(keys, now)
            if wait_seconds > 0:
                return wait_seconds
            for key in keys:
                tries = self._tries.pop(key, None)
                if tries is None or now - tries.last > FORGET_SECONDS:
                    tries = _Tries()
                tries.wrong += 1
                tries.last = now
                self._tries[key] = tries
            while len(self._tries) > MOST_KEYS:
                self._tries.popitem(last=False)
            return 0.0

    def seconds_left(self, *keys: BrakeKey) -> float:
        """How long these must wait, the longest of them."""
        with self._lock:
            return self._longest_wait(keys, self._clock())

    def right(self, *keys: BrakeKey) -> None:
        """The right password: forget the wrong ones."""
        with self._lock:
            for key in keys:
                self._tries.pop(key, None)

    def undo(self, *keys: BrakeKey) -> None:
        """Nobody could tell whether the password was right: the try was none."""
        with self._lock:
            for key in keys:
                if key in self._tries:
                    self._tries[key].wrong -= 1

    def _longest_wait(self, keys: tuple[BrakeKey, ...], now: float) -> float:
        found = [self._tries[key].seconds_left(key, now) for key in keys if key in self._tries]
        return max(found, default=0.0)
