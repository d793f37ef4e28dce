"""`python -m core restored`: what it says, what it asks, what it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.store.database import Database
from core.store.history import DatabaseHistory
from core.store.mark_file import MarkFile
from core.store.task_store import TaskStore
from tests.integration.command_line.command_line import CommandLine
from tests.servers.database_backup import DatabaseBackup


def hand_in(run: CommandLine, title: str) -> str:
    """One article; its name."""
    done = run("submit-one", "--user", "ada", "--title", title, "--file", "-", "--json", given=f"Text of {title}.")
    name: str = done.json["id"]
    return name


class Folder:
    """The embedded database of a command line."""

    def __init__(self, run: CommandLine) -> None:
        self.data = run.folder / "data"
        self.url = f"sqlite:///{self.data / 'topn.sqlite3'}"
        self.backup = DatabaseBackup(self.url, run.folder)

    def publish(self) -> None:
        """A worker takes the first article and remembers how far the database is."""
        db = Database(self.url)
        assert TaskStore(db, lease_seconds=30).take(1, worker_id="host:1:w", claimed_ms=1) is not None
        history = DatabaseHistory(db)
        history.note_remembered()
        MarkFile(self.data).write(history.state().newest.to_text())
        db.close()


@pytest.fixture
def put_back(ada: CommandLine) -> CommandLine:
    """A backup with one waiting article was put back after it had been published."""
    hand_in(ada, "One")
    folder = Folder(ada)
    folder.backup.make()
    folder.publish()
    folder.backup.put_back()
    return ada


def test_without_yes_nothing_is_changed(put_back: CommandLine) -> None:
    said = put_back("restored", code=2)
    assert "The database is older than it was, or another one" in said.out
    assert "may be missing: articles handed in, edited, published or cancelled" in said.out
    assert "waiting    1" in said.out
    assert "Add --yes" in said.err
    assert put_back("tasks", "--json").json[0]["verify_since"] is None
    stats = put_back("stats").err
    assert "run `python -m core restored`" in stats
    assert "Start the workers" not in stats


def test_with_yes_it_is_made_ready(put_back: CommandLine) -> None:
    done = put_back("restored", "--yes")
    assert "1 article will be looked for before anything is published." in done.out
    assert "Start the workers" in done.out
    (task,) = put_back("tasks", "--json").json
    assert task["verify_since"] is not None
    assert "Paused: everything (by TOP_N" in put_back("stats").out
    assert "A backup was restored by command line" in put_back("task", task["id"]).out
    again = put_back("restored", "--yes")
    assert "Nothing shows that this database is a restored backup: without" in again.out
    assert "0 articles will be looked for" in again.out


def test_the_workers_refuse_until_then(put_back: CommandLine) -> None:
    refused = put_back.program("run_workers.py", code=2)
    assert "run `python -m core restored`" in refused.err
    assert put_back.program("-m", "tasks.consumer", code=2).err == refused.err


def test_a_lost_memory_can_be_vouched_for(ada: CommandLine) -> None:
    hand_in(ada, "One")
    folder = Folder(ada)
    folder.publish()
    Path(folder.data / "database.mark").unlink()
    refused = ada.program("run_workers.py", code=2)
    assert "--not-a-backup" in refused.err
    assert "Neither the data folder nor Redis remembers" in ada("restored", code=2).out
    assert "taken as it is" in ada("restored", "--not-a-backup", "--yes").out
    assert "Nothing shows" in ada("restored", code=2).out


def test_what_is_known_to_be_a_backup_is_not_vouched_for(put_back: CommandLine) -> None:
    assert "cannot be complete" in put_back("restored", "--not-a-backup", "--yes", code=1).err


def test_an_empty_database(run: CommandLine) -> None:
    assert "There is nothing in it." in run("restored", code=2).out
