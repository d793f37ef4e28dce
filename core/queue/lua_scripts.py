"""The Lua scripts of the line, one per verb, registered once per client."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from redis import Redis

from core.queue.redis_client import guarded

FOLDER = Path(__file__).parent / "lua"
PRELUDE = "prelude"
CHUNK = 500
"""Most entries one call of a script may carry: Redis serves nobody else while a script runs."""


@cache
def script_text(verb: str) -> str:
    """The prelude and the script of this verb. Redis before 7 has no libraries of functions."""
    prelude = (FOLDER / f"{PRELUDE}.lua").read_text(encoding="utf-8")
    return prelude + "\n" + (FOLDER / f"{verb}.lua").read_text(encoding="utf-8")


def script_verbs() -> list[str]:
    """The verbs there are scripts for."""
    return sorted(path.stem for path in FOLDER.glob("*.lua") if path.stem != PRELUDE)


class LuaScripts:
    """Runs the scripts against one Redis under one prefix."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._scripts = {verb: redis.register_script(script_text(verb)) for verb in script_verbs()}

    def run(self, verb: str, *arguments: str | int | float) -> Any:
        """Run one script; its header says what it takes and replies.

        Raises ServiceUnavailable when Redis cannot be used, and LineDamaged when the script met something it
        cannot work with, such as a planted key of another type.
        """
        with guarded(self._redis):
            return self._scripts[verb](args=[self._prefix, *arguments])
