"""What the terminal of the workers says: a plain sentence for every warning, in the time zone of the settings."""

from __future__ import annotations

import ast
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.services.local_clock import LocalClock
from core.settings import ROOT
from core.task_state import Action, BlockReason
from core.telemetry import bind_facts, forget_facts, get_logger
from tasks.terminal_words import GOOD_NEWS, WORDS, sentence
from tasks.worker_logs import log_to_file

INTERNAL = ("lane", "window", "claim", "lease", "fence", "checkpoint", "client_ref", "task_id", "None", "_", "..")
FACTS: dict[str, Any] = {
    "task_id": 4711,
    "public_id": "4k7p2m9x1c3v",
    "title": "我的第一篇",
    "reason": "it was cut off",
    "service": "database",
    "remedy": "Start it.",
    "step": "writing",
    "action": "rescue",
    "became": "retry_later",
    "outcome": "TryAgain",
    "message": "Zhihu answered 502.",
    "delay_seconds": 9.6,
    "block_reason": BlockReason.NEEDS_REVIEW,
    "folder": "/data/run/x",
    "cookie": "z_c0",
    "domain": ".zhihu.com",
    "held_seconds": 700,
    "tasks": 3,
    "account": "main",
    "failpoint": "writing",
    "by": "root",
    "place": 2,
}
ARTICLE = "“我的第一篇” (4k7p2m9x1c3v)"


def warnings_in(path: Path) -> Iterator[str]:
    """The events that this module logs as warnings or worse."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="logger"), attr="warning" | "error" | "exception"),
                args=[ast.Constant(value=str(event)), *_],
            ):
                yield event


def test_every_warning_has_its_words() -> None:
    modules = [*(ROOT / "core").rglob("*.py"), *(ROOT / "tasks").rglob("*.py")]
    logged = {event for path in modules for event in warnings_in(path)}
    assert logged - WORDS.keys() == set()
    assert WORDS.keys() - logged - GOOD_NEWS - {"settled"} == set(), "nothing says these any more"


@pytest.mark.parametrize("event", WORDS)
def test_what_is_said_is_a_plain_sentence(event: str) -> None:
    for facts in (FACTS, {}):
        told = sentence({"event": event, **facts})
        if told is None:
            continue
        assert told[0].isupper() or told[0] == "“"
        assert told[-1] in ".?"
        if facts:
            plain = told.replace(FACTS["public_id"], "").replace("z_c0", "")
            assert not any(word in plain for word in INTERNAL), told
            assert "4711" not in told


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, f"{ARTICLE} goes on in 10 s: Zhihu answered 502."),
        ({"title": None}, "Article 4k7p2m9x1c3v goes on in 10 s: Zhihu answered 502."),
        ({"became": Action.FAIL}, f"{ARTICLE} has failed: Zhihu answered 502."),
        (
            {"became": Action.FAIL, "error_class": "Rejected", "message": "内容违规"},
            f"{ARTICLE} was refused by the site: 内容违规.",
        ),
        (
            {"became": Action.BLOCK},
            f"{ARTICLE} waits for a person. Please check: may be online: Zhihu answered 502. "
            "What to do: python -m core task 4k7p2m9x1c3v.",
        ),
        (
            {"outcome": "SlowedDown", "delay_seconds": 60, "message": "操作过于频繁"},
            "The site asks account main to slow down; it goes on by itself in 60 s: 操作过于频繁.",
        ),
        ({"became": Action.FINISH}, None),
    ],
)
def test_what_became_of_an_attempt(facts: dict[str, Any], words: str | None) -> None:
    assert sentence({"event": "settled", **FACTS, **facts}) == words


@pytest.fixture
def quiet_root() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    forget_facts()
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers, root.level = handlers, level


@pytest.mark.usefixtures("quiet_root")
def test_sentences_to_the_terminal_and_facts_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr("sys.stderr", terminal)
    clock = LocalClock(ZoneInfo("Pacific/Kiritimati"))
    log_to_file(tmp_path, "worker-1", "INFO", clock, who="Worker 1")
    bind_facts(task_id=7, public_id="4k7p2m9x1c3v", title="你好")
    logger = get_logger("tests")
    logger.info("worker starts", drivers=2)
    logger.warning("browser killed", reason="cancelled")
    logger.warning("deadline passed", step="writing")
    logger.info("the service is back", service="Redis")
    logging.getLogger("some.library").warning("it says %s", "hello")
    hour = f"{clock.now():%H:}"
    lines = terminal.getvalue().splitlines()
    assert [line[10:] for line in lines] == [
        "Worker 1: “你好” (4k7p2m9x1c3v) took too long at “writing” and was stopped.",
        "Worker 1: Redis can be used again.",
        "Worker 1: Some.library: it says hello.",
    ]
    assert all(line.startswith(hour) for line in lines)
    kept = [json.loads(line) for line in (tmp_path / "logs" / "worker-1.log").read_text("utf-8").splitlines()]
    assert [line["event"] for line in kept][:3] == ["worker starts", "browser killed", "deadline passed"]
    assert (kept[2]["task_id"], kept[2]["public_id"], kept[2]["level"]) == (7, "4k7p2m9x1c3v", "warning")
    assert str(kept[2]["timestamp"]).endswith("Z")
