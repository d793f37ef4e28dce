"""Users, platform accounts with sealed cookies, the audit log, and who leads the maintenance."""

from __future__ import annotations

import threading

import pytest
from argon2 import PasswordHasher
from cryptography.fernet import Fernet
from sqlalchemy import Engine, event, select

from core.errors import Conflict, InvalidInput, NotFound, ServiceUnavailable
from core.store.accounts import AccountStore
from core.store.audit import AuditFilter, AuditLog
from core.store.leadership import MaintenanceLock
from core.store.models import Account, User
from core.store.records import AccountState, Actor, Role
from core.store.vault import Vault
from tests.integration.store.store_world import StoreWorld


def test_users(world: StoreWorld) -> None:
    admin = world.users.add("管理员", "correct horse", Role.ADMIN)
    plain = world.users.add("li")
    assert (admin.role, plain.role, plain.is_disabled) == (Role.ADMIN, Role.OPERATOR, False)
    assert world.users.by_name("管理员") == world.users.get(admin.id) == admin
    assert {user.name for user in world.users.list()} == {"管理员", "li"}
    with pytest.raises(Conflict, match="User li"):
        world.users.add("li")
    assert world.users.add("Li").id != plain.id
    with pytest.raises(NotFound):
        world.users.get(99)
    for name in ("nobody", "li ", " li", "li\t"):
        with pytest.raises(NotFound):
            world.users.by_name(name)


@pytest.mark.parametrize("name", ["", " li", "a" * 65, "a\nb"])
def test_names_that_are_none(sqlite_world: StoreWorld, name: str) -> None:
    with pytest.raises(InvalidInput, match="name"):
        sqlite_world.users.add(name)


def test_passwords(world: StoreWorld) -> None:
    user = world.users.add("li", "correct horse")
    assert world.users.verify("li", "correct horse") == user
    wrong = [("li", "wrong"), ("nobody", "correct horse"), ("li", ""), ("li", "c" * 5000), ("li  ", "correct horse")]
    for name, password in wrong:
        assert world.users.verify(name, password) is None
    world.users.set_disabled(user.id)
    assert world.users.verify("li", "correct horse") is None
    world.users.set_disabled(user.id, False)
    world.users.set_password(user.id, "another horse")
    assert world.users.verify("li", "correct horse") is None
    assert world.users.verify("li", "another horse") is not None
    world.users.set_password(user.id, None)
    assert world.users.verify("li", "another horse") is None
    with world.db.read() as connection:
        assert "horse" not in str(connection.execute(select(User.__table__)).all())


def test_a_hash_of_weaker_days_is_renewed_at_sign_in(world: StoreWorld) -> None:
    user = world.users.add("li")
    weak = PasswordHasher(memory_cost=1024, time_cost=1, parallelism=1).hash("correct horse")
    world.sql("UPDATE users SET password_hash = :weak", weak=weak)
    assert world.users.verify("li", "correct horse") is not None
    with world.db.read() as connection:
        stored = connection.scalar(select(User.password_hash).where(User.id == user.id))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert world.users.verify("li", "correct horse") is not None


def test_accounts(world: StoreWorld) -> None:
    account = world.accounts.add(world.user_id, "zhihu", "main", b"[1]")
    assert (account.state, account.cookies_version, account.user_name) == ("unchecked", 1, "wang")
    assert world.accounts.by_name(world.user_id, "zhihu", "main") == account
    with pytest.raises(Conflict, match="Account main"):
        world.accounts.add(world.user_id, "zhihu", "main", b"[2]")
    for name in ("other", "main "):
        with pytest.raises(NotFound):
            world.accounts.by_name(world.user_id, "zhihu", name)
    with pytest.raises(NotFound, match="user 99"):
        world.accounts.add(99, "zhihu", "main", b"[2]")
    other = world.accounts.add(world.users.add("li").id, "zhihu", "main", b"[2]")
    assert world.accounts.list() == [account, other]
    assert world.accounts.list(other.user_id) == [other]
    assert world.accounts.load_cookies(account.id) == (b"[1]", 1)


def test_a_view_of_accounts_reads_no_cookies(world: StoreWorld) -> None:
    account_id = world.account_id
    read: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        read.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        account = world.accounts.get(account_id)
        assert world.accounts.list() == [account]
        assert world.accounts.find(account.user_id, "zhihu", account.name) == account
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    about_accounts = [statement for statement in read if "FROM accounts" in statement]
    assert len(about_accounts) == 3
    assert not any("cookies_sealed" in statement for statement in about_accounts)


def test_refreshed_cookies_never_replace_a_newer_sign_in(world: StoreWorld) -> None:
    account_id = world.account_id
    assert world.accounts.replace_cookies(account_id, b"refreshed", expected_version=1) == 2
    assert world.accounts.replace_cookies(account_id, b"by a person") == 3
    assert world.accounts.replace_cookies(account_id, b"late", expected_version=2) is None
    assert world.accounts.load_cookies(account_id) == (b"by a person", 3)
    with pytest.raises(NotFound):
        world.accounts.replace_cookies(99, b"x")


