"""Charts over time, with 24 hours on their axis in every language. A chart looks the same before and after a refresh:
all its moments are there from the start, and nothing is animated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

HEIGHT = 220
DAYS_AND_HOURS = {
    "year": "{MM}-{dd}", "month": "{MM}-{dd}", "day": "{MM}-{dd}", "hour": "{HH}:{mm}", "minute": "{HH}:{mm}",
    "second": "{HH}:{mm}", "millisecond": "{HH}:{mm}",
}  # fmt: skip
LONG_SPAN = timedelta(days=2)
"""From so long on a day is marked by its date alone."""


@dataclass(frozen=True, slots=True)
class Moments:
    """When each stretch of time begins, on the visitor's clock, and how long it lasts. At least one."""

    begins: Sequence[datetime]
    stretch: timedelta

    def point(self, place: int) -> int:
        """In milliseconds. The chart is told that these are UTC, so that no browser moves them again."""
        return _milliseconds(self.begins[place])

    @property
    def axis(self) -> dict[str, Any]:
        """Half a stretch further at both ends, so that the first and the last bar are whole."""
        half = self.stretch / 2
        is_long = self.begins[-1] - self.begins[0] > LONG_SPAN
        return {
            "type": "time",
            "min": _milliseconds(self.begins[0] - half),
            "max": _milliseconds(self.begins[-1] + half),
            "axisLabel": {"formatter": "{MM}-{dd}" if is_long else DAYS_AND_HOURS, "hideOverlap": True},
            "minInterval": 24 * 3600 * 1000 if is_long else 0,
            "splitLine": {"show": False},
        }


def draw_bars(moments: Moments, name: str, values: Sequence[int], *, empty: str) -> None:
    """How many of something; `empty` stands in the chart while there is none."""
    data = [[moments.point(place), value] for place, value in enumerate(values)]
    series = [{"name": name, "type": "bar", "data": data, "barMaxWidth": 24, "barCategoryGap": "25%"}]
    _draw(moments, series, alt=name, empty="" if any(values) else empty, bottom=0, value_axis={"minInterval": 1})


def draw_lines(moments: Moments, lines: Mapping[str, Sequence[float | None]], *, title: str, empty: str) -> None:
    """Name → its values; a gap where there is none."""
    series = [
        {
            "name": name,
            "type": "line",
            "data": [[moments.point(place), value] for place, value in enumerate(values)],
            "symbol": "circle",
            "symbolSize": 5,
            "connectNulls": False,
        }
        for name, values in lines.items()
    ]
    is_empty = all(value is None for values in lines.values() for value in values)
    _draw(moments, series, alt=title, empty=empty if is_empty else "", bottom=26, value_axis={})


def _draw(
    moments: Moments, series: list[dict[str, Any]], *, alt: str, empty: str, bottom: int, value_axis: dict[str, Any]
) -> None:
    spec: dict[str, Any] = {
        "useUTC": True,
        "animation": False,
        "grid": {"left": 4, "right": 12, "top": 10, "bottom": bottom, "containLabel": True},
        "tooltip": {"trigger": "axis", "confine": True},
        "xAxis": moments.axis,
        "yAxis": {"type": "value", "min": 0, "splitNumber": 3, **value_axis},
        "series": series,
    }
    if bottom:
        spec["legend"] = {"bottom": 0, "icon": "roundRect", "itemWidth": 12, "itemHeight": 4}
    if empty:
        spec["title"] = {
            "text": empty,
            "left": "center",
            "top": "middle",
            "textStyle": {"fontSize": 13, "fontWeight": "normal"},
        }
        # Without a value the axis would end at 1 with halves below.
        spec["yAxis"] |= {"max": 4, "axisLabel": {"show": False}}
    st.echarts_chart(spec, height=HEIGHT, alt=alt)


def _milliseconds(moment: datetime) -> int:
    return round(moment.replace(tzinfo=UTC).timestamp() * 1000)
