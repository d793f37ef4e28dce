"""Strikes a running TOP_N with one random fault after the other, heals each after a while, and writes down what
it hit and when. The same seed plans the same strikes."""

from __future__ import annotations

import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import TypeVar

from tests.chaos.soak_lab import SoakLab

SHORTEST_GAP, LONGEST_GAP = 0.5, 1.5
"""Between two strikes, of the mean."""
JOIN_SECONDS = 180.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Blow:
    """A fault that was done. `heal` ends it."""

    target: str
    heal: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault to come: when, for how long, and how it chooses among what it finds then (0 to 1)."""

    at_seconds: float
    fault: Fault
    seconds: float
    choice: float

    def pick(self, among: Sequence[T]) -> T | None:
        """One of them; None of none."""
        return among[int(self.choice * len(among))] if among else None


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault. `strike` does it, or returns None when there is nothing to hit. Of those that touch the
    same part one at a time is done. `weight`: how often it comes in each deck."""

    name: str
    strike: Callable[[SoakLab, Strike], Blow | None]
    lasts: tuple[float, float] = (0.0, 0.0)
    touches: str = ""
    weight: int = 1


@dataclass(slots=True)
class Record:
    """What became of a strike. `target` None: there was nothing to hit, or its part was under another fault."""

    fault: str
    at: datetime
    seconds: float
    target: str | None


def plan_strikes(random: Random, faults: Sequence[Fault], *, seconds: float, every_seconds: float) -> list[Strike]:
    """Strikes for so long, one every so often. Faults are dealt like cards, so that each comes before any comes too
    often."""
    strikes: list[Strike] = []
    deck: list[Fault] = []
    at = 0.0
    while (at := at + every_seconds * random.uniform(SHORTEST_GAP, LONGEST_GAP)) < seconds:
        if not deck:
            deck = [fault for fault in faults for _ in range(fault.weight)]
            random.shuffle(deck)
        fault = deck.pop()
        strikes.append(Strike(at, fault, random.uniform(*fault.lasts), random.random()))
    return strikes


class Nemesis:
    """`run` carries out a plan. Each strike has a thread of its own: a fault may take its time to begin and end."""

    def __init__(self, lab: SoakLab, say: Callable[[str], None]) -> None:
        self._lab = lab
        self._say = say
        self._lock = threading.Lock()
        self._touched: set[str] = set()
        self._calm = threading.Event()
        self.records: list[Record] = []
        self.surprises: list[str] = []
        """What went wrong in the nemesis itself."""

    def run(self, strikes: Sequence[Strike]) -> None:
        """All strikes in their time; returns when the last one is healed."""
        began = time.monotonic()
        threads: list[threading.Thread] = []
        for strike in strikes:
            if self._calm.wait(max(0.0, began + strike.at_seconds - time.monotonic())):
                break
            thread = threading.Thread(target=self._strike, args=(strike,), name=strike.fault.name, daemon=True)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join(JOIN_SECONDS)
        self.surprises += [f"{thread.name} did not end" for thread in threads if thread.is_alive()]

    def stop(self) -> None:
        """No more strikes; heal what is ill at once."""
        self._calm.set()

    def counts(self) -> Counter[str]:
        """How often each fault really hit something."""
        return Counter(record.fault for record in self.records if record.target is not None)

    def _strike(self, strike: Strike) -> None:
        record = Record(strike.fault.name, datetime.now().astimezone(), strike.seconds, None)
        with self._lock:
            self.records.append(record)
        try:
            with self._alone(strike.fault.touches) as is_free:
                if is_free:
                    self._do(strike, record)
        except Exception:  # noqa: BLE001  # the edge of a strike: the others must come all the same
            self.surprises.append(f"{strike.fault.name}: {traceback.format_exc()}")

    def _do(self, strike: Strike, record: Record) -> None:
        blow = strike.fault.strike(self._lab, strike)
        if blow is None:
            return
        record.target = blow.target
        self._say(f"{strike.fault.name:<34} {blow.target}" + (f", {strike.seconds:.1f} s" if strike.seconds else ""))
        try:
            self._calm.wait(strike.seconds)
        finally:
            blow.heal()

    @contextmanager
    def _alone(self, part: str) -> Iterator[bool]:
        with self._lock:
            is_free = part not in self._touched
            if is_free and part:
                self._touched.add(part)
        try:
            yield is_free
        finally:
            if is_free:
                with self._lock:
                    self._touched.discard(part)
