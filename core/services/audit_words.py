"""What people read about what was done: the words for the actions of the audit log. The log itself keeps the short
names, for filters and programs."""

from __future__ import annotations

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
    "article.cancel": "cancelled an article",
    "article.change": "changed an article",
    "article.change_account": "gave an article to another account",
    "article.change_many": "changed many articles",
    "article.edit": "edited an article",
    "article.list": "looked at the list of articles",
    "article.read": "looked at an article",
    "article.reprioritise": "changed an article's priority",
    "article.reschedule": "changed an article's time",
    "article.retry": "tried an article again",
    "article.review": "answered for an article that may be online",
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
    "worker.quiet": "made a worker quiet",
    "worker.resume": "let a worker go on",
    "worker.start": "started a worker",
    "worker.stop": "stopped a worker",
}
"""Action → what its actor did."""


def action_words(action: str) -> str:
    """An action of another version is told by its own name."""
    return ACTIONS.get(action, action)
