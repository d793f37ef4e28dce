"""The marker `fault(id)`: refuses ids that no fault has, and tells which tests a fault has.

A pytest plugin, and a program: `python -m tests.chaos.fault_marks` collects the tests of all files that speak of the
marker and prints them by fault.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
from collections.abc import Sequence

import pytest

from core.settings import ROOT
from tests.chaos.fault_list import FAULTS

MARKS = re.compile(r"mark\.fault\b|\bmarked\(")
"""How a file marks a test, by itself or as the kill matrix does. One that did it otherwise would be missed, and its
fault be said to have no test."""


def faults_of(item: pytest.Item) -> list[str]:
    """The ids of the faults that this test is for."""
    return [str(fault_id) for mark in item.iter_markers("fault") for fault_id in mark.args]


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """A misspelt id would leave its fault without this test, and nobody would notice."""
    unknown = sorted({f"{item.nodeid}: {name}" for item in items for name in faults_of(item) if name not in FAULTS})
    if unknown:
        raise pytest.UsageError("tests for faults that are not in tests/chaos/fault_list.py:\n" + "\n".join(unknown))


class TestsByFault:
    """A pytest plugin that remembers what was collected."""

    __test__ = False

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Called with what the run would do."""
        for item in session.items:
            for fault_id in faults_of(item):
                self.found.setdefault(fault_id, []).append(item.nodeid)


def main() -> int:
    """Print {fault: [test, …]} as JSON. Returns pytest's exit code."""
    plugin = TestsByFault()
    files = [str(file) for file in sorted((ROOT / "tests").rglob("test_*.py")) if MARKS.search(file.read_text("utf-8"))]
    with contextlib.redirect_stdout(sys.stderr):
        code = pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", f"--rootdir={ROOT}", *files], [plugin])
    sys.stdout.write(json.dumps(plugin.found))
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
