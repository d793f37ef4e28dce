"""What people read about what was done: the words for the actions of the audit log and for their details, in English
unless told otherwise. The log itself keeps the short names, for filters and programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from core.services.say import Say, in_english

ACTIONS = {
    "account.add": "added an account",
    "account.check": "asked the site who is signed in",
    "account.delete": "deleted an account",
    "account.list": "looked at the list of accounts",
    "account.pause": "paused an account",
    "account.read": "looked at an account",
    "account.reseal": "encrypted all sign-ins again",
    "account.resume": "let an account go on",
    "account.sign_in": "gave an account a new sign-in",
    "article.account_many": "gave many articles to another account",
    "article.cancel": "cancelled an article",
    "article.cancel_many": "cancelled many articles",
    "article.change": "changed an article",
    "article.change_account": "gave an article to another account",
    "article.change_many": "changed many articles",
    "article.edit": "edited an article",
    "article.list": "looked at the list of articles",
    "article.priority_many": "changed the priority of many articles",
    "article.read": "looked at an article",
    "article.reprioritise": "changed an article's priority",
    "article.reschedule": "changed an article's time",
    "article.retry": "tried an article again",
    "article.retry_many": "tried many articles again",
    "article.review": "answered for an article that may be online",
    "article.set_time_many": "changed the time of many articles",
    "article.shift_many": "moved many articles to later",
    "article.spread_many": "spread many articles over hours",
    "article.submit": "handed in an article",
    "audit.read": "looked at the audit log",
    "batch.pause": "paused a batch",
    "batch.read": "looked at a batch",
    "batch.resume": "let a batch go on",
    "batch.submit": "handed in a file",
    "database.accepted": "vouched for the database",
    "database.mark": "made a backup ready",
    "database.restored": "made a backup ready",
    "everything.pause": "paused everything",
    "everything.resume": "let everything go on",
    "limits.read": "looked at limits",
    "limits.reset": "reset a user's limits",
    "limits.set": "changed limits",
    "logs.read": "looked at the logs",
    "pause.list": "looked at the pauses",
    "platform.pause": "paused a platform",
    "platform.resume": "let a platform go on",
    "session.close": "signed out",
    "session.close_all": "signed out everywhere",
    "session.open": "signed in",
    "token.make": "made a token",
    "token.revoke": "revoked a token",
    "token.revoke_all": "revoked all tokens of a user",
    "user.add": "added a user",
    "user.list": "looked at the list of users",
    "user.pause": "paused a user",
    "user.read": "looked at a user",
    "user.resume": "let a user go on",
    "user.set_disabled": "locked a user out or let one in",
    "user.set_password": "set a password",
    "user.set_role": "changed a role",
    "worker.quiet": "told a worker to take nothing new",
    "worker.resume": "let a worker go on",
    "worker.start": "started a worker",
    "worker.stop": "stopped a worker",
}
"""Action → what its actor did."""

DENIED = "denied"
"""The detail of what was refused. It has a place of its own."""

DETAILS = {
    "account": "to account",
    "accounts": "accounts",
    "address": "from address",
    "answer": "answer",
    "changed": "changed",
    "gap_seconds": "seconds between posts",
    "is_disabled": "locked out",
    "is_new": "new",
    "is_unverified": "only by somebody's word",
    "lifted": "pauses lifted",
    "link": "link",
    "marked": "to be looked for on the site",
    "max_running": "publishing at once",
    "max_starts": "starts a minute",
    "name": "name",
    "new": "new articles",
    "priority": "priority",
    "probed": "the site was asked",
    "reason": "reason",
    "refused": "left as they were",
    "released": "taken from lost workers",
    "reset_ms": "starts forgotten up to",
    "result": "result",
    "resumed": "articles that went on",
    "revoked": "tokens revoked",
    "role": "role",
    "rows": "rows",
    "run_at": "not before",
    "since": "since",
    "state": "found",
    "until": "until",
    "user": "user",
    "wanted": "wanted",
    "weight": "share of the turns",
}
"""Name of a detail → how people call it."""

WORDS = {
    "answer": {
        "online": "it is online",
        "check_again": "check again",
        "publish_again": "publish again",
        "give_up": "give up",
    },
    "result": {"cancelled": "cancelled", "requested": "told to stop"},
    "role": {"operator": "operator", "admin": "administrator"},
    "state": {
        "unchecked": "not asked yet",
        "signed_in": "signed in",
        "needs_login": "the sign-in has ended",
        "needs_human": "the site asks for verification",
    },
}
"""Name of a detail → what its values mean."""

WITHOUT = {
    "gap_seconds": "as usual",
    "max_running": "as usual",
    "max_starts": "as usual",
    "run_at": "as soon as possible",
    "until": "somebody lifts it",
    "weight": "as usual",
}
"""Details that mean something when they are empty."""

MOMENTS = frozenset({"reset_ms", "run_at", "since", "until"})


def action_words(action: str) -> str:
    """An action of another version is told by its own name."""
    return ACTIONS.get(action, action)


def detail_words(
    detail: Mapping[str, Any], *, say: Say = in_english, clock: Callable[[datetime], str] = datetime.isoformat
) -> str:
    """All details in one line; `clock` writes times."""
    return " · ".join(
        say("{name}: {value}", name=say(DETAILS.get(name, name)), value=_value(name, value, say, clock))
        for name, value in detail.items()
        if name != DENIED and (value is not None or name in WITHOUT)
    )


def _value(name: str, value: object, say: Say, clock: Callable[[datetime], str]) -> str:
    if value is None:
        return say(WITHOUT[name])
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if name in MOMENTS:
        return _moment(value, clock)
    if name == "reason":
        return say(str(value))
    words = WORDS.get(name, {}).get(str(value))
    return str(value) if words is None else say(words)


def _moment(value: object, clock: Callable[[datetime], str]) -> str:
    """What cannot be read stays as it was written."""
    try:
        moment = (
            datetime.fromtimestamp(value / 1000, UTC)
            if isinstance(value, int | float)
            else datetime.fromisoformat(str(value))
        )
        return clock(moment)
    except (ValueError, OverflowError, OSError):
        return str(value)
