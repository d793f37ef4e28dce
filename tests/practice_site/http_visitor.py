"""A visitor of the practice site that speaks plain HTTP as the write page does."""

from __future__ import annotations

import time
import uuid
from types import TracebackType
from typing import Any, Self

import requests

from tests.practice_site.client import PracticeAccount

TIMEOUT_SECONDS = 15


class HttpVisitor:
    """Signed in as an account, or a stranger. Redirects are answers here, not followed."""

    def __init__(self, url: str, account: PracticeAccount | None = None) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False
        for cookie in account.cookies if account else ():
            self.session.cookies.set(cookie["name"], cookie["value"], domain=cookie["domain"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request with the token that the page sends. Raises requests.ConnectionError when it is cut."""
        headers = {"x-xsrftoken": self.session.cookies.get("_xsrf") or ""}
        return self.session.request(
            method, self.url + path, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, **more
        )

    def get(self, path: str) -> requests.Response:
        """Read a page or an API."""
        return self.call("GET", path)

    def create_draft(self, title: str = "标题", content: str = "<p>正文</p>") -> str:
        """The first autosave; the new draft's id."""
        answer = self.call("POST", "/api/articles/drafts", json={"title": title, "content": content})
        return str(answer.json()["id"])

    def save(self, draft_id: str, **fields: str) -> requests.Response:
        """A later autosave."""
        return self.call("PATCH", f"/api/articles/{draft_id}/draft", json=fields)

    def publish(self, draft_id: str, **data: Any) -> requests.Response:
        """The request that the publish button sends."""
        trace = f"{int(time.time() * 1000)},{uuid.uuid4()}"
        body = {"action": "article", "data": {"publish": {"traceId": trace}, "draft": {"id": draft_id}, **data}}
        return self.call("POST", "/api/v4/content/publish", json=body)
