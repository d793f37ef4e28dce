"""How many articles came online, how long they had waited and how long publishing took: over the last hour, day or
week. Which of these stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

import streamlit as st

from core import wiring
from core.services.outcome_viewer import Trend
from core.store.outcome_figures import SAMPLE, Failures
from core.store.records import Actor
from dashboard.address import Address, choice_field
from dashboard.components.time_charts import Moments, draw_bars, draw_lines
from dashboard.figures import reader
from dashboard.shared_figures import shared
from dashboard.text import _, local, mark

MINUTES_FROM, HOURS_FROM = 300.0, 18_000.0
"""From so many seconds on a chart is drawn in minutes, and in hours."""


class Span(StrEnum):
    """How far back."""

    HOUR = "1h"
    DAY = "24h"
    WEEK = "7d"


WORDS = {Span.HOUR: mark("1 hour"), Span.DAY: mark("24 hours"), Span.WEEK: mark("7 days")}
STRETCHES = {
    Span.HOUR: (timedelta(minutes=2), 30),
    Span.DAY: (timedelta(hours=1), 24),
    Span.WEEK: (timedelta(hours=6), 28),
}
"""The time of one bar, and how many bars."""
KEPT_SECONDS = {Span.HOUR: 10.0, Span.DAY: 30.0, Span.WEEK: 60.0}
"""So long a chart is shown to everybody before it is counted again: a bar grows slowly, and counting a week of a
million articles is a second's work."""
ADDRESS = Address("overview", {"over": choice_field(Span, Span.DAY)})
EMPTY = mark("Nothing came online in this time.")
UNITS = (
    (HOURS_FROM, 3600.0, mark("hours")),
    (MINUTES_FROM, 60.0, mark("minutes")),
    (0.0, 1.0, mark("seconds")),
)


def choose_span() -> Span:
    """The widget."""
    ADDRESS.take_over()
    chosen = st.segmented_control(
        _("Over"),
        list(Span),
        format_func=lambda span: _(WORDS[span]),
        key=ADDRESS.key("over"),
        label_visibility="collapsed",
        required=True,
    )
    ADDRESS.write()
    return chosen or Span.DAY


def draw_charts(actor: Actor, span: Span) -> None:
    """All bars are there from the start, so that nothing moves."""
    trend = _trend(span, reader(actor), _begin(span))
    moments = Moments([local(moment) or moment for moment in trend.begins], STRETCHES[span][0])
    published, waited, took = st.columns(3)
    with published:
        st.markdown(f"**{_('Published')}**", help=_("How many came online in each bar."))
        draw_bars(moments, _("Published"), trend.published, empty=_(EMPTY))
    with waited:
        half, most = ([getattr(one, f"wait_p{share}_seconds") for one in trend.times] for share in (50, 95))
        help_words = _("From handing in, or from its time, until a worker took it.")
        _draw_times(_("Waited"), help_words, moments, half, most)
    with took:
        half, most = ([getattr(one, f"publish_p{share}_seconds") for one in trend.times] for share in (50, 95))
        _draw_times(_("Publishing took"), _("From the first start until it was online."), moments, half, most)


def failures_over(actor: Actor, span: Span) -> tuple[Failures, ...]:
    """What failed in the time of the charts, by reason."""
    return _failures(reader(actor), _begin(span))


def _begin(span: Span) -> datetime:
    """That of the first bar: the same for a while, so that the answer can be shared."""
    stretch, number = STRETCHES[span]
    now = datetime.now(UTC)
    begin = now - timedelta(seconds=now.timestamp() % stretch.total_seconds()) - (number - 1) * stretch
    return begin.replace(microsecond=0)


def _draw_times(
    title: str, help_words: str, moments: Moments, half: Sequence[float | None], most: Sequence[float | None]
) -> None:
    longest = max((seconds for seconds in most if seconds is not None), default=0.0)
    _least, seconds_of_unit, unit = next(one for one in UNITS if longest >= one[0])
    sampled = _("Of the last {number} articles of each point.", number=SAMPLE)
    st.markdown(f"**{title}** ({_(unit)})", help=f"{help_words} {sampled}")
    lines = {
        _("Half at most"): [_in(seconds_of_unit, seconds) for seconds in half],
        _("95 % at most"): [_in(seconds_of_unit, seconds) for seconds in most],
    }
    draw_lines(moments, lines, title=f"{title} ({_(unit)})", empty=_(EMPTY))


def _in(seconds_of_unit: float, seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / seconds_of_unit, 2)


def _trend(span: Span, who: Actor, begin: datetime) -> Trend:
    read = {Span.HOUR: _hour, Span.DAY: _day, Span.WEEK: _week}[span]
    shown: Trend = read(who, begin)
    return shown


def _read(span: Span, who: Actor, begin: datetime) -> Trend:
    return wiring.get_outcome_viewer().trend(begin, *STRETCHES[span], actor=who)


@shared(KEPT_SECONDS[Span.HOUR] - 0.1)
def _failures(who: Actor, begin: datetime) -> tuple[Failures, ...]:
    return wiring.get_outcome_viewer().failures(begin, actor=who)


@shared(KEPT_SECONDS[Span.HOUR] - 0.1)
def _hour(who: Actor, begin: datetime) -> Trend:
    return _read(Span.HOUR, who, begin)


@shared(KEPT_SECONDS[Span.DAY] - 0.1)
def _day(who: Actor, begin: datetime) -> Trend:
    return _read(Span.DAY, who, begin)


@shared(KEPT_SECONDS[Span.WEEK] - 0.1)
def _week(who: Actor, begin: datetime) -> Trend:
    return _read(Span.WEEK, who, begin)
