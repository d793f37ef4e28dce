"""The faults that TOP_N survives. Each has a test that carries `pytest.mark.fault("7a")`.

Expected of all of them: at most one post per article on the site; every accepted article final or in front of a
person; running entries back to 0; no browser process and no profile folder left.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownFault:
    """What goes wrong, and what is expected then beside what is expected always."""

    id: str
    what: str
    expected: str


FAULTS = {
    fault.id: fault
    for fault in (
        KnownFault(
            "1",
            "Whoever hands in an article is killed before the commit, or after it and before the push.",
            "No row; or the sweeper pushes it.",
        ),
        KnownFault(
            "2",
            "The same article is handed in twice: by client_ref, by two tabs, by the same CSV file.",
            "One article, and the same id for both.",
        ),
        KnownFault(
            "3",
            "Redis is flushed while 100 articles wait and 8 run.",
            "All finish; windows and running entries are rebuilt, and no user gets over a limit.",
        ),
        KnownFault(
            "4",
            "Redis is down for 60 s.",
            "Handing in works, nothing starts, workers log it once, reconnect and go on.",
        ),
        KnownFault("5", "The same id is pushed twice; 8 workers want one row.", "One attempt."),
        KnownFault(
            "6",
            "A lane holds what is no row id; a pickle is planted under every key that Huey reads.",
            "Dropped and logged, nothing is executed, the consumer lives, the row is driven again.",
        ),
        KnownFault(
            "7a",
            "kill -9 of a worker after the claim, before the row is taken.",
            "In line again within 20 s, no crash counted, its start given back.",
        ),
        KnownFault(
            "7b",
            "kill -9 of a worker after the row is taken.",
            "Another goes on within the lease and 5 s; one crash counted.",
        ),
        KnownFault(
            "8",
            "kill -9 after the site has a draft, before its id is saved.",
            "A new draft; one event says that an orphan draft may be in the account.",
        ),
        KnownFault("9", "kill -9 after the checkpoint `drafted`.", "The same draft is used."),
        KnownFault("10", "kill -9 between `submitting` and the click.", "Verified, then submitted once."),
        KnownFault("11", "kill -9 after the click, before it is recorded.", "Verified, published, one post."),
        KnownFault("12", "kill -9 after it is recorded, before the release.", "Published; the slot frees itself."),
        KnownFault(
            "13",
            "A worker is suspended past its lease, then goes on.",
            "Its writes, its release and its give-back are refused; one post.",
        ),
        KnownFault(
            "14",
            "Chromium, chromedriver or the renderer is killed in each step.",
            "Replaced; the article goes on from its checkpoint.",
        ),
        KnownFault(
            "15",
            "A worker process is killed, the supervisor is killed.",
            "No orphan browsers; a new supervisor cleans up and goes on.",
        ),
        KnownFault("16", "MySQL restarts in the middle.", "No acknowledged row is lost; workers reconnect."),
        KnownFault(
            "17", "COMMIT is done and its reply lost.", "The row is read again by its fence; nothing is done twice."
        ),
        KnownFault(
            "18", "A deadlock, a lock wait timeout.", "The transaction is run again, a bounded number of times."
        ),
        KnownFault(
            "19",
            "The network is cut before or after the site gets the click.",
            "Verified; tried again, published, or for a person to look at.",
        ),
        KnownFault(
            "20",
            "The site answers 30 s late; its list lags; the article is under review.",
            "No second click.",
        ),
        KnownFault(
            "21",
            "The site answers 5xx, says 操作过于频繁, shows a captcha, or the login has expired.",
            "Back-off, pause, blocked for a human, blocked for a login; the last two cost no retry.",
        ),
        KnownFault(
            "22",
            "The clock of a worker, or of a server, jumps by an hour.",
            "No effect; or leases and windows are early or late by the jump, and never two posts.",
        ),
        KnownFault("23", "The disk is full, memory runs out.", "A clear failure, and the line is intact."),
        KnownFault(
            "24",
            "SIGTERM and SIGINT during each step.",
            "Finished or handed back within the grace time, and resumed.",
        ),
        KnownFault(
            "25",
            "A cancel in each step; an admin's reset during a burst.",
            "The true outcome is recorded; nobody gets over a limit, counted from the reset.",
        ),
        KnownFault("26", "An article crashes Chromium three times.", "It has failed, the others are unaffected."),
        KnownFault(
            "27",
            "A thread, the renderer or chromedriver hangs in any step.",
            "Ended by its deadline; the article goes on from its checkpoint.",
        ),
        KnownFault(
            "28",
            "Redis is away for longer than a lease, then back with what it had.",
            "Never more running than the cap.",
        ),
        KnownFault(
            "29",
            "Last night's database is restored.",
            "Nothing that was published since is published again.",
        ),
        KnownFault("30", "Random faults for minutes.", "All invariants hold in the history."),
    )
}

NO_TEST_YET = frozenset[str]()
"""Shrinks to nothing."""
