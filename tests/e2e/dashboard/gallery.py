"""A morning at a small publishing house, for pictures of the pages: articles in every state, with a past."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from core.cookie import cookies_to_json
from core.publishing.cookie_import import parse_cookies
from core.store.models import PublishTask
from core.store.records import AccountView, TaskView
from core.store.users import UserStore
from core.task_state import Step, TaskStatus
from tests.e2e.dashboard.stage import PASSWORD, Stage
from tests.practice_site.client import PracticeAccount, cookies_json
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until

TITLES = (
    "为什么我们开始每周写一次复盘",
    "一座小城图书馆的夜班日记",
    "从零搭建家庭书房:灯光、隔音与收纳",
    "读《长日将尽》:克制的代价",
    "远程团队如何开好一场三十分钟的会",
    "咖啡豆的产地标签到底在说什么",
    "给初学者的 Python 数据清洗入门",
    "城市骑行路线:沿着运河向南",
    "翻译笔记:长句应当在哪里断开",
    "一份诚实的显示器选购指南",
    "孩子问“宇宙外面是什么”时怎么回答",
    "旧相机修复记:快门卡住之后",
)
BODY = """## 缘起

去年冬天,我们把例会从一小时缩短到半小时,又从半小时缩短到**一页文档**。

- 每个人先写,再读,最后才说
- 结论写在第一行

> 写下来的东西,才经得起第二天再看一遍。
"""
AGO = (9, 14, 22, 31, 47, 58, 73, 95, 118, 150, 175, 190, 240, 290, 350, 420, 480, 560)
"""Minutes since articles of this morning were published."""


class Gallery:
    """Fills a stage. `fill` returns when what runs is running and what was refused is refused."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lab = stage.lab
        self.running: TaskView | None = None
        self.refused: TaskView | None = None
        self.doubtful: TaskView | None = None

    def fill(self) -> None:
        """People first, then their articles: those that take a while go first."""
        lin, lin_site = self._account("林晓", "林晓的专栏")
        zhou, zhou_site = self._account("周文", "周末读书会")
        chen, chen_site = self._account("陈一", "工具与方法")
        self._lab.site.sign_out(chen_site)
        self._lab.site.set_fault(Fault.REFUSED, zhou_site, message="标题含有违规内容")
        waiting = [self._submit(chen, 0), self._submit(zhou, 9)]
        self.refused = waiting[1]
        for task in waiting:
            self._lab.wait_for(task, TaskStatus.BLOCKED, TaskStatus.FAILED)
        for number, minutes in enumerate(AGO):
            self._published((lin, zhou)[number % 3 == 0], number, minutes)
        self._other_states(lin, zhou)
        self._lab.site.set_fault(Fault.PAGE_SLOW, lin_site, seconds=300)
        self.running, second = self._submit(lin, 4), self._submit(lin, 2)
        for task in (self.running, second):
            wait_until(lambda: self._lab.queries.get(task.id).progress >= Step.SIGNED_IN, 60, "it runs")  # noqa: B023
        for number in (1, 5, 6, 7):
            self._submit(lin, number)
        tomorrow = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=20)
        self._submit(zhou, 10, run_at=tomorrow, is_pushed=False)

    def let_go(self) -> None:
        """What is held goes on."""
        self._lab.site.clear_faults()
        self._lab.site.let_go()

    def _account(self, user: str, name: str) -> tuple[AccountView, PracticeAccount]:
        on_site = self._lab.site.make_account(name)
        added = UserStore(self._lab.db).add(user, PASSWORD)
        cookies = cookies_to_json(parse_cookies(cookies_json(on_site)))
        return self._lab.accounts.add(added.id, "zhihu", name, cookies), on_site

    def _submit(self, account: AccountView, number: int, **more: Any) -> TaskView:
        title = TITLES[number % len(TITLES)]
        return self._lab.submit(account, title, content=BODY, **more)

    def _other_states(self, lin: AccountView, zhou: AccountView) -> None:
        """What seldom happens on a morning, each once."""
        now = datetime.now(UTC).replace(microsecond=0)
        submitted = {"checkpoint": "submitting", "progress": 90, "remote_draft_id": "700123", "submitted_at": now}
        asked = "It was submitted and nothing shows whether it is online: the site gave no sign in time"
        doubt = {"error_class": "MayBeOnline", "error_message": asked}
        self.doubtful = self._with(lin, 3, status="blocked", block_reason="needs_review", **submitted, **doubt)
        self._with(zhou, 8, status="cancelled", finished_at=now, **submitted)
        self._with(zhou, 11, status="draft_saved", progress=100, finished_at=now)
        late = {"run_at": now + timedelta(minutes=5), "retries_used": 2, "attempt": 3}
        self._with(lin, 5, status="retrying", progress=30, error_message="Zhihu is busy.", **late)

    def _with(self, account: AccountView, number: int, **columns: Any) -> TaskView:
        """An article whose row holds these."""
        task = self._submit(account, number, is_pushed=False)
        changed = update(PublishTask).where(PublishTask.id == task.id).values(columns)
        self._lab.db.run_write(lambda connection: connection.execute(changed))
        return self._lab.queries.get(task.id)

    def _published(self, account: AccountView, number: int, minutes: int) -> None:
        ended = datetime.now(UTC) - timedelta(minutes=minutes)
        remote = f"70{minutes:08}"
        past = {
            "status": "published",
            "checkpoint": "published",
            "progress": 100,
            "remote_id": remote,
            "result_url": f"{self._lab.site.url}/p/{remote}",
            "created_at": ended - timedelta(minutes=3),
            "started_at": ended - timedelta(seconds=21),
            "finished_at": ended,
            "first_claimed_ms": int((ended - timedelta(seconds=21)).timestamp() * 1000),
        }
        self._with(account, number, **past)
