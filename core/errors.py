"""Every error TOP_N raises on purpose. The class carries the policy, the constructor writes the sentence.

Sentences are read by operators: they name the thing, the reason and the remedy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class TopnError(Exception):
    """Root of all errors that TOP_N raises on purpose."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what a person handed in."""

    field: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.reason} {self.remedy}".rstrip()


class SettingsError(TopnError):
    """One or more settings are wrong; all of them are named together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        lines = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(f"{len(self.faults)} setting(s) are wrong:\n{lines}")


class ServiceUnavailable(TopnError):
    """Redis, the database, a browser or another part TOP_N stands on cannot be used."""

    def __init__(self, service: str, reason: str, remedy: str) -> None:
        self.service = service
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{service} cannot be used: {reason} {remedy}".rstrip())


class InvalidInput(TopnError):
    """What a person handed in was refused before anything was queued; all faults together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class NotFound(TopnError):
    """No such thing, or none that this actor may see."""

    def __init__(self, kind: str, name: object) -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"There is no {kind} {name!s} that you may see.")


class NotAllowed(TopnError):
    """The actor's role does not permit this."""

    def __init__(self, actor: str, action: str) -> None:
        self.actor = actor
        self.action = action
        super().__init__(f"{actor} may not {action}. Ask an administrator.")


class Conflict(TopnError):
    """The thing exists already with other content, or has changed in between."""

    def __init__(self, thing: str, reason: str, remedy: str) -> None:
        self.thing = thing
        super().__init__(f"{thing}: {reason} {remedy}".rstrip())


class TooLate(TopnError):
    """The task has gone too far for what was asked."""

    def __init__(self, task: str, asked: str, state: str) -> None:
        self.task = task
        self.state = state
        super().__init__(f"Article {task} is {state}: too late to {asked} it.")


class QueueFull(TopnError):
    """A user has as many waiting articles as `MAX_WAITING_PER_USER` allows."""

    def __init__(self, waiting: int, handed_in: int, limit: int) -> None:
        self.limit = limit
        super().__init__(
            f"{waiting} articles are waiting and {handed_in} more would exceed the limit of {limit}. "
            "Wait until some are published, or cancel some."
        )


class LeaseLost(TopnError):
    """A fenced write was refused: another worker holds the task now, or its lease has ended."""

    def __init__(self, task_id: int, fence: int) -> None:
        self.task_id = task_id
        self.fence = fence
        super().__init__(f"Task {task_id} is no longer held under fence {fence}.")


class CancelRequested(TopnError):
    """The owner asked to stop a running task and it has not been submitted yet."""

    def __init__(self, task_id: int) -> None:
        self.task_id = task_id
        super().__init__(f"Task {task_id}: its owner asked to cancel it.")


class PublishError(TopnError):
    """Something went wrong while publishing; the subclass says what happens next."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class RetryLater(PublishError):
    """A passing fault: try again, after `retry_after` seconds if the site said so. Uses up a retry."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class DraftLost(RetryLater):
    """The saved draft is gone from the site, or was changed there. Nothing was submitted by this call: forget
    the draft and write it anew. Uses up a retry."""


class SiteBusy(PublishError):
    """The site asks this account to slow down: its posts pause for `retry_after` seconds. Uses no retry."""

    def __init__(self, reason: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class NeedsLogin(PublishError):
    """The site no longer knows this account: a person must sign in again. Uses no retry."""


class NeedsHuman(PublishError):
    """The site asks for a human check: a person must answer it. Uses no retry."""


class Rejected(PublishError):
    """The site refuses this article for what it is; trying again would not help."""


class BrowserLost(PublishError):
    """The browser or its driver died or hung: go on from the checkpoint in a new one. Counts as a crash of
    the task, see `MAX_CRASHES`; uses no retry."""


class PoolTimeout(TopnError):
    """No browser became free in time."""

    def __init__(self, waited_seconds: float, busy: int, maximum: int) -> None:
        self.waited_seconds = waited_seconds
        super().__init__(
            f"No browser became free within {waited_seconds:.0f} s ({busy} of {maximum} busy). "
            "Raise TOPN_DRIVERS or wait for running articles to finish."
        )


class PausedUntil(TopnError):
    """What was asked waits because of a pause."""

    def __init__(self, scope: str, by: str, until: datetime | None) -> None:
        self.scope = scope
        self.until = until
        ends = f"until {until:%Y-%m-%d %H:%M} UTC" if until else "until somebody resumes it"
        super().__init__(f"{scope} was paused by {by} {ends}.")
