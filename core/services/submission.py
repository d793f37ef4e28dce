"""An article as its owner hands it in, from the command line, a CSV, the REST API or a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """One article to publish. `account` is the name of one of the owner's accounts on `platform`.

    `run_at` is aware; None means as soon as it is this article's turn. `client_ref` is the owner's own
    reference: handing in the same reference with the same content again gives the same task.
    """

    account: str
    title: str
    content: str = field(repr=False)
    content_format: str = "markdown"
    platform: str = "zhihu"
    mode: str = "publish"
    column: str | None = None
    topics: tuple[str, ...] = ()
    cover: bytes | None = field(default=None, repr=False)
    run_at: datetime | None = None
    priority: int = 5
    client_ref: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleChanges:
    """What an edit changes of an article; None leaves it as it is. An empty `column` takes it out of its column.

    `based_on` is the version that the writer saw: when there is a newer one, nothing is changed.
    """

    title: str | None = None
    content: str | None = field(default=None, repr=False)
    content_format: str | None = None
    column: str | None = None
    topics: tuple[str, ...] | None = None
    cover: bytes | None = field(default=None, repr=False)
    without_cover: bool = False
    mode: str | None = None
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class NewTime:
    """Not before `run_at`, which is aware; None: as soon as it is its turn."""

    run_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskUpdate:
    """What is to change of an article on its way; None leaves it as it is. `account` is the name of another account
    of its owner. `resend`: if it has failed, or waits for its account, it is tried again."""

    article: ArticleChanges | None = None
    account: str | None = None
    time: NewTime | None = None
    priority: int | None = None
    resend: bool = False
