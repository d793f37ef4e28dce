"""Another text or another account for an article that is not online: what becomes of its row, draft and history."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest

from core.errors import Conflict, NotFound, NotPossible, TooLate
from core.store.article_edits import ArticleVersions
from core.store.records import AccountView, HeldTask, NewPicture, ReviewAnswer
from core.store.task_events import EventKind
from core.task_state import BlockReason, Checkpoint, Mode, Step, TaskStatus
from tests.integration.store.store_world import OTHER, StoreWorld

PICTURE = NewPicture("a" * 64, "image/png", b"\x89PNG")


def failed_with_draft(world: StoreWorld, **facts: object) -> int:
    held = world.drafted(world.add_task(**facts))
    world.store.fail(held, error_class="Rejected", message="word 3")
    return held.id


def blocked(world: StoreWorld, reason: BlockReason) -> int:
    held = world.drafted()
    world.store.block(held, reason, error_class="X", message="x")
    return held.id


def test_the_old_text_is_kept_and_the_event_says_what_changed(world: StoreWorld) -> None:
    task_id = failed_with_draft(world)
    old = world.queries.article(task_id)
    new = replace(old, title="新标题", content="新的正文", topics=("a",))
    world.store.edit(task_id, new, cover=PICTURE, mode=Mode.DRAFT, by="wang")
    (edited,) = [event for event in world.queries.events(task_id) if event.kind == EventKind.EDITED]
    assert edited.detail == {
        "by": "wang",
        "version": 2,
        "title": "新标题",
        "was_title": "标题 😀",
        "changed": ["title", "content", "topics", "cover", "mode"],
    }
    first, second = ArticleVersions(world.db).of(task_id)
    assert (first, first.version) == (old, 1)
    assert (second.title, second.version, second.cover_sha256) == ("新标题", 2, PICTURE.sha256)
    view = world.view(task_id)
    assert (view.status, view.mode, view.title, view.progress) == (TaskStatus.FAILED, Mode.DRAFT, "新标题", 0)


def test_a_draft_of_the_old_text_is_written_again_from_the_beginning(world: StoreWorld) -> None:
    task_id = failed_with_draft(world)
    world.store.edit(task_id, replace(world.queries.article(task_id), content="新的正文"))
    world.store.retry_by_hand(task_id)
    held = world.take(task_id)
    assert (held.checkpoint, held.remote_draft_id, held.content_hash) == (Checkpoint.NONE, "d-1", None)
    assert held.article.content == "新的正文"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"topics": ("a", "b")}, {"topics": ("a",)}),
        ({"column": "c"}, {"column": None}),
        ({"cover": PICTURE}, {"cover_sha256": None}),
    ],
)
def test_a_draft_that_has_what_was_taken_out_is_left_and_said_so(
    world: StoreWorld, before: dict[str, Any], after: dict[str, Any]
) -> None:
    task_id = failed_with_draft(world, **before)
    world.store.edit(task_id, replace(world.queries.article(task_id), **after))
    assert world.view(task_id).remote_draft_id is None
    last = world.queries.events(task_id)[-1]
    assert last.kind == EventKind.ORPHAN_DRAFT
    assert "d-1" in last.detail["reason"]


def test_more_settings_leave_the_draft(world: StoreWorld) -> None:
    task_id = failed_with_draft(world, topics=("a",), column="c")
    world.store.edit(task_id, replace(world.queries.article(task_id), topics=("b", "a"), column="d"), cover=PICTURE)
    assert world.view(task_id).remote_draft_id == "d-1"


def test_two_who_edit_the_same_text(world: StoreWorld) -> None:
    task_id = world.add_task()
    seen = world.queries.article(task_id)
    world.store.edit(task_id, replace(seen, title="first"), based_on=seen.version)
    with pytest.raises(Conflict, match="changed by somebody else meanwhile"):
        world.store.edit(task_id, replace(seen, title="second"), based_on=seen.version)
    assert world.view(task_id).title == "first"
    assert len(ArticleVersions(world.db).of(task_id)) == 2


def test_an_edit_and_a_take_one_after_the_other(world: StoreWorld) -> None:
    """Whoever comes second sees what the first has done: no worker has a text that its owner believes changed."""
    task_id = world.add_task()
    new = replace(world.queries.article(task_id), title="new")
    outcomes: list[object] = []
    begin = threading.Barrier(2)

    def edit() -> None:
        begin.wait()
        try:
            world.store.edit(task_id, new)
            outcomes.append("edited")
        except (TooLate, Conflict) as error:
            outcomes.append(error)

    def take() -> None:
        begin.wait()
        outcomes.append(world.store.take(task_id, worker_id=OTHER, claimed_ms=1))

    threads = [threading.Thread(target=edit), threading.Thread(target=take)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (held,) = [one for one in outcomes if isinstance(one, HeldTask)] or [world.take(task_id)]
    assert held.article.title == ("new" if "edited" in outcomes else "标题 😀")


def maybe_online(world: StoreWorld) -> list[int]:
    """Articles that may be online, or are."""
    submitted = world.submitting()
    world.store.retry_later(submitted, delay_seconds=0, error_class="X", message="x", uses_retry=False)
    doubtful = world.submitting()
    world.store.block(doubtful, BlockReason.NEEDS_REVIEW, error_class="X", message="x")
    given_up = world.submitting()
    world.store.block(given_up, BlockReason.NEEDS_REVIEW, error_class="X", message="x")
    world.store.answer_review(given_up.id, ReviewAnswer.GIVE_UP)
    tried_again = world.submitting()
    world.store.block(tried_again, BlockReason.NEEDS_REVIEW, error_class="X", message="x")
    world.store.answer_review(tried_again.id, ReviewAnswer.GIVE_UP)
    world.store.retry_by_hand(tried_again.id)
    published = world.submitting()
    world.store.finish_published(published, "1", "https://x/1")
    return [submitted.id, doubtful.id, given_up.id, tried_again.id, published.id, world.submitting().id]


def test_what_may_be_online_keeps_its_text_and_its_account(world: StoreWorld) -> None:
    for task_id in maybe_online(world):
        before = world.view(task_id)
        with pytest.raises(NotPossible) as refusal:
            world.store.edit(task_id, replace(world.queries.article(task_id), title="new"), by="wang")
        assert refusal.value.hint
        with pytest.raises(NotPossible):
            world.store.change_account(task_id, world.another_account, by="wang")
        assert world.view(task_id) == before


def said_to_be_not_online(world: StoreWorld) -> int:
    """It was clicked at, and a person has answered: publish again."""
    held = world.submitting(world.add_task(topics=("a",)))
    world.store.block(held, BlockReason.NEEDS_REVIEW, error_class="X", message="x")
    world.store.answer_review(held.id, ReviewAnswer.PUBLISH_AGAIN)
    return held.id


def test_a_person_who_errs_publishes_nothing_twice(world: StoreWorld) -> None:
    """He said that it is not online: with the draft that was clicked at it is the same article, with another two."""
    task_id = said_to_be_not_online(world)
    article = world.queries.article(task_id)
    with pytest.raises(NotPossible, match=r"keeps its draft on the site.*cancel it and hand it in anew"):
        world.store.edit(task_id, replace(article, topics=()))
    with pytest.raises(NotPossible, match="To have it on another one"):
        world.store.change_account(task_id, world.another_account)
    world.store.edit(task_id, replace(article, title="new", topics=("a", "b")))
    assert world.view(task_id).remote_draft_id == "d-1"


def test_a_later_click_that_the_site_refused_proves_nothing_of_the_one_before(world: StoreWorld) -> None:
    """The site said that it is busy: the first click may have published all the same."""
    task_id = said_to_be_not_online(world)
    held = world.take(task_id)
    world.store.begin_submitting(held)
    world.store.reopen_draft(held, "too many requests")
    world.store.discard_draft(held, "it was changed on the site")
    world.store.fail(held, error_class="Rejected", message="word 3")
    with pytest.raises(NotPossible, match="To have it on another one"):
        world.store.change_account(task_id, world.another_account)
    with pytest.raises(NotPossible, match="keeps its draft on the site"):
        world.store.edit(task_id, replace(world.queries.article(task_id), topics=()))


def test_a_draft_that_the_site_refused_for_certain_may_be_left(world: StoreWorld) -> None:
    held = world.submitting(world.add_task(topics=("a",)))
    world.store.reopen_draft(held, "word 3")
    world.store.fail(held, error_class="Rejected", message="word 3")
    world.store.edit(held.id, replace(world.queries.article(held.id), topics=()))
    assert world.view(held).remote_draft_id is None


def test_a_running_article_is_refused_with_what_to_do(world: StoreWorld) -> None:
    held = world.take(world.add_task())
    with pytest.raises(TooLate, match=r"is being published just now\. To change it, cancel it first\."):
        world.store.edit(held.id, held.article)
    with pytest.raises(TooLate, match="To have it on another account, cancel it first"):
        world.store.change_account(held.id, world.another_account)


def test_another_account(world: StoreWorld) -> None:
    task_id = world.add_task()
    world.store.change_account(task_id, world.another_account, by="wang")
    view = world.view(task_id)
    assert (view.account_id, view.account_name) == (world.another_account.id, "other")
    moved = world.queries.events(task_id)[-1]
    assert (moved.kind, moved.detail) == ("account_changed", {"by": "wang", "account": "other", "was": "main"})
    entry = world.queries.entry(task_id)
    assert entry is not None
    assert entry.account_id == world.another_account.id
    world.store.change_account(task_id, world.another_account, by="wang")
    assert world.kinds(task_id).count("account_changed") == 1


def test_a_draft_stays_on_the_account_it_was_made_on(world: StoreWorld) -> None:
    task_id = failed_with_draft(world)
    world.store.change_account(task_id, world.another_account)
    view = world.view(task_id)
    assert (view.status, view.checkpoint, view.remote_draft_id) == (TaskStatus.FAILED, Checkpoint.NONE, None)
    assert world.queries.events(task_id)[-1].detail["reason"] == "draft d-1 stays on account main"
    world.store.retry_by_hand(task_id)
    held = world.take(task_id)
    assert (held.account_name, held.remote_draft_id) == ("other", None)
    world.store.record_step(held, Step.BROWSER_READY)


@pytest.mark.parametrize("reason", [BlockReason.NEEDS_LOGIN, BlockReason.NEEDS_HUMAN])
def test_what_waits_for_its_old_account_goes_on(world: StoreWorld, reason: BlockReason) -> None:
    task_id = blocked(world, reason)
    world.store.change_account(task_id, world.another_account, by="wang")
    view = world.view(task_id)
    assert (view.status, view.block_reason, view.account_name) == (TaskStatus.WAITING, None, "other")
    assert world.store.resume_account(world.account_id) == []


def test_accounts_of_others_and_accounts_that_are_gone(world: StoreWorld) -> None:
    task_id = world.add_task()
    hers = world.accounts.add(world.users.add("li").id, "zhihu", "hers", b"[]")
    elsewhere: AccountView = world.accounts.add(world.user_id, "juejin", "main", b"[]")
    for account in (hers, elsewhere, replace(hers, user_id=world.user_id)):
        with pytest.raises(NotPossible, match="between accounts of one user on one platform"):
            world.store.change_account(task_id, account)
    gone = world.another_account
    world.accounts.delete(gone.id)
    with pytest.raises(NotFound):
        world.store.change_account(task_id, gone)
    assert world.view(task_id).account_name == "main"


def test_a_turn_of_the_old_account_is_no_turn_of_the_new_one(world: StoreWorld) -> None:
    """It was given by the old account's limits."""
    task_id = world.add_task()
    world.store.change_account(task_id, world.another_account)
    assert world.store.take(task_id, worker_id=OTHER, claimed_ms=1, account_id=world.account_id) is None
    held = world.store.take(task_id, worker_id=OTHER, claimed_ms=1, account_id=world.another_account.id)
    assert held is not None
