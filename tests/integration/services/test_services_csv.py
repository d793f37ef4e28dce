"""A CSV against what its owner has: every fault of every row at once, and rows that were handed in before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import InvalidInput
from core.services.csv_import import ParsedCsv, parse_csv
from core.store.records import Actor
from tests.integration.services.service_world import ZONE, Services, cookies

NOON = datetime(2025, 11, 24, 4, 0, tzinfo=UTC)
HEADER = "title,content,account,client_ref,scheduled_at,priority,mode"


def parse(*rows: str, header: str = HEADER, account: str = "", now: datetime | None = None) -> ParsedCsv:
    data = "\n".join([header, *rows]).encode()
    return parse_csv(data, zone=ZONE, now=now, default_account=account)


def check(services: Services, actor: Actor, parsed: ParsedCsv, **choices: bool) -> ParsedCsv:
    return services.tasks.check_batch(parsed, actor=actor, **choices)


def found(parsed: ParsedCsv) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in parsed.faults]


def test_one_pass_finds_every_fault_of_every_row(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    services.submit(ada, title="Old", content="x")
    parsed = parse(
        "Fine,x,main,r-1,,,",
        ",,nobody,r-1,2020-01-01,10,both",
        "Old,x,main,,soon,high,",
        "Fine,x,,,2020-01-01,,",
        "Other,x,nobody,,,,",
        "Other,x,nobody,,,,",
    )
    assert found(check(services, ada, parsed)) == [
        *[(3, column) for column in ["title", "content", "account", "client_ref", "scheduled_at", "priority", "mode"]],
        *[(4, column) for column in ["title", "scheduled_at", "priority"]],
        *[(5, column) for column in ["title", "scheduled_at"]],
        (6, "account"),
        *[(7, column) for column in ["title", "account"]],
    ]


def test_a_fault_silences_what_rests_on_it(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    services.submit(ada, title="Old", content="x")
    rows = ["Old,x,main,weibo", "Old,x,nobody,zhihu", f"Old{'d' * 100},x,main,zhihu", "Old,,main,zhihu"]
    checked = check(services, ada, parse(*rows, header="title,content,account,platform"))
    assert found(checked) == [(2, "platform"), (3, "account"), (4, "title"), (5, "content")]


def test_a_file_that_was_checked_may_be_checked_again(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    services.submit(ada, title="Old", content="x")
    parsed = parse("Old,x,main,,,,", "Old,x,nobody,,,,", "New,x,main,r-1,,,", ",x,main,r-1,,,")
    once = check(services, ada, parsed)
    assert check(services, ada, once) == once
    allowed = check(services, ada, parsed, allow_duplicates=True)
    assert check(services, ada, once, allow_duplicates=True) == allowed
    assert [fault.row for fault in allowed.warnings] == [2]


def test_a_used_reference_is_told_though_its_row_has_a_fault(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    task = services.submit(ada, client_ref="r-1")
    checked = check(services, ada, parse(",x,main,r-1,,,", "Hello,Some text.,main,r-2,,,"))
    assert found(checked) == [(2, "title")]
    assert [warning.reason for warning in checked.warnings] == [f"was used before, for article {task.public_id}."]


def test_the_same_file_after_its_times_have_come_is_still_the_same(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    rows = ["one,x,main,,2025-11-24 13:00,,", "two,x,main,r-2,2025-11-24 13:00,,"]
    receipt = services.tasks.submit_batch(parse(*rows, now=NOON), actor=ada)
    later = parse(*rows, now=NOON + timedelta(hours=2))
    assert found(later) == [(2, "scheduled_at"), (3, "scheduled_at")]
    checked = check(services, ada, later)
    assert (checked.faults, checked.warnings) == ((), ())
    again = services.tasks.submit_batch(checked, actor=ada)
    assert (again.new, again.batch_id, len(again.tasks)) == (0, receipt.batch_id, 2)
    grown = check(services, ada, parse(*rows, "three,x,main,,2025-11-24 13:00,,", now=NOON + timedelta(hours=2)))
    assert found(grown) == [(2, "title"), (2, "scheduled_at"), (4, "scheduled_at")]


def test_repeats_that_were_allowed_once_are_allowed_in_the_same_file(services: Services) -> None:
    _, ada, _ = services.add_user("ada")
    parsed = parse("one,x,main,,,,", "one,x,,,,,")
    assert found(check(services, ada, parsed)) == [(3, "title")]
    services.tasks.submit_batch(parsed, actor=ada, allow_duplicates=True)
    assert services.tasks.submit_batch(parsed, actor=ada).new == 0


def test_a_row_of_the_same_file_that_has_changed_is_a_fault_of_that_row(services_on_both: Services) -> None:
    services = services_on_both
    user, ada, _ = services.add_user("ada")
    services.accounts.add("second", cookies(), actor=ada, user_id=user.id)
    rows = ["one,x,,,,,", "two,x,main,,,,", "three,x,,r-3,,,"]
    first = services.tasks.submit_batch(parse(*rows, account="main"), actor=ada)
    other = parse(*rows, account="second")
    assert found(check(services, ada, other)) == [(2, "title"), (4, "client_ref")]
    with pytest.raises(InvalidInput, match="row 2, title: was handed in before with this very file, as article"):
        services.tasks.submit_batch(other, actor=ada)
    again = services.tasks.submit_batch(other, actor=ada, skip_bad_rows=True)
    assert [task.public_id for task in again.tasks] == [first.tasks[1].public_id]


def test_the_receipt_names_the_batch_of_the_new_articles(services_on_both: Services) -> None:
    services = services_on_both
    _, ada, _ = services.add_user("ada")
    services.submit(ada, title="alone", content="x", client_ref="r-0")
    first = services.tasks.submit_batch(parse("one,x,main,r-1,,,"), actor=ada)
    second = services.tasks.submit_batch(parse("one,x,main,r-1,,,", "two,x,main,,,,"), actor=ada)
    assert (second.new, second.batch_id == first.batch_id) == (1, False)
    assert services.tasks.get(second.tasks[1].task_id, actor=ada).batch_id == second.batch_id
    known = services.tasks.submit_batch(parse("alone,x,main,r-0,,,", "one,x,main,r-1,,,"), actor=ada)
    assert (known.new, known.batch_id, len(known.tasks)) == (0, None, 2)
