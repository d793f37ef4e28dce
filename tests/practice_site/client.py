"""A client of the practice site's control API, for tests and the demo."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.practice_site.faults import Fault

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PracticeAccount:
    """An account on the practice site. `cookies` are as the Cookie-Editor extension exports them."""

    id: str
    name: str
    cookies: list[dict[str, Any]] = field(repr=False)

    @property
    def cookie_header(self) -> str:
        """The cookies as a browser sends them."""
        return "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in self.cookies)


def cookies_json(account: PracticeAccount) -> str:
    """What a user would save to a file: the export of Cookie-Editor."""
    return json.dumps(account.cookies, ensure_ascii=False, indent=2)


class PracticeClient:
    """Makes accounts, switches faults, and tells what happened. Raises OSError when the site is away."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def is_healthy(self) -> bool:
        """Whether the site answers."""
        try:
            return bool(self._call("GET", "health")["ok"])
        except (URLError, ConnectionError, TimeoutError):
            return False

    def make_account(self, name: str, columns: tuple[str, ...] | None = None) -> PracticeAccount:
        """A new account, signed in once."""
        body: dict[str, Any] = {"name": name} if columns is None else {"name": name, "columns": columns}
        made = self._call("POST", "accounts", body)
        return PracticeAccount(made["id"], made["name"], made["cookies"])

    def sign_in(self, account: PracticeAccount) -> PracticeAccount:
        """The account with the cookies of a fresh sign-in."""
        cookies = self._call("POST", f"accounts/{account.id}/cookies")
        return PracticeAccount(account.id, account.name, cookies)

    def sign_out(self, account: PracticeAccount) -> None:
        """End every sign-in of the account, for good."""
        self._call("DELETE", f"accounts/{account.id}/sessions")

    def accounts(self) -> list[dict[str, Any]]:
        """All accounts; `bec_issued` and `bec_seen` are the refreshed cookie handed out and brought back last."""
        return list(self._call("GET", "accounts"))

    def set_fault(
        self, fault: Fault, account: PracticeAccount | None = None, *, times: int | None = None, **more: Any
    ) -> None:
        """Switch a fault on, for one account or all, for `times` requests or until it is cleared. `more` are
        the other fields of `FaultRule`: method, path, query, seconds, status, code, message."""
        account_id = account.id if account else None
        self._call("PUT", "faults", {"fault": fault, "account_id": account_id, "times": times, **more})

    def clear_faults(self, fault: Fault | None = None, account: PracticeAccount | None = None) -> None:
        """Switch off those that match; without arguments, all."""
        query = {"fault": fault, "account_id": account.id if account else None}
        self._call("DELETE", "faults", query={key: value for key, value in query.items() if value})

    def let_go(self, account: PracticeAccount | None = None) -> None:
        """Requests that a fault holds (`slow_reply`, `page_slow`, `publish_slow`) go on now."""
        self._call("POST", "faults/let-go", query={"account_id": account.id} if account else None)

    def faults(self) -> list[dict[str, Any]]:
        """The faults switched on; `fired` counts how often each has hit."""
        return list(self._call("GET", "faults"))

    def posts(self, account: PracticeAccount | None = None) -> list[dict[str, Any]]:
        """What was published, oldest first, with `post_count`, `publish_requests` and `clicks` of each draft."""
        return [post for post in self._call("GET", "posts") if account is None or post["account_id"] == account.id]

    def drafts(self, account: PracticeAccount | None = None) -> list[dict[str, Any]]:
        """Every draft, published or not."""
        return [draft for draft in self._call("GET", "drafts") if account is None or draft["account_id"] == account.id]

    def requests(self, account: PracticeAccount | None = None, path: str = "") -> list[dict[str, Any]]:
        """The log of requests whose path begins so, oldest first. Status 0: the connection was cut."""
        query = {"path": path, "account_id": account.id if account else None}
        return list(self._call("GET", "requests", query={key: value for key, value in query.items() if value}))

    def qr_codes(self) -> list[dict[str, Any]]:
        """The sign-in codes on screens, oldest first."""
        return list(self._call("GET", "qrcodes"))

    def scan(self, token: str, confirm_as: PracticeAccount | None = None) -> None:
        """Be the phone: scan a code, or confirm it as an account."""
        self._call("POST", f"qrcodes/{token}", {"account_id": confirm_as.id if confirm_as else None})

    def reset(self) -> None:
        """Make the site forget everything."""
        self._call("POST", "reset")

    def _call(
        self, method: str, path: str, body: dict[str, Any] | None = None, query: dict[str, Any] | None = None
    ) -> Any:
        address = f"{self.url}/practice/{path}" + (f"?{urlencode(query)}" if query else "")
        data = json.dumps(body).encode() if body is not None else None
        request = Request(address, data, {"content-type": "application/json"}, method=method)  # noqa: S310 loopback
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as reply:  # noqa: S310 loopback
                return json.load(reply)
        except HTTPError as error:
            with error:
                raise ValueError(f"{method} {address}: {error.code} {error.read().decode()}") from error
