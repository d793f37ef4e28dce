"""What people read about what happened to an article: one sentence an event, in English. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.services.task_words import BLOCKED_WORDS
from core.store.records import TaskEvent


def sentence(event: TaskEvent) -> str:
    """The event in words."""
    words = _EVENTS.get(event.kind)
    return words(event.detail) if words else event.kind.replace("_", " ").capitalize()


def _by(facts: dict[str, Any]) -> str:
    return f" by {facts['by']}" if facts.get("by") else ""


def _because(facts: dict[str, Any], *names: str) -> str:
    reason = next((facts[name] for name in names if facts.get(name)), None)
    return f": {reason}" if reason else ""


def _step(facts: dict[str, Any]) -> str:
    words = {
        "browser_ready": "The browser is ready",
        "signed_in": "Signed in",
        "written": "The text is in the editor",
        "submitted": "Submitted",
        "verifying": "Checking it is online",
    }
    step = str(facts.get("step", "")).lower()
    return words.get(step, f"Progress {facts.get('progress', '?')} %")


def _will_retry(facts: dict[str, Any]) -> str:
    delay = facts.get("delay_seconds")
    after = f" in {round(delay)} s" if isinstance(delay, int | float) else ""
    return f"Will try again{after}{_because(facts, 'message')}"


def _blocked_event(facts: dict[str, Any]) -> str:
    words = BLOCKED_WORDS.get(facts.get("reason", ""), "Action needed").format(site="the site")
    return f"{words}{_because(facts, 'message')}"


_EVENTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "handed_in": lambda facts: f"Handed in{_by(facts)}",
    "taken": lambda facts: f"Attempt {facts.get('attempt', '')} begins".replace("  ", " "),
    "take_undone": lambda facts: f"Back in line, the attempt does not count{_because(facts, 'reason')}",
    "step": _step,
    "draft_created": lambda facts: f"The site made a draft{_because(facts, 'draft_id')}",
    "drafted": lambda facts: "The draft is saved and was read back",
    "draft_discarded": lambda facts: f"The draft will be written again{_because(facts, 'reason')}",
    "submitting": lambda facts: "Submitting",
    "draft_reopened": lambda facts: f"The site still has it as a draft{_because(facts, 'reason')}",
    "published": lambda facts: f"Published{_because(facts, 'result_url')}",
    "draft_saved": lambda facts: "Saved as a draft, not public",
    "will_retry": _will_retry,
    "blocked": _blocked_event,
    "failed": lambda facts: f"Failed{_because(facts, 'message', 'reason')}",
    "cancel_requested": lambda facts: f"Asked to stop{_by(facts)}",
    "cancelled": lambda facts: f"Cancelled{_by(facts)}",
    "handed_back": lambda facts: f"Back in line{_because(facts, 'reason')}",
    "rescued": lambda facts: f"Its worker was lost, another goes on{_because(facts, 'reason')}",
    "resumed": lambda facts: f"Goes on{_by(facts)}",
    "retried_by_hand": lambda facts: f"Tried again{_by(facts)}",
    "confirmed_online": lambda facts: f"Found online{_by(facts)}{_because(facts, 'link')}",
    "given_up": lambda facts: f"Given up{_by(facts)}, may be online",
    "rescheduled": lambda facts: f"New time{_by(facts)}{_because(facts, 'run_at')}",
    "reprioritised": lambda facts: f"New priority{_by(facts)}: {facts.get('priority')}",
    "edited": lambda facts: f"Edited{_by(facts)}{_because(facts, 'title')}",
    "verified": lambda facts: f"The site was asked{_because(facts, 'reason', 'outcome')}",
    "orphan_draft": lambda facts: f"A draft may be left on the site{_because(facts, 'reason')}",
    "crashed": lambda facts: f"The browser was lost{_because(facts, 'reason')}",
    "site_busy": lambda facts: f"Slowed by the site{_because(facts, 'reason')}",
    "cookies_stored": lambda facts: "The refreshed sign-in was stored",
    "note": lambda facts: f"Note{_because(facts, 'message', 'reason', 'text')}",
}
