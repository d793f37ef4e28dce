"""Sign-ins: what is taken, what is refused, and what the site says of them in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from core.browser.webdriver_pool import WebDriverPool
from core.cookie import cookies_from_json
from core.errors import Conflict, InvalidInput, NeedsHuman, NeedsLogin
from core.publishing.cookie_import import allowed_hosts
from core.publishing.zhihu import ZhihuPublisher
from core.store.database import Database
from core.store.records import AccountState, AccountView, Actor
from core.task_state import BlockReason, TaskStatus
from tests.integration.services.service_world import ADMIN, Services, cookies
from tests.practice_site.client import PracticeAccount, PracticeClient, cookies_json
from tests.practice_site.faults import Fault


def block(services: Services, actor: Actor, title: str) -> int:
    """An article that waits for its account to be signed in again; its id."""
    task = services.submit(actor, title)
    held = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    services.queue.remove(task.id, task.user_id, task.account_id)
    services.store.block(held, BlockReason.NEEDS_LOGIN, error_class="NeedsLogin", message="signed out", evidence={})
    return task.id


@pytest.mark.parametrize(
    ("platform", "name", "text", "words"),
    [
        ("weibo", "main", cookies(), "platform: “weibo” is not known. Write one of: zhihu"),
        ("zhihu", " main", cookies(), "is no account name"),
        ("zhihu", "", cookies(), "is no account name"),
        ("zhihu", "x" * 101, cookies(), "is no account name"),
        ("zhihu", "main", "", "the cookies are empty"),
        ("zhihu", "main", cookies(""), "the cookie z_c0, which is the sign-in itself, is missing"),
        ("zhihu", "main", cookies().replace(".zhihu.com", ".evil-zhihu.com"), "none of the cookies belongs"),
    ],
)
def test_what_is_no_sign_in_is_refused(services: Services, platform: str, name: str, text: str, words: str) -> None:
    user = services.users.add("ada", actor=ADMIN)
    with pytest.raises(InvalidInput, match=words):
        services.accounts.add(name, text, actor=ADMIN, platform=platform, user_id=user.id)
    assert services.accounts.list(actor=ADMIN) == []


def test_only_the_sites_own_cookies_are_kept(services: Services) -> None:
    user = services.users.add("ada", actor=ADMIN)
    mixed = [*json.loads(cookies()), {"name": "other", "value": "x", "domain": ".example.com"}]
    account = services.accounts.add("main", json.dumps(mixed), actor=ADMIN, user_id=user.id)
    kept, _ = services.account_store.load_cookies(account.id)
    assert [cookie.name for cookie in cookies_from_json(kept)] == ["z_c0"]
    raw = services.accounts.add("raw", "z_c0=token; d_c0=device", actor=ADMIN, user_id=user.id)
    kept, _ = services.account_store.load_cookies(raw.id)
    assert {cookie.domain for cookie in cookies_from_json(kept)} == {".zhihu.com"}


def test_fresh_cookies_let_waiting_articles_go_on(services: Services) -> None:
    _, ada, account = services.add_user("ada")
    waiting = [block(services, ada, title) for title in ("one", "two")]
    assert services.queue.stats().waiting == 0
    receipt = services.accounts.replace_cookies(account.id, cookies("fresh"), actor=ada, probe=False)
    assert (receipt.resumed, receipt.account.cookies_version) == (2, 2)
    assert services.queue.stats().waiting == 2
    assert {services.tasks.get(task, actor=ada).status for task in waiting} == {TaskStatus.WAITING}


class SignIns:
    """An account of ada, on the practice site and here."""

    def __init__(self, services: Services, site: PracticeClient) -> None:
        self.services = services
        self.site = site
        self.on_site: PracticeAccount = site.make_account("chen")
        user = services.users.add("ada", actor=ADMIN)
        self.account: AccountView = services.accounts.add(
            "main", cookies_json(self.on_site), actor=ADMIN, user_id=user.id
        )


@pytest.fixture
def sign_ins(tmp_path: Path, redis_client: Redis, practice_site: PracticeClient) -> Iterator[SignIns]:
    """The services with a real browser and the practice site."""
    url = practice_site.url
    db = Database(f"sqlite:///{tmp_path / 'services.sqlite3'}")
    db.migrate()
    pool = WebDriverPool(1, worker_id="test:1:accounts", run_dir=tmp_path / "run", min_free_memory_mb=0)
    publisher = ZhihuPublisher(url, url, script_seconds=5)
    services = Services(
        db,
        redis_client,
        cookie_hosts=allowed_hosts(url, url),
        pool=lambda: pool,
        publishers=lambda: {"zhihu": publisher},
    )
    yield SignIns(services, practice_site)
    pool.close(10)
    db.close()


@pytest.mark.browser
def test_the_site_is_asked_who_is_signed_in(sign_ins: SignIns) -> None:
    accounts, account = sign_ins.services.accounts, sign_ins.account
    checked = accounts.check(account.id, actor=ADMIN)
    assert (checked.state, checked.remote_id, checked.remote_name) == (
        AccountState.SIGNED_IN,
        sign_ins.on_site.id,
        "chen",
    )
    assert accounts.check(account.id, actor=ADMIN).state == AccountState.SIGNED_IN
    sign_ins.site.sign_out(sign_ins.on_site)
    with pytest.raises(NeedsLogin):
        accounts.check(account.id, actor=ADMIN)
    known = accounts.get(account.id, actor=ADMIN)
    assert (known.state, known.remote_name, bool(known.error_message)) == (AccountState.NEEDS_LOGIN, "chen", True)


@pytest.mark.browser
def test_cookies_are_tried_before_they_replace_others(sign_ins: SignIns) -> None:
    accounts, account, site = sign_ins.services.accounts, sign_ins.account, sign_ins.site
    accounts.check(account.id, actor=ADMIN)
    ended, stranger = site.make_account("ended"), site.make_account("stranger")
    site.sign_out(ended)
    with pytest.raises(NeedsLogin):
        accounts.replace_cookies(account.id, cookies_json(ended), actor=ADMIN)
    with pytest.raises(Conflict, match="belongs to chen, and these cookies to stranger"):
        accounts.replace_cookies(account.id, cookies_json(stranger), actor=ADMIN)
    assert accounts.check(account.id, actor=ADMIN).remote_name == "chen"
    assert accounts.get(account.id, actor=ADMIN).cookies_version == 1
    fresh = site.sign_in(sign_ins.on_site)
    receipt = accounts.replace_cookies(account.id, cookies_json(fresh), actor=ADMIN)
    assert (receipt.account.state, receipt.account.cookies_version) == (AccountState.SIGNED_IN, 2)
    assert accounts.check(account.id, actor=ADMIN).remote_name == "chen"


@pytest.mark.browser
def test_a_check_does_not_take_somebody_else_for_the_account(sign_ins: SignIns) -> None:
    accounts, account = sign_ins.services.accounts, sign_ins.account
    accounts.check(account.id, actor=ADMIN)
    stranger = sign_ins.site.make_account("stranger")
    accounts.replace_cookies(account.id, cookies_json(stranger), actor=ADMIN, probe=False)
    with pytest.raises(NeedsLogin, match="belong to stranger, this account is chen"):
        accounts.check(account.id, actor=ADMIN)
    known = accounts.get(account.id, actor=ADMIN)
    assert (known.state, known.remote_name) == (AccountState.NEEDS_LOGIN, "chen")


def test_the_account_of_a_disabled_user_can_be_looked_after(services: Services) -> None:
    user, _, account = services.add_user("ada")
    services.users.set_disabled(user.id, is_disabled=True, actor=ADMIN)
    assert services.accounts.find("main", actor=ADMIN, user_id=user.id).id == account.id
    with pytest.raises(InvalidInput, match="ada is disabled"):
        services.accounts.add("second", cookies(), actor=ADMIN, user_id=user.id)


@pytest.mark.browser
def test_a_human_check_is_kept_as_the_accounts_state(sign_ins: SignIns) -> None:
    sign_ins.site.set_fault(Fault.UNHUMAN_HTML, sign_ins.on_site)
    with pytest.raises(NeedsHuman):
        sign_ins.services.accounts.check(sign_ins.account.id, actor=ADMIN)
    assert sign_ins.services.accounts.get(sign_ins.account.id, actor=ADMIN).state == AccountState.NEEDS_HUMAN


@pytest.mark.browser
def test_a_good_check_lets_waiting_articles_go_on(sign_ins: SignIns) -> None:
    services = sign_ins.services
    ada = Actor("ada", ADMIN.role, sign_ins.account.user_id)
    task = block(services, ada, "one")
    services.accounts.check(sign_ins.account.id, actor=ada)
    assert services.tasks.get(task, actor=ada).status is TaskStatus.WAITING
    assert services.queue.stats().waiting == 1
