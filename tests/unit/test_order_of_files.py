"""In a run of pytest with several processes, two at most are at heavy files, the longest first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from core.settings import ROOT
from tests.order_of_files import is_heavy, seconds_a_test

FILES = {
    "tests/chaos/test_few.py": 2,
    "tests/chaos/test_many.py": 6,
    "tests/chaos/test_one.py": 1,
    "tests/chaos/test_some.py": 4,
    "tests/e2e/dashboard/test_page.py": 9,
    "tests/unit/test_first.py": 5,
    "tests/unit/test_second.py": 4,
}
"""Path → number of tests."""
WRITES_ITSELF_DOWN = """
import os
import pytest

@pytest.mark.parametrize("number", range({number}))
def test_it(number):
    with open({log!r}, "a") as log:
        log.write(f"{{os.environ['PYTEST_XDIST_WORKER']}} {path}\\n")
"""


def run(folder: Path, files: dict[str, int], processes: int) -> list[tuple[str, str]]:
    """A run of such tests: process and file of each, as they came."""
    log = folder / "log"
    for path, number in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(WRITES_ITSELF_DOWN.format(number=number, log=str(log), path=path))
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    plugins = [f"-p{name}" for name in ("xdist.plugin", "xdist.looponfail", "tests.order_of_files", "no:cacheprovider")]
    options = [*plugins, "--dist=loadfile", f"-n{processes}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"--rootdir={folder}", *options, "tests"],
        cwd=folder,
        env={**plain, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return [(line.split()[0], line.split()[1]) for line in log.read_text().splitlines()]


def test_two_at_most_are_at_heavy_files(tmp_path: Path) -> None:
    ran = run(tmp_path, FILES, 3)
    assert {path: [seen for _, seen in ran].count(path) for path in FILES} == FILES
    heavy = {process for process, path in ran if is_heavy(path)}
    assert len(heavy) == 2
    assert not heavy & {process for process, path in ran if path == "tests/unit/test_first.py"}


def test_a_run_of_heavy_files_only_ends(tmp_path: Path) -> None:
    heavy = {path: number for path, number in FILES.items() if is_heavy(path)}
    ran = run(tmp_path, heavy, 3)
    assert len(ran) == sum(heavy.values())
    assert len({process for process, _ in ran}) == 2


def test_the_longest_comes_first_and_what_shares_a_stage_last(tmp_path: Path) -> None:
    ran = run(tmp_path, FILES, 1)
    assert list(dict.fromkeys(path for _, path in ran)) == [
        "tests/chaos/test_many.py",
        "tests/chaos/test_some.py",
        "tests/chaos/test_few.py",
        "tests/chaos/test_one.py",
        "tests/e2e/dashboard/test_page.py",
        "tests/unit/test_first.py",
        "tests/unit/test_second.py",
    ]


def test_every_file_of_ours_is_known() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")}
    assert files
    assert [path for path in files if seconds_a_test(path) == 0] == []
