"""What the line writes into Redis and reads from it, without a Redis."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.lane import AccountLimits, LaneEntry, Pause, PauseScope, UserLimits
from core.queue.key_names import KeyNames
from core.queue.lane_order import lane_fields, lane_score
from core.queue.live_overrides import account_text, pause_field, user_text
from core.queue.lua_scripts import FOLDER, script_verbs
from core.queue.queue_stats import Parked, WaitReason
from core.queue.running_entry import EntryState, RunningEntry

ENTRIES = st.builds(
    LaneEntry,
    task_id=st.integers(1, 2**48 - 1),
    user_id=st.just(1),
    account_id=st.just(1),
    platform=st.just("zhihu"),
    priority=st.integers(0, 9),
    is_resumed=st.booleans(),
)


@given(ENTRIES, ENTRIES)
def test_scores_order_as_the_rules_say(one: LaneEntry, other: LaneEntry) -> None:
    def rule(entry: LaneEntry) -> tuple[bool, int, int]:
        return (not entry.is_resumed, -entry.priority, entry.task_id)

    assert (lane_score(one) < lane_score(other)) == (rule(one) < rule(other))


@given(ENTRIES)
def test_scores_are_exact_in_a_double(entry: LaneEntry) -> None:
    assert int(float(lane_score(entry))) == lane_score(entry)


@pytest.mark.parametrize(
    "entry",
    [
        LaneEntry(0, 1, 1, "zhihu"),
        LaneEntry(2**48, 1, 1, "zhihu"),
        LaneEntry(1, 0, 1, "zhihu"),
        LaneEntry(1, 1, 0, "zhihu"),
        LaneEntry(1, 1, 1, "a:b"),
        LaneEntry(1, 1, 1, ""),
        LaneEntry(1, 1, 1, "zhihu", priority=10),
        LaneEntry(1, 1, 1, "zhihu", priority=-1),
    ],
)
def test_what_no_row_can_hold_is_refused(entry: LaneEntry) -> None:
    with pytest.raises(ValueError, match=r"row|priority|platform"):
        lane_fields(entry)


@pytest.mark.parametrize(
    ("why", "expected"),
    [
        ("user_running:0", Parked(WaitReason.USER_RUNNING, None)),
        ("user_starts:1700000000001", Parked(WaitReason.USER_STARTS, 1700000000001)),
        ("accounts:account_gap:1700000000001", Parked(WaitReason.ACCOUNT_GAP, 1700000000001)),
        ("accounts:", None),
        ("nonsense:1", None),
        ("", None),
        (None, None),
    ],
)
def test_reasons_are_read(why: str | None, expected: Parked | None) -> None:
    assert Parked.parse(why) == expected


def test_running_entries_are_read() -> None:
    text = "17:1700000000001:3:44:zhihu:5629499534213121::call-1:taken"
    entry = RunningEntry.parse("7", text)
    assert entry == RunningEntry(7, 17, 1700000000001, 3, 44, "call-1", EntryState.TAKEN, text)


@pytest.mark.parametrize(
    ("task", "text"),
    [
        ("7", "garbage"),
        ("x", "17:1:3:44:zhihu:5::c:taken"),
        ("7", "17:1:3:44:zhihu:5::c:eaten"),
        ("7", "x:1:3:44:zhihu:5::c:taken"),
    ],
)
def test_what_is_no_running_entry_is_none(task: str, text: str) -> None:
    assert RunningEntry.parse(task, text) is None


def test_overrides_as_redis_holds_them() -> None:
    assert user_text(UserLimits(1, max_running=3, weight=0.5)) == "3::0.5000"
    assert user_text(UserLimits(1)) == "::"
    assert account_text(AccountLimits(1, gap_seconds=1.5)) == ":1500"
    assert account_text(AccountLimits(1, max_running=2, gap_seconds=0)) == "2:0"


def test_all_faults_of_limits_are_named_together() -> None:
    with pytest.raises(InvalidInput) as caught:
        user_text(UserLimits(1, max_running=0, max_starts=100_000, weight=0))
    assert [fault.field for fault in caught.value.faults] == ["max_running", "max_starts", "weight"]
    with pytest.raises(InvalidInput, match="gap_seconds"):
        account_text(AccountLimits(1, gap_seconds=-1))


def test_names_of_pauses() -> None:
    pauses = [Pause(PauseScope.EVERYTHING, "", None), Pause(PauseScope.PLATFORM, "zhihu", None)]
    assert [pause_field(pause.scope, pause.key) for pause in pauses] == ["everything", "platform:zhihu"]


@pytest.mark.parametrize("name", ["queue:ready", "queue:user:12:account:3", "limit:user:1:starts", "limit:users"])
def test_a_rebuild_makes_these_anew(name: str) -> None:
    assert KeyNames("p:").is_rebuilt("p:" + name)
    assert not KeyNames("p:").is_rebuilt(name)


@pytest.mark.parametrize("name", ["queue:rebuild", "workers", "worker:a:1:b", "queue:user:x", "queue:other", "huey"])
def test_a_rebuild_leaves_these_alone(name: str) -> None:
    assert not KeyNames("").is_rebuilt(name)


@pytest.mark.parametrize("verb", script_verbs())
def test_every_script_says_what_it_takes_and_replies(verb: str) -> None:
    text = (FOLDER / f"{verb}.lua").read_text(encoding="utf-8")
    header = text[: re.search(r"^(?!--)", text, re.MULTILINE).start()]  # type: ignore[union-attr]
    assert text.startswith(f"-- {verb}.lua: ")
    assert "ARGV: 1 prefix" in header
    assert "Reply: " in header
    has_loop = re.search(r"^\s*(for|while) ", text, re.MULTILINE) is not None
    assert ("No loop" in header) != has_loop, "a loop's bound is named, and only a loop's"
    assert len(text.splitlines()) <= 300
