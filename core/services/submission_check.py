"""What must be true of an article before it is queued: the same for one article and for a row of a CSV."""

from __future__ import annotations

from core.errors import Fault
from core.publishing.content import FORMATS, check_title, check_topics
from core.services.content_check import check_content
from core.services.pictures import cover_faults
from core.services.submission import Submission
from core.task_state import Mode

PLATFORMS = ("zhihu",)
MAX_NAME = 100
MAX_PRIORITY = 9


def faults_of(submission: Submission) -> list[Fault]:
    """Everything wrong with it, named by the fields of `Submission`; empty when it may be queued."""
    faults = check_title(submission.title)
    faults += _choice("platform", submission.platform, PLATFORMS)
    faults += _choice("mode", submission.mode, tuple(Mode))
    if not 0 <= submission.priority <= MAX_PRIORITY:
        faults.append(Fault("priority", f"{submission.priority} is not from 0 to 9.", "9 goes first."))
    faults += _name("column", submission.column)
    faults += _name("client_ref", submission.client_ref)
    faults += check_topics(submission.topics)
    if submission.cover is not None:
        faults += cover_faults(submission.cover)
    faults += _choice("content_format", submission.content_format, FORMATS) or check_content(
        submission.content, submission.content_format
    )
    if submission.run_at is not None and submission.run_at.tzinfo is None:
        faults.append(Fault("run_at", "has no time zone.", "Hand in a time with its offset."))
    return faults


def _choice(field: str, value: str, allowed: tuple[str, ...]) -> list[Fault]:
    if value in allowed:
        return []
    return [Fault(field, f"“{value}” is not known.", f"Write one of: {', '.join(allowed)}.")]


def _name(field: str, value: str | None) -> list[Fault]:
    if value is None or len(value) <= MAX_NAME:
        return []
    return [Fault(field, f"has {len(value)} characters; the limit is {MAX_NAME}.", "Shorten it.")]
