"""Who may do what: every call of the services that names its actor × who that is. The calls are found by looking at
the services, so that none is forgotten; each is really made, and each refusal is on record."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest
from redis import Redis

from core.errors import InvalidInput, NotFound, SignInRefused, TopnError
from core.services.sign_in_brake import FREE_TRIES_OF_NAME
from core.settings import ROOT
from core.store.database import Database
from core.store.records import Actor, Role
from tests.integration.services.actor_methods import (
    INNER,
    WITHOUT_ACTOR,
    beside_them,
    functions_with_actor,
    with_actor,
)
from tests.integration.services.reading_calls import (
    ACTORS_OWN,
    FILTERED_BY_OWNER,
    FOR_EVERYBODY,
    PASSWORD,
    give_each_its_own,
)
from tests.integration.services.service_calls import CALLS, Call
from tests.integration.services.service_world import ADMIN, BrowserAskedFor, Services
from tests.integration.services.two_owners import Things, Two, fill, live, make_two
from tests.servers.migrated_tables import MigratedFile
from tests.servers.redis_server import RedisServer

TABLES = (CALLS, FILTERED_BY_OWNER, FOR_EVERYBODY, ACTORS_OWN)


class Who(StrEnum):
    """As seen from the thing that a call names, which is ada's."""

    ADMINISTRATOR = "administrator"
    OWNER = "owner"
    ANOTHER = "another operator"
    DISABLED = "disabled owner"


@dataclass(frozen=True, slots=True)
class Template:
    """A database with ada and bob, with one of each thing: made once, copied for each call."""

    file: Path
    secret_key: str
    two: Two


@pytest.fixture(scope="module")
def template(
    tmp_path_factory: pytest.TempPathFactory, migrated_file: MigratedFile, redis_server: RedisServer
) -> Template:
    folder = tmp_path_factory.mktemp("two")
    db = Database(migrated_file.copy(folder / "two.sqlite3"))
    with Redis(port=redis_server.port, decode_responses=True) as client:
        made = Services(db, client)
        two = make_two(made)
    db.close()
    return Template(folder / "two.sqlite3", made.secret_key, two)


@pytest.fixture
def two(template: Template) -> Two:
    return template.two


@pytest.fixture
def services(tmp_path: Path, template: Template, redis_client: Redis) -> Iterator[Services]:
    shutil.copyfile(template.file, tmp_path / "services.sqlite3")
    db = Database(f"sqlite:///{tmp_path / 'services.sqlite3'}")
    made = Services(db, redis_client, data_dir=tmp_path, secret_key=template.secret_key)
    live(made)
    yield made
    db.close()


def test_no_call_is_left_out() -> None:
    listed = {name.partition(" ")[0] for table in TABLES for name in table}
    assert listed == with_actor()
    assert functions_with_actor() == set()


def test_what_needs_no_actor_has_a_reason() -> None:
    assert set(WITHOUT_ACTOR) == beside_them()


def test_what_is_inside_is_used_inside_alone() -> None:
    modules = {"core.services.access", "core.services.task_editor"}
    assert len(modules) == len(INNER)
    for folder in ("dashboard", "tasks", "core/commands"):
        for file in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
            assert modules.isdisjoint(imported), file


def actor_of(who: Who, services: Services, two: Two) -> Actor:
    if who is Who.DISABLED:
        services.users.set_disabled(two.ada.user, is_disabled=True, actor=ADMIN)
    return {Who.ADMINISTRATOR: two.root, Who.ANOTHER: two.bob.actor}.get(who, two.ada.actor)


def outcome(call: Call, services: Services, actor: Actor, things: Things) -> type[TopnError] | None:
    """None: it was done, or got as far as asking the site."""
    try:
        call.run(services, actor, things)
    except TopnError as error:
        return type(error)
    except BrowserAskedFor:
        return None
    return None


