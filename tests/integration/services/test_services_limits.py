"""Limits and pauses: what the database keeps and what the line does, at once and together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidInput, NotAllowed, NotFound, ServiceUnavailable
from core.lane import AccountLimits, PauseScope, UserLimits
from core.queue.fair_queue import FairQueue
from core.queue.queue_stats import WaitReason
from core.queue.redis_client import connect
from core.services.csv_import import parse_csv
from core.store.row_snapshot import DatabaseRows
from tests.integration.services.service_world import ADMIN, DEFAULTS, ZONE, Services
from tests.servers.local_process import free_port


def test_limits_count_at_once_and_are_kept(services: Services) -> None:
    user, ada, _ = services.add_user("ada")
    services.submit(ada, "one")
    services.submit(ada, "two")
    services.limits.set(UserLimits(user.id, max_running=1), actor=ADMIN)
    assert services.queue.claim() is not None
    assert services.queue.claim() is None
    report = services.limits.show(user.id, actor=ada)
    assert (report.stats.running, report.stats.max_running, report.overrides.max_running) == (1, 1, 1)
    services.limits.change(UserLimits(user.id, max_starts=7), actor=ADMIN)
    assert services.limits.show(user.id, actor=ada).overrides == UserLimits(user.id, 1, 7, None)
    services.limits.set(UserLimits(user.id), actor=ADMIN)
    assert services.limits.show(user.id, actor=ada).overrides == UserLimits(user.id)
    assert services.queue.claim() is not None


def test_a_reset_lets_a_user_go_on(services: Services) -> None:
    user, ada, _ = services.add_user("ada")
    for title in ("one", "two"):
        services.submit(ada, title)
    services.limits.set(UserLimits(user.id, max_starts=1), actor=ADMIN)
    assert services.queue.claim() is not None
    assert services.queue.claim() is None
    task = services.tasks.list(actor=ada)[0]
    parked = services.tasks.wait_facts(task, actor=ada).parked
    assert parked is not None
    assert parked.reason is WaitReason.USER_STARTS
    assert services.limits.reset(user.id, actor=ADMIN).starts == 0
    assert services.queue.claim() is not None


@pytest.mark.parametrize(
    "limits",
    [
        UserLimits(1, max_running=0),
        UserLimits(1, max_starts=0),
        UserLimits(1, max_running=10_001),
        UserLimits(1, weight=0),
    ],
)
def test_limits_out_of_bounds(services: Services, limits: UserLimits) -> None:
    services.add_user("ada")
    with pytest.raises(InvalidInput, match="to stop, pause"):
        services.limits.set(limits, actor=ADMIN)


def test_limits_of_an_account(services: Services) -> None:
    _, ada, account = services.add_user("ada")
    for title in ("one", "two"):
        services.submit(ada, title)
    services.limits.set_account(AccountLimits(account.id, max_running=1), actor=ADMIN)
    services.limits.change_account(AccountLimits(account.id, gap_seconds=60), actor=ADMIN)
    assert DatabaseRows(services.db).account_limits() == [AccountLimits(account.id, 1, 60)]
    assert services.queue.claim() is not None
    assert services.queue.claim() is None
    with pytest.raises(InvalidInput):
        services.limits.set_account(AccountLimits(account.id, gap_seconds=-1), actor=ADMIN)


def test_the_limits_of_accounts_are_shown_with_their_use(services: Services) -> None:
    user, ada, account = services.add_user("ada")
    services.submit(ada)
    services.limits.set_account(AccountLimits(account.id, max_running=3, gap_seconds=60), actor=ADMIN)
    assert services.queue.claim() is not None
    (report,) = services.limits.show(user.id, actor=ada).accounts
    assert (report.account.name, report.overrides) == ("main", AccountLimits(account.id, 3, 60))
    assert (report.stats.running, report.stats.max_running, report.stats.gap_seconds) == (1, 3, 60)
    assert report.stats.next_post_seconds > 0


def test_limits_of_nobody(services: Services) -> None:
    for call in (
        lambda: services.limits.show(99, actor=ADMIN),
        lambda: services.limits.reset(99, actor=ADMIN),
        lambda: services.limits.set(UserLimits(99), actor=ADMIN),
        lambda: services.limits.set_account(AccountLimits(99), actor=ADMIN),
    ):
        with pytest.raises(NotFound):
            call()


@pytest.mark.parametrize("scope", [PauseScope.EVERYTHING, PauseScope.PLATFORM, PauseScope.USER, PauseScope.ACCOUNT])
def test_a_pause_holds_back_until_it_is_lifted(services: Services, scope: PauseScope) -> None:
    user, ada, account = services.add_user("ada")
    services.submit(ada)
    key = {PauseScope.PLATFORM: "zhihu", PauseScope.USER: str(user.id), PauseScope.ACCOUNT: str(account.id)}.get(
        scope, ""
    )
    until = datetime.now(UTC) + timedelta(hours=1)
    services.pauses.pause(scope, key, actor=ADMIN, until=until, reason="a rest")
    assert services.queue.claim() is None
    kept = services.pauses.list(actor=ADMIN)[0]
    assert (kept.scope, kept.key, kept.by, kept.reason) == (scope, key, "command line", "a rest")
    assert kept.until is not None
    assert abs((kept.until - until).total_seconds()) < 60
    assert services.pauses.resume(scope, key, actor=ADMIN) == 1
    assert services.pauses.resume(scope, key, actor=ADMIN) == 0
    assert services.queue.claim() is not None


def test_a_paused_batch_leaves_the_line_and_comes_back(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    later = datetime.now(ZONE) + timedelta(days=1)
    text = f"title,content,scheduled_at\none,x,\ntwo,x,\nthree,x,{later:%Y-%m-%d %H:%M}\n"
    batch = services.tasks.submit_batch(parse_csv(text.encode(), zone=ZONE), actor=ada).batch_id
    services.submit(ada, "outside")
    services.pauses.pause(PauseScope.BATCH, str(batch), actor=ada)
    assert services.queue.stats().waiting == 1
    assert len(services.store_entries()) == 1
    services.pauses.resume(PauseScope.BATCH, str(batch), actor=ada)
    assert services.queue.stats().waiting == 3
    assert len(services.store_entries()) == 3


@pytest.mark.parametrize("scope", [PauseScope.USER, PauseScope.ACCOUNT, PauseScope.BATCH])
def test_an_operator_lifts_only_what_it_paused_itself(services: Services, scope: PauseScope) -> None:
    user, ada, account = services.add_user("ada")
    batch = services.tasks.submit_batch(parse_csv(b"title,content\none,x\n", zone=ZONE), actor=ada).batch_id
    key = {PauseScope.USER: str(user.id), PauseScope.ACCOUNT: str(account.id)}.get(scope, str(batch))
    end = datetime.now(UTC) + timedelta(hours=1)
    services.pauses.pause(scope, key, actor=ADMIN, reason="misuse", until=end)
    with pytest.raises(NotAllowed, match="lift what somebody else has paused"):
        services.pauses.resume(scope, key, actor=ada)
    assert services.audit.entries()[0].detail == {"denied": True}
    services.pauses.pause(scope, key, actor=ada)
    assert services.pauses.resume(scope, key, actor=ada) == 1
    (left,) = services.pauses.list(actor=ADMIN)
    assert left.by == ADMIN.name
    assert services.queue.claim() is None
    queue_pause = services.queue.stats().paused.get(f"{scope}:{key}")
    assert (queue_pause is None) == (scope is PauseScope.BATCH), "in Redis it ends as the one that is left"
    assert services.pauses.resume(scope, key, actor=ADMIN) == 1
    assert services.pauses.resume(scope, key, actor=ada) == 0
    assert services.queue.claim() is not None


def test_what_cannot_be_paused(services_on_both: Services) -> None:
    services = services_on_both
    for scope, key in (
        (PauseScope.PLATFORM, "weibo"),
        (PauseScope.USER, "99"),
        (PauseScope.ACCOUNT, "99"),
        (PauseScope.BATCH, "99"),
        (PauseScope.BATCH, "x"),
        (PauseScope.BATCH, "9" * 20),
        (PauseScope.ACCOUNT, "9" * 5000),
    ):
        with pytest.raises(NotFound):
            services.pauses.pause(scope, key, actor=ADMIN)
    with pytest.raises(InvalidInput, match="has passed"):
        services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN, until=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="more than 10 years away"):
        services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN, until=datetime.max.replace(tzinfo=UTC))
    with pytest.raises(InvalidInput, match="until: has no time zone"):
        services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN, until=datetime(2099, 1, 1))  # noqa: DTZ001 - the fault
    with pytest.raises(InvalidInput, match="reason: has 501 characters; the limit is 500"):
        services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN, reason="x" * 501)
    assert services.pauses.list(actor=ADMIN) == []
    services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN, reason="😀" * 500)
    assert [len(pause.reason or "") for pause in services.pauses.list(actor=ADMIN)] == [500]


def test_a_pause_is_kept_while_redis_is_away(services: Services) -> None:
    there = services.queue
    services.queue = FairQueue(
        connect(f"redis://127.0.0.1:{free_port()}/0"), prefix="", defaults=DEFAULTS, rows=DatabaseRows(services.db)
    )
    services.pauses.pause(PauseScope.EVERYTHING, actor=ADMIN)
    services.queue = there
    _, ada, _ = services.add_user("ada")
    services.submit(ada)
    services.queue.reconcile()
    assert services.queue.claim() is None
    services.queue = FairQueue(
        connect(f"redis://127.0.0.1:{free_port()}/0"), prefix="", defaults=DEFAULTS, rows=DatabaseRows(services.db)
    )
    services.pauses.resume(PauseScope.EVERYTHING, actor=ADMIN)
    there.reconcile()
    assert there.claim() is not None
    with pytest.raises(ServiceUnavailable):
        services.queue.stats()
