"""What the terminal of `run_workers.py` says of an event that the log files hold as JSON: one plain sentence, or
nothing where another sentence says it already."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from core.errors import service_name
from core.services.local_clock import LocalClock
from core.services.task_words import BLOCKED_WORDS, REFUSED
from core.task_state import Action

Facts = Mapping[str, Any]
DETAILS = "The log file has the details."


class TerminalFormatter(logging.Formatter):
    """`10:03:12  Worker 1: Redis cannot be used: …`. `who` is put before each sentence."""

    def __init__(self, clock: LocalClock, who: str = "") -> None:
        super().__init__()
        self._clock = clock
        self._who = f"{who}: " if who else ""

    def format(self, record: logging.LogRecord) -> str:
        at = self._clock.moment_of(round(record.created * 1000))
        return f"{at:%H:%M:%S}  {self._who}{sentence(facts_of(record))}"


class ForTheTerminal(logging.Filter):
    """Lets warnings pass, and the good news that ends one; not what somebody else says."""

    def filter(self, record: logging.LogRecord) -> bool:
        facts = facts_of(record)
        return (record.levelno >= logging.WARNING or facts["event"] in GOOD_NEWS) and sentence(facts) is not None


def facts_of(record: logging.LogRecord) -> Facts:
    """The event and its facts; of a library's line, the line."""
    return record.msg if isinstance(record.msg, dict) else {"event": f"{record.name}: {record.getMessage()}"}


def sentence(facts: Facts) -> str | None:
    """The event in words; None: it is not for the terminal."""
    words = WORDS.get(facts["event"], _unknown)
    return words(facts) if callable(words) else words


def article(facts: Facts) -> str:
    """The article as its owner knows it."""
    if facts.get("title"):
        return f"“{facts['title']}” ({facts.get('public_id')})"
    return f"Article {facts['public_id']}" if facts.get("public_id") else "An article"


def _unknown(facts: Facts) -> str:
    text = str(facts["event"])
    return f"{text[:1].upper()}{text[1:]}."


def _because(facts: Facts) -> str:
    """The reason as the end of a sentence."""
    reason = str(facts.get("reason") or facts.get("error") or "").strip()
    if not reason:
        return "."
    return f": {reason}" if reason.endswith((".", "!", "?", "。")) else f": {reason}."


def _settled(facts: Facts) -> str | None:
    """An attempt that did not end well, by what became of the article."""
    message = _because({"reason": facts.get("message")})
    match facts.get("became"):
        case Action.RETRY_LATER if facts.get("outcome") == "SlowedDown":
            return _slowed(facts)
        case Action.RETRY_LATER:
            return f"{article(facts)} goes on in {round(facts.get('delay_seconds', 0))} s{message}"
        case Action.BLOCK:
            asks = BLOCKED_WORDS[facts["block_reason"]].format(site="the site")
            look = f"What to do: python -m core task {facts.get('public_id')}."
            return f"{article(facts)} waits for a person. {asks}{message} {look}"
        case Action.FAIL:
            verb = "was refused by the site" if facts.get("error_class") == REFUSED else "has failed"
            return f"{article(facts)} {verb}{message}"
        case _:
            return None


def _rescued(facts: Facts) -> str:
    """An article whose worker died."""
    what = {
        Action.RESCUE: "another worker goes on with it",
        Action.RESCUE_FAIL: "it crashed too often and has failed",
        Action.RESCUE_REVIEW: "it crashed too often and may be online: a person has to look",
        Action.RESCUE_CANCEL: "it is cancelled, as its owner had asked",
    }
    return f"The worker of {article(facts)} was lost; {what.get(facts.get('action', ''), 'it is looked after')}."


def _slowed(facts: Facts) -> str:
    """Nothing more of this account is tried meanwhile."""
    seconds = round(facts.get("delay_seconds", 0))
    message = _because({"reason": facts.get("message")})
    return f"The site asks account {facts.get('account')} to slow down; it goes on by itself in {seconds} s{message}"


def _fault_in(what: str) -> Callable[[Facts], str]:
    return lambda facts: f"A fault in {what}; it goes on. {DETAILS}"


