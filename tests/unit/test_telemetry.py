"""Logs are JSON, one object a line, with the facts bound in this thread."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from core.telemetry import bind_facts, configure_logging, forget_facts, get_logger, log_when_needed


@pytest.fixture
def quiet_root() -> Iterator[None]:
    """The root logger is afterwards as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    forget_facts()
    root.handlers = handlers
    root.setLevel(level)


@pytest.fixture
def stream(quiet_root: None) -> io.StringIO:
    stream = io.StringIO()
    configure_logging("INFO", stream=stream)
    return stream


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_facts_bound_to_the_thread_are_in_every_line(stream: io.StringIO) -> None:
    bind_facts(task_id=7, user_id=3, worker_id="host:1:a")
    get_logger("tests").info("draft saved", seconds=1.5)
    logging.getLogger("some.library").warning("it says %s", "hello")
    own, library = lines(stream)
    assert own["event"] == "draft saved"
    assert own["seconds"] == 1.5
    assert library["event"] == "it says hello"
    for line in (own, library):
        assert (line["task_id"], line["user_id"], line["worker_id"]) == (7, 3, "host:1:a")
        assert line["level"] in {"info", "warning"}
        assert str(line["timestamp"]).endswith("Z")


def test_an_exception_comes_with_its_traceback(stream: io.StringIO) -> None:
    try:
        raise RuntimeError("标题太长")
    except RuntimeError:
        get_logger("tests").exception("attempt ended")
    (line,) = lines(stream)
    assert "RuntimeError: 标题太长" in str(line["exception"])


def test_lines_below_the_level_are_left_out(stream: io.StringIO) -> None:
    get_logger("tests").debug("detail")
    assert lines(stream) == []


@pytest.mark.parametrize("who", ["tests", "some.library"])
@pytest.mark.usefixtures("quiet_root")
def test_logging_that_is_set_up_with_the_first_event_loses_none(who: str) -> None:
    stream = io.StringIO()
    log_when_needed("WARNING", lambda: configure_logging("WARNING", stream=stream))
    get_logger("tests").info("too small to matter")
    assert not isinstance(logging.getLogger().handlers[0], logging.StreamHandler)
    if who == "tests":
        get_logger(who).warning("the first")
    else:
        logging.getLogger(who).warning("the first")
    get_logger("tests").warning("the second")
    assert [line["event"] for line in lines(stream)] == ["the first", "the second"]
