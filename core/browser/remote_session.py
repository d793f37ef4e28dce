"""One session on a remote WebDriver, and the note that tells of it after its worker died.

A Grid keeps the place of a session that nobody ended for minutes, and has no more places than browsers: the cleaner
ends by these notes what a killed worker left there.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import urllib3

from core.browser.driver_connection import DriverConnection
from core.browser.worker_folder import remove_folder
from core.telemetry import get_logger

logger = get_logger(__name__)

_NOTE = "remote_session.json"
_QUIT_SECONDS = 5.0


class RemoteSession:
    """Stands where a local browser has its `DriverProcess`. `folder`: its own, in the folder of its worker."""

    pid = None
    is_alive = True
    """Taken to be: the next lease finds out."""

    def __init__(self, url: str, session_id: str, folder: Path) -> None:
        self._url = url
        self._session_id = session_id
        self._folder = folder

    @classmethod
    def noted_in(cls, worker_folder: Path) -> list[RemoteSession]:
        """What the notes of a worker tell, those that can be read."""
        found = []
        for note in sorted(worker_folder.glob(f"*/{_NOTE}")):
            try:
                facts = json.loads(note.read_text())
                found.append(cls(str(facts["url"]), str(facts["session_id"]), note.parent))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return found

    def note(self) -> None:
        """For the cleaner. The address may hold a password: nobody else may read it. Raises OSError."""
        descriptor = os.open(self._folder / _NOTE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"url": self._url, "session_id": self._session_id}, file)

    def memory_bytes(self) -> int:
        """What nobody here can measure counts as nothing."""
        return 0

    def end(self) -> None:
        """With its note."""
        self.quit()
        remove_folder(self._folder)

    def quit(self) -> bool:
        """Through a connection of its own: the session's may be waiting for a reply in another thread. False: the
        remote end does not answer."""
        connection = DriverConnection(self._url, timeout_seconds=_QUIT_SECONDS, is_local=False)
        try:
            connection.end_session(self._session_id)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            logger.warning("remote browser could not be told to quit", error=type(error).__name__)
            return False
        finally:
            connection.close()
        return True
