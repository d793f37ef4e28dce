"""Workers that begin with what they import in memory: half of what the start of one costs.

`python -m tests.servers.warm_start SOCKET`, started by `WarmStart`, imports what a worker imports and does nothing
with it. Asked for a worker it forks, and the child goes on with `tasks.consumer.main` in a session, with an environment
and an output of its own: a process like any other, that can be killed, suspended and waited for.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from core.settings import ROOT

WORKER = "tasks.consumer"
LATER = ("markdown_it", "core.queue.log_stream", "core.store.leadership", "core.store.vault")
"""What a worker imports only when it needs it."""
OF_A_TEST = ("TOPN_", "PYTEST_")
REPLY_BYTES = 4096


class Program(Protocol):
    """A process that a test has started, as `subprocess.Popen` shows it."""

    pid: int
    returncode: int | Any

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...


class WarmStart:
    """Starts workers. Ends with `close`, or with this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.environment = _unlike_a_test(os.environ)
        self._socket, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(other.fileno()), WORKER],
                cwd=ROOT,
                env=self.environment,
                pass_fds=[other.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Whether nothing but settings differs: a clock of its own, for one, comes before the first import."""
        return _unlike_a_test(environment) == self.environment

    def start(self, arguments: list[str], environment: Mapping[str, str], output: Path) -> WarmWorker:
        """A new worker."""
        pid = self._ask({"arguments": arguments, "environment": dict(environment), "output": str(output)})
        return WarmWorker(self, pid, arguments)

    def reap(self, pid: int) -> int:
        """The exit code of a worker that has ended, as `subprocess` counts it."""
        return self._ask({"reap": pid})

    def close(self) -> None:
        """End it. Workers that still run go on."""
        self._socket.close()
        self._process.wait(30)

    def _ask(self, question: dict[str, Any]) -> int:
        with self._lock:
            self._socket.send(json.dumps(question).encode())
            return int(self._socket.recv(REPLY_BYTES))


class WarmWorker:
    """A `Program`."""

    def __init__(self, starter: WarmStart, pid: int, arguments: list[str]) -> None:
        self.pid = pid
        self.args = [WORKER, *arguments]
        self.returncode: int | None = None
        self._starter = starter
        self._end = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Its exit code when it has ended."""
        return self._wait(0)

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended. Raises subprocess.TimeoutExpired."""
        code = self._wait(timeout)
        if code is None:
            assert timeout is not None
            raise subprocess.TimeoutExpired(self.args, timeout)
        return code

    def send_signal(self, sig: int) -> None:
        """Nothing happens when it has ended."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._end, sig)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def _wait(self, timeout: float | None) -> int | None:
        if self.returncode is None and select.select([self._end], [], [], timeout)[0]:
            self.returncode = self._starter.reap(self.pid)
            os.close(self._end)
        return self.returncode


def serve(asked: socket.socket) -> dict[str, Any] | None:
    """Answer until nobody asks any more. Returns what to do: in a child its start, None here at the end."""
    while question := asked.recv(1 << 20):
        told = json.loads(question)
        if "reap" in told:
            reply = os.waitstatus_to_exitcode(os.waitpid(told["reap"], 0)[1])
        else:
            reply = os.fork()
            if reply == 0:
                return dict(told)
        asked.send(str(reply).encode())
    return None


def become_worker(start: dict[str, Any]) -> int:
    """In the child: everything that a start would have given it, and then its work. Returns its exit code."""
    os.setsid()
    output = os.open(start["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.environ.clear()
    os.environ.update(start["environment"])
    tempfile.tempdir = None
    return int(importlib.import_module(WORKER).main(start["arguments"]))


def main() -> int:
    """Import first, then answer."""
    for name in (WORKER, *LATER):
        importlib.import_module(name)
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        start = serve(asked)
    return 0 if start is None else become_worker(start)


def _unlike_a_test(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if not name.startswith(OF_A_TEST)}


if __name__ == "__main__":
    sys.exit(main())
