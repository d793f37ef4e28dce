"""A file goes in as it was shown, once, and is not carried about afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any, Self

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from core import wiring
from core.services.batch_receipt import BatchReceipt
from core.services.csv_import import parse_csv
from dashboard.components import checked_file
from tests.integration.dashboard.dashboard_world import DashboardWorld, words_of
from tests.integration.dashboard.test_page_upload import FAULTY, GOOD, send, tasks_of, upload

AGAIN = "The file was checked anew"


def check_grows_old(app: AppTest) -> None:
    """As after half a minute: the database is asked anew."""
    del app.session_state[checked_file.CHECKED]


def test_a_row_that_nobody_agreed_to_drop_is_not_dropped(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), GOOD)
    assert app.button(key="upload_send").label == "Hand in 2 articles"
    world.submit("ada", "春天", content="第一篇")
    check_grows_old(app)
    send(app)
    assert [task.title for task in tasks_of("ada", world)] == ["春天"]
    assert AGAIN in words_of(app)
    assert app.button(key="upload_send").label == "Hand in the 1 good row only"
    send(app)
    assert [task.title for task in tasks_of("ada", world)] == ["秋天", "春天"]


def test_a_row_that_went_bad_since_the_last_check_is_not_dropped(world: DashboardWorld) -> None:
    app = upload(world.open("upload"), FAULTY + b"Third,x,main,5\n")
    assert app.button(key="upload_send").label == "Hand in the 2 good rows only"
    world.submit("ada", "Third", content="x")
    send(app)
    assert [task.title for task in tasks_of("ada", world)] == ["Third"]
    assert AGAIN in words_of(app)
    assert app.button(key="upload_send").label == "Hand in the 1 good row only"


def test_a_second_click_meanwhile_tells_of_the_same_receipt(
    world: DashboardWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = upload(world.open("upload"), GOOD)
    clicked = WidgetStates()
    clicked.widgets.add(id=app.button(key="upload_send").proto.id, trigger_value=True)
    manager = wiring.get_task_manager()
    submit_batch, receipts = manager.submit_batch, []

    def clicked_again_meanwhile(*args: Any, **more: Any) -> BatchReceipt:
        receipts.append(submit_batch(*args, **more))
        context = get_script_run_ctx()
        if len(receipts) == 1 and context is not None and context.script_requests is not None:
            page = RerunData(widget_states=clicked, page_script_hash=context.page_script_hash)
            context.script_requests.request_rerun(page)
        return receipts[-1]

    monkeypatch.setattr(manager, "submit_batch", clicked_again_meanwhile)
    send(app)
    assert [receipt.new for receipt in receipts] == [2]
    assert "2 articles were handed in." in words_of(app)
    assert "before" not in words_of(app)


def test_a_file_is_read_once_and_let_go_with_the_page(world: DashboardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []

    def counting(data: bytes, **more: Any) -> Any:
        read.append(len(data))
        return parse_csv(data, **more)

    monkeypatch.setattr("dashboard.components.checked_file.parse_csv", counting)
    app = upload(world.open("upload"), GOOD)
    check_grows_old(app)
    app.run()
    assert len(read) == 1
    app.switch_page("app_pages/tasks.py").run()
    assert checked_file.CHECKED not in app.session_state
    assert checked_file.PARSED not in app.session_state


def test_a_time_that_passes_meanwhile_is_noticed(world: DashboardWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    class NextCentury(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2100, 1, 1, tzinfo=tz)

    year = datetime.now(UTC).year + 1
    app = upload(world.open("upload"), f"title,content,account,scheduled_at\nA,x,main,{year}-01-01 08:00\n".encode())
    assert app.button(key="upload_send").label == "Hand in 1 article"
    monkeypatch.setattr(checked_file, "datetime", NextCentury)
    send(app)
    (reason,) = app.dataframe[0].value["reason"]
    assert "has passed" in reason
    assert tasks_of("ada", world) == []


def test_an_administrator_hands_in_for_itself_first(world: DashboardWorld) -> None:
    app = world.open("upload", as_="root")
    assert app.selectbox(key="upload_owner").value == world.users["root"].id
