"""Fixtures of the command line's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import require_program
from tests.integration.command_line.command_line import CommandLine


@pytest.fixture
def run(tmp_path: Path) -> Iterator[CommandLine]:
    """The command line on an empty folder. The private Redis ends with the last command."""
    require_program("redis-server")
    yield CommandLine(tmp_path)
    mark = str(tmp_path)
    left = [process for process in psutil.process_iter(["cmdline"]) if mark in " ".join(process.info["cmdline"] or [])]
    assert left == [], "a process was left behind"


@pytest.fixture
def ada(run: CommandLine) -> CommandLine:
    """The same with a user who has one account."""
    run.add_user("ada")
    return run
