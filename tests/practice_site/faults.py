"""The failures that the practice site can be told to show, and the board on which they are set."""

from __future__ import annotations

import itertools
import threading
from dataclasses import asdict, dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class Fault(StrEnum):
    """One way in which the real site fails. `seconds`, `message`, `status` and `code` belong to the rule."""

    SESSION_EXPIRED = "session_expired"
    """The sign-in is worth nothing anywhere: pages go to /signin, every API answers 401."""
    SESSION_EXPIRED_ON_WRITE_PAGE = "session_expired_on_write_page"
    """/api/v4/me still knows the account, but the write page goes to /signin."""
    SESSION_EXPIRED_AFTER_OPEN = "session_expired_after_open"
    """Pages open, but saving and publishing answer 401."""
    UNHUMAN_AT_OPEN = "unhuman_at_open"
    """The write page goes to the human check."""
    UNHUMAN_AT_PUBLISH = "unhuman_at_publish"
    """Publishing answers 403 with code 40352 and the page goes to the human check."""
    UNHUMAN_HTML = "unhuman_html"
    """Every API answers 403 with the human check's HTML where JSON was expected."""
    REFUSED = "refused"
    """Publishing answers 200 with a code that is not 0 and `message` (内容违规 unless given)."""
    RATE_LIMITED = "rate_limited"
    """Publishing is refused with 操作过于频繁."""
    DAILY_LIMIT = "daily_limit"
    """Publishing is refused with 达到发布上限."""
    SITE_BUSY = "site_busy"
    """Every page and API answers 503 with 系统升级中."""
    HTTP_ERROR = "http_error"
    """Every page and API (or those matching `path` and `method`) answers `status`."""
    SLOW_REPLY = "slow_reply"
    """Every page and API (or those matching `path` and `method`) waits `seconds` before it does anything."""
    CONNECTION_CUT = "connection_cut"
    """The connection of every request (or those matching `path` and `method`) is cut before anything is done."""
    AUTOSAVE_ERROR = "autosave_error"
    """Saving a draft answers `status` (500 unless given)."""
    AUTOSAVE_REPLY_LOST = "autosave_reply_lost"
    """A draft is saved, then the connection is cut: a new draft's id never reaches the page."""
    AUTOSAVE_LOSES_TEXT = "autosave_loses_text"
    """Saving answers well, but only the first half of the body is stored."""
    PUBLISH_DROPPED = "publish_dropped"
    """The connection is cut before the article is published."""
    PUBLISH_REPLY_LOST = "publish_reply_lost"
    """The article is published, then the connection is cut: the page learns nothing."""
    PUBLISH_SLOW = "publish_slow"
    """The article is published at once, the answer comes `seconds` later."""
    PUBLISH_LATE = "publish_late"
    """The connection is cut, and the article is published `seconds` later all the same."""
    PUBLISH_NO_RECEIPT = "publish_no_receipt"
    """The article is published and the page is told code 0, yet neither moves on nor says anything."""
    PUBLISH_BUTTON_RERENDERS = "publish_button_rerenders"
    """The press itself publishes and the button is replaced under the pointer; the page stays as if unpublished."""
    CONFIRM_DIALOG = "confirm_dialog"
    """The click opens a dialog; only its 确认发布 publishes."""
    UNDER_REVIEW = "under_review"
    """For `seconds` a published article is 审核中: no public page, no public API, and not in the list. It counts
    as one of the account's articles all the same."""
    LIST_LAGS = "list_lags"
    """For `seconds` a published article is missing from the list of published articles, not from their number."""
    DRAFT_RECORD_LAGS = "draft_record_lags"
    """For `seconds` the draft API goes on calling a published article a draft."""
    IMAGE_LOST = "image_lost"
    """An image upload fails with 上传失败; the picture in the editor stays a blob: address."""
    RENAMED_SELECTORS = "renamed_selectors"
    """The write page's class names, placeholders and labels are other ones than we know."""
    EDITOR_SLOW = "editor_slow"
    """The write page comes at once but shows neither account nor editor until `seconds` later. Nobody is
    signed out."""
    PAGE_SLOW = "page_slow"
    """The write page's HTML comes `seconds` late."""
    PAGE_NEVER_FINISHES = "page_never_finishes"
    """The write page works, but one of its pictures never arrives, so that it never reports `load`."""
    PAGE_HANGS = "page_hangs"
    """The write page's main thread loops for ever, so that no script and no click is answered."""
    PAGE_CRASHES = "page_crashes"
    """The write page eats memory until its renderer dies."""
    SESSION_ROTATES = "session_rotates"
    """Each opening of the write page sets a new z_c0; the ones before it stay good."""


