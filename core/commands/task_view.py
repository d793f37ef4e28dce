"""`python -m core task`: everything that is known of one article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from core import wiring
from core.commands.arguments import ArticleId, Json
from core.commands.lookups import ME, task_words
from core.commands.next_steps import next_step
from core.commands.terminal import say, say_json
from core.publishing.addresses import draft_url
from core.services.queue_overview import WaitFacts
from core.services.task_words import TaskWords, site_name
from core.services.timeline_words import REASON, sentence
from core.settings import get_settings
from core.store.records import TaskEvent, TaskView
from core.task_state import TaskStatus

RENAMED = frozenset({"id", "public_id", "client_ref", "batch_id", "screenshot_path"})
INTERNAL = frozenset({"checkpoint", "first_claimed_ms"})
WITH_REASON = (TaskStatus.RETRYING, TaskStatus.BLOCKED, TaskStatus.FAILED)


def task(task_id: ArticleId, as_json: Json = False) -> None:
    """Show one article: its state, what to do, and all that happened to it."""
    manager = wiring.get_task_manager()
    view = manager.get(task_id, actor=ME)
    wait = manager.wait_facts(view, actor=ME)
    events = manager.events(view.id, actor=ME)
    words = task_words()
    if as_json:
        timeline = [{"at": event.at, "kind": event.kind, "text": sentence(event)} for event in events]
        say_json({**as_dict(view, words, wait), "evidence": _evidence(view, events), "timeline": timeline})
        return
    say(view.title)
    for name, fact in _facts(view, words, wait, events).items():
        if fact:
            say(f"  {name:<10} {fact}")
    say(f"\nWhat happened. {words.clock.note}")
    told_above = _event_of_reason(view, events)
    for event in events:
        told = sentence(event, is_reason_known=event is told_above, clock=words.clock.say)
        say(f"  {words.clock.say(event.at)}  {told}")


def as_dict(view: TaskView, words: TaskWords, wait: WaitFacts | None = None) -> dict[str, Any]:
    """A task for programs."""
    return {
        "id": view.public_id,
        "number": view.id,
        "state": words.state(view, wait),
        **{name: fact for name, fact in asdict(view).items() if name not in RENAMED | INTERNAL},
        "reference": view.client_ref,
        "batch": view.batch_id,
        "picture": view.screenshot_path,
    }


def _facts(view: TaskView, words: TaskWords, wait: WaitFacts, events: Sequence[TaskEvent]) -> dict[str, str | None]:
    state = words.state(view, wait)
    reason = view.error_message if view.status in WITH_REASON else None
    evidence = _evidence(view, events)
    is_draft_address = evidence["draft"] == view.result_url
    return {
        "State": state,
        "Reason": None if reason and reason in state else reason,
        "To do": next_step(view, words, wait),
        "Address": view.result_url,
        "Draft": None if view.status is TaskStatus.PUBLISHED or is_draft_address else evidence["draft"],
        "Last page": evidence["last_page"],
        "Picture": evidence["picture"],
        "Account": f"{view.account_name} on {site_name(view)}, of {view.user_name}",
        "Article": view.public_id,
        "Not before": words.clock.say(view.run_at) if view.run_at and view.status is TaskStatus.WAITING else None,
        "Batch": str(view.batch_id) if view.batch_id else None,
        "Reference": view.client_ref,
        "Priority": str(view.priority),
    }


def _evidence(view: TaskView, events: Sequence[TaskEvent]) -> dict[str, str | None]:
    """What helps to see what has become of it: the draft, and of the last attempt its last page and picture."""
    settings = get_settings()
    draft = draft_url(view.platform, view.remote_draft_id, settings) if view.remote_draft_id else None
    with_evidence = (event.detail["evidence"] for event in reversed(events) if event.detail.get("evidence"))
    found: dict[str, str] = next(with_evidence, {})
    is_open = view.status in WITH_REASON
    return {
        "draft": draft,
        "last_page": (found.get("last_url") or found.get("result_url")) if is_open else None,
        "picture": str(settings.data_dir / view.screenshot_path) if view.screenshot_path and is_open else None,
    }


def _event_of_reason(view: TaskView, events: Sequence[TaskEvent]) -> TaskEvent | None:
    """The event whose reason stands at the top already."""
    if view.status not in WITH_REASON or not view.error_message:
        return None
    return next((event for event in reversed(events) if event.detail.get(REASON) == view.error_message), None)
