"""The platforms there are: one row for each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from core.publishing.publisher import Publisher
from core.publishing.zhihu import ZhihuPublisher
from core.settings import Settings


def _zhihu(settings: Settings) -> Publisher:
    return ZhihuPublisher(
        settings.zhihu_write_url,
        settings.zhihu_home_url,
        script_seconds=settings.script_seconds,
        patience_seconds=settings.page_load_seconds,
    )


PLATFORMS: Final[dict[str, Callable[[Settings], Publisher]]] = {"zhihu": _zhihu}
"""Name of a platform → how its publisher is made."""


def make_publishers(settings: Settings) -> dict[str, Publisher]:
    """A publisher for every platform."""
    return {name: make(settings) for name, make in PLATFORMS.items()}
