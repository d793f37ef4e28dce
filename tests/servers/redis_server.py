"""A real Redis for tests, on a loopback port."""

from __future__ import annotations

from pathlib import Path

import redis

from tests.servers.local_process import LocalProcess, free_port


class RedisServer:
    """`url` is good while it runs. A restart keeps the port, and the data with `append_only`."""

    def __init__(self, folder: Path, program: str, *, append_only: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        durable = "yes" if append_only else "no"
        self.process = LocalProcess(
            [
                program,
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                str(folder),
                "--appendonly",
                durable,
            ],
            folder / "redis.log",
        )

    def _answers(self) -> bool:
        try:
            with redis.Redis(port=self.port, socket_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def start(self) -> None:
        """Start and wait for the first answer."""
        self.process.start(self._answers)

    def stop(self) -> None:
        """End it."""
        self.process.stop()
