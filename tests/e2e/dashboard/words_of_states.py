"""Articles in the states that people read about, with the words of the design for each in both languages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from core.lane import PauseScope
from core.store.models import PublishTask
from core.store.pauses import PauseStore
from core.store.records import AccountView
from tests.e2e.dashboard.stage import ADMIN, Person, Stage

NOW = datetime.now(UTC)
ENDED = {"finished_at": NOW}
ONLINE = {**ENDED, "status": "published", "checkpoint": "published", "progress": 100}


@dataclass(frozen=True)
class State:
    """`row`: how its row differs from that of an article which goes tomorrow."""

    english: str
    chinese: str
    row: dict[str, Any] = field(default_factory=dict)


def _blocked(reason: str) -> dict[str, Any]:
    return {"status": "blocked", "block_reason": reason}


def _failed(error_class: str, message: str, **more: Any) -> dict[str, Any]:
    return {**ENDED, "status": "failed", "error_class": error_class, "error_message": message, **more}


STATES = (
    State("Scheduled", "定时待发"),
    State(
        "Will retry (2 of 3, ",
        "自动重试(2/3,",
        {"status": "retrying", "retries_used": 2, "run_at": NOW + timedelta(hours=2)},
    ),
    State("Action needed: sign in again", "待处理:账号需重新登录", _blocked("needs_login")),
    State("Action needed: Zhihu asks for verification", "待处理:知乎要求人工验证", _blocked("needs_human")),
    State("Please check: may be online", "待确认:可能已发出", _blocked("needs_review")),
    State("Published", "已发布", {**ONLINE, "site_state": "public"}),
    State("Under Zhihu review", "审核中", {**ONLINE, "site_state": "under_review"}),
    State("Draft saved, not public", "草稿已存(未公开)", {**ENDED, "status": "draft_saved"}),
    State("Refused by Zhihu: 标题违规", "知乎拒绝:标题违规", _failed("Rejected", "标题违规")),
    State("System fault, stopped", "系统异常,已停止重试", _failed("Crashed", "tab crashed", crash_count=3)),
    State("Failed: 没有原因", "发布失败:没有原因", _failed("RetryLater", "没有原因")),
    State("Cancelled", "已取消", {**ENDED, "status": "cancelled"}),
    State("Given up, may be online", "已放弃(可能在线)", {**ENDED, "status": "cancelled", "submitted_at": NOW}),
)
PAUSED = State(f"Paused (by {ADMIN}, ", f"已暂停({ADMIN},")


def make_states(stage: Stage, person: Person, paused: AccountView) -> None:
    """An article of this person in each of `STATES`, and one that waits on the other account, which is paused."""
    lab = stage.lab
    for number, state in enumerate(STATES):
        task = lab.submit(person.account, f"第 {number} 篇", run_at=NOW + timedelta(days=1), is_pushed=False)
        values = {"result_url": f"{lab.site.url}/p/{task.id}"} if "progress" in state.row else {}
        values |= state.row
        if values:
            change = update(PublishTask).where(PublishTask.id == task.id).values(values)
            lab.db.run_write(lambda connection: connection.execute(change))  # noqa: B023  # at once
    pause = PauseStore(lab.db).add(PauseScope.ACCOUNT, str(paused.id), by=ADMIN)
    lab.queue.pause(pause)
    lab.submit(paused, "暂停的一篇")