def test_account_states(world: StoreWorld) -> None:
    account_id = world.account_id
    world.accounts.set_state(account_id, AccountState.SIGNED_IN, remote_id="u1", remote_name="王")
    world.accounts.set_state(account_id, AccountState.NEEDS_LOGIN, error_message="expired")
    view = world.accounts.get(account_id)
    assert (view.state, view.remote_id, view.remote_name) == ("needs_login", "u1", "王")
    assert (view.error_message, view.checked_at is not None) == ("expired", True)
    world.accounts.replace_cookies(account_id, b"fresh")
    view = world.accounts.get(account_id)
    assert (view.state, view.error_message) == ("unchecked", None)
    world.accounts.set_state(account_id, AccountState.NEEDS_LOGIN, cookies_version=1)
    assert world.accounts.get(account_id).state == "unchecked"
    with pytest.raises(NotFound):
        world.accounts.set_state(99, AccountState.SIGNED_IN)


def test_cookies_are_sealed_and_cannot_be_swapped(world: StoreWorld) -> None:
    first = world.accounts.add(world.user_id, "zhihu", "a", b"canary-1")
    second = world.accounts.add(world.user_id, "zhihu", "b", b"canary-2")
    with world.db.read() as connection:
        assert "canary" not in str(connection.execute(select(Account.__table__)).all())
        sealed = connection.scalar(select(Account.cookies_sealed).where(Account.id == first.id))
    world.sql("UPDATE accounts SET cookies_sealed = :sealed WHERE id = :id", sealed=sealed, id=second.id)
    with pytest.raises(ServiceUnavailable, match="another account"):
        world.accounts.load_cookies(second.id)


def test_keys_are_rotated(world: StoreWorld) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    with_old = AccountStore(world.db, Vault([old]))
    account = with_old.add(world.user_id, "zhihu", "rotating", b"secret")
    with_both = AccountStore(world.db, Vault([new, old]))
    with_new = AccountStore(world.db, Vault([new]))
    with pytest.raises(ServiceUnavailable, match="TOPN_SECRET_KEYS"):
        with_new.load_cookies(account.id)
    assert with_both.reseal() == 1
    assert with_new.load_cookies(account.id) == (b"secret", 1)
    with pytest.raises(ServiceUnavailable, match=f"account {account.id}"):
        with_old.load_cookies(account.id)


def test_audit_log(world: StoreWorld) -> None:
    log = AuditLog(world.db)
    log.record(Actor("wang", Role.OPERATOR, world.user_id), "cancel", "article", "abc", {"result": "cancelled"})
    log.record(Actor.command_line(), "denied: reset", "user", 7)
    newest, oldest = log.entries()
    assert (newest.actor_name, newest.actor_user_id, newest.target, newest.detail) == ("command line", None, "7", {})
    assert (oldest.action, oldest.detail, oldest.actor_user_id) == ("cancel", {"result": "cancelled"}, world.user_id)
    assert log.entries(AuditFilter(kind="user")) == log.entries(AuditFilter(target="7")) == [newest]
    assert log.entries(AuditFilter(before_id=newest.id), limit=1) == [oldest]
    assert log.entries(AuditFilter(actor="wa", action="can")) == [oldest]
    for beginning in ("a", "\0", "w\0"):
        assert log.entries(AuditFilter(actor=beginning)) == []


def test_one_leader_at_a_time(world: StoreWorld) -> None:
    lock = MaintenanceLock(world.db, "maintenance", ttl_seconds=60)
    assert lock.holder() is None
    assert lock.try_acquire("a")
    assert not lock.try_acquire("b")
    assert lock.try_acquire("a")
    assert lock.holder() == "a"
    assert not lock.release("b")
    assert lock.release("a")
    assert lock.try_acquire("b")
    assert MaintenanceLock(world.db, "other").try_acquire("a")


def test_a_leader_that_died_is_followed(world: StoreWorld) -> None:
    assert MaintenanceLock(world.db, ttl_seconds=0).try_acquire("dead")
    lock = MaintenanceLock(world.db, ttl_seconds=60)
    assert lock.holder() is None
    assert lock.try_acquire("next")
    assert not lock.try_acquire("dead")


def test_many_candidates_one_leader(world: StoreWorld) -> None:
    """The first row ever is the hard one: everybody inserts it."""
    together = threading.Barrier(8)
    outcomes: list[bool] = []

    def run(name: str) -> None:
        together.wait(10)
        outcomes.append(MaintenanceLock(world.db, ttl_seconds=60).try_acquire(name))

    threads = [threading.Thread(target=run, args=(f"w{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 7 + [True]
