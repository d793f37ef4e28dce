"""What people read on the page Logs: a sentence for each event that a worker logs, and words for the facts beside it.
In English unless told otherwise; the log itself keeps the short phrases, for filters and programs."""

from __future__ import annotations

from core.errors import service_name
from core.services.fault_words import kind_words
from core.services.say import Say, in_english

EVENTS = {
    # Articles.
    "a turn failed": "A fault at this article; another worker goes on with it",
    "attempt ended": "The attempt ended",
    "attempt met an unexpected error": "The attempt met an unexpected fault",
    "cancelled by its owner": "Its owner has cancelled it; it stops",
    "cookies not read": "The sign-in of the account could not be read",
    "deadline passed": "A step took longer than allowed and was stopped",
    "handed on": "Its worker was lost; it is handed on",
    "handing back": "The worker stops; the article goes back into line",
    "lease lost": "Another worker has the article by now; this one stops",
    "no browser to be had": "No browser was free; the article goes back into line",
    "no screenshot": "No picture of the page could be taken",
    "nothing to take": "The article was taken or changed in the meantime",
    "outcome not written, the task is for another": "Another worker has it; what came of it here does not count",
    "refreshed cookies": "The site renewed the sign-in",
    "refreshed cookies not stored": "The renewed sign-in could not be stored",
    "rescued": "Its worker was lost; it is handed on",
    "settled": "What came of the attempt is on record",
    # Handing in, the line, pauses.
    "a bulk change stopped": "A change of many articles stopped half-way",
    "a rebuild of the line was overtaken by another": "Another worker has built the line again already",
    "an unfinished article could not be kept": "What somebody is writing could not be kept for later",
    "cannot claim, waiting": "No article can be taken now; the worker waits",
    "claiming again": "Articles are taken again",
    "dropped a running entry without a running row": "Something that no longer runs was taken out of the count",
    "dropped what is not a row id": "Something that is no article was found in the line and was thrown away",
    "gave back a claim whose reply was lost": "A turn whose answer was lost was given back",
    "ignored saved limits": "A saved limit cannot be used and is left out",
    "it goes on once Redis is back": "It goes on once Redis is back",
    "left a row out of the line": "An article was left out of the line",
    "not in line yet, will be put there": "What was handed in is safe but not in line yet",
    "pushed": "Articles were put into line",
    "rebuilt the line from the database": "The line was built again from the database",
    "still in line, will be dropped in its turn": "It is still in line and is left out when its turn comes",
    "the clock of Redis was set back, looking at all parked lanes again": (
        "The clock of Redis was set back; all who wait are looked at again"
    ),
    "the line in Redis is damaged, rebuilding it": "The line in Redis is damaged; it is built again from the database",
    "the line was not rebuilt": "The line was not built again",
    "the pause counts once Redis is back": "The pause counts once Redis is back",
    # Redis and the database.
    "a broken connection to the database was thrown away": "A broken connection to the database was replaced",
    "how far the database is was not noted": "How far the database is could not be noted",
    "started a private Redis": "A private Redis was started",
    "takes articles again: the database was made ready": "The database was made ready; articles are taken again",
    "takes no more articles": "No more articles are taken",
    "the service is back": "A service that was away is back",
    "the socket of the private Redis is gone, starting another": "The private Redis was gone; another is started",
    "waiting for a service": "A service is away; the worker waits for it",
    # Browsers.
    "browser folder could not be removed": "The folder of a browser could not be removed",
    "browser killed": "A browser was ended by force",
    "browser lease held for long": "A browser has been with one article for long",
    "browser lost": "A browser was lost; another takes its place",
    "browser lost at the end of a lease": "A browser was lost after its article; another takes its place",
    "browser not given back well": "A browser could not be tidied after its article",
    "browser refused a cookie": "The browser refused a cookie of the sign-in",
    "browser sandbox is off because this process runs as root; run as another user": (
        "The browsers run without their sandbox, because the worker runs as root; run it as another user"
    ),
    "cookie has expired": "A cookie of the sign-in has expired",
    "orphaned browsers cleaned up": "Browsers that a lost worker left behind were cleaned up",
    "pool keeper failed; it goes on": "A fault in looking after the browsers; it goes on",
    "remote browser could not be told to quit": "A remote browser could not be told to quit",
    "selenium manager found nothing": "No browser was found by Selenium either",
    # The processes themselves.
    "a duty failed": "A fault in the housekeeping; it goes on",
    "a part did not close": "A fault in closing down",
    "a round failed": "A fault in a background task; it goes on",
    "a stopped worker is started again": "A stopped worker is started again",
    "a thread hangs": "An article hangs; this worker ends and another is started",
    "failpoint": "A test stops this worker here",
    "leadership ends by itself": "This worker could not give up the housekeeping; it passes to another by itself",
    "leads the maintenance": "This worker does the housekeeping now",
    "log lines were lost": "Older lines are only in the log file: Redis could not be reached",
    "reconciled": "The line was compared with the database",
    "runs already": "It runs already",
    "stops, as told": "It stops, as it was told",
    "takes articles again, as told": "It takes articles again, as it was told",
    "takes nothing new, as told": "It takes nothing new, as it was told",
    "the supervisor is gone": "The program that started this worker is gone; the worker stops",
    "worker ends": "A worker has ended",
    "worker starts": "A worker has started",
}
"""Event → what happened. What libraries log is not among them."""

