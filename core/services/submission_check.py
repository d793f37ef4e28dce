"""What must be true of an article before it is queued: the same for one article and for a row of a CSV."""

from __future__ import annotations

from core.errors import Fault
from core.publishing.content import FORMATS, check_title, check_topics, is_one_line
from core.services.content_check import check_content
from core.services.pictures import cover_faults
from core.services.submission import Submission
from core.store.records import StoredArticle, TaskView
from core.task_state import Mode

PLATFORMS = ("zhihu",)
MAX_NAME = 100
MAX_PRIORITY = 9


def faults_of(submission: Submission) -> list[Fault]:
    """Everything wrong with it, named by the fields of `Submission`; empty when it may be queued."""
    faults = check_title(submission.title)
    faults += _choice("platform", submission.platform, PLATFORMS)
    faults += _choice("mode", submission.mode, tuple(Mode))
    faults += priority_faults(submission.priority)
    faults += _name("column", submission.column)
    if not is_one_line((submission.column or "").strip()):
        faults.append(Fault("column", "holds a line break or a control character.", "Write it in one line."))
    faults += _name("client_ref", submission.client_ref)
    faults += check_topics(submission.topics)
    if submission.cover is not None:
        faults += cover_faults(submission.cover)
    faults += _choice("content_format", submission.content_format, FORMATS)
    # Whether there is a text at all, and whether it is too long, does not rest on its format.
    known_format = submission.content_format if submission.content_format in FORMATS else "text"
    faults += check_content(submission.content, known_format)
    return faults


def priority_faults(priority: int) -> list[Fault]:
    """What is wrong with a place among the articles of one account."""
    if 0 <= priority <= MAX_PRIORITY:
        return []
    return [Fault("priority", f"{priority} is not from 0 to 9.", "9 goes first.")]


def is_storable(text: str) -> bool:
    """Whether it is whole characters: JSON can bring the half of a pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _choice(field: str, value: str, allowed: tuple[str, ...]) -> list[Fault]:
    if value in allowed:
        return []
    return [Fault(field, f"“{value}” is not known.", f"Write one of: {', '.join(allowed)}.")]


def _name(field: str, value: str | None) -> list[Fault]:
    if value is None:
        return []
    if not is_storable(value):
        return [Fault(field, "holds half a character, which no database keeps.", "Type it anew.")]
    if len(value) <= MAX_NAME:
        return []
    return [Fault(field, f"has {len(value)} characters; the limit is {MAX_NAME}.", "Shorten it.")]


def faults_of_edit(article: StoredArticle, cover: bytes | None, view: TaskView, mode: str) -> list[Fault]:
    """What is wrong with a task's article as it would be after an edit."""
    return faults_of(
        Submission(
            account=view.account_name,
            title=article.title,
            content=article.content,
            content_format=article.content_format,
            column=article.column,
            topics=article.topics,
            cover=cover,
            mode=mode,
        )
    )
