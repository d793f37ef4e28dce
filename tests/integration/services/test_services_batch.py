"""A whole file: all of it or its good rows, never twice, in one transaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidInput, QueueFull
from core.services.csv_import import MAX_ROWS, ParsedCsv, parse_csv
from core.store.records import Actor
from core.store.task_queries import TaskFilter
from core.task_state import TaskStatus
from tests.integration.services.service_world import ADMIN, ZONE, Services


def parse(*rows: str, header: str = "title,content,account,client_ref,scheduled_at") -> ParsedCsv:
    return parse_csv("\n".join([header, *rows]).encode(), zone=ZONE)


def titles(services: Services, actor: Actor) -> list[str]:
    return sorted(task.title for task in services.tasks.list(actor=actor, limit=1000))


def test_a_file_is_one_batch(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    later = datetime.now(ZONE) + timedelta(days=1)
    parsed = parse("one,x,main,r-1,", "two,x,,,", f"three,x,main,,{later:%Y-%m-%d %H:%M}")
    receipt = services.tasks.submit_batch(parsed, actor=ada, name="three.csv")
    assert (receipt.new, receipt.is_in_line, len(receipt.tasks)) == (3, True, 3)
    tasks = services.tasks.list(TaskFilter(batch_id=receipt.batch_id), actor=ada)
    assert [task.title for task in reversed(tasks)] == ["one", "two", "three"]
    assert services.queue.stats().waiting == 2
    again = services.tasks.submit_batch(parsed, actor=ada)
    assert (again.new, again.batch_id) == (0, receipt.batch_id)
    assert [task.public_id for task in again.tasks] == [task.public_id for task in receipt.tasks]
    assert services.queue.stats().waiting == 2


@pytest.mark.parametrize(("name", "kept"), [("a\nb.csv", "a b.csv"), ("文" * 300, "文" * 255), (" \n", "CSV ")])
def test_a_batch_has_a_name_of_one_line_that_can_be_kept(services_on_both: Services, name: str, kept: str) -> None:
    _, ada, _ = services_on_both.add_user("ada")
    services_on_both.tasks.submit_batch(parse("one,x,main,,"), actor=ada, name=name)
    (batch,) = services_on_both.lists.batches(actor=ada)
    assert batch.name.startswith(kept)
    assert len(batch.name.splitlines()[0]) == len(batch.name) <= 255


def test_nothing_of_a_faulty_file_is_queued_unless_bad_rows_are_left_out(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    parsed = parse("good,x,main,,", ",x,main,,", "lost,x,nobody,,")
    checked = services.tasks.check_batch(parsed, actor=ada)
    assert [(fault.row, fault.column) for fault in checked.faults] == [(3, "title"), (4, "account")]
    assert "Write one of: main" in checked.faults[1].remedy
    with pytest.raises(InvalidInput, match="row 3, title"):
        services.tasks.submit_batch(parsed, actor=ada)
    assert titles(services, ada) == []
    assert services.tasks.submit_batch(parsed, actor=ada, skip_bad_rows=True).new == 1
    assert titles(services, ada) == ["good"]


@pytest.mark.parametrize("parsed", [parse("x", header="titel"), parse(",x,main,,"), parse()])
def test_a_file_without_a_good_row_is_refused_even_so(services: Services, parsed: ParsedCsv) -> None:
    _, ada, _ = services.add_user("ada")
    with pytest.raises(InvalidInput):
        services.tasks.submit_batch(parsed, actor=ada, skip_bad_rows=True)


def test_articles_that_were_handed_in_before_are_flagged(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    services.tasks.submit_batch(parse("one,x,,,", "two,x,,r-2,"), actor=ada)
    grown = parse("one,x,,,", "two,x,,r-2,", "three,x,,,", "three,x,,,")
    checked = services.tasks.check_batch(grown, actor=ada)
    assert [(fault.row, fault.is_duplicate) for fault in checked.faults] == [(2, True), (5, True)]
    assert "as article" in checked.faults[0].reason
    assert services.tasks.submit_batch(grown, actor=ada, skip_bad_rows=True).new == 1
    assert titles(services, ada) == ["one", "three", "two"]
    allowed = services.tasks.check_batch(grown, actor=ada, allow_duplicates=True)
    assert (allowed.faults, [fault.row for fault in allowed.warnings]) == ((), [2, 3, 5])


def test_a_reference_that_was_used_before_is_told_with_its_row(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada, client_ref="r-1")
    parsed = parse("new,x,,,", "Other,x,,r-1,")
    with pytest.raises(
        InvalidInput, match=f"row 3, client_ref: was used before, for another article: {task.public_id}"
    ):
        services.tasks.submit_batch(parsed, actor=ada)
    assert titles(services, ada) == ["Hello"]
    same = parse("new,x,,,", "Hello,Some text.,,r-1,")
    checked = services.tasks.check_batch(same, actor=ada)
    assert (checked.faults, [fault.row for fault in checked.warnings]) == ((), [3])
    receipt = services.tasks.submit_batch(same, actor=ada)
    assert (receipt.new, receipt.tasks[1].public_id) == (1, task.public_id)
    assert titles(services, ada) == ["Hello", "new"]


def test_one_users_files_are_not_anothers(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    _, bo, _ = services.add_user("bo")
    parsed = parse("one,x,,r-1,")
    first, second = (services.tasks.submit_batch(parsed, actor=actor) for actor in (ada, bo))
    assert first.batch_id != second.batch_id
    assert (first.new, second.new) == (1, 1)


def test_ten_thousand_rows_and_not_one_more(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    parsed = parse(*(f"title {number},some text,main,," for number in range(MAX_ROWS)))
    receipt = services.tasks.submit_batch(parsed, actor=ada)
    assert receipt.new == MAX_ROWS
    assert services.queue.stats().waiting == MAX_ROWS
    assert services.tasks.queue_stats(actor=ADMIN).counts[TaskStatus.WAITING] == MAX_ROWS
    assert services.tasks.submit_batch(parsed, actor=ada).new == 0
    with pytest.raises(QueueFull):
        services.submit(ada)


def test_a_time_that_passes_while_its_owner_looks_at_the_file_means_now(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    noon = datetime(2025, 11, 24, 4, 0, tzinfo=UTC)
    text = b"title,content,scheduled_at\none,x,2025-11-24 12:30\n"
    parsed = parse_csv(text, zone=ZONE, now=noon)
    assert services.tasks.submit_batch(parsed, actor=ada).new == 1
    assert [entry.task_id for entry in services.store_entries()] == [services.tasks.list(actor=ada)[0].id]
