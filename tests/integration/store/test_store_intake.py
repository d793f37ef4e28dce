"""Accepted articles come into the database whole, once, and all together."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from core.errors import Conflict, NotFound, QueueFull
from core.store.content_hash import article_of
from core.store.models import Article, Batch, Picture, PublishTask, TaskEventRow
from core.store.records import Accepted, Actor, NewBatch, NewPicture, NewTask
from core.task_state import TaskStatus
from tests.integration.store.store_world import StoreWorld

ACTOR = Actor.system()


def counts(world: StoreWorld) -> dict[str, int]:
    with world.db.read() as connection:
        return {
            table.__tablename__: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (Article, Batch, Picture, PublishTask, TaskEventRow)
        }


def insert(world: StoreWorld, *tasks: NewTask, batch: NewBatch | None = None) -> list[Accepted]:
    return world.intake.insert(tasks, batch=batch, actor=ACTOR)


def test_what_goes_in_comes_out(world: StoreWorld) -> None:
    long = "长文 😀\n" * 30_000
    data = b"\xff\xd8" + bytes(200_000)
    cover = NewPicture(hashlib.sha256(data).hexdigest(), "image/jpeg", data)
    task = world.new_task(content=long, topics=("科技", "a|b"), column="col", cover=cover, priority=9, client_ref="r")
    (accepted,) = insert(world, task)
    article = world.queries.article(accepted.task_id)
    assert (article.content, article.topics, article.column) == (long, ("科技", "a|b"), "col")
    assert article.cover_sha256 is not None
    assert world.queries.picture(article.cover_sha256).data == data
    view = world.queries.get_by_public_id(accepted.public_id)
    assert (view.priority, view.client_ref, view.progress, view.attempt) == (9, "r", 0, 0)
    (event,) = world.queries.events(accepted.task_id)
    assert (event.kind, event.detail) == ("handed_in", {"by": "system"})


def test_the_same_request_again_finds_its_task(world: StoreWorld) -> None:
    task = world.new_task(client_ref="order-1")
    (first,) = insert(world, task)
    (again,) = insert(world, task)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.task_id == first.task_id
    later = replace(task, priority=9)
    assert insert(world, later)[0].task_id == first.task_id
    assert counts(world)["articles"] == 1


def test_a_request_is_still_known_after_an_edit(world: StoreWorld) -> None:
    task = world.new_task(client_ref="order-1")
    (first,) = insert(world, task)
    world.store.edit(first.task_id, replace(world.queries.article(first.task_id), title="edited"))
    assert insert(world, task)[0].task_id == first.task_id


@pytest.mark.parametrize("change", [{"title": "other"}, {"content": "other"}, {"mode": "draft"}, {"topics": ("x",)}])
def test_the_same_reference_with_other_content_is_a_conflict(
    sqlite_world: StoreWorld, change: dict[str, object]
) -> None:
    (first,) = insert(sqlite_world, sqlite_world.new_task(client_ref="order-1"))
    before = counts(sqlite_world)
    fine = sqlite_world.new_task(client_ref="order-0")
    with pytest.raises(Conflict, match=first.public_id):
        insert(sqlite_world, fine, sqlite_world.new_task(client_ref="order-1", **change))
    assert counts(sqlite_world) == before


def test_references_belong_to_their_user(world: StoreWorld) -> None:
    (first,) = insert(world, world.new_task(client_ref="order-1"))
    other = world.users.add("li").id
    (second,) = insert(world, world.new_task(user_id=other, client_ref="order-1", title="x"))
    assert second.is_new
    assert second.task_id != first.task_id


def test_a_reference_twice_in_one_call(world: StoreWorld) -> None:
    same = world.new_task(client_ref=" order-1 ")
    first, second = insert(world, same, replace(same, client_ref="order-1"))
    assert (first.task_id, first.public_id) == (second.task_id, second.public_id)
    assert counts(world)["publish_tasks"] == 1


def test_without_a_reference_each_is_its_own(world: StoreWorld) -> None:
    task = world.new_task()
    assert len({one.task_id for one in insert(world, task, task)}) == 2


def test_a_file_with_nothing_new_makes_no_batch(world: StoreWorld) -> None:
    task = world.new_task(client_ref="order-1")
    (alone,) = insert(world, task)
    (again,) = insert(world, replace(task, batch_row=2), batch=NewBatch(world.user_id, "a.csv", "f" * 64))
    assert (again.task_id, again.is_new, again.batch_id) == (alone.task_id, False, None)
    assert counts(world)["batches"] == 0


def test_the_same_file_is_the_same_batch(world: StoreWorld) -> None:
    file = NewBatch(world.user_id, "a.csv", "f" * 64)
    rows = [world.new_task(title=f"t{row}", batch_row=row) for row in (1, 2, 4)]
    first = insert(world, *rows, batch=file)
    assert all(one.is_new for one in first)
    again = insert(world, *rows, batch=file)
    assert [(one.task_id, one.is_new) for one in again] == [(one.task_id, False) for one in first]
    repaired = [*rows, world.new_task(title="t3", batch_row=3)]
    third = insert(world, *repaired, batch=file)
    assert [one.is_new for one in third] == [False, False, False, True]
    assert counts(world)["batches"] == 1
    assert {one.batch_id for one in third} == {first[0].batch_id}
    other_user = NewBatch(world.users.add("li").id, "a.csv", "f" * 64)
    assert insert(world, world.new_task(user_id=other_user.user_id), batch=other_user)[0].is_new


def test_a_row_that_changed_though_its_file_did_not(world: StoreWorld) -> None:
    """A CSV may name files with the content: those can change."""
    file = NewBatch(world.user_id, "a.csv", "f" * 64)
    insert(world, world.new_task(batch_row=7), batch=file)
    with pytest.raises(Conflict, match="Row 7"):
        insert(world, world.new_task(content="changed", batch_row=7), batch=file)


def test_too_many_waiting(world: StoreWorld) -> None:
    tasks = [world.new_task(client_ref=str(number)) for number in range(4)]
    world.intake.insert(tasks[:3], actor=ACTOR, max_waiting=3)
    with pytest.raises(QueueFull, match="limit of 3"):
        world.intake.insert(tasks, actor=ACTOR, max_waiting=3)
    assert world.intake.insert(tasks[:3], actor=ACTOR, max_waiting=3)[0].is_new is False
    assert world.queries.counts(world.user_id)[TaskStatus.WAITING] == 3
    world.take(1)
    world.intake.insert(tasks, actor=ACTOR, max_waiting=3)
    assert world.queries.counts(world.user_id)[TaskStatus.WAITING] == 3, "who is being published does not wait"


def test_an_unknown_user(world: StoreWorld) -> None:
    with pytest.raises(NotFound, match="user 99"):
        insert(world, world.new_task(user_id=99))


def test_nothing_at_all(world: StoreWorld) -> None:
    assert insert(world) == []


def test_pictures_are_kept_once(world: StoreWorld) -> None:
    cover = NewPicture("a" * 64, "image/png", b"png")
    insert(world, *[world.new_task(cover=cover) for _ in range(3)])
    insert(world, world.new_task(cover=cover))
    assert counts(world)["pictures"] == 1


def test_the_same_requests_from_many_threads(world: StoreWorld) -> None:
    """Two tabs, a retrying program, the same file twice: one task each, whoever is first."""
    cover = NewPicture("a" * 64, "image/png", b"png")
    tasks = [world.new_task(client_ref=f"r{number}", cover=cover) for number in range(20)]
    results: list[list[Accepted]] = []
    together = threading.Barrier(6)

    def hand_in() -> None:
        together.wait(10)
        results.append(insert(world, *tasks, batch=NewBatch(world.user_id, "a.csv", "f" * 64)))

    threads = [threading.Thread(target=hand_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len({tuple(one.task_id for one in result) for result in results}) == 1
    assert sum(one.is_new for result in results for one in result) == 20
    assert counts(world) == {
        "articles": 20, "batches": 1, "pictures": 1, "publish_tasks": 20, "task_events": 20,
    }  # fmt: skip


def test_the_same_picture_of_two_users_at_once(world: StoreWorld) -> None:
    users = [world.user_id, world.users.add("li").id]
    cover = NewPicture("b" * 64, "image/png", b"png" * 1000)
    errors: list[BaseException] = []

    def hand_in(user_id: int) -> None:
        try:
            for _ in range(5):
                insert(world, world.new_task(user_id=user_id, cover=cover))
        except BaseException as error:  # noqa: BLE001 - a thread's errors are asserted on below
            errors.append(error)

    threads = [threading.Thread(target=hand_in, args=(user_id,)) for user_id in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert counts(world)["publish_tasks"] == 10


def test_ten_thousand_rows(world: StoreWorld) -> None:
    tasks = [world.new_task(title=f"t{row}", content="正文" * 100) for row in range(10_000)]
    file = NewBatch(world.user_id, "big.csv", "e" * 64)
    accepted = insert(world, *tasks, batch=file)
    assert len({one.task_id for one in accepted}) == len({one.public_id for one in accepted}) == 10_000
    assert world.view(accepted[5_000].task_id).title == "t5000"
    assert counts(world)["task_events"] == 10_000
    assert not any(one.is_new for one in insert(world, *tasks, batch=file))


def test_article_hashes_tell_articles_apart(sqlite_world: StoreWorld) -> None:
    task = sqlite_world.new_task
    variants = [
        task(),
        task(title="标题 😀正"),
        task(title="标题 😀正", content="文"),
        task(content_format="html"),
        task(column="c"),
        task(topics=("a", "b")),
        task(topics=("a,b",)),
        task(cover=NewPicture("a" * 64, "image/png", b"")),
    ]
    assert len({article_of(one) for one in variants}) == len(variants)
    assert article_of(task()) == article_of(task(client_ref="x", priority=1))


def test_the_same_article_is_found_again_however_its_lines_end(sqlite_world: StoreWorld) -> None:
    written = ("一\n\n二", "一\r\n\r\n二", "一\r\r二\r", "\n一\n\n二\n\n")
    assert len({article_of(sqlite_world.new_task(content=content)) for content in written}) == 1
    others = ("一\n二", "一二", "    一\n\n二")
    assert len({article_of(sqlite_world.new_task(content=content)) for content in (*written, *others)}) == 4
