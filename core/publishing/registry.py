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


SIGN_IN_COOKIES: Final[dict[str, tuple[str, ...]]] = {"zhihu": ("z_c0",)}
"""Name of a platform → the cookies that are the sign-in itself. When the site changes one, browsers that still
hold the old one have to start anew; all others may change under way."""


def make_publishers(settings: Settings) -> dict[str, Publisher]:
    """A publisher for every platform."""
    return {name: make(settings) for name, make in PLATFORMS.items()}
