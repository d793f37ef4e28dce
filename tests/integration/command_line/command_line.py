"""`python -m core …` with the embedded database and Redis in a folder of its own."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from core import wiring
from core.__main__ import main
from core.settings import ROOT, get_settings

TIMEOUT_SECONDS = 120
INTERNAL_WORDS = ("lane", "window", "claim", "lease", "fence", "checkpoint", "client_ref", "Traceback")
"""Nobody who uses TOP_N should have to read these."""
COOKIES = json.dumps([{"name": "z_c0", "value": "canary-of-a-cookie", "domain": ".zhihu.com", "path": "/"}])


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, read by a program."""
        return json.loads(self.out)


@dataclass
class CommandLine:
    """Runs commands as a person would. `settings` are environment variables.

    A new process takes seconds on a busy machine, most of them for importing libraries. So most commands run
    inside this process, from the same entry and with everything closed behind them; `process` starts real ones.
    """

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables of a command."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("TOPN_")}
        return {**others, "TOPN_DATA_DIR": str(self.folder / "data"), **self.settings}

    def __call__(self, *arguments: str, given: str | bytes = b"", code: int = 0) -> Outcome:
        """Run one command in this process and demand its exit code."""
        streams = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
        stdin = io.TextIOWrapper(io.BytesIO(_bytes(given)), "utf-8")
        get_settings.cache_clear()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch.multiple(sys, stdin=stdin, stdout=streams[0], stderr=streams[1]),
            _logging_restored(),
        ):
            ended_with = main(list(arguments))
            wiring.close_all()
        get_settings.cache_clear()
        out, err = (stream.buffer.getvalue().decode() for stream in streams)
        return _demand(Outcome(ended_with, out, err), code)

    def process(self, *arguments: str, given: str | bytes = b"", code: int = 0) -> Outcome:
        """Run one command in a process of its own and demand its exit code."""
        return self.program("-m", "core", *arguments, given=given, code=code)

    def program(self, *arguments: str, given: str | bytes = b"", code: int = 0) -> Outcome:
        """Run any Python program of ours and demand its exit code."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            input=_bytes(given),
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return _demand(Outcome(done.returncode, done.stdout.decode(), done.stderr.decode()), code)

    def file(self, name: str, content: str | bytes) -> str:
        """A file beside the data folder; its path."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def add_user(self, name: str) -> None:
        """A user with the account `main`."""
        self("users", "add", name)
        cookies = self.file(f"{name}.json", COOKIES)
        self("accounts", "add", "--user", name, "--platform", "zhihu", "--name", "main", "--cookies", cookies)


def _bytes(given: str | bytes) -> bytes:
    return given if isinstance(given, bytes) else given.encode()


def _demand(outcome: Outcome, code: int) -> Outcome:
    assert outcome.code == code, outcome
    shown = (outcome.out + outcome.err).replace(",client_ref", "")  # a column of the template, as documented
    for word in INTERNAL_WORDS:
        assert word not in shown, outcome
    return outcome


@contextmanager
def _logging_restored() -> Iterator[None]:
    """A command sends the log of its process to a file; here it gets back to where the tests had it."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers, root.level = handlers, level
