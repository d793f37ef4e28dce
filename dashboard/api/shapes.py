"""What goes into the REST API; `answers.py` has what comes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import (
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    ValidationInfo,
    field_validator,
)

from core.services.submission import ArticleChanges, NewTime, Submission, TaskUpdate
from core.services.submission_check import MAX_PRIORITY, is_storable
from core.store.records import ReviewAnswer

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


class Article(Strict):
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


class NewTask(Article):
    """An article to publish. Times need an offset. `cover`: a PNG, JPEG or WebP picture of at most 5 MB, in base64."""

    cover: Base64Bytes | None = Field(None, repr=False)

    def submission(self, reference: str | None) -> Submission:
        """As the services take it."""
        return replace(super().submission(reference), cover=self.cover)


class BatchTask(Article):
    """One article of a batch; `client_ref` is its own reference. It has no cover: change the article to give it one."""

    scheduled_at: AwareDatetime | None = None
    """A CSV may write times of the server's zone; JSON may not."""
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
    its column, `cover: null` takes its cover away; `account` is another account of its owner. `resend`: what has
    failed, or waits for its account, is tried again."""

    title: str | None = None
    content: str | None = None
    format: str | None = None
    mode: str | None = None
    column: str | None = None
    topics: list[str] | None = None
    cover: Base64Bytes | None = Field(None, repr=False)
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
            cover=self.cover,
            run_at=self.scheduled_at,
            priority=self.priority or 0,
            client_ref=reference,
        )

    def _article(self) -> ArticleChanges | None:
        if not {"title", "content", "format", "mode", "column", "topics", "cover"} & self.model_fields_set:
            return None
        return ArticleChanges(
            title=self.title,
            content=self.content,
            content_format=self.format,
            mode=self.mode,
            column=self.column,
            topics=None if self.topics is None else tuple(self.topics),
            cover=self.cover,
            without_cover="cover" in self.model_fields_set and self.cover is None,
        )


class AccountChange(Strict):
    """Articles that go to another account of their owner. `dry_run` only tells what would happen."""

    tasks: list[str] = Field(min_length=1, max_length=MOST_TASKS)
    account: str
    platform: str = "zhihu"
    dry_run: bool = False


class Review(Strict):
    """What a person found. `online` needs the `link`."""

    answer: ReviewAnswer
    link: str | None = None
