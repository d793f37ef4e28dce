"""Which pages there are, in which section, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.text import _, mark

FOLDER = Path(__file__).parent / "app_pages"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page: its file, its address, its section and who sees it."""

    file: str
    section: str
    icon: str
    is_for_admins: bool = False


SECTIONS = (mark("Work"), mark("Operations"), mark("Administration"))
TITLES = {
    "overview": mark("Overview"),
    "publish": mark("Publish"),
    "upload": mark("Bulk upload"),
    "tasks": mark("Tasks"),
    "queue": mark("Queue"),
    "accounts": mark("Accounts"),
    "workers": mark("Workers and browsers"),
    "logs": mark("Logs"),
    "limits": mark("Limits"),
    "users": mark("Users"),
    "audit": mark("Audit"),
    "profile": mark("Sign-ins and password"),
}
PAGES = (
    PageEntry("overview", SECTIONS[0], ":material/monitoring:"),
    PageEntry("publish", SECTIONS[0], ":material/edit_square:"),
    PageEntry("upload", SECTIONS[0], ":material/upload_file:"),
    PageEntry("tasks", SECTIONS[0], ":material/table_rows:"),
    PageEntry("queue", SECTIONS[1], ":material/low_priority:"),
    PageEntry("accounts", SECTIONS[1], ":material/badge:"),
    PageEntry("workers", SECTIONS[1], ":material/memory:"),
    PageEntry("logs", SECTIONS[1], ":material/receipt_long:"),
    PageEntry("limits", SECTIONS[2], ":material/speed:", is_for_admins=True),
    PageEntry("users", SECTIONS[2], ":material/group:", is_for_admins=True),
    PageEntry("audit", SECTIONS[2], ":material/history:", is_for_admins=True),
    PageEntry("profile", SECTIONS[2], ":material/key:"),
)


def path_of(name: str) -> str:
    """The file of a page, for `st.switch_page` and `st.page_link`."""
    return str(FOLDER / f"{name}.py")


def pages_for(*, is_admin: bool) -> dict[str, list[Any]]:
    """Section → its pages, as `st.navigation` takes them."""
    sections: dict[str, list[Any]] = {}
    for entry in PAGES:
        file = FOLDER / f"{entry.file}.py"
        if (is_admin or not entry.is_for_admins) and file.exists():
            page = st.Page(
                file,
                title=_(TITLES[entry.file]),
                icon=entry.icon,
                url_path=entry.file,
                default=entry.file == "overview",
            )
            sections.setdefault(_(entry.section), []).append(page)
    return sections