LEVELS = {
    "debug": "Detail",
    "info": "Information",
    "warning": "Warning",
    "error": "Error",
    "critical": "Error",
}

FACTS = {
    "account": "account",
    "action": "became",
    "became": "became",
    "block_reason": "a person is needed",
    "by": "by",
    "changed": "changed",
    "cookie": "cookie",
    "delay_seconds": "seconds until the next try",
    "domain": "domain",
    "drivers": "browsers",
    "duty": "duty",
    "entries": "number of articles",
    "error": "fault",
    "error_class": "kind of fault",
    "exception": "the fault in full",
    "folder": "folder",
    "folders": "folders",
    "held_seconds": "for so many seconds",
    "is_clean": "in good order",
    "leases": "articles before",
    "lines": "lines",
    "loop": "background task",
    "message": "reason",
    "orphan_task_id": "number of the article",
    "owner": "account",
    "place": "place",
    "processes": "processes",
    "program": "program",
    "reason": "reason",
    "remedy": "what to do",
    "seconds": "seconds",
    "service": "service",
    "step": "step",
    "tasks": "number of articles",
    "title": "title",
    "waiting": "waiting",
    "why": "why",
    "worker": "worker",
}
"""Name of a fact → how people call it. What is not among them is shown by its own name."""


WORDS = {
    "became": {
        "finish": "published",
        "save_draft": "draft saved",
        "retry_later": "will retry",
        "block": "a person is needed",
        "fail": "failed",
        "stop": "cancelled",
        "hand_back": "back in line",
        "rescue": "another worker goes on",
        "rescue_fail": "failed",
        "rescue_review": "a person is needed",
        "rescue_cancel": "cancelled",
    },
    "block_reason": {
        "needs_login": "the sign-in has ended",
        "needs_human": "the site asks for verification",
        "needs_review": "it may be online",
    },
    "step": {
        "claimed": "waiting for a browser",
        "signing in": "signing in",
        "writing": "writing",
        "submitting": "submitting",
        "verifying": "checking it is online",
    },
}
"""Name of a fact → what its values mean."""

HIDDEN = frozenset({"fence", "logger", "outcome", "public_id", "user_id"})
"""Shown elsewhere, or only of use to who reads the log file."""


def event_words(event: str) -> str | None:
    """A sentence for an event of TOP_N's own; None for a library's line."""
    return EVENTS.get(event)


def fact_words(name: str, value: object, *, say: Say = in_english) -> str:
    """A fact with its name. Where its value has no words, it is shown as the worker wrote it."""
    return say("{name}: {value}", name=say(FACTS.get(name, name)), value=_value(name, value, say))


def _value(name: str, value: object, say: Say) -> str:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if isinstance(value, float):
        return f"{value:.1f}"
    if name == "error_class":
        return say(kind_words(str(value)))
    if name == "service":
        return say(service_name(str(value)))
    words = WORDS.get("became" if name == "action" else name, {}).get(str(value))
    return say(words or str(value))
