"""Percentiles of what was measured."""

from __future__ import annotations

import math
from collections.abc import Sequence


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The value below which this share of them lies, by the nearest rank; None: there are none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None
