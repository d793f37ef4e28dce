"""The same article handed in again without a reference of its own: by mistake, or meant twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import InvalidInput, Repeated
from core.services.csv_import import ParsedCsv, parse_csv
from core.services.csv_intake import CheckedCsv, CsvIntake
from core.services.submission import Submission
from core.store.records import Actor, ReviewAnswer, UserView
from core.task_state import BlockReason
from tests.integration.services.service_world import ZONE, Services
from tests.integration.store.store_world import Draft


def test_a_repeated_article_is_refused_unless_the_first_has_failed(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada)
    same = Submission(account="", title="Hello", content="Some text.")
    with pytest.raises(Repeated, match=f"handed in before, as article {task.public_id}") as refusal:
        services.tasks.submit(same, actor=ada, refuse_repeat=True)
    assert refusal.value.public_id == task.public_id
    assert len(services.tasks.list(actor=ada)) == 1
    draft = Submission(account="main", title="Hello", content="Some text.", mode="draft")
    services.tasks.submit(draft, actor=ada, refuse_repeat=True)
    services.tasks.cancel(task.id, actor=ada)
    second = services.tasks.submit(same, actor=ada, refuse_repeat=True)
    third = services.tasks.submit(same, actor=ada, refuse_repeat=True, repeat_of=second.public_id)
    with pytest.raises(Repeated, match=third.public_id):
        services.tasks.submit(same, actor=ada, refuse_repeat=True, repeat_of=second.public_id)


def test_the_same_article_from_many_tabs_at_the_same_moment_is_one(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    begin = threading.Barrier(6)

    def hand_in(tab: int) -> str:
        begin.wait()
        submission = Submission(account="", title="Hello", content="Some text.", client_ref=f"form-{tab}")
        try:
            return services.tasks.submit(submission, actor=ada, refuse_repeat=True).public_id
        except Repeated as error:
            return error.public_id

    with ThreadPoolExecutor(6) as tabs:
        told = set(tabs.map(hand_in, range(6)))
    assert told == {task.public_id for task in services.tasks.list(actor=ada)}
    assert len(told) == 1


def test_an_article_given_up_while_it_may_be_online_still_counts_as_handed_in(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada, "Once")
    held = services.store.take(task.id, worker_id="w:1:a", claimed_ms=1)
    assert held is not None
    services.store.record_drafted(held, Draft())
    services.store.begin_submitting(held)
    services.store.block(held, BlockReason.NEEDS_REVIEW, error_class="MayBeOnline", message="look")
    services.tasks.answer_review(task.id, ReviewAnswer.GIVE_UP, actor=ada)
    with pytest.raises(Repeated, match=task.public_id):
        services.tasks.submit(Submission("main", "Once", "Some text."), actor=ada, refuse_repeat=True)


def a_file(*titles: str) -> ParsedCsv:
    rows = [f"{title},Some text.,main" for title in titles]
    return parse_csv("\n".join(["title,content,account", *rows]).encode(), zone=ZONE)


def hand_in_right_after_the_check(
    services: Services, actor: Actor, other: ParsedCsv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other file lands between the first one's check and its insert."""
    check = CsvIntake.check

    def checked(intake: CsvIntake, parsed: ParsedCsv, owner: UserView, *, allow_duplicates: bool = False) -> CheckedCsv:
        found = check(intake, parsed, owner, allow_duplicates=allow_duplicates)
        monkeypatch.setattr(CsvIntake, "check", check)
        services.tasks.submit_batch(other, actor=actor)
        return found

    monkeypatch.setattr(CsvIntake, "check", checked)


def titles(services: Services, actor: Actor) -> list[str]:
    return sorted(task.title for task in services.tasks.list(actor=actor))


def test_a_file_that_comes_in_between_keeps_its_articles_to_itself(
    services_on_both: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    hand_in_right_after_the_check(services, ada, a_file("Shared", "Other"), monkeypatch)
    with pytest.raises(InvalidInput, match="row 3, title: was handed in before, as article"):
        services.tasks.submit_batch(a_file("Mine", "Shared"), actor=ada)
    assert titles(services, ada) == ["Other", "Shared"]


def test_what_came_in_between_is_left_out_of_a_file_whose_bad_rows_are(
    services_on_both: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    hand_in_right_after_the_check(services, ada, a_file("Shared", "Other"), monkeypatch)
    assert services.tasks.submit_batch(a_file("Mine", "Shared"), actor=ada, skip_bad_rows=True).new == 1
    assert titles(services, ada) == ["Mine", "Other", "Shared"]


def test_what_came_in_between_is_taken_twice_where_that_is_meant(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, ada, _ = services.add_user("ada")
    hand_in_right_after_the_check(services, ada, a_file("Shared", "Other"), monkeypatch)
    assert services.tasks.submit_batch(a_file("Mine", "Shared"), actor=ada, allow_duplicates=True).new == 2
    assert titles(services, ada) == ["Mine", "Other", "Shared", "Shared"]