def expected(call: Call, who: Who) -> type[TopnError] | None:
    """One that is disabled has no way in (see below); what is there can be looked after, nothing new is handed in."""
    match who:
        case Who.ADMINISTRATOR:
            return None
        case Who.OWNER:
            return call.refusal if call.is_for_admins else None
        case Who.ANOTHER:
            return call.refusal
        case Who.DISABLED:
            return InvalidInput


MATRIX = [
    pytest.param(name, who, id=f"{name}-{who}")
    for name, call in CALLS.items()
    for who in Who
    if who is not Who.DISABLED or call.is_new
]


@pytest.mark.parametrize(("name", "who"), MATRIX)
def test_who_may_do_what(name: str, who: Who, services: Services, two: Two) -> None:
    call, actor = CALLS[name], actor_of(who, services, two)
    wanted = expected(call, who)
    assert outcome(call, services, actor, two.ada) is wanted
    newest = services.audit.entries(limit=1)[0]
    is_denial = newest.detail == {"denied": True}
    assert is_denial is (wanted is not None)
    if is_denial:
        assert newest.actor_name == actor.name


def test_a_tab_left_open_on_a_foreign_link_is_on_record_once(services: Services, two: Two) -> None:
    stranger = actor_of(Who.ANOTHER, services, two)
    task = services.submit(two.ada.actor, title="Hers")
    before = len(services.audit.entries(limit=1000))
    for _ in range(5):
        with pytest.raises(NotFound):
            services.tasks.get(task.id, actor=stranger)
    assert len(services.audit.entries(limit=1000)) == before + 1
    with pytest.raises(NotFound):
        services.tasks.cancel(task.id, actor=stranger)
    assert len(services.audit.entries(limit=1000)) == before + 2


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.is_new])
def test_nobody_hands_in_for_one_who_is_disabled(name: str, services: Services, two: Two) -> None:
    actor_of(Who.DISABLED, services, two)
    assert outcome(CALLS[name], services, two.root, two.ada) is InvalidInput


def test_white_space_around_a_name_is_no_way_past_the_brake(services: Services, two: Two) -> None:
    services.users.set_password(two.ada.user, PASSWORD, actor=ADMIN)
    assert services.sign_in.sign_in(" ada  ", PASSWORD, address="127.0.0.1")
    for number in range(FREE_TRIES_OF_NAME):
        with pytest.raises(SignInRefused):
            services.sign_in.sign_in("ada" + " " * number, "wrong", address=f"10.0.0.{number}")
    with pytest.raises(SignInRefused) as refusal:
        services.sign_in.sign_in("ada", PASSWORD, address="10.0.1.1")
    assert refusal.value.wait_seconds > 0


def test_one_who_is_disabled_has_no_way_in(services: Services, two: Two) -> None:
    services.users.set_password(two.ada.user, PASSWORD, actor=ADMIN)
    cookie = services.sign_in.sign_in("ada", PASSWORD, address="127.0.0.1")
    program, _ = services.tokens.make("a program", actor=two.ada.actor)
    session = services.sign_in.visitor(cookie)
    assert session is not None
    assert services.tokens.actor(program) == two.ada.actor
    actor_of(Who.DISABLED, services, two)
    assert services.sign_in.visitor(cookie) is None
    assert services.sign_in.session(session.id) is None
    assert services.sign_in.living([session.id]) == {}
    assert services.tokens.actor(program) is None
    with pytest.raises(SignInRefused):
        services.sign_in.sign_in("ada", PASSWORD, address="127.0.0.1")


@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call.refusal is NotFound])
def test_what_is_anothers_reads_like_what_does_not_exist(name: str, services: Services, two: Two) -> None:
    nothing = Things(two.ada.user, "nobody", *[99_999] * 8)
    with pytest.raises(NotFound) as others:
        CALLS[name].run(services, two.bob.actor, two.ada)
    if not CALLS[name].names_user:
        with pytest.raises(NotFound) as missing:
            CALLS[name].run(services, two.bob.actor, nothing)
        assert others.value.kind == missing.value.kind


