"""Every fault of the list has a test, and every test that is for a fault names one of the list."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import ROOT
from tests.chaos.fault_list import FAULTS, NO_TEST_YET


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A run of Python in the repository."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def test_every_fault_has_a_test() -> None:
    done = python("-m", "tests.chaos.fault_marks")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [fault_id for fault_id in FAULTS if fault_id not in found and fault_id not in NO_TEST_YET] == []


def test_a_fault_that_is_not_in_the_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_wrong.py").write_text(
        "import pytest\n\n@pytest.mark.fault('31')\ndef test_it() -> None:\n    pass\n", encoding="utf-8"
    )
    done = python("-m", "pytest", "-p", "tests.chaos.fault_marks", f"--rootdir={ROOT}", str(tmp_path))
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "test_wrong.py::test_it: 31" in done.stderr


def test_only_faults_of_the_list_may_be_without_a_test() -> None:
    assert set(FAULTS) >= NO_TEST_YET
