"""A Streamlit server as a process of its own, and how much of a core it uses."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from subprocess import STDOUT, Popen

import psutil
import requests

from core.settings import ROOT
from tests.servers.local_process import free_port, wait_until

START_SECONDS = 120.0
STOP_SECONDS = 30.0


class ServedPages:
    """Used by `with`: the dashboard with these settings, or another script of Streamlit."""

    def __init__(self, folder: Path, settings: Mapping[str, str], *, script: Path | None = None) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._log = folder / "pages.log"
        self._health = "/healthz" if script is None else "/_stcore/health"
        self._command = [sys.executable, "-m", "dashboard", f"--port={port}"]
        if script is not None:
            options = ("--server.address=127.0.0.1", f"--server.port={port}", "--logger.hideWelcomeMessage=true")
            self._command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
        self._settings = settings
        self._process: Popen[bytes] | None = None

    def __enter__(self) -> ServedPages:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("TOPN_")}
        with self._log.open("ab") as log:
            self._process = Popen(
                self._command,
                cwd=ROOT,
                env={**ours, **self._settings},
                stdout=log,
                stderr=STDOUT,
                start_new_session=True,
            )
        wait_until(self._answers, START_SECONDS, "the pages are served")
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise AssertionError(f"the pages ended: {self.log()[-2000:]}")
        try:
            return requests.get(self.url + self._health, timeout=5).ok
        except requests.RequestException:
            return False

    def log(self) -> str:
        """What it has written."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def cpu_seconds(self) -> float:
        """Used since its start."""
        assert self._process is not None
        used = psutil.Process(self._process.pid).cpu_times()
        return float(used.user + used.system)

    def memory_mb(self) -> float:
        """What it holds now."""
        assert self._process is not None
        return float(psutil.Process(self._process.pid).memory_info().rss) / 1024**2
