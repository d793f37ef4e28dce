"""What pages tell beside the main thing, and nobody else would miss: how the service does, how long steps took, when an
article will start, what a file was read as, and the password that is shown once."""

from __future__ import annotations

import asyncio
import gc
import re
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import update

from core import wiring
from core.browser.pool_stats import PoolStats
from core.services.csv_import import parse_csv
from core.settings import get_settings
from core.store.models import PublishTask, TaskEventRow
from core.store.records import HeldTask, TaskView
from core.store.task_queries import FEWEST_STARTS
from core.store.users import UserStore
from dashboard.asgi_app import app as dashboard_app
from dashboard.asgi_app import lifespan
from tests.integration.dashboard.dashboard_world import DashboardWorld, figures_of, words_of

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def beat(*, busy: int = 2) -> None:
    pool = asdict(PoolStats(max=4, idle=1, busy=busy, waiting=0, created=7, retired={}, memory_bytes=0))
    wiring.get_heartbeats().beat("server-1:42:aa", {"host": "server-1", "pool": pool}, 600)


def take(task: TaskView) -> HeldTask:
    held = wiring.get_task_store().take(task.id, worker_id="w:1:a", claimed_ms=int(time.time() * 1000))
    assert held is not None
    return held


def set_row(task_id: int, **columns: Any) -> None:
    statement = update(PublishTask).where(PublishTask.id == task_id).values(columns)
    wiring.get_database().run_write(lambda connection: connection.execute(statement))


def test_how_the_service_does_stands_on_the_overview(world: DashboardWorld) -> None:
    well = ":green-badge[Database answers] :green-badge[Redis answers]"
    nobody = f"{well} :orange-badge[Workers: 0] :orange-badge[Browsers: 0 of 0 in use]"
    assert nobody in words_of(world.open()).splitlines()
    beat()
    world.forget_caches()
    busy = f"{well} :green-badge[Workers: 1] :green-badge[Browsers: 2 of 4 in use]"
    assert busy in words_of(world.open()).splitlines()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "What the browser showed when it went wrong"), ("zh_CN", "出错时浏览器的画面")]
)
def test_the_picture_of_a_failure_stands_in_the_drawer(world: DashboardWorld, language: str, words: str) -> None:
    folder = get_settings().data_dir / "screenshots" / "abc"
    folder.mkdir(parents=True)
    (folder / "1-writing.png").write_bytes(PNG)
    task = world.submit("ada")
    wiring.get_task_store().fail(
        take(task), error_class="Rejected", message="Zhihu is busy.", screenshot_path="screenshots/abc/1-writing.png"
    )
    app = world.open("tasks", language=language, query={"task": task.public_id})
    (image,) = app.get("image")
    assert [one.caption for one in image.proto.imgs] == [words]
    (folder / "1-writing.png").unlink()
    gone = world.open("tasks", query={"task": task.public_id})
    assert list(gone.get("image")) == []
    assert "not on this machine: screenshots/abc/1-writing.png" in words_of(gone)


@pytest.mark.parametrize(("language", "took"), [("en", "+3.2 s"), ("zh_CN", "+3.2 秒")])
def test_the_timeline_tells_how_long_each_step_took(world: DashboardWorld, language: str, took: str) -> None:
    task = world.submit("ada")
    take(task)
    begin = datetime.now(UTC) - timedelta(minutes=1)
    events = wiring.get_task_manager().events(task.id, actor=world.actor("ada"))
    with wiring.get_database().write() as connection:
        for number, event in enumerate(events):
            at = begin + number * timedelta(seconds=3.2)
            connection.execute(update(TaskEventRow).where(TaskEventRow.id == event.id).values(at=at))
    told = words_of(world.open("tasks", language=language, query={"task": task.public_id}))
    assert told.count(took) == len(events) - 1 > 0


