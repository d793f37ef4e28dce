"""The values that go into and come out of the store. Times are aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.task_state import BlockReason, Checkpoint, Mode, TaskStatus


class Role(StrEnum):
    """What a user may do."""

    OPERATOR = "operator"
    """Sees and touches only what is its own."""
    ADMIN = "admin"
    """Sees and touches everything."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something. `user_id` is None for the command line and for TOP_N itself."""

    name: str
    role: Role
    user_id: int | None = None

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    @classmethod
    def command_line(cls) -> Actor:
        """Whoever can run the command line holds the database and the keys anyway: an administrator."""
        return cls("command line", Role.ADMIN)

    @classmethod
    def system(cls) -> Actor:
        """TOP_N itself."""
        return cls("system", Role.ADMIN)


class AccountState(StrEnum):
    """What is known of a platform account's sign-in."""

    UNCHECKED = "unchecked"
    """Cookies were stored; nobody has asked the site yet."""
    SIGNED_IN = "signed_in"
    """The site knew the account when it was last asked."""
    NEEDS_LOGIN = "needs_login"
    """The site no longer knows it. Fresh cookies lead back to unchecked."""
    NEEDS_HUMAN = "needs_human"
    """The site asks for a human check."""


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A picture handed in. Stored once per content."""

    sha256: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewTask:
    """One accepted article on its way into the store. Already validated."""

    user_id: int
    account_id: int
    platform: str
    title: str
    content: str = field(repr=False)
    content_format: str
    mode: Mode = Mode.PUBLISH
    column: str | None = None
    topics: tuple[str, ...] = ()
    cover: NewPicture | None = None
    run_at: datetime | None = None
    priority: int = 5
    client_ref: str | None = None
    max_retries: int = 3
    batch_row: int | None = None
    """The row in its file, from 1; None: its place in the sequence. With the batch it names the task, so that
    the same file handed in twice makes nothing twice."""


@dataclass(frozen=True, slots=True)
class NewBatch:
    """Articles handed in together. With `file_sha256` the same file of the same user is the same batch."""

    user_id: int
    name: str
    file_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A task that is in the database. `is_new` is False if it was handed in before."""

    task_id: int
    public_id: str
    is_new: bool
    batch_id: int | None = None


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """The article of a task as its owner wrote it."""

    title: str
    content: str = field(repr=False)
    content_format: str
    column: str | None
    topics: tuple[str, ...]
    cover_sha256: str | None
    version: int = field(default=1, compare=False)
    """1 as it was handed in; each edit makes the next."""


Grip = tuple[int, int]
"""A task's id and the fence it is held under."""


@dataclass(frozen=True, slots=True)
class HeldTask:
    """A task that this worker holds under `fence`. A snapshot of the moment it was taken."""

    id: int
    public_id: str
    fence: int
    worker_id: str
    user_id: int
    account_id: int
    account_name: str
    platform: str
    mode: Mode
    checkpoint: Checkpoint
    attempt: int
    """Which attempt this is, from 1."""
    max_retries: int
    retries_used: int
    crash_count: int
    remote_draft_id: str | None
    submitted_at: datetime | None
    content_hash: str | None
    article: StoredArticle
    priority: int = 5
    submitted_seconds_ago: float | None = None
    """`submitted_at` against the database's clock at the take; a worker's own clock may jump."""
    verify_since: datetime | None = None
    """A backup was restored: from this moment on it may have been published without anybody's knowing."""
    restored_seconds_ago: float = 0.0
    """How long nothing of that time has been able to go on; on the database's clock at the take."""
    was_edited_since: bool = False
    """Its title may be another one than that under which it may be online."""
    was_moved_since: bool = False
    """It may be online on another account than its present one."""
    has_open_click: bool = False
    """It was submitted, and at most a person has said that it is not online."""
    waited_seconds: float = 0.0
    """From the moment it might go until it was taken for the first time."""

    @property
    def grip(self) -> Grip:
        """What tells this hold from every other one."""
        return self.id, self.fence


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as people and programs see it."""

    id: int
    public_id: str
    user_id: int
    user_name: str
    account_id: int
    account_name: str
    batch_id: int | None
    platform: str
    mode: Mode
    status: TaskStatus
    block_reason: BlockReason | None
    checkpoint: Checkpoint
    progress: int
    priority: int
    title: str
    run_at: datetime | None
    attempt: int
    max_retries: int
    retries_used: int
    crash_count: int
    cancel_requested: bool
    client_ref: str | None
    remote_draft_id: str | None
    remote_id: str | None
    result_url: str | None
    site_state: str | None
    submitted_at: datetime | None
    first_claimed_ms: int | None
    error_class: str | None
    error_message: str | None
    screenshot_path: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    verify_since: datetime | None = None
    """See `HeldTask`."""

    @property
    def is_to_be_looked_for(self) -> bool:
        """Whether it may have been published after a backup was made that was restored since; a mere draft was not."""
        return self.verify_since is not None and self.mode is Mode.PUBLISH

    @property
    def leaves_doubt(self) -> bool:
        """Whether it may be online though nobody goes on with it."""
        return self.submitted_at is not None or self.is_to_be_looked_for


class CancelResult(StrEnum):
    """What became of the wish to cancel."""

    CANCELLED = "cancelled"
    """It was not running and is cancelled."""
    REQUESTED = "requested"
    """Its worker was told and stops within seconds, unless it is submitted first."""


class ReviewAnswer(StrEnum):
    """What a person says of a task that may be online."""

    ONLINE = "online"
    """It is online, at this link."""
    CHECK_AGAIN = "check_again"
    """Look once more, without clicking."""
    PUBLISH_AGAIN = "publish_again"
    """It is not online: submit the draft again."""
    GIVE_UP = "give_up"
    """Leave it as it is."""


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """One line of a task's timeline. `detail` holds facts, not sentences."""

    id: int
    task_id: int
    at: datetime
    kind: str
    worker_id: str | None
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class AccountView:
    """A platform account without its secrets."""

    id: int
    user_id: int
    user_name: str
    platform: str
    name: str
    state: str
    remote_id: str | None
    remote_name: str | None
    cookies_version: int
    checked_at: datetime | None
    error_message: str | None

    def is_known_as_another(self, remote_id: str) -> bool:
        """Whether the site has called this account by another id than this one: a sign-in as somebody else."""
        return self.remote_id is not None and self.remote_id != remote_id


@dataclass(frozen=True, slots=True)
class UserView:
    """A user without the password's hash."""

    id: int
    name: str
    role: Role
    is_disabled: bool
    created_at: datetime
