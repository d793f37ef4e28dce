"""Backing up a database and putting it back, as the README tells people to do."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.conftest import require_program

TIMEOUT_SECONDS = 120


class DatabaseBackup:
    """One backup of the database at `url`. Nobody may have the SQLite file open while it is put back."""

    def __init__(self, url: str, folder: Path) -> None:
        self._url = make_url(url)
        self.file = folder / "backup.db"

    def make(self) -> None:
        """While it is in use."""
        if self._url.get_backend_name() == "sqlite":
            with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(self.file)) as target:
                source.backup(target)
            return
        with self.file.open("wb") as output:
            self._run("mariadb-dump", "--single-transaction", stdout=output)

    def put_back(self) -> None:
        """In place of what is there."""
        if self._url.get_backend_name() == "sqlite":
            for ending in ("-wal", "-shm"):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)
            shutil.copyfile(self.file, self._path)
            return
        with self.file.open("rb") as given:
            self._run("mariadb", stdin=given)

    @property
    def _path(self) -> str:
        assert self._url.database is not None
        return self._url.database

    def _run(self, program: str, *options: str, **streams: object) -> None:
        where = [f"--host={self._url.host}", f"--port={self._url.port}", f"--user={self._url.username}"]
        command = [require_program(program), *where, *options, self._path]
        subprocess.run(command, check=True, timeout=TIMEOUT_SECONDS, **streams)  # type: ignore[call-overload]