@dataclass(slots=True)
class FaultRule:
    """A fault that is switched on: for whom, for which requests, how often, and how it looks."""

    fault: Fault
    account_id: str | None = None
    """None: for everybody, also those who are not signed in."""
    times: int | None = None
    """How many more requests it hits; None: until it is cleared."""
    method: str | None = None
    path: str | None = None
    """A pattern as in a shell, such as `/api/articles/*`."""
    query: str | None = None
    """The same for what follows the `?`, decoded."""
    seconds: float = 0.0
    status: int = 500
    code: int = 100_013
    message: str = ""
    id: int = 0
    fired: int = 0
    is_let_go: bool = False
    """It holds no request any longer than until now."""

    def fits(self, account_id: str | None, method: str, path: str, query: str) -> bool:
        """Whether it applies to this request and is not used up."""
        return (
            self.times != 0
            and self.account_id in (None, account_id)
            and self.method in (None, method)
            and (self.path is None or fnmatchcase(path, self.path))
            and (self.query is None or fnmatchcase(query, self.query))
        )

    def as_json(self) -> dict[str, Any]:
        """All of it, for the control API."""
        return asdict(self)


class FaultBoard:
    """The faults switched on now. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[FaultRule] = []
        self._ids = itertools.count(1)

    def set(self, rule: FaultRule) -> FaultRule:
        """Switch it on. A rule for the same fault, account, method, path and query is replaced."""
        with self._lock:
            self._rules = [old for old in self._rules if _place(old) != _place(rule)]
            rule.id = next(self._ids)
            self._rules.append(rule)
            return rule

    def clear(self, *, fault: Fault | None = None, account_id: str | None = None) -> int:
        """Switch off those that match; without arguments, all. Returns how many."""
        with self._lock:
            kept = [
                rule
                for rule in self._rules
                if (fault and rule.fault is not fault) or (account_id and rule.account_id != account_id)
            ]
            cleared = len(self._rules) - len(kept)
            self._rules = kept
            return cleared

    def let_go(self, account_id: str | None = None) -> None:
        """Requests that a fault holds (of one account, or all) go on at once, as if their time were over."""
        with self._lock:
            for rule in self._rules:
                if account_id in (None, rule.account_id):
                    rule.is_let_go = True

    def all(self) -> list[FaultRule]:
        """Those switched on, used-up ones included (their `times` is 0)."""
        with self._lock:
            return list(self._rules)

    def peek(self, fault: Fault, account_id: str | None, method: str, path: str, query: str = "") -> FaultRule | None:
        """The rule that would hit this request, without using it up."""
        with self._lock:
            return self._find(fault, account_id, method, path, query)

    def take(self, fault: Fault, account_id: str | None, method: str, path: str, query: str = "") -> FaultRule | None:
        """The rule that hits this request; its count goes down by one."""
        with self._lock:
            rule = self._find(fault, account_id, method, path, query)
            if rule is not None:
                rule.fired += 1
                if rule.times is not None:
                    rule.times -= 1
            return rule

    def _find(self, fault: Fault, account_id: str | None, method: str, path: str, query: str) -> FaultRule | None:
        for rule in self._rules:
            if rule.fault is fault and rule.fits(account_id, method, path, query):
                return rule
        return None


def _place(rule: FaultRule) -> tuple[Fault, str | None, str | None, str | None, str | None]:
    return rule.fault, rule.account_id, rule.method, rule.path, rule.query
