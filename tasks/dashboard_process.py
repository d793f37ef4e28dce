"""The dashboard as the supervisor sees it, for `run_workers.py --dashboard`."""

from __future__ import annotations

import os

from tasks.child_process import ChildProcess


class DashboardProcess(ChildProcess):
    """It says by itself on the terminal where it is found."""

    def start(self) -> None:
        """On the host and port of the settings."""
        self._run("-m", "dashboard", f"--parent-pid={os.getpid()}")
