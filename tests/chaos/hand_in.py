"""A process that hands in articles through the real service and may be killed on the way:
`python -m tests.chaos.hand_in MOMENT [CSV]`. It prints the ids that its user is told.

Moments: `commit-1` is killed before the articles are committed, `push` after that and before they are put in line,
`commit-2` after that, before the next commit, and `never` is not killed.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from sqlalchemy import event

from core import wiring
from core.services.csv_import import parse_csv
from core.services.submission import Submission
from core.services.task_manager import TaskQueueManager
from core.settings import get_settings
from core.store.records import Actor

USER_ID = 1
ARTICLE = Submission(account="main", title="一篇文章", content="第一段。", client_ref="r-1")


def die() -> NoReturn:
    """As a crash does."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


def die_at_commit(number: int) -> None:
    """Before the database is told to commit for this time."""
    seen: list[object] = []

    @event.listens_for(wiring.get_database().engine, "commit")
    def count(connection: object) -> None:
        seen.append(connection)
        if len(seen) == number:
            die()


def manager(moment: str) -> TaskQueueManager:
    """The service of this process. A queue is asked for when the articles are committed and shall be put in line."""
    settings = get_settings()
    return TaskQueueManager(
        wiring.get_database(),
        accounts=wiring.get_account_store(),
        store=wiring.get_task_store(),
        queue=die if moment == "push" else wiring.get_fair_queue,
        zone=settings.zone,
        max_retries=settings.max_retries,
        max_waiting=settings.max_waiting_per_user,
        article_sites=(settings.zhihu_write_url, settings.zhihu_home_url),
    )


def main() -> None:
    """Hand in, and tell."""
    moment, *files = sys.argv[1:]
    service = manager(moment)
    wiring.get_fair_queue()
    if moment.startswith("commit-"):
        die_at_commit(int(moment.removeprefix("commit-")))
    actor = Actor.command_line()
    if files:
        parsed = parse_csv(Path(files[0]).read_bytes(), zone=get_settings().zone)
        receipt = service.submit_batch(parsed, actor=actor, user_id=USER_ID)
        told = [accepted.public_id for accepted in receipt.tasks]
    else:
        told = [service.submit(ARTICLE, actor=actor, user_id=USER_ID).public_id]
    sys.stdout.write(" ".join(told) + "\n")


if __name__ == "__main__":
    main()
