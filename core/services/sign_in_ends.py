"""When the sign-ins of accounts end, for pages that ask every few seconds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from core.cookie import cookies_from_json
from core.publishing.cookie_import import ends_at
from core.store.accounts import AccountStore


class SignInEnds:
    """Opens each stored sign-in once, and again when another one is stored. Safe between threads: at worst two of
    them open the same one."""

    def __init__(self, accounts: AccountStore) -> None:
        self._accounts = accounts
        self._known: dict[int, tuple[str, datetime | None]] = {}
        """Account → the mark of its cookies, and when they end."""

    def of(self, account_ids: Collection[int]) -> dict[int, datetime]:
        """Account → when its sign-in ends, where its cookies tell it."""
        marks = self._accounts.cookie_marks(account_ids)
        new = [one for one, mark in marks.items() if self._known.get(one, ("", None))[0] != mark]
        if new:
            opened = self._accounts.load_all_cookies(new)
            for one in new:
                self._known[one] = (marks[one], ends_at(cookies_from_json(opened[one])) if one in opened else None)
        found = {one: self._known[one][1] for one in marks}
        return {one: end for one, end in found.items() if end is not None}
