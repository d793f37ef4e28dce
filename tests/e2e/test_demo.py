"""`make demo` as a newcomer runs it: a hundred articles, each once, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.settings import ROOT
from tests.conftest import require_program


def left_behind(folder: Path) -> list[str]:
    """Command lines of processes that still work in `folder`."""
    left = []
    for process in psutil.process_iter():
        try:
            if str(folder) in " ".join(process.cmdline()) or str(folder) in process.environ().get("TMPDIR", ""):
                left.append(" ".join(process.cmdline())[:200])
        except psutil.Error:
            continue
    return left


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_hundred_articles_each_once_and_nothing_left_behind(short_tmpdir: Path) -> None:
    require_program("chromedriver")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TOPN_")}
    finished = subprocess.run(
        [sys.executable, "-m", "tests.practice_site.demo"],
        cwd=ROOT,
        env={**environment, "TMPDIR": str(short_tmpdir), "DEMO_ONCE": "1"},
        capture_output=True,
        text=True,
        timeout=540,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-3000:]
    assert "articles published   100 of 100" in finished.stdout
    assert "posts per article    1 at least, 1 at most; 100 posts on the site" in finished.stdout
    assert list(short_tmpdir.iterdir()) == []
    assert left_behind(short_tmpdir) == []
