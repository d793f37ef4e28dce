"""The practice site as a process of its own, for the demo and the tests."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.practice_site.client import PracticeClient
from tests.servers.local_process import LocalProcess, free_port

ROOT = Path(__file__).resolve().parents[2]


class PracticeSite:
    """`url` is good while it runs. A restart keeps the port and forgets everything else."""

    def __init__(
        self,
        folder: Path,
        *,
        autosave_ms: int = 700,
        draftjs_modules: Path | None = None,
        port: int | None = None,
        keeps_connections: bool = False,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # The folder of the sources, not of the caller: `python -m` looks in the working directory only.
        code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tests.practice_site.__main__ import main; main()"
        command = [sys.executable, "-c", code, "--port", str(self.port), "--autosave-ms", str(autosave_ms)]
        if draftjs_modules is not None:
            command += ["--draftjs-modules", str(draftjs_modules)]
        if keeps_connections:
            command.append("--keep-connections")
        self.process = LocalProcess(command, folder / "practice-site.log")

    def start(self) -> None:
        """Start and wait for the first answer."""
        self.process.start(PracticeClient(self.url).is_healthy)

    def stop(self) -> None:
        """End it."""
        self.process.stop()
