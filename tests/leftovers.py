"""Fails a run of the tests that leaves a process or a folder of TOP_N behind. A plugin, see `tests.conftest`.

The whole run gets a temporary folder of its own, and a mark in the environment that every process started by it
inherits; both are looked for when everything has ended.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import uuid
from pathlib import Path

import psutil
import pytest

MARK = "TEST_RUN_OF_TOPN"
WAIT_SECONDS = 10.0
"""How long what was told to end may take to be gone."""
OWN_FOLDERS = ("pytest-of-*",)
"""What pytest itself keeps in the temporary folder."""


def pytest_configure(config: pytest.Config) -> None:
    """Once a run: the processes of pytest-xdist inherit both."""
    if MARK not in os.environ:
        os.environ[MARK] = uuid.uuid4().hex
        os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="topn-run-")
        tempfile.tempdir = None
        config.stash[_FOLDER] = Path(os.environ["TMPDIR"])


_FOLDER = pytest.StashKey[Path]()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In the process that began the run, after all others."""
    folder = session.config.stash.get(_FOLDER, None)
    if folder is None:
        return
    deadline = time.monotonic() + WAIT_SECONDS
    while (processes := left_processes(os.environ[MARK])) and time.monotonic() < deadline:
        time.sleep(0.1)
    found = [*processes, *left_folders(folder)]
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.write_line("\nleft behind by this run:\n  " + "\n  ".join(found), red=True)
    shutil.rmtree(folder, ignore_errors=True)


def left_processes(mark: str) -> list[str]:
    """Living processes that carry the mark and are neither this one nor on the way to it."""
    family = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        try:
            is_left = process.pid not in family and process.environ().get(MARK) == mark
            if is_left and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"process {process.pid}: {' '.join(process.cmdline())[:200]}")
        except psutil.Error:
            continue
    return found


def left_folders(folder: Path) -> list[str]:
    """What stands in the temporary folder beside pytest's own."""
    return [
        f"{'folder' if entry.is_dir() else 'file'} {entry.name}"
        for entry in sorted(folder.iterdir())
        if not any(entry.match(pattern) for pattern in OWN_FOLDERS) and entry.name != _of_streamlit()
    ]


def _of_streamlit() -> str | None:
    """The folder that Streamlit's `AppTest` makes when it is imported; it goes when this process ends."""
    module = sys.modules.get("streamlit.testing.v1.app_test")
    return None if module is None else Path(module.TMP_DIR.name).name
