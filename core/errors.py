"""Every error TOP_N raises on purpose. The class carries the policy, the constructor writes the sentence.

Sentences are read by operators: they name the thing, the reason and the remedy.
"""

from __future__ import annotations

import math
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
        many = "One setting is" if len(self.faults) == 1 else f"{len(self.faults)} settings are"
        super().__init__(f"{many} wrong:\n{lines}")


def service_name(service: str) -> str:
    """At the beginning of a sentence: `The database`, `Redis`."""
    if service == "vault":
        return "The key of the stored sign-ins"
    return f"The {service}" if service[:1].islower() else service


class ServiceUnavailable(TopnError):
    """Redis, the database, a browser or another part TOP_N stands on cannot be used."""

    def __init__(self, service: str, reason: str, remedy: str) -> None:
        self.service = service
        self.reason = reason
        self.remedy = remedy
        self.fact = f"{service_name(service)} cannot be used."
        """For strangers: the reason may name hosts, users and schemas."""
        super().__init__(f"{service_name(service)} cannot be used: {reason} {remedy}".rstrip())


class CommitInDoubt(ServiceUnavailable):
    """The database was lost at the very COMMIT: what was written may be there or not. Read it again before acting on
    either."""


class DatabaseReplaced(TopnError):
    """The database is not the one that articles were last published from: a backup was restored, or it is another
    one. Nothing is published from it until `python -m core restored` has made it ready."""

    def __init__(self, newest_at: datetime | None, remembered_at: datetime | None) -> None:
        """`remembered_at`: of an event that the database should hold; None: nothing is remembered any more."""
        self.newest_at = newest_at
        self.remembered_at = remembered_at
        newest = f"{newest_at:%Y-%m-%d %H:%M:%S} UTC" if newest_at else "none"
        if remembered_at is None:
            super().__init__(
                "The database may be a restored backup: workers have used it, but neither TOPN_DATA_DIR nor "
                f"Redis remembers how far it was (its newest event: {newest}). If it is a backup, run `python -m core "
                "restored`: each article is then looked for on the site before it is published. If it is complete "
                "and only the machine or Redis is new, run `python -m core restored --not-a-backup`."
            )
            return
        super().__init__(
            f"The database is older than it was, or another one: an event of {remembered_at:%Y-%m-%d %H:%M:%S} UTC is "
            f"remembered and not in it (its newest event: {newest}). If a backup was restored, run `python -m core "
            "restored`: each article is then looked for on the site before it is published. Otherwise correct "
            "TOPN_DATABASE_URL or TOPN_DATA_DIR; if you went back to another complete database on purpose, run `python "
            "-m core restored --not-a-backup`. Nothing is published until then."
        )


class InvalidInput(TopnError):
    """What a person handed in was refused before anything was queued; all faults together."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


class NotFound(TopnError):
    """No such thing, or none that this actor may see."""

    def __init__(self, kind: str, name: object, known: Sequence[str] = ()) -> None:
        """`known`: those there are, where they are few and everybody may know them."""
        self.kind = kind
        self.name = name
        sentences = [f"There is no {kind} {name!s}."]
        if known:
            sentences.append(f"Write one of: {', '.join(known)}.")
        super().__init__(" ".join(sentences))


class NotAllowed(TopnError):
    """The actor's role does not permit this."""

    def __init__(self, actor: str, action: str) -> None:
        self.actor = actor
        self.action = action
        super().__init__(f"{actor} may not {action}. Ask an administrator.")


class SignInRefused(TopnError):
    """Name and password do not belong together, or too many wrong ones were tried. `wait_seconds`: how long until
    the next try counts."""

    def __init__(self, wait_seconds: float) -> None:
        self.wait_seconds = wait_seconds
        wait = f" Wait {math.ceil(wait_seconds)} s before the next try." if wait_seconds > 0 else ""
        super().__init__(f"Name or password is wrong, or the user is disabled.{wait}")


class Conflict(TopnError):
    """The thing exists already with other content, or has changed in between."""

    def __init__(self, thing: str, reason: str, remedy: str) -> None:
        self.thing = thing
        super().__init__(f"{thing}: {reason} {remedy}".rstrip())


class Repeated(Conflict):
    """The same article was handed in before, as `public_id`."""

    def __init__(self, public_id: str) -> None:
        self.public_id = public_id
        reason = f"was handed in before, as article {public_id}."
        super().__init__("This article", reason, "Hand it in again only if it is meant twice.")


class ReferenceTaken(Conflict):
    """The name that was given to an article stands for another content already, handed in as `public_id`."""

    def __init__(self, thing: str, public_id: str) -> None:
        self.public_id = public_id
        reason = f"was handed in before as article {public_id}, with other content."
        super().__init__(thing, reason, "Edit that article, or use another reference for a new one.")


class NotPossible(TopnError):
    """The article's state does not allow what was asked. `hint` says what can be done instead."""

    def __init__(self, task: str, asked: str, state: str, hint: str = "") -> None:
        self.task = task
        self.asked = asked
        self.state = state
        self.hint = hint
        super().__init__(f"Article {task} {state}. {hint}".rstrip())


class TooLate(NotPossible):
    """The article has gone too far for what was asked."""


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
    """The saved draft is gone from the site. Nothing was submitted by this call: write a new one, unless it may have
    been submitted before. Uses up a retry."""


class DraftChanged(RetryLater):
    """The saved draft is not what was saved: somebody changed it on the site. Nothing was submitted by this call: the
    article is written into the same draft again. Uses up a retry."""


class SiteBusy(PublishError):
    """The site asks this account to slow down: its posts pause for `retry_after` seconds. Uses no retry."""

    def __init__(self, reason: str, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(reason)


class NeedsLogin(PublishError):
    """The site no longer knows this account: a person must sign in again. Uses no retry."""


class SignedInAsAnother(NeedsLogin):
    """The stored sign-in is that of another person on the site: articles must not go to that person's page."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"The cookies belong to {found}, this account is {expected}: sign in as {expected} again.")


class NeedsHuman(PublishError):
    """The site asks for a human check: a person must answer it. Uses no retry."""


class Rejected(PublishError):
    """The site refuses this article for what it is; trying again would not help."""


class AlreadyPublished(Rejected):
    """The draft that was to be written to has become an article: writing to it would change what people read."""


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
