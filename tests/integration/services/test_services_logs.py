"""Who reads which log lines, and how they are narrowed."""

from __future__ import annotations

import json

import pytest

from core.errors import NotFound
from core.services.log_viewer import LINES_AT_ONCE, LogFilter, LogLevel
from core.store.records import Actor
from tests.integration.services.service_world import ADMIN, Services


def log(services: Services, event: str, *, times: int = 1, **facts: object) -> None:
    """As a worker does."""
    line = {
        "level": "info", "worker": "host-1:42:aa", "task_id": None, "words": None, "event": event, "facts": {}, **facts,
    }  # fmt: skip
    services.log_stream.add([json.dumps(line)] * times)


def read(services: Services, actor: Actor = ADMIN, **wanted: object) -> list[str]:
    page = services.logs.page(LogFilter(**wanted), actor=actor)  # type: ignore[arg-type]
    return [line.event for line in page.lines]


def test_an_operator_reads_only_of_its_own_articles(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    _, bo, _ = services.add_user("bo")
    of_ada, of_bo = services.submit(ada), services.submit(bo)
    log(services, "of ada", task_id=of_ada.id, facts={"user_id": of_bo.user_id, "exception": "Traceback", "step": "x"})
    log(services, "of bo", task_id=of_bo.id, facts={"user_id": of_ada.user_id})
    log(services, "of nobody")
    log(services, "of what is gone", task_id=99_999)
    assert read(services) == ["of what is gone", "of nobody", "of bo", "of ada"]
    assert read(services, ada) == ["of ada"]
    (line,) = services.logs.page(LogFilter(), actor=ada).lines
    assert line.facts == {"user_id": of_bo.user_id, "step": "x"}
    assert read(services, ada, text="traceback") == []
    assert read(services, text="traceback") == ["of ada"]


def test_of_one_article(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    _, bo, _ = services.add_user("bo")
    first, second = services.submit(ada, "One"), services.submit(ada, "Two")
    log(services, "first", task_id=first.id)
    log(services, "second", task_id=second.id)
    assert read(services, ada, task_id=first.id) == ["first"]
    for stranger, task_id in ((bo, first.id), (ADMIN, 99_999)):
        with pytest.raises(NotFound):
            services.logs.page(LogFilter(task_id=task_id), actor=stranger)


def test_by_worker_level_and_text(services: Services) -> None:
    log(services, "detail", level="debug")
    log(services, "step", worker="host-2:43:bb")
    log(services, "lost", level="warning", words="A browser was lost.")
    log(services, "a part did not close", level="critical")
    assert read(services, worker="host-2") == ["step"]
    assert read(services, worker=":42:") == ["a part did not close", "lost", "detail"]
    assert read(services, least=LogLevel.WARNING) == ["a part did not close", "lost"]
    assert read(services, least=LogLevel.INFO)[-1] == "step"
    assert read(services, text="BROWSER was") == ["lost"]


def test_page_after_page_nothing_is_left_out_or_shown_twice(services: Services) -> None:
    for number in range(25):
        log(services, f"line {number}")
    seen, before = [], None
    for _ in range(3):
        page = services.logs.page(LogFilter(), actor=ADMIN, before=before, size=10)
        seen += [line.event for line in page.lines]
        before = page.older
    assert seen == [f"line {number}" for number in reversed(range(25))]
    assert before is None


def test_a_rare_line_is_found_behind_thousands_of_others(services: Services) -> None:
    log(services, "rare")
    log(services, "common", times=4 * LINES_AT_ONCE)
    assert read(services, text="rare") == ["rare"]
    log(services, "common", times=8 * LINES_AT_ONCE)
    page = services.logs.page(LogFilter(text="rare"), actor=ADMIN)
    assert page.lines == ()
    assert page.older is not None
    older = services.logs.page(LogFilter(text="rare"), actor=ADMIN, before=page.older)
    assert [line.event for line in older.lines] == ["rare"]


def test_what_is_no_line_is_left_out(services: Services) -> None:
    services.redis.xadd("logs", {"line": "[1]"})
    services.redis.xadd("logs", {"other": "x"})
    log(services, "", task_id="seven", level="odd", facts=["no facts"], at="at noon")
    (line,) = services.logs.page(LogFilter(), actor=ADMIN).lines
    assert (line.task_id, line.facts, line.level) == (None, {}, "odd")