WORDS: dict[str, str | Callable[[Facts], str | None] | None] = {
    "a broken connection to the database was thrown away": None,
    # Articles.
    "a bulk change stopped": lambda facts: f"A change of many articles stopped half-way{_because(facts)}",
    "settled": _settled,
    "attempt met an unexpected error": lambda facts: f"A fault at {article(facts)}{_because(facts)} {DETAILS}",
    "no browser to be had": lambda facts: f"{article(facts)} goes back into line{_because(facts)}",
    "browser not given back well": None,
    "deadline passed": lambda facts: f"{article(facts)} took too long at “{facts.get('step')}” and was stopped.",
    "lease lost": lambda facts: f"{article(facts)} is with another worker by now; this one has stopped.",
    "outcome not written, the task is for another": lambda facts: (
        f"{article(facts)} is for another worker now; what came of it here does not count."
    ),
    "rescued": _rescued,
    "handed on": _rescued,
    "no screenshot": lambda facts: f"No picture could be taken of {article(facts)}{_because(facts)}",
    "a turn failed": lambda facts: f"A fault at {article(facts)}; another worker will go on with it. {DETAILS}",
    "left a row out of the line": lambda facts: f"An article was left out of the line{_because(facts)} {DETAILS}",
    "not in line yet, will be put there": lambda facts: (
        f"What was handed in is safe but not in line yet{_because(facts)}"
    ),
    "still in line, will be dropped in its turn": None,
    "an unfinished article could not be kept": lambda facts: (
        f"What somebody is writing could not be kept for later{_because(facts)}"
    ),
    # Redis and the database.
    "waiting for a service": lambda facts: (
        f"{service_name(str(facts.get('service')))} cannot be used, waiting for it{_because(facts)} "
        f"{facts.get('remedy') or ''}".strip()
    ),
    "the service is back": lambda facts: f"{service_name(str(facts.get('service')))} can be used again.",
    "cannot claim, waiting": None,
    "the line in Redis is damaged, rebuilding it": lambda facts: (
        f"Something else stood in Redis where the line should be; it is built again from the database{_because(facts)}"
    ),
    "dropped what is not a row id": lambda facts: (
        "Something that is no article was found in the line and was thrown away. Does anything else write into this "
        "Redis?"
    ),
    "the clock of Redis was set back, looking at all parked lanes again": "The clock of Redis was set back; all who "
    "wait are looked at again.",
    "a rebuild of the line was overtaken by another": None,
    "the socket of the private Redis is gone, starting another": "The private Redis was gone; another is started.",
    "ignored saved limits": lambda facts: f"A saved limit is not used{_because(facts)} {DETAILS}",
    "the pause counts once Redis is back": "The pause counts once Redis is back.",
    "it goes on once Redis is back": "It goes on once Redis is back.",
    "takes no more articles": lambda facts: f"No more articles are taken{_because(facts)}",
    "takes articles again: the database was made ready": "The database was made ready; articles are taken again.",
    "the line was not rebuilt": None,
    # Browsers.
    "browser sandbox is off because this process runs as root; run as another user": None,
    "selenium manager found nothing": lambda facts: f"No browser was found by Selenium either{_because(facts)}",
    "remote browser could not be told to quit": "A remote browser could not be told to quit; its server will end it.",
    "browser folder could not be removed": lambda facts: f"The folder {facts.get('folder')} could not be removed.",
    "browser refused a cookie": lambda facts: (
        f"The browser refused a cookie of {article(facts)} ({facts.get('cookie')} for {facts.get('domain')})."
    ),
    "browser lost at the end of a lease": None,
    "browser killed": None,
    "browser lost": "A browser was lost; another takes its place.",
    "pool keeper failed; it goes on": _fault_in("looking after the browsers"),
    "browser lease held for long": lambda facts: (
        f"A browser has been with one article for {facts.get('held_seconds')} s."
    ),
    # The processes themselves.
    "a part did not close": _fault_in("closing down"),
    "a round failed": _fault_in("a background task"),
    "a duty failed": _fault_in("the housekeeping"),
    "a thread hangs": lambda facts: (
        f"{article(facts)} hangs at “{facts.get('step')}”; this worker ends and another is started."
    ),
    "the supervisor is gone": "The program that started this worker is gone; the worker stops.",
    "takes nothing new, as told": lambda facts: f"Takes nothing new: {facts.get('by')} wants it so.",
    "takes articles again, as told": lambda facts: f"Takes articles again: {facts.get('by')} wants it so.",
    "stops, as told": lambda facts: f"Stops: {facts.get('by')} wants it so. What is submitted is finished.",
    "a stopped worker is started again": lambda facts: (
        f"Worker {facts.get('place')} is started again: {facts.get('by')} wants it so."
    ),
    "failpoint": lambda facts: f"A test stops this worker at {facts.get('failpoint')}.",
}
"""Event → what is said of it; None: nothing, because another sentence does."""

GOOD_NEWS = frozenset({"the service is back"})
