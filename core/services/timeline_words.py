"""What people read about what happened to an article: one sentence an event, in English unless told otherwise.
Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeAlias

from core.services.say import Say, in_english
from core.services.task_words import BLOCKED_WORDS
from core.store.records import Actor, TaskEvent

REASON = "error_message"
"""The fact of an event that the task's row holds as well, until something else happens to it."""

PROGRAMS = frozenset({Actor.command_line().name, Actor.system().name})

Facts: TypeAlias = "dict[str, Any]"
Words: TypeAlias = "Callable[[Facts, Say], str]"


def sentence(
    event: TaskEvent,
    *,
    is_reason_known: bool = False,
    say: Say = in_english,
    clock: Callable[[datetime], str] = datetime.isoformat,
) -> str:
    """The event in words; without its reason where the reader has just read that. `clock` writes times."""
    facts = {**event.detail, REASON: None} if is_reason_known else event.detail
    if facts.get("run_at"):
        facts = {**facts, "run_at": clock(datetime.fromisoformat(facts["run_at"]))}
    words = _EVENTS.get(event.kind)
    return event.kind.replace("_", " ").capitalize() if words is None else words(facts, say)


def _plain(message: str, *reasons: str) -> Words:
    """A sentence, with the first of these facts behind it."""

    def words(facts: Facts, say: Say) -> str:
        reason = next((facts[name] for name in reasons if facts.get(name)), None)
        return _with_reason(say(message), reason, say)

    return words


def _with_reason(told: str, reason: object, say: Say) -> str:
    return told if reason in (None, "") else f"{told}: {say(str(reason))}"


def _name(by: str, say: Say) -> str:
    """As the reader's language calls it, where it is no person. No user can have such a name."""
    return say(by) if by in PROGRAMS else by


def _by(message: str, message_by: str, *reasons: str) -> Words:
    """A sentence that names who did it where that is known, with the first of these facts behind it."""

    def words(facts: Facts, say: Say) -> str:
        reason = next((facts[name] for name in reasons if facts.get(name) not in (None, "")), None)
        told = say(message_by, by=_name(facts["by"], say)) if facts.get("by") else say(message)
        return _with_reason(told, reason, say)

    return words


def _step(facts: Facts, say: Say) -> str:
    words = {
        "claimed": "Waiting for a browser",
        "browser_ready": "The browser is ready",
        "signed_in": "Signed in",
        "written": "The text is in the editor",
        "submitted": "Submitted",
        "verifying": "Checking it is online",
    }
    step = words.get(str(facts.get("step", "")).lower())
    if facts.get("is_kept"):
        step = "Goes on with the sign-in of before"
    return say("Progress {percent} %", percent=facts.get("progress", "?")) if step is None else say(step)


def _taken(facts: Facts, say: Say) -> str:
    attempt = facts.get("attempt")
    return say("Attempt begins") if attempt is None else say("Attempt {number} begins", number=attempt)


def _will_retry(facts: Facts, say: Say) -> str:
    delay = facts.get("delay_seconds")
    told = say("Will try again")
    if isinstance(delay, int | float):
        told = say("Will try again in {seconds} s", seconds=round(delay))
    return _with_reason(told, facts.get(REASON), say)


def _blocked_event(facts: Facts, say: Say) -> str:
    told = say(BLOCKED_WORDS.get(facts.get("reason", ""), "Action needed"), site=say("the site"))
    return _with_reason(told, facts.get(REASON), say)


def _verified(facts: Facts, say: Say) -> str:
    """A verdict without a reason says it all."""
    words = {
        "ItIsOnline": "The site was asked: it is online",
        "SubmitAgain": "The site was asked: it is still a draft",
    }
    told = say(words.get(str(facts.get("outcome")), "The site was asked"))
    return _with_reason(told, facts.get("reason"), say)


_PARTS = {
    "title": "title",
    "content": "text",
    "format": "format",
    "column": "column",
    "topics": "topics",
    "cover": "cover",
    "mode": "what to do",
}


def _edited(facts: Facts, say: Say) -> str:
    """What of it was changed; earlier events know only the new title."""
    told = say("Edited by {by}", by=_name(facts["by"], say)) if facts.get("by") else say("Edited")
    if not facts.get("changed"):
        return f"{told}: {facts['title']}" if facts.get("title") else told
    parts = ", ".join(say(_PARTS.get(part, part)) for part in facts["changed"])
    if "title" not in facts["changed"]:
        return f"{told} ({parts})"
    before = say("before: “{title}”", title=facts.get("was_title", ""))
    return f"{told} ({parts}): “{facts.get('title', '')}”, {before}"


def _account_changed(facts: Facts, say: Say) -> str:
    names = {"account": facts.get("account", "?"), "was": facts.get("was", "?")}
    if facts.get("by"):
        return say("Moved from account {was} to {account} by {by}", by=_name(facts["by"], say), **names)
    return say("Moved from account {was} to {account}", **names)


def _confirmed(facts: Facts, say: Say) -> str:
    """Nobody asked the site: a link to the article's own draft proves itself, any other is a person's word."""
    if facts.get("is_own_draft", True):
        return _by("Found online", "Found online by {by}", "link")(facts, say)
    return _by("Said to be online", "Said to be online by {by}", "link")(facts, say)


def _given_up(facts: Facts, say: Say) -> str:
    """Earlier events do not tell whether it may be online: then it may."""
    if facts.get("may_be_online", True):
        return _by("Given up, may be online", "Given up by {by}, may be online")(facts, say)
    return _by("Given up", "Given up by {by}")(facts, say)


_EVENTS: dict[str, Words] = {
    "handed_in": _by("Handed in", "Handed in by {by}"),
    "taken": _taken,
    "take_undone": _plain("Back in line, the attempt does not count", "reason"),
    "step": _step,
    "draft_created": _plain("The site made a draft", "draft_id"),
    "drafted": _plain("The draft is saved and was read back"),
    "draft_discarded": _plain("The draft will be written again", "reason"),
    "submitting": _plain("Submitting"),
    "resubmitting": _plain("The site still has it as a draft: submitting it again"),
    "draft_reopened": _plain("The site did not publish it, it is still a draft", "reason"),
    "published": _plain("Published", "result_url"),
    "draft_saved": _plain("Draft saved, not public"),
    "will_retry": _will_retry,
    "blocked": _blocked_event,
    "failed": _plain("Failed", "error_message", "reason"),
    "cancel_requested": _by("Asked to stop", "Asked to stop by {by}"),
    "cancelled": _by("Cancelled", "Cancelled by {by}"),
    "handed_back": _plain("Back in line", "reason"),
    "rescued": _plain("Its worker was lost, another goes on", "reason"),
    "resumed": _by("Goes on", "Goes on by {by}"),
    "retried_by_hand": _by("Tried again", "Tried again by {by}"),
    "confirmed_online": _confirmed,
    "given_up": _given_up,
    "rescheduled": _by("New time", "New time by {by}", "run_at"),
    "reprioritised": _by("New priority", "New priority by {by}", "priority"),
    "edited": _edited,
    "account_changed": _account_changed,
    "verified": _verified,
    "orphan_draft": _plain("A draft may be left on the site", "reason"),
    "site_busy": _plain("Slowed by the site", "reason"),
    "restored": _by(
        "A backup was restored: it is looked for on the site first",
        "A backup was restored by {by}: it is looked for on the site first",
    ),
    "restore_settled": _plain("It was not published before the backup was restored", "reason"),
    "note": _plain("Note", "reason"),
}
