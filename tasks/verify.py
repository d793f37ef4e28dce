"""Was the article published? DESIGN §3's Verify table, the waiting around it, and the table for restored backups.

A task comes here when its click may have happened: after a crash at `submitting`, when the site's answer to the
click proved nothing, or when a backup was restored that cannot know what happened after it. Nothing here clicks.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import AlreadyPublished, DraftLost
from core.publishing.publisher import FindOutcome, Published, SearchOutcome, StillDraft, Unknown

ASK_AFTER_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Waits between the questions that one attempt asks while it keeps its browser. Most sites show a new
article within a few seconds; one that lags longer must not hold a browser for that."""
COME_BACK_SECONDS = 20.0
"""The longest wait until a later attempt asks again."""

ONLINE_AFTER_ALL = (
    "What was submitted before is online by now, with the text that it had then. Answer that it is online; to change "
    "its text, edit it on the site."
)

CHANGED_AFTER_CLICK = (
    "It was submitted before, and its draft was changed on the site since. Look there: if it is not online, answer "
    "“publish again”, and the article is written into the same draft anew."
)


@dataclass(frozen=True, slots=True)
class ItIsOnline:
    """Done."""

    found: Published


@dataclass(frozen=True, slots=True)
class AskAgain:
    """Too early to tell. `seconds_left` until the next answer will be believed."""

    reason: str
    seconds_left: float


@dataclass(frozen=True, slots=True)
class SubmitAgain:
    """The site still holds the draft, and publishing one draft twice leaves one article."""


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Nothing here can tell."""

    reason: str
    last_url: str = ""


@dataclass(frozen=True, slots=True)
class GoOn:
    """It was not published, and may be."""

    reason: str


Verdict = ItIsOnline | AskAgain | SubmitAgain | AskPerson
RestoredVerdict = ItIsOnline | AskAgain | GoOn | AskPerson


def judge(
    found: FindOutcome, *, submitted_seconds_ago: float, verify_seconds: float, one_article_per_draft: bool
) -> Verdict:
    """The table. Rows, the first that fits:

    | found      | submitted            | platform              | verdict     |
    |------------|----------------------|-----------------------|-------------|
    | Published  | any time ago         | any                   | ItIsOnline  |
    | any other  | < verify_seconds ago | any                   | AskAgain    |
    | StillDraft | longer ago           | one_article_per_draft | SubmitAgain |
    | StillDraft | longer ago           | any other             | AskPerson   |
    | Unknown    | longer ago           | any                   | AskPerson   |

    Absence alone is Unknown: a list may lag, a public page may be under review.
    """
    is_early = submitted_seconds_ago < verify_seconds
    match found:
        case Published():
            return ItIsOnline(found)
        case StillDraft() if is_early:
            return AskAgain("the site still has it as a draft", verify_seconds - submitted_seconds_ago)
        case Unknown() if is_early:
            return AskAgain(found.reason, verify_seconds - submitted_seconds_ago)
        case StillDraft() if one_article_per_draft:
            return SubmitAgain()
        case StillDraft():
            return AskPerson("It was submitted, the site still has a draft, and a second click might post it twice.")
        case Unknown():
            return AskPerson(f"It was submitted and nothing shows whether it is online: {found.reason}", found.last_url)


def judge_restored(
    by_id: FindOutcome | None,
    by_title: SearchOutcome,
    *,
    restored_seconds_ago: float,
    verify_seconds: float,
    lists_every_article: bool,
) -> RestoredVerdict:
    """The table for a row of a restored backup. `by_id`: what is known of the draft that the backup knows; None: it
    knows none. `by_title`: of the account's list, back to the backup. Rows, the first that fits:

    | by_id      | by_title  | made ready           | platform            | verdict    |
    |------------|-----------|----------------------|---------------------|------------|
    | Published  | any       | any time ago         | any                 | ItIsOnline |
    | StillDraft | Published | any time ago         | any                 | AskPerson  |
    | any other  | Published | any time ago         | any                 | ItIsOnline |
    | any other  | any other | < verify_seconds ago | any                 | AskAgain   |
    | Unknown    | any other | longer ago           | any                 | AskPerson  |
    | any other  | Unknown   | longer ago           | any                 | AskPerson  |
    | any other  | Absent    | longer ago           | lists_every_article | GoOn       |
    | any other  | Absent    | longer ago           | any other           | AskPerson  |

    Why absence means something here, and nothing in the table above: there, a click of this very task may have
    happened a moment ago. Here no worker has been able to click since the backup was put back, which is longer than
    the site lags, and a list counts as Absent only when it is whole and reaches back to the backup.
    """
    if isinstance(by_id, Published):
        return ItIsOnline(by_id)
    if isinstance(by_title, Published):
        if not isinstance(by_id, StillDraft):
            return ItIsOnline(by_title)
        reason = "Its draft is still a draft, but an article of the same title and length has been published since."
        return AskPerson(reason, by_title.result_url)
    doubt = next((found for found in (by_id, by_title) if isinstance(found, Unknown)), None)
    if restored_seconds_ago < verify_seconds:
        reason = "a backup was restored a moment ago" if doubt is None else doubt.reason
        return AskAgain(reason, verify_seconds - restored_seconds_ago)
    if doubt is None and lists_every_article:
        return GoOn("the account's list, read back to the backup, does not have it")
    doubt = doubt or Unknown("this site's list does not show every article")
    return AskPerson(f"A backup was restored, and nothing shows whether it is online: {doubt.reason}.", doubt.last_url)


def lost_after_click(error: DraftLost | AlreadyPublished) -> AskPerson:
    """Nobody but a person can say whether a new draft would be a second article."""
    if isinstance(error, AlreadyPublished):
        return AskPerson(ONLINE_AFTER_ALL)
    return AskPerson(
        "It was submitted before, so a new draft might be a second article. Look on the site: if it is not there, "
        f"give it up and hand it in anew. What happened: {error.reason}"
    )


def changed_after_click() -> AskPerson:
    """The earlier click may still arrive with the text that it had: a person says whether to write it anew."""
    return AskPerson(CHANGED_AFTER_CLICK)
