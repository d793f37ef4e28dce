"""What looks for leftovers of a run sees them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.leftovers import MARK, left_folders, left_processes


def test_a_process_with_the_mark_is_seen_while_it_lives() -> None:
    environment = {**os.environ, MARK: "another run"}
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env=environment) as process:
        (line,) = left_processes("another run")
        assert line.startswith(f"process {process.pid}: ")
        process.communicate(b"\n")
    assert left_processes("another run") == []


def test_the_run_itself_is_no_leftover() -> None:
    assert f"process {os.getpid()}:" not in " ".join(left_processes(os.environ[MARK]))


def test_only_what_pytest_keeps_may_stay(tmp_path: Path) -> None:
    (tmp_path / "pytest-of-ada").mkdir()
    assert left_folders(tmp_path) == []
    (tmp_path / "topn-socket").mkdir()
    (tmp_path / "core.123").touch()
    assert left_folders(tmp_path) == ["file core.123", "folder topn-socket"]
