"""A list of articles as a CSV that spreadsheet programs open without running anything in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from core import wiring
from core.errors import NotAllowed
from core.services.csv_export import write_csv
from core.services.csv_text import defuse
from core.services.local_clock import in_zone
from core.services.say import Say
from core.store.records import Actor, TaskView
from core.store.task_filter import TaskFilter
from dashboard.components.task_badges import STATUS_LABELS
from dashboard.languages import sayer
from dashboard.text import language, mark, zone
from dashboard.visitor import current_session

COLUMNS = (
    mark("Number"),
    mark("Title"),
    mark("State"),
    mark("Reason"),
    mark("User"),
    mark("Account"),
    mark("Platform"),
    mark("Batch"),
    mark("Priority"),
    mark("Handed in at"),
    mark("Not before"),
    mark("Ended"),
    mark("Attempts"),
    mark("Article"),
)


def make_export(wanted: TaskFilter) -> Callable[[], bytes]:
    """What the download button calls when it is pressed, outside of any page: for who is still signed in then."""
    say, place, session = sayer(language()), zone(), current_session()

    def export() -> bytes:
        living = None if session is None else wiring.get_sign_in().session(session.id)
        if living is None:
            raise NotAllowed("nobody", "download articles")
        return export_csv(wanted, living.actor, say, place)

    return export


def export_csv(wanted: TaskFilter, actor: Actor, say: Say, place: ZoneInfo) -> bytes:
    """UTF-8 with a byte order mark; times in this zone."""
    tasks = wiring.get_task_lists().everything(wanted, actor=actor)
    return write_csv([say(column) for column in COLUMNS], (_row(task, say, place) for task in tasks))


def _row(task: TaskView, say: Say, place: ZoneInfo) -> list[str]:
    cells = (
        task.public_id,
        task.title,
        say(STATUS_LABELS[task.status]),
        say(task.error_message or ""),
        task.user_name,
        task.account_name,
        task.platform,
        task.batch_id,
        task.priority,
        *(_time(moment, place) for moment in (task.created_at, task.run_at, task.finished_at)),
        task.attempt,
        task.result_url,
    )
    return [defuse("" if cell is None else str(cell)) for cell in cells]


def _time(moment: datetime | None, place: ZoneInfo) -> str:
    return "" if moment is None else f"{in_zone(moment, place):%Y-%m-%d %H:%M:%S}"
