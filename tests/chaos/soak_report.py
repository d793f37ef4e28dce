"""What a soak tells in the end: what was done to TOP_N, what came of it, and whether every promise was kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from core.store.task_events import EventKind
from core.task_state import BlockReason
from tests.chaos.history import History
from tests.chaos.history_checker import CHECKS, Violation

SHOWN_OF_EACH = 20


@dataclass(frozen=True, slots=True)
class SoakReport:
    """All facts of one soak. `violations` and `surprises` decide."""

    repeat: str
    """The command that does the same again."""
    history: History
    violations: Sequence[Violation]
    surprises: Sequence[str]
    """What must not happen and is in no history: errors that nobody foresaw, wrong exit codes, no end."""
    faults: Mapping[str, int]
    missed: int
    """Strikes that found nothing to hit."""
    notes: Mapping[str, object] = field(default_factory=dict)
    """More figures, by name."""

    @property
    def is_good(self) -> bool:
        return not self.violations and not self.surprises

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"\nfaults injected      {sum(self.faults.values())} ({self.missed} more found nothing to hit)"
        for name, count in sorted(self.faults.items()):
            yield f"  {name:<36} {count:>4}"
        for name, value in {**figures(self.history), **self.notes}.items():
            yield f"{name:<20} {value}"
        yield ""
        for promise in CHECKS:
            broken = [violation.where for violation in self.violations if violation.promise == promise]
            yield f"{promise:<40} {'yes' if not broken else f'NO, {len(broken)} times'}"
            yield from (f"    {where}" for where in broken[:SHOWN_OF_EACH])
        yield from (f"unforeseen: {surprise}" for surprise in self.surprises[:SHOWN_OF_EACH])
        yield f"\n{'every promise was kept' if self.is_good else 'NOT every promise was kept'}; again: {self.repeat}"

    def write(self, path: Path) -> None:
        """The whole history and what was found in it, as JSON, for whoever looks for the cause."""
        facts = {
            "repeat": self.repeat,
            "violations": [asdict(violation) for violation in self.violations],
            "surprises": list(self.surprises),
            "history": asdict(self.history),
        }
        path.write_text(json.dumps(facts, ensure_ascii=False, indent=1, default=str), encoding="utf-8")


def figures(history: History) -> dict[str, object]:
    """What the timelines tell in numbers."""
    kinds = Counter(event.kind for event in history.events)
    losses = Counter(event.kind for event in history.events if "lost_worker" in event.detail)
    blocks = Counter(event.detail.get("reason") for event in history.events if event.kind == EventKind.BLOCKED)
    verdicts = Counter(event.detail.get("outcome") for event in history.events if event.kind == EventKind.VERIFIED)
    statuses = Counter(str(task.status) for task in history.tasks)
    lost = len(history.accepted) - len({task.client_ref for task in history.tasks} & set(history.accepted))
    double = sum(post.post_count - 1 for post in history.posts)
    return {
        "articles accepted": len(history.accepted),
        "at the end": _counts(statuses),
        "attempts": kinds[EventKind.TAKEN],
        "clicks": kinds[EventKind.SUBMITTING],
        "rescues": f"{sum(losses.values())} ({_counts(losses)})",
        "verifications": f"{kinds[EventKind.VERIFIED]} ({_counts(verdicts)})",
        "needs_review": blocks[BlockReason.NEEDS_REVIEW],
        "retries": kinds[EventKind.WILL_RETRY],
        "handed back": kinds[EventKind.HANDED_BACK],
        "posts on the site": len(history.posts),
        "lost / double": f"{lost} / {double}",
    }


def logged_errors(folder: Path) -> Counter[str]:
    """How often the workers and the supervisor logged each error, by its words."""
    found: Counter[str] = Counter()
    for path in folder.glob("*.log*"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            facts = _parsed(line)
            if facts.get("level") in ("error", "critical"):
                found[f"{facts.get('event')}: {str(facts.get('exception', '')).strip().splitlines()[-1:]}"] += 1
    return found


def _parsed(line: str) -> dict[str, Any]:
    try:
        facts = json.loads(line)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}


def _counts(counter: Mapping[Any, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counter.items(), key=lambda pair: str(pair[0])))
