"""The table of contents of the command line: true to the commands, and quick."""

from __future__ import annotations

import subprocess
import sys

import pytest

from core.commands.contents import COMMANDS
from core.settings import ROOT


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says_of_itself(name: str) -> None:
    told = " ".join(COMMANDS[name].load(name).help.split("\n\n")[0].split())
    summary = COMMANDS[name].summary
    assert told == summary or told.startswith(f"{summary} "), "the summary is the beginning of the command's own help"
    assert summary.endswith(".")


@pytest.mark.parametrize(
    ("command", "never"),
    [
        ("", "pydantic sqlalchemy redis structlog cryptography"),
        ("core.commands.overview", "selenium alembic structlog markdown_it pandas"),
        ("core.commands.tasks", "selenium alembic structlog markdown_it pandas"),
        ("core.commands.submit_one", "selenium alembic structlog"),
        ("core.commands.submit", "selenium alembic structlog"),
    ],
)
def test_a_command_loads_no_library_that_it_does_not_need(command: str, never: str) -> None:
    """`--help` answers from the table alone; nothing that only hands in or lists loads a browser's library."""
    parts = [f"import {command}"] if command else []
    parts += ["import core.__main__, sys", f"print(*set({never.split()}) & set(sys.modules))"]
    if command:
        parts.insert(1, "import core.services.task_manager, core.queue.fair_queue, core.queue.heartbeats")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(parts)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == []
