"""Was the article published? DESIGN §3's Verify table, and the waiting around it.

A task comes here when its click may have happened: after a crash at `submitting`, or when the site's answer
to the click proved nothing. Nothing here clicks.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.publishing.publisher import FindOutcome, Published, StillDraft, Unknown

ASK_AFTER_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Waits between the questions that one attempt asks while it keeps its browser. Most sites show a new
article within a few seconds; one that lags longer must not hold a browser for that."""
COME_BACK_SECONDS = 20.0
"""The longest wait until a later attempt asks again."""


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


Verdict = ItIsOnline | AskAgain | SubmitAgain | AskPerson


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
