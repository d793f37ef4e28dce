"""Addresses on the sites that people open by hand. Loads no browser's library."""

from __future__ import annotations

from core.settings import Settings


def zhihu_draft_url(write_url: str, draft_id: str) -> str:
    """Where the owner of a draft can read and change it."""
    return f"{write_url}/p/{draft_id}/edit"


def draft_url(platform: str, draft_id: str, settings: Settings) -> str | None:
    """The same on any platform; None where it is not known."""
    return zhihu_draft_url(settings.zhihu_write_url, draft_id) if platform == "zhihu" else None
