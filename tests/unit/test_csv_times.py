"""Times as people and Excel write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from core.services.clock_text import WrongTime, read_time, require_future
from core.services.local_clock import LocalClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2025, 11, 24, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2025-11-24T09:00",
        "2025-11-24 09:00",
        "2025-11-24T09:00:00+08:00",
        "2025-11-24T01:00Z",
        "2025/11/24 9:00",
        "2025/11/24 09:00:00",
        "2025-11-24 9:00",
        "2025.11.24 9:00",
        "2025年11月24日 9:00",
        "2025年11月24日9时00分",
        "2025/11/24 上午9:00",
        "2025/11/24 9:00 AM",
        "  2025/11/24 9:00  ",
    ],
)
def test_forms_of_nine_in_the_morning(written: str) -> None:
    assert read_time(written, SHANGHAI) == NINE


def test_a_day_alone_is_its_midnight() -> None:
    assert read_time("2025/11/24", SHANGHAI) == datetime(2025, 11, 23, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "hour"), [("2025/1/2 下午3:05", 7), ("2025/1/2 3:05 pm", 7), ("2025/1/2 下午12:05", 4)]
)
def test_half_days(written: str, hour: int) -> None:
    assert read_time(written, SHANGHAI) == datetime(2025, 1, 2, hour, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["11/24/2025 9:00", "24.11.2025", "45985.375", "tomorrow", "2025/13/1", "2025/2/30 9:00", "2025/1/2 下午15:00"],
)
def test_what_would_have_to_be_guessed_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(WrongTime, match="2030-01-31 09:00"):
        read_time(written, SHANGHAI)


@pytest.mark.parametrize("written", ["0001-01-01T00:00", "9999-12-31T23:59-12:00"])
def test_times_at_the_ends_of_the_calendar_are_refused(written: str) -> None:
    with pytest.raises(WrongTime, match="out of range"):
        read_time(written, SHANGHAI)


def test_a_time_that_the_clocks_jump_over_is_refused() -> None:
    with pytest.raises(WrongTime, match="does not exist in Europe/Berlin"):
        read_time("2025-03-30 02:30", ZoneInfo("Europe/Berlin"))


def test_a_time_too_far_to_come_is_refused() -> None:
    with pytest.raises(WrongTime, match=r"2035-11-30 is more than 10 years away[.] Look at the year"):
        read_time("2035-11-30 09:00", SHANGHAI, NINE)
    assert read_time("2035-11-20 09:00", SHANGHAI, NINE).year == 2035
    with pytest.raises(WrongTime, match="9999-12-31 is more than 10 years away"):
        require_future(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), SHANGHAI, NINE)


@pytest.mark.parametrize("offset", [timezone(timedelta(hours=12)), UTC])
@pytest.mark.parametrize("zone", [SHANGHAI, ZoneInfo("America/New_York")])
def test_a_time_before_all_clocks_has_passed(offset: timezone, zone: ZoneInfo) -> None:
    with pytest.raises(WrongTime, match="has passed"):
        require_future(datetime(1, 1, 1, tzinfo=offset), zone, NINE)


@pytest.mark.parametrize(
    ("moment", "zone", "said"),
    [
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), SHANGHAI, "9999-12-31 23:59"),
        (datetime(1, 1, 1, tzinfo=UTC), ZoneInfo("America/New_York"), "1-01-01 00:00"),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=12))), SHANGHAI, "1-01-01 00:00"),
    ],
)
def test_a_moment_that_no_clock_can_show_is_said_all_the_same(moment: datetime, zone: ZoneInfo, said: str) -> None:
    assert LocalClock(zone).say(moment).endswith(said)


def test_a_past_time_comes_with_two_offers() -> None:
    now = datetime(2025, 11, 24, 3, 0, tzinfo=UTC)
    with pytest.raises(WrongTime, match="has passed") as caught:
        require_future(NINE, SHANGHAI, now)
    assert caught.value.offers == ("", "2025-11-25 09:00")
    assert read_time(caught.value.offers[1], SHANGHAI) > now


def test_a_time_to_come_is_fine() -> None:
    require_future(NINE, SHANGHAI, datetime(2025, 11, 24, 0, 59, tzinfo=UTC))
