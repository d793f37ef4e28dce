"""The site does not want, in four ways at once: each account gets what its trouble asks for, the others go on."""

from __future__ import annotations

import pytest

from core.cookie import cookies_to_json
from core.lane import PauseScope
from core.publishing.cookie_import import parse_cookies
from core.store.pauses import PauseStore
from core.store.records import AccountState
from core.task_state import BlockReason, TaskStatus
from tests.chaos.ending import stop_and_check
from tests.chaos.held_steps import HeldArticle, HeldArticles, HeldStep
from tests.practice_site.client import cookies_json
from tests.practice_site.faults import Fault
from tests.servers.local_process import wait_until
from tests.servers.worker_lab import WorkerLab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BROKEN = HeldStep("502", {"fault": Fault.HTTP_ERROR, "status": 502, "path": "/write"})
TOO_FAST = HeldStep("操作过于频繁", {"fault": Fault.RATE_LIMITED})
CAPTCHA = HeldStep("captcha", {"fault": Fault.UNHUMAN_AT_OPEN})
SIGNED_OUT = HeldStep("signed out", {"fault": Fault.SESSION_EXPIRED, "path": "/api/v4/me"}, has_draft=False)
WELL = HeldStep("well", {"fault": Fault.LIST_LAGS})


@pytest.mark.fault("21")
def test_each_trouble_concerns_its_own_account_only(lab: WorkerLab) -> None:
    held = HeldArticles(lab, [BROKEN, TOO_FAST, CAPTCHA, SIGNED_OUT, WELL])
    broken, too_fast, captcha, signed_out, well = held.articles
    second = lab.submit(signed_out.account, "同一账号的另一篇")
    worker = lab.worker(drivers=2, index=1)
    assert well.check_published_once().attempt == 1
    assert broken.check_published_once().retries_used == 1
    check_pause(too_fast)
    assert blocked_for(captcha) is BlockReason.NEEDS_HUMAN
    assert blocked_for(signed_out) is BlockReason.NEEDS_LOGIN
    wait_until(lambda: lab.status(second) is TaskStatus.BLOCKED, 30, "it waits for the same sign-in")

    resume_account(too_fast)
    assert too_fast.check_published_once(clicks=2).retries_used == 0
    entry = lab.store.retry_by_hand(captcha.task.id, by="ada")
    assert entry is not None
    lab.queue.push([entry])
    assert captcha.check_published_once().retries_used == 0
    sign_in_again(signed_out)
    assert signed_out.check_published_once().retries_used == 0
    wait_until(lambda: lab.status(second) is TaskStatus.PUBLISHED, 60, "the other one went on as well")
    stop_and_check(lab, worker)


def check_pause(article: HeldArticle) -> None:
    """The site asked this account to slow down: it waits, with its draft, and no retry was used."""
    article.wait(lambda: article.row.status is TaskStatus.RETRYING, "it waits")
    assert article.row.retries_used == 0
    assert f"account:{article.account.id}" in article.lab.queue.stats().paused


def resume_account(article: HeldArticle) -> None:
    """Somebody lets the account go on."""
    key = str(article.account.id)
    PauseStore(article.lab.db).lift(PauseScope.ACCOUNT, key)
    article.lab.queue.resume(PauseScope.ACCOUNT, key)


def blocked_for(article: HeldArticle) -> BlockReason | None:
    """What it waits for a person for; no retry was used."""
    article.wait(lambda: article.row.status is TaskStatus.BLOCKED, "it waits for a person")
    row = article.row
    assert (row.retries_used, row.crash_count) == (0, 0), article.lab.story(article.task)
    return row.block_reason


def sign_in_again(article: HeldArticle) -> None:
    """The person signs in and hands in the fresh cookies."""
    lab = article.lab
    assert lab.accounts.get(article.account.id).state == AccountState.NEEDS_LOGIN
    fresh = parse_cookies(cookies_json(lab.site.sign_in(article.on_site)))
    lab.accounts.replace_cookies(article.account.id, cookies_to_json(fresh))
    lab.queue.push(lab.store.resume_account(article.account.id, by="ada"))
