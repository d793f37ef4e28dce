"""Pictures of browsers: of one that publishes just now, and of one in which something went wrong. And covers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from core.queue.live_pictures import LivePicture, LivePictures
from core.services.access import Access
from core.store.audit import AuditLog
from core.store.database import Database
from core.store.records import Actor, TaskView
from core.store.task_queries import TaskQueries
from core.store.users import UserStore
from core.task_state import TaskStatus

FOLDER = "screenshots"
"""Below DATA_DIR. Nothing else is ever opened, whatever a row says."""
MOST_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class FailurePicture:
    """What a browser showed when it went wrong. `png` None: it was taken, but is not on this machine."""

    path: str
    png: bytes | None = field(default=None, repr=False)


class PictureViewer:
    """Each call raises NotFound for what is not the actor's own."""

    def __init__(self, db: Database, *, pictures: Callable[[], LivePictures], data_dir: Path) -> None:
        self._queries = TaskQueries(db)
        self._access = Access(UserStore(db), AuditLog(db))
        self._pictures = pictures
        self._folder = data_dir / FOLDER
        self._data_dir = data_dir

    def live(self, task_id: int, *, actor: Actor) -> LivePicture | None:
        """What the browser shows. To ask is to look: its worker takes pictures only for somebody. None: the article
        is not being published, or there is no picture yet. Raises ServiceUnavailable when Redis is away."""
        if self._own(task_id, actor).status is not TaskStatus.RUNNING:
            return None
        return self._pictures().look(task_id)

    def of_failure(self, task_id: int, *, actor: Actor) -> FailurePicture | None:
        """None: none was taken."""
        path = self._own(task_id, actor).screenshot_path
        return None if not path else FailurePicture(path, self._read(path))

    def cover(self, task_id: int, *, actor: Actor) -> bytes | None:
        """Of the article in its newest version. None: it has none."""
        sha256 = self._queries.article(self._own(task_id, actor).id).cover_sha256
        return None if sha256 is None else self._queries.picture(sha256).data

    def _own(self, task_id: int, actor: Actor) -> TaskView:
        view = self._queries.get(task_id)
        self._access.require_own(actor, view.user_id, "article.read", "article", task_id)
        return view

    def _read(self, path: str) -> bytes | None:
        """Only a file inside the folder of pictures, after every link and `..` has been followed."""
        try:
            picture = (self._data_dir / path).resolve()
            is_ours = picture.is_relative_to(self._folder.resolve()) and picture.suffix == ".png"
            if not is_ours or not picture.is_file() or picture.stat().st_size > MOST_BYTES:
                return None
            return picture.read_bytes()
        except (OSError, ValueError):
            return None
