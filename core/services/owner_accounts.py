"""The accounts that articles of one user may name."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import Fault
from core.services.submission import Submission
from core.store.records import AccountView, UserView


class OwnerAccounts:
    """By platform and name."""

    def __init__(self, accounts: Iterable[AccountView], owner: UserView) -> None:
        self._owner = owner
        self._by_platform: dict[str, dict[str, AccountView]] = {}
        for account in accounts:
            self._by_platform.setdefault(account.platform, {})[account.name] = account

    def find(self, submission: Submission) -> AccountView | Fault:
        """The account that is named, or the only one there is when none is named."""
        names = self._by_platform.get(submission.platform, {})
        if not names:
            return Fault(
                "account",
                f"{self._owner.name} has no account on {submission.platform}.",
                "Add one on the page Accounts, or with `python -m core accounts add`.",
            )
        if submission.account in names:
            return names[submission.account]
        if not submission.account:
            if len(names) == 1:
                return next(iter(names.values()))
            return Fault("account", "is missing.", f"Write one of: {', '.join(sorted(names))}.")
        return Fault(
            "account",
            f"{self._owner.name} has no account “{submission.account}” on {submission.platform}.",
            f"Write one of: {', '.join(sorted(names))}; "
            "or add it on the page Accounts or with `python -m core accounts add`.",
        )
