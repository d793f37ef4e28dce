"""What the practice site remembers: accounts, drafts, posts and requests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.practice_site.html_text import text_length


def now() -> datetime:
    """The site's clock, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Column:
    """A column that an account may publish to."""

    id: str
    title: str


@dataclass(slots=True)
class Account:
    """Somebody who can sign in. `sessions` are the z_c0 values that are good."""

    id: str
    name: str
    columns: list[Column]
    sessions: list[str] = field(default_factory=list)
    d_c0: str = field(default_factory=lambda: f"{secrets.token_urlsafe(24)}|{int(now().timestamp())}")
    xsrf: str = field(default_factory=lambda: secrets.token_hex(16))
    bec_issued: str = ""
    """The value of the BEC cookie handed out last."""
    bec_seen: str = ""
    """The value of the BEC cookie that came in last."""

    @property
    def url_token(self) -> str:
        return f"user-{self.id[-6:]}"

    def as_json(self) -> dict[str, Any]:
        """For the control API; without the sign-in itself."""
        return {
            "id": self.id,
            "name": self.name,
            "columns": [{"id": column.id, "title": column.title} for column in self.columns],
            "bec_issued": self.bec_issued,
            "bec_seen": self.bec_seen,
            "session_count": len(self.sessions),
        }


@dataclass(slots=True)
class Draft:
    """An article being written. Its id is also the id of the later post."""

    id: str
    account_id: str
    title: str = ""
    content: str = ""
    column_id: str | None = None
    topics: list[str] = field(default_factory=list)
    cover: str = ""
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    saves: int = 0
    publish_requests: int = 0
    """Publish requests that reached the site, whatever came of them."""
    clicks: int = 0
    """Presses of the publish button by a real pointer."""
    untrusted_clicks: int = 0
    """Clicks by script, which do nothing."""
    post_count: int = 0
    """How often this draft was really published: 1 is right, 2 is a double post."""

    def as_json(self) -> dict[str, Any]:
        """For the control API."""
        return {
            "id": self.id,
            "account_id": self.account_id,
            "title": self.title,
            "content": self.content,
            "text_length": text_length(self.content),
            "column_id": self.column_id,
            "topics": list(self.topics),
            "cover": self.cover,
            "created_at": self.created_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
            "saves": self.saves,
            "publish_requests": self.publish_requests,
            "clicks": self.clicks,
            "untrusted_clicks": self.untrusted_clicks,
            "post_count": self.post_count,
        }


@dataclass(slots=True)
class Post:
    """A published article."""

    id: str
    account_id: str
    title: str
    content: str
    column: str | None
    topics: list[str]
    cover: str
    published_at: datetime
    public_from: datetime
    """Before it, the article is 审核中."""
    listed_from: datetime
    """Before it, the list of published articles does not show it."""
    recorded_from: datetime
    """Before it, the draft API still says draft."""

    @property
    def is_public(self) -> bool:
        return now() >= self.public_from

    @property
    def is_listed(self) -> bool:
        return now() >= self.listed_from

    @property
    def is_recorded(self) -> bool:
        return now() >= self.recorded_from

    def as_json(self, draft: Draft, account_name: str) -> dict[str, Any]:
        """For the control API, with the counts of its draft."""
        return {
            "id": self.id,
            "account_id": self.account_id,
            "account": account_name,
            "title": self.title,
            "content": self.content,
            "text_length": text_length(self.content),
            "column": self.column,
            "topics": list(self.topics),
            "cover": self.cover,
            "published_at": self.published_at.isoformat(),
            "site_state": "public" if self.is_public else "under_review",
            "post_count": draft.post_count,
            "publish_requests": draft.publish_requests,
            "clicks": draft.clicks,
            "url": f"/p/{self.id}",
        }


@dataclass(slots=True)
class LoggedRequest:
    """A request that came in. Status 0: its connection was cut."""

    method: str
    path: str
    account_id: str | None
    status: int
    faults: list[str]
    at: datetime = field(default_factory=now)

    def as_json(self) -> dict[str, Any]:
        """For the control API."""
        return {
            "at": self.at.isoformat(),
            "method": self.method,
            "path": self.path,
            "account_id": self.account_id,
            "status": self.status,
            "faults": self.faults,
        }