@pytest.mark.parametrize("name", FILTERED_BY_OWNER)
def test_of_what_two_have_each_sees_its_own(name: str, services: Services, two: Two) -> None:
    fill(services, two)
    stranger = services.users.add("cy", actor=ADMIN)
    call = FILTERED_BY_OWNER[name]

    def seen_by(actor: Actor) -> list[set[int]]:
        return call.seen(services, two, call.run(services, actor, two))

    parts = len(seen_by(two.root))
    assert seen_by(two.root) == [{two.ada.user, two.bob.user}] * parts
    assert seen_by(two.ada.actor) == [{two.ada.user}] * parts
    assert seen_by(two.bob.actor) == [{two.bob.user}] * parts
    nobody = {stranger.id} if name == "TaskLists.allowed" else set()
    assert seen_by(Actor("cy", Role.OPERATOR, stranger.id)) == [nobody] * parts


@pytest.mark.parametrize("name", FOR_EVERYBODY)
def test_what_everybody_may_know_is_the_same_for_all(name: str, services: Services, two: Two) -> None:
    told = [FOR_EVERYBODY[name](services, actor) for actor in (two.root, two.ada.actor, two.bob.actor)]
    assert told[0]
    assert told == told[:1] * 3


@pytest.mark.parametrize("name", ACTORS_OWN)
def test_nobody_reaches_what_is_the_actors_own(name: str, services: Services, two: Two) -> None:
    give_each_its_own(services, two)
    call = ACTORS_OWN[name]
    before = call.left(services, two)
    for other in (two.root, two.bob.actor):
        assert call.run(services, other) != before
        assert call.left(services, two) == before
    answer, after = call.run(services, two.ada.actor), call.left(services, two)
    assert (answer == before, after == before) == (call.is_reading, call.is_reading)


def test_every_change_is_on_record(services: Services, two: Two) -> None:
    changing = {
        "TaskQueueManager.submit": "article.submit",
        "TaskQueueManager.edit": "article.edit",
        "TaskQueueManager.reschedule": "article.reschedule",
        "TaskQueueManager.reprioritise": "article.reprioritise",
        "TaskQueueManager.cancel": "article.cancel",
        "TaskQueueManager.retry": "article.retry",
        "TaskQueueManager.answer_review": "article.review",
        "AccountManager.add": "account.add",
        "AccountManager.replace_cookies": "account.sign_in",
        "AccountManager.reseal": "account.reseal",
        "AccountManager.delete": "account.delete",
        "UserManager.add": "user.add",
        "UserManager.set_password": "user.set_password",
        "UserManager.set_role": "user.set_role",
        "SignIn.sign_out_everywhere": "session.close_all",
        "TokenManager.make": "token.make",
        "TokenManager.revoke": "token.revoke",
        "TokenManager.revoke_all": "token.revoke_all",
        "LimitManager.change": "limits.set",
        "LimitManager.change_account": "limits.set",
        "LimitManager.reset": "limits.reset",
        "WorkerManager.quiet": "worker.quiet",
        "WorkerManager.resume": "worker.resume",
        "WorkerManager.stop": "worker.stop",
        "WorkerManager.start": "worker.start",
        "PauseManager.pause everything": "everything.pause",
        "PauseManager.pause a platform": "platform.pause",
        "PauseManager.pause a user": "user.pause",
        "PauseManager.pause an account": "account.pause",
        "PauseManager.pause a batch": "batch.pause",
        "PauseManager.resume a batch": "batch.resume",
        "TaskQueueManager.submit_batch": "batch.submit",
        "RestoreManager.restore": "database.restored",
        "RestoreManager.accept": "database.accepted",
        "UserManager.set_disabled": "user.set_disabled",
    }
    for name, action in changing.items():
        CALLS[name].run(services, ADMIN, two.ada)
        newest = services.audit.entries(limit=1)[0]
        assert (newest.action, newest.actor_name) == (action, "command line"), name
        assert "token" not in str(newest.detail)
        assert "a long password" not in str(newest.detail)
