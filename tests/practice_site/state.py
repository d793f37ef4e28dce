"""All that the practice site knows, in memory, behind one lock."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from datetime import timedelta
from typing import Any

from tests.practice_site.faults import FaultBoard
from tests.practice_site.images import ImageShelf
from tests.practice_site.qr_codes import QrCodes
from tests.practice_site.records import Account, Column, Draft, LoggedRequest, Post, now

FIRST_ID = 1_970_000_000_000_000_000
"""Ids are above 2^53, as the real ones: a number in JavaScript would change them."""
MAX_TOPICS = 5
DEFAULT_COLUMNS = ("技术随笔", "读书笔记")


class SiteState:
    """Accounts, drafts, posts and the log of requests. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self.faults = FaultBoard()
        self.images = ImageShelf()
        self.qr_codes = QrCodes()
        self._last_id = FIRST_ID
        self.accounts: dict[str, Account] = {}
        self._by_session: dict[str, Account] = {}
        self.drafts: dict[str, Draft] = {}
        self.posts: dict[str, Post] = {}
        self.requests: deque[LoggedRequest] = deque(maxlen=20_000)

    def reset(self) -> None:
        """Forget everything."""
        with self._lock:
            self.faults.clear()
            self.images.clear()
            self.qr_codes.clear()
            for store in (self.accounts, self._by_session, self.drafts, self.posts, self.requests):
                store.clear()

    def new_id(self) -> str:
        """A number never given before, as a string."""
        with self._lock:
            self._last_id += 1 + secrets.randbelow(1_000_000)
            return str(self._last_id)

    def add_account(self, name: str, columns: tuple[str, ...] = DEFAULT_COLUMNS) -> Account:
        """Somebody new, signed in once."""
        with self._lock:
            shelf = [Column(f"c_{self.new_id()}", title) for title in columns]
            account = Account(self.new_id(), name, shelf)
            self.accounts[account.id] = account
            self.sign_in(account)
            return account

    def sign_in(self, account: Account) -> str:
        """A new z_c0 for this account; the earlier ones stay good."""
        with self._lock:
            session = f"2|1:0|10:{int(now().timestamp())}|4:z_c0|{secrets.token_urlsafe(48)}"
            account.sessions.append(session)
            self._by_session[session] = account
            return session

    def sign_out(self, account: Account) -> None:
        """Every z_c0 of this account is worth nothing from now on."""
        with self._lock:
            for session in account.sessions:
                self._by_session.pop(session, None)
            account.sessions.clear()

    def account_of(self, session: str | None) -> Account | None:
        """Whose z_c0 this is."""
        return self._by_session.get(session or "")

    def add_draft(self, account: Account) -> Draft:
        """A new empty draft."""
        with self._lock:
            draft = Draft(self.new_id(), account.id)
            self.drafts[draft.id] = draft
            return draft

    def draft_of(self, account: Account | None, draft_id: str) -> Draft | None:
        """This draft, if it belongs to the account."""
        draft = self.drafts.get(draft_id)
        return draft if draft and account and draft.account_id == account.id else None

    def publish(self, draft: Draft, *, review: float = 0, list_lag: float = 0, record_lag: float = 0) -> Post:
        """Make the article public, or change it if it is. The lags are in seconds."""
        with self._lock:
            at = now()
            draft.post_count += 1
            account = self.accounts[draft.account_id]
            column = next((c.title for c in account.columns if c.id == draft.column_id), None)
            earlier = self.posts.get(draft.id)
            post = Post(
                id=draft.id,
                account_id=draft.account_id,
                title=draft.title,
                content=draft.content,
                column=column,
                topics=list(draft.topics),
                cover=draft.cover,
                published_at=earlier.published_at if earlier else at,
                public_from=at + timedelta(seconds=review),
                listed_from=at + timedelta(seconds=max(review, list_lag)),
                recorded_from=at + timedelta(seconds=record_lag),
            )
            self.posts[post.id] = post
            return post

    def listed_posts(self, account: Account) -> list[Post]:
        """Posts that the account's list shows, newest first."""
        posts = [post for post in list(self.posts.values()) if post.account_id == account.id and post.is_listed]
        return sorted(posts, key=lambda post: post.published_at, reverse=True)

    def posts_as_json(self) -> list[dict[str, Any]]:
        """Every post with its counts, oldest first."""
        with self._lock:
            return [
                post.as_json(self.drafts[post.id], self.accounts[post.account_id].name)
                for post in sorted(self.posts.values(), key=lambda post: post.published_at)
            ]

    def log(self, request: LoggedRequest) -> None:
        """Remember a request."""
        self.requests.append(request)
