"""What goes into and comes out of the REST API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from core.queue.rate_limiter import UserStats
from core.services.submission import ArticleChanges, NewTime, Submission, TaskUpdate
from core.services.submission_check import MAX_PRIORITY, is_storable
from core.store.records import ReviewAnswer, TaskEvent, TaskView

MOST_TASKS = 10_000
PRIORITIES: dict[str, JsonValue] = {"minimum": 0, "maximum": MAX_PRIORITY}
"""For the API's page. They are checked with all the rest, so that one answer names everything."""


class Strict(BaseModel):
    """A misspelt field is a fault, not a field that is silently left out."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _whole_characters(cls, value: Any, info: ValidationInfo) -> Any:
        # A text may hold halves: they are left out of it as other signs that nobody sees.
        texts = value if isinstance(value, list) else [value]
        if info.field_name != "content" and not all(is_storable(text) for text in texts if isinstance(text, str)):
            raise ValueError("holds half a character, which no database keeps")
        return value


class NewTask(Strict):
    """An article to publish. Times need an offset. `title` and `content` are checked as everywhere else."""

    account: str = ""
    title: str
    content: str
    format: str = "markdown"
    platform: str = "zhihu"
    mode: str = "publish"
    column: str | None = None
    topics: list[str] = Field(default_factory=list)
    scheduled_at: datetime | None = None
    priority: int = Field(5, json_schema_extra=PRIORITIES)

    def submission(self, reference: str | None) -> Submission:
        """As the services take it."""
        return Submission(
            account=self.account,
            title=self.title,
            content=self.content,
            content_format=self.format,
            platform=self.platform,
            mode=self.mode,
            column=self.column,
            topics=tuple(self.topics),
            run_at=self.scheduled_at,
            priority=self.priority,
            client_ref=reference,
        )


class BatchTask(NewTask):
    """One article of a batch; `client_ref` is its own reference."""

    client_ref: str | None = None

    @field_validator("topics")
    @classmethod
    def _one_topic_each(cls, topics: list[str]) -> list[str]:
        """A batch goes the way of a CSV, where a bar is between two topics."""
        if any(bar in topic for topic in topics for bar in "|｜"):
            raise ValueError("holds a bar, which stands between topics: write each topic by itself")
        return topics


class NewBatch(Strict):
    """Articles handed in together: all of them, or with `skip_bad_rows` the good ones."""

    tasks: list[BatchTask] = Field(min_length=1, max_length=MOST_TASKS)
    name: str = Field("", max_length=255)
    skip_bad_rows: bool = False
    allow_duplicates: bool = False


class TaskChange(Strict):
    """What is left out stays. `scheduled_at: null` means as soon as it is its turn; an empty `column` takes it out of
    its column; `account` is another account of its owner. `resend`: what has failed, or waits for its account, is
    tried again."""

    title: str | None = None
    content: str | None = None
    format: str | None = None
    mode: str | None = None
    column: str | None = None
    topics: list[str] | None = None
    account: str | None = Field(None, min_length=1)
    scheduled_at: datetime | None = None
    priority: int | None = Field(None, json_schema_extra=PRIORITIES)
    resend: bool = False

    def update(self) -> TaskUpdate:
        """As the services take it."""
        return TaskUpdate(
            article=self._article(),
            account=self.account,
            time=NewTime(self.scheduled_at) if "scheduled_at" in self.model_fields_set else None,
            priority=self.priority,
            resend=self.resend,
        )

    def submission(self, reference: str | None) -> Submission:
        """What it says, to be looked at by itself; what stays is filled with what is in order."""
        return Submission(
            account=self.account or "",
            title="x" if self.title is None else self.title,
            content="x" if self.content is None else self.content,
            content_format=self.format or "markdown",
            mode=self.mode or "publish",
            column=self.column,
            topics=tuple(self.topics or ()),
            run_at=self.scheduled_at,
            priority=self.priority or 0,
            client_ref=reference,
        )

    def _article(self) -> ArticleChanges | None:
        if not {"title", "content", "format", "mode", "column", "topics"} & self.model_fields_set:
            return None
        return ArticleChanges(
            title=self.title,
            content=self.content,
            content_format=self.format,
            mode=self.mode,
            column=self.column,
            topics=None if self.topics is None else tuple(self.topics),
        )


class AccountChange(Strict):
    """Articles that go to another account of their owner. `dry_run` only tells what would happen."""

    tasks: list[str] = Field(min_length=1, max_length=MOST_TASKS)
    account: str
    platform: str = "zhihu"
    dry_run: bool = False


class ManyChanged(BaseModel):
    """`effects`: what the change does to how many. `refused`: why others, which were to change, did not."""

    effects: dict[str, int]
    changed: int
    refused: list[str]
    stopped: str | None = None
    """Why not all were reached; the same request may be sent again."""


class Review(Strict):
    """What a person found. `online` needs the `link`."""

    answer: ReviewAnswer
    link: str | None = None


class Task(BaseModel):
    """An article on its way."""

    id: str
    title: str
    user: str
    account: str
    platform: str
    mode: str
    status: str
    state: str
    """For people, in English."""
    progress: int
    priority: int
    ahead: int | None = None
    """How many go before it, where that is known."""
    scheduled_at: datetime | None
    client_ref: str | None
    attempts: int
    error: str | None
    url: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, task: TaskView, state: str, ahead: int | None = None) -> Task:
        """From what the services tell."""
        return cls(
            id=task.public_id,
            title=task.title,
            user=task.user_name,
            account=task.account_name,
            platform=task.platform,
            mode=task.mode,
            status=task.status,
            state=state,
            progress=task.progress,
            priority=task.priority,
            ahead=ahead,
            scheduled_at=task.run_at,
            client_ref=task.client_ref,
            attempts=task.attempt,
            error=task.error_message,
            url=task.result_url,
            created_at=task.created_at,
            started_at=task.started_at,
            finished_at=task.finished_at,
        )


class Event(BaseModel):
    """One line of an article's timeline. Which process of which host was lost is for administrators, in the logs."""

    at: datetime
    kind: str
    detail: dict[str, Any]

    @classmethod
    def of(cls, event: TaskEvent) -> Event:
        """From what the services tell."""
        shown = {name: fact for name, fact in event.detail.items() if name != "lost_worker"}
        return cls(at=event.at, kind=event.kind, detail=shown)


class TaskPage(BaseModel):
    """`next_cursor` leads to the next page; null: this is the last."""

    tasks: list[Task]
    next_cursor: str | None


class BatchAccepted(BaseModel):
    """What became of a batch. `tasks` are in the order of its rows."""

    batch: int | None
    tasks: list[str]
    new: int
    in_line: bool


class Cancelled(BaseModel):
    """`cancelled`: at once. `requested`: its worker was told and stops within seconds."""

    result: str


class Limits(BaseModel):
    """How a user stands against the limits."""

    user: str
    running: int
    max_running: int
    starts: int
    max_starts: int
    waiting: int
    next_slot_seconds: float

    @classmethod
    def of(cls, user: str, stats: UserStats) -> Limits:
        """From what the limiter tells."""
        return cls(
            user=user,
            running=stats.running,
            max_running=stats.max_running,
            starts=stats.starts,
            max_starts=stats.max_starts,
            waiting=stats.waiting,
            next_slot_seconds=stats.next_slot_seconds,
        )


class Problem(BaseModel):
    """Every error of the API. `faults` names all that is wrong with what was sent."""

    detail: str
    faults: list[dict[str, str]] = Field(default_factory=list)