def test_when_it_will_start_is_told_after_it_was_handed_in(world: DashboardWorld) -> None:
    beat()
    for _ in range(FEWEST_STARTS):
        take(world.submit("ada", "Before"))
    world.submit("ada", "Ahead")
    app = world.open("publish")
    app.text_input(key="publish_title").set_value("Mine")
    app.text_area(key="publish_content").set_value("Some text.").run()
    next(one for one in app.button if str(one.key).startswith("publish_send_")).click().run()
    assert re.search(r"Queued \(\d+ ahead, about \d\d:\d\d\)", words_of(app).replace("\\", ""))


def test_the_queue_tells_shares_the_longest_wait_and_how_long_was_waited(world: DashboardWorld) -> None:
    for name, number in (("ada", 3), ("bob", 1)):
        for turn in range(number):
            task = world.submit(name, f"{name} {turn}")
            set_row(task.id, created_at=datetime.now(UTC) - timedelta(seconds=30 if name == "ada" else 600))
            take(task)
    set_row(world.submit("ada", "Waits").id, created_at=datetime.now(UTC) - timedelta(minutes=7))
    app = world.open("queue", as_="root")
    table = app.dataframe[0].value.set_index("user")
    assert table["share"].to_dict() == {"ada": 75, "bob": 25}
    assert re.fullmatch(r"7 min \d+ s", table["oldest"]["ada"])
    figures = figures_of(app)
    assert figures["Started in the last hour"] == "4"
    assert re.fullmatch(r"3\d s", figures["Half waited less than"])
    assert re.fullmatch(r"10 min \d+ s", figures["95 % waited less than"])


@pytest.mark.parametrize(("encoding", "told_as"), [("gb18030", "gb18030"), ("utf-8", "utf-8"), ("utf-16", "utf-16")])
def test_what_a_file_was_read_as_is_told(world: DashboardWorld, encoding: str, told_as: str) -> None:
    app = world.open("upload")
    data = "标题;正文;账号\n春天;第一篇;main\n".encode(encoding)
    app.file_uploader[0].upload("a.csv", data, "text/csv").run()
    (told,) = [line for line in words_of(app).splitlines() if line.startswith("Read as ")]
    assert told.casefold().startswith(f"read as {told_as}")
    assert "separated by: semicolon" in told


def test_the_download_holds_the_rows_with_faults_alone(world: DashboardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    offered: dict[str, Any] = {}
    draw = st.download_button

    def watched(label: str, data: Any, **more: Any) -> bool:
        offered[str(more["file_name"])] = data
        return bool(draw(label, data, **more))

    monkeypatch.setattr(st, "download_button", watched)
    app = world.open("upload")
    rows = b"title,content,account,priority\nGood,x,main,5\nHasty,x,main,55\nLost,x,nobody,5\n"
    app.file_uploader[0].upload("week.csv", rows, "text/csv").run()
    told = offered["faults-week.csv"]().decode("utf-8-sig")
    assert [line.partition(",")[0] for line in told.splitlines()] == ["title", "Hasty", "Lost"]
    mended = told.replace("55", "5").replace("nobody", "main").encode()
    parsed = parse_csv(mended, zone=get_settings().zone)
    assert [row.title for _number, row in parsed.good_rows] == ["Hasty", "Lost"]


def test_the_first_administrators_password_is_shown_at_the_first_start_alone(
    world: DashboardWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    # The services refuse this; a new database has nobody.
    UserStore(wiring.get_database()).set_disabled(world.users["root"].id)

    async def start() -> None:
        async with lifespan(dashboard_app):
            pass

    asyncio.run(start())
    gc.unfreeze()
    found = re.search(r"Sign in as  (\S+)  with the password  (\S+)\n  It is shown only now", capsys.readouterr().out)
    assert found is not None
    assert world.sign_in.sign_in(found[1], found[2], address="127.0.0.1")
    asyncio.run(start())
    gc.unfreeze()
    assert capsys.readouterr().out == ""
